/** A patient's first steps in a browser with two windows. */
import { expect } from "chai";
import { memoryKeyStore, readPatientSeed } from "diptych";
import { keepSeed } from "../../web/src/engine/patientPractice.ts";

describe("web: a patient's seed", () => {
  it("is made once, whatever windows come for it at once, and stays", async () => {
    const kept: Uint8Array[] = [];
    const inner = memoryKeyStore();
    const slow = {
      ...inner,
      set: async (name: string, secret: Uint8Array) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        kept.push(secret.slice());
        await inner.set(name, secret);
      },
    };
    const world = `test ${Math.random()}`;
    await Promise.all(Array.from({ length: 3 }, () => keepSeed(slow, world)));
    expect(kept).to.have.length(1);
    expect(kept[0]).to.not.deep.equal(new Uint8Array(32));
    expect(await readPatientSeed(slow)).to.deep.equal(kept[0]);
    await keepSeed(slow, world);
    expect(await readPatientSeed(slow)).to.deep.equal(kept[0]);
  });
});
