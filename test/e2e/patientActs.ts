/** What patients do on the page, by clicking. */
import { en } from "../../web/src/words/en.ts";
import { sample } from "../world.ts";
import type { Cast } from "./cast.ts";
import { sendRecord } from "./doctorOutside.ts";
import type { Profile, ProfileOptions } from "./profile.ts";

const { patient: words, look } = en;

/** Makes an invitation under a name; what the doctor gets of it. */
export async function invite(patient: Profile, name: string): Promise<string> {
  await patient.goTo("/patient/invite");
  await patient.page.getByLabel(words.invitation.name).fill(name);
  await patient.button(words.invitation.make).click();
  const link = await patient.page.getByLabel(words.invitation.text).inputValue();
  return decodeURIComponent(link.slice(link.lastIndexOf("/") + 1));
}

/** Takes in the one record that has come; ends on its screen. */
export async function takeRecord(patient: Profile, name: string): Promise<void> {
  await patient.goTo("/patient");
  await patient.button(words.invitation.take).click();
  await patient.heading(name).waitFor();
  await patient.says(look.signed.unchanged).waitFor();
}

/** A new patient with keys, a wallet, and a record that isn't stored yet: on that record's screen. */
export async function enterWithRecord(
  cast: Cast,
  { record = sample(), name = "Check-up in spring", ...options }: RecordOptions = {},
): Promise<Profile> {
  const patient = await cast.enter(options);
  await patient.goTo("/patient");
  await patient.settle();
  await patient.heading(words.records.empty.title).waitFor();
  await sendRecord(cast.stage, await invite(patient, name), record);
  await takeRecord(patient, name);
  return patient;
}

type RecordOptions = ProfileOptions & { record?: ReturnType<typeof sample>; name?: string };

/** On the screen of a record that isn't stored yet: begins to store it with the sides and rules that are offered. */
export async function beginToStore(patient: Profile): Promise<void> {
  await patient.button(words.record.publish.look).click();
  await patient.button(words.record.publish.confirm).click();
}

export async function waitUntilStored(patient: Profile): Promise<void> {
  await patient.says(words.record.publish.done).waitFor({ timeout: 120_000 });
}

/** Waits until the screen of a record is that of a stored one. */
export async function waitForStored(patient: Profile): Promise<void> {
  await patient.heading(words.record.readers).waitFor({ timeout: 120_000 });
}

/** Goes on with storing, wherever the page offers it: with what was begun, or from the beginning. */
export async function goOnStoring(patient: Profile): Promise<void> {
  const finish = patient.button(words.begun.finish);
  const begin = patient.button(words.record.publish.look);
  await finish.or(begin).first().waitFor();
  if (await finish.isVisible()) await finish.click();
  else await beginToStore(patient);
}

export async function storeRecord(patient: Profile): Promise<void> {
  await beginToStore(patient);
  await waitUntilStored(patient);
}

/** On the screen of a stored record: moves a part and has the change carried out. */
export async function changeRecord(patient: Profile): Promise<void> {
  await patient.button(words.record.change.look).click();
  await patient.button(words.record.change.confirm).click();
  await patient.says(words.record.change.done).waitFor({ timeout: 120_000 });
}
