/** What officers of the authority do on the page, by clicking. */
import { en } from "../../web/src/words/en.ts";
import type { Profile } from "./profile.ts";

const { authority: words } = en;

export async function openDesk(officer: Profile): Promise<void> {
  await officer.button(words.desk.open).click();
  await officer.button(words.desk.close).waitFor();
}

/** Decides about somebody who waits: `action` is on the card, `confirm` in the question. */
export async function decide(officer: Profile, action: string, who: RegExp, confirm: string): Promise<void> {
  await officer.page
    .getByRole("button", { name: new RegExp(`^${action}: .*${who.source}`, who.flags) })
    .click();
  await officer.button(confirm).click();
  await officer.button(confirm).waitFor({ state: "detached" });
}
