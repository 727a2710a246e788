/** Gates that can't be chosen are refused before anything is noted, dealt or closed. */
import { expect } from "chai";
import { hex } from "../../src/core/bytes.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, fund, issue, issueAndPublish, rights, surroundings, world } from "../world.ts";

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

  it("storing appoints those that it is given where none are yet, and no others", async () => {
    const { gates } = await world();
    const keyStore = memoryKeyStore();
    const patient = await Patient.open({ ...(await surroundings()), confirmations: 0, keyStore });
    for (const side of ["storage", "shared"] as const) await fund(await patient.address(side));
    const choice = (names: readonly string[]) => ({ gates: [...names], threshold: 2 });
    await patient.gates.set("storage", choice(gates.storage.slice(0, 2)));
    expect(await patient.gates.missing()).to.deep.equal(["shared"]);
    const emrId = await issue(patient);
    const store = (given?: Parameters<Patient["store"]>[3]) => patient.store(emrId, [2, 3], rights, given);
    await expectCode("key-missing", () => store());
    const stranger = { gates: [`0x${"77".repeat(20)}`], threshold: 1 };
    await expectCode("argument-invalid", () => store({ gates: { shared: stranger } }));
    expect(await patient.unfinished(), "what was refused was not begun").to.deep.equal([]);
    await store({ gates: { storage: choice(gates.storage), shared: choice(gates.shared) } });
    expect(await patient.gates.missing()).to.deep.equal([]);
    expect((await patient.gates.list("storage")).gates).to.have.length(2);
    expect((await patient.gates.list("shared")).gates).to.have.length(gates.shared.length);
    await store({ gates: { storage: choice(gates.storage) } });
    expect(await patient.gates.list("storage"), "nothing is dealt anew").to.include({ generation: 1 });
  });
});
