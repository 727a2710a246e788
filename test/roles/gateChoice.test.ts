/** Gates that can't be chosen are refused before anything is noted, dealt or closed. */
import { expect } from "chai";
import { hex } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issueAndPublish, world } from "../world.ts";

describe("roles: choosing gates", () => {
  it("refuses strangers, two gates at one address and thresholds that can't be met, and leaves no note of a renewal", async () => {
    const owner = await enrolPatient();
    const { emrId } = await issueAndPublish(owner.patient);
    const [first, second] = (await world()).gates.shared as [string, string];
    const { gates } = owner.patient;
    const stranger = `0x${"77".repeat(20)}`;
    for (const choice of [
      { gates: [stranger], threshold: 1 },
      { gates: [first, first], threshold: 2 },
      { gates: [first, second], threshold: 3 },
      { gates: [first, second], threshold: 0 },
      { gates: [], threshold: 0 },
    ]) {
      await expectCode("argument-invalid", () => gates.set("shared", choice));
      await expectCode("argument-invalid", () => gates.renewIndexKey("shared", choice));
    }
    expect(await gates.list("shared")).to.include({ generation: 1, indexKeyNumber: 0 });
    // Stored after the refused renewal: the one that goes through must know it.
    const later = await issueAndPublish(owner.patient);
    const { renewed } = await gates.renewIndexKey("shared");
    expect([...renewed].sort()).to.deep.equal([emrId, later.emrId].map(hex).sort());
  });
});
