/** A patient gets a record, looks at it, stores it, changes it: by clicking, with a wallet that asks for everything. */
import { expect } from "chai";
import { en } from "../../web/src/words/en.ts";
import { sample } from "../world.ts";
import { castStory } from "./cast.ts";
import { sendRecord } from "./doctorOutside.ts";
import { invite, storeRecord } from "./patientActs.ts";
import type { Profile } from "./profile.ts";

const { patient: words, welcome } = en;

describe("page: a patient's first record", () => {
  const cast = castStory();
  let patient: Profile;

  it("begins with three sentences and who one is", async () => {
    patient = await cast.enter();
    await patient.heading(welcome.title).waitFor();
    await patient.page.getByRole("link", { name: welcome.roles.patient.title }).click();
    await patient.heading(welcome.keys.newTitle).waitFor();
  });

  it("makes keys under a passphrase, and connects a wallet", async () => {
    await patient.settle();
    await patient.heading(words.records.empty.title).waitFor();
    expect(patient.wallet.takePrompts()).to.deep.equal([{ kind: "connect", chainId: 1 }]);
  });

  it("invites a doctor, and finds the record that came", async () => {
    const invitation = await invite(patient, "Check-up in spring");
    await sendRecord(cast.stage, invitation, sample());
    await patient.goTo("/patient");
    await patient.button(words.invitation.take).click();
    await patient.heading("Check-up in spring").waitFor();
    await patient.says(en.look.signed.unchanged).waitFor();
  });

  it("stores it on both ledgers", async () => {
    await storeRecord(patient);
    const asked = patient.wallet.takePrompts();
    const count = (kind: string) => asked.filter((each) => each.kind === kind).length;
    expect([count("send"), count("sign")], "entries, signatures").to.deep.equal([4, 4]);
  });
});
