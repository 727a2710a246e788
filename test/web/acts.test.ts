/** Long work that the page follows: what it is told, and how it is stopped. */
import { expect } from "chai";
import type { Progress } from "diptych";
import { Acts } from "../../web/src/engine/acts.ts";

describe("web: long work", () => {
  it("tells the begin and the end of each step, and not every part of thousands", async () => {
    const told: Progress[] = [];
    const acts = new Acts((actId, progress) => {
      expect(actId).to.equal("an act");
      told.push(progress);
    });
    await acts.run("an act", async ({ progress }) => {
      for (const step of ["decrypt", "encrypt"] as const)
        for (let done = 0; done <= 10_000; done++) progress?.({ step, done, total: 10_000, unit: "parts" });
    });
    for (const step of ["decrypt", "encrypt"]) {
      const own = told.filter((each) => each.step === step).map(({ done }) => done);
      expect([own[0], own.at(-1)]).to.deep.equal([0, 10_000]);
      expect(own.length).to.be.below(1_000);
    }
  });

  it("is stopped by its id, and by no other", async () => {
    const acts = new Acts(() => undefined);
    const stopped = await acts.run("one", async ({ signal }) => {
      acts.cancel("another");
      expect(signal?.aborted).to.equal(false);
      acts.cancel("one");
      return signal?.aborted;
    });
    expect(stopped).to.equal(true);
  });
});
