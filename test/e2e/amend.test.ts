/** A doctor corrects a record of a patient's, who looks at it, takes it, and finishes it after a stop; a reader reads it then. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Download, Locator } from "playwright-core";
import { sampleRecord } from "../../src/record/index.ts";
import { en } from "../../web/src/words/en.ts";
import { castStory } from "./cast.ts";
import { Gallery } from "./gallery.ts";
import { invite, storeRecord, takeRecord, waitForStored } from "./patientActs.ts";
import type { Profile } from "./profile.ts";
import { apply, askFor, collectKey, openAnswer } from "./readerActs.ts";

const { doctor: signing, patient: words, requester: reading, look } = en;
const { amend } = words;
const recordName = "Check-up in spring";
/** One part says something else, one nothing any more, and the frame of a file that is printed otherwise comes as a new one. */
const corrected = sampleRecord
  .replace("pulmonary tuberculosis", "sarcoidosis")
  .replace(/"prescription": \[[^\]]*\]/, '"prescription": []')
  .trimEnd();

describe("page: a record is corrected", () => {
  const cast = castStory();
  const gallery = new Gallery();
  let doctor: Profile;
  let reader: Profile;
  let patient: Profile;
  let link: string;
  let invitation: string;
  let request: string;
  let correction: string;

  /** The file that a click saves. */
  const saved = async (profile: Profile, click: () => Promise<void>): Promise<string> => {
    const [download] = await Promise.all([
      profile.page.waitForEvent("download") as Promise<Download>,
      click(),
    ]);
    return download.path();
  };
  /** Cards of parts that are out of sight have their colours when they come into sight. */
  const show = async (name: string, part?: Locator) => {
    await patient.page.evaluate(() => window.scrollTo(0, 0));
    await gallery.show(patient, name, part);
  };
  const panel = () => patient.page.getByRole("region", { name: amend.title, exact: true });
  const bring = (profile: Profile, label: string, file: Parameters<Locator["setInputFiles"]>[0]) =>
    profile.page.getByLabel(label, { exact: true }).setInputFiles(file);
  const asJson = (text: string) => ({
    ...{ name: "record.json", mimeType: "application/json" },
    buffer: Buffer.from(text),
  });
  /** The doctor signs the next version of what the patient asked to have corrected. */
  const sign = async (version: number, file: string): Promise<string> => {
    const { amend: amending, record, sign: signs, rules } = signing.writing;
    await bring(doctor, amending.file, request);
    await doctor.says(amending.verified(version)).waitFor();
    await doctor.page.getByRole("tab", { name: record.file }).click();
    await bring(doctor, record.drop, asJson(file));
    await doctor.heading(rules.title).waitFor();
    const signed = await saved(doctor, () => doctor.button(signs.file).click());
    await doctor.says(signs.amendedBody).waitFor();
    return signed;
  };
  const openRecord = async () => {
    await patient.goTo("/patient");
    await patient.page.getByRole("link", { name: recordName }).click();
    await patient.says(look.signed.unchanged).waitFor();
  };

  it("a doctor and a reader are known to the authority", async () => {
    doctor = await cast.enter();
    await doctor.goTo("/doctor/certificate");
    await doctor.makeKeys();
    const { form, waiting, valid } = signing.certificate;
    await doctor.page.getByLabel(form.name).fill("Dr. Example");
    await doctor.page.getByLabel(form.organisation).fill("Yangzhou University Hospital");
    await doctor.page.getByLabel(form.evidence).fill("Licence 0043, ask the registrar.");
    await doctor.button(form.send).click();
    await doctor.says(waiting.title).waitFor();
    reader = await cast.enter();
    await apply(reader, "role:doctor", "org:yzu-hospital");
    const { desk } = cast.stage;
    const until = Math.floor(Date.now() / 1000) + 86_400;
    for (const { id, kind } of desk.requests())
      await (kind === "enrolment" ? desk.certify(id, until) : desk.approve(id, until));
    await doctor.says(valid).waitFor();
    await collectKey(reader);
  });

  it("the doctor signs a record, and the patient stores it", async () => {
    patient = await cast.enter();
    await patient.goTo("/patient");
    await patient.settle();
    await patient.heading(words.records.empty.title).waitFor();
    await invite(patient, recordName);
    await doctor.page.goto(await patient.page.getByLabel(words.invitation.text).inputValue());
    const { record, sign } = signing.writing;
    await doctor.page.getByRole("tab", { name: record.file }).click();
    await doctor.page.getByLabel(record.drop).setInputFiles(asJson(sampleRecord));
    await doctor.button(sign.send).click();
    await doctor.says(sign.sent).waitFor();
    await takeRecord(patient, recordName);
    await storeRecord(patient);
    await waitForStored(patient);
    link = await patient.page.getByLabel(words.record.links.private).inputValue();
  });

  it("the doctor gives a file, for which the patient gives the record, after reading whose it is", async () => {
    await doctor.button(signing.writing.another).click();
    invitation = await saved(doctor, () => doctor.button(signing.writing.amend.invite).click());
    await openRecord();
    await patient.button(amend.ask.open).click();
    await show("patient-correction-ask", panel());
    await bring(patient, amend.ask.file, asJson(sampleRecord));
    await patient.says(amend.ask.wrong).waitFor();
    await bring(patient, amend.ask.file, invitation);
    await patient.page.getByText(/^This file is from .*Dr\. Example/).waitFor();
    await show("patient-correction-ask-doctor", panel());
    request = await saved(patient, () => patient.button(amend.ask.make).click());
    await patient.says(amend.ask.done).waitFor();
    await show("patient-correction-asked", panel());
  });

  it("the doctor signs a correction", async () => {
    correction = await sign(1, corrected);
  });

  it("the patient sees what it would change, and can leave it", async () => {
    await patient.button(amend.arrival.open).click();
    await bring(patient, amend.arrival.file, invitation);
    await patient.says(en.errors["info1-invalid"].title).waitFor();
    await bring(patient, amend.arrival.file, correction);
    await patient.heading(amend.look.title("2")).waitFor();
    await patient.says(amend.look.parts(3)).waitFor();
    for (const change of Object.values(amend.look.change)) await patient.says(change).waitFor();
    await patient.says("sarcoidosis").waitFor();
    await patient.says(amend.look.untouched(7)).waitFor();
    await patient.says(amend.notes.readers).waitFor();
    await show("patient-correction-look", panel());
    const compare = patient.page.getByRole("button", { name: /^Compare: .*Diagnosis/ });
    await compare.focus();
    await patient.page.keyboard.press("Enter");
    const dialog = patient.page.getByRole("dialog");
    await dialog.getByText("pulmonary tuberculosis").first().waitFor();
    await dialog.getByText("sarcoidosis").first().waitFor();
    await show("patient-correction-compare");
    await patient.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await patient.button(amend.refuse).click();
    await patient.says(amend.arrival.refused).waitFor();
    patient.wallet.takePrompts();
  });

  it("a stop between both ledgers is found again and finished", async () => {
    await bring(patient, amend.arrival.file, correction);
    let sent = 0;
    let stopped: () => void = () => undefined;
    const stop = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    patient.wallet.answer = ({ kind }) => {
      if (kind !== "send" || ++sent !== 2) return "yes";
      stopped();
      return "no";
    };
    await patient.button(amend.take).click();
    await stop;
    await patient.page.reload();
    patient.wallet.answer = () => "yes";
    await patient.unlock();
    const begun = patient.page.getByText(/^You began to take over a correction of/);
    await begun.waitFor();
    await show("patient-correction-begun");
    await patient.button(words.begun.finish).click();
    await begun.waitFor({ state: "detached", timeout: 120_000 });
    await patient.says(look.signed.unchanged).waitFor();
    const sends = patient.wallet.takePrompts().filter(({ kind }) => kind === "send");
    expect(sends.length, "one entry on each ledger, one of them asked for twice").to.equal(3);
  });

  it("the record says what the doctor corrected, and the same correction isn't taken twice", async () => {
    await patient.page.getByRole("button", { name: /^Open .*Diagnosis/ }).click();
    await patient.page.getByRole("dialog").getByText("sarcoidosis").first().waitFor();
    await patient.page.keyboard.press("Escape");
    await patient.button(amend.arrival.open).click();
    await bring(patient, amend.arrival.file, correction);
    await patient.says(amend.arrival.stands).waitFor();
    await show("patient-correction-taken", panel());
  });

  it("a reader opens the corrected record, and it is verified", async () => {
    await askFor(reader, link);
    await openAnswer(reader);
    await reader.page.getByText("sarcoidosis").first().waitFor();
    expect(await reader.page.getByText("pulmonary tuberculosis").count()).to.equal(0);
    const file = await saved(reader, () => reader.button(reading.record.saveWhole).click());
    expect(await readFile(file, "utf8")).to.equal(corrected);
  });

  it("a correction of the correction is taken without a stop, and the reader need not ask again", async () => {
    await patient.button(amend.ask.open).click();
    await bring(patient, amend.ask.file, invitation);
    request = await saved(patient, () => patient.button(amend.ask.make).click());
    await doctor.button(signing.writing.another).click();
    const next = await sign(2, corrected.replace("sarcoidosis", "silicosis"));
    await patient.button(amend.arrival.open).click();
    await bring(patient, amend.arrival.file, next);
    await patient.button(amend.take).click();
    await patient.says(amend.arrival.taken).waitFor({ timeout: 120_000 });
    await patient.page.getByText("silicosis").first().waitFor();
    await patient.says(look.signed.unchanged).waitFor();
    await reader.page.reload();
    await reader.unlock();
    await openAnswer(reader);
    await reader.page.getByText("silicosis").first().waitFor();
  });

  it("no screen breaks axe's rules, in light or dark, or is wider than a phone", () => {
    expect(gallery.shown.length).to.equal(7);
    expect(gallery.violations).to.deep.equal([]);
    expect(gallery.tooWide).to.deep.equal([]);
  });
});
