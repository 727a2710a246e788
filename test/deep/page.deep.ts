/** Storing a record on the page, which is loaded anew at every single thing that the wallet asks. */
import { expect } from "chai";
import { castStory } from "../e2e/cast.ts";
import { beginToStore, enterWithRecord, goOnStoring, waitForStored } from "../e2e/patientActs.ts";

describe("page: loaded anew at each prompt", () => {
  const cast = castStory();

  it("what was begun is found again, until it is stored", async function () {
    this.timeout(900_000);
    const patient = await enterWithRecord(cast);
    const asked = new Set<string>();
    let last = "nothing";
    let reached: () => void = () => undefined;
    patient.wallet.answer = ({ kind, subject, chainId }) => {
      const name = `${kind} ${subject ?? ""} on ${chainId}`;
      if (!asked.has(`${name} after ${last}`)) {
        asked.add(`${name} after ${last}`);
        reached();
        return "no";
      }
      last = name;
      return "yes";
    };
    let begin = () => beginToStore(patient);
    for (let tries = 0; ; tries++) {
      expect(tries, "times that it was loaded anew").to.be.below(80);
      const next = new Promise<"asked">((resolve) => {
        reached = () => resolve("asked");
      });
      const stored = begin().then(() => waitForStored(patient));
      const outcome = await Promise.race([next, stored.then(() => "stored" as const)]);
      if (outcome === "stored") break;
      stored.catch(() => undefined);
      await patient.page.reload();
      await patient.unlock();
      await patient.heading("Check-up in spring").waitFor();
      begin = () => goOnStoring(patient);
    }
    expect(asked.size, "prompts at which it was loaded anew").to.be.above(12);
  });
});
