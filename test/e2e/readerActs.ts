/** What readers do on the page, by clicking. */
import { en } from "../../web/src/words/en.ts";
import type { Profile } from "./profile.ts";

const { requester: words, look } = en;

/** Comes in and applies for what it is, and where. */
export async function apply(reader: Profile, role: string, place = ""): Promise<void> {
  await reader.goTo("/requester/attributes");
  await reader.settle();
  await reader.page.getByLabel(words.who.role, { exact: true }).selectOption(role);
  await reader.page.getByLabel(words.who.place, { exact: true }).selectOption(place);
  await reader.page.getByLabel(words.who.evidence).fill("Staff card 77, ask the registrar.");
  await reader.button(words.who.submit).click();
  await reader.says(words.who.done).waitFor();
}

export async function collectKey(reader: Profile): Promise<void> {
  await reader.goTo("/requester/attributes");
  await reader.says(words.who.states.approved).waitFor();
  await reader.button(words.who.collect).click();
  await reader.says(words.who.collected).waitFor();
}

/** Follows a patient's link, asks, and is let in; ends on the request's screen. */
export async function askFor(reader: Profile, link: string): Promise<void> {
  await reader.page.goto(link);
  await reader.says(words.why.now.granted).waitFor();
  await reader.button(words.ask.ask).click();
  await reader.says(words.ask.granted).waitFor();
  await reader.page.getByRole("link", { name: words.ask.open }).click();
}

export async function openAnswer(reader: Profile): Promise<void> {
  await reader.button(words.record.open).click();
  await reader.says(look.signed.unchanged).waitFor({ timeout: 90_000 });
}
