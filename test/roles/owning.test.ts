/** What an owner decides after publishing: for what a view may be asked, ending a grant, and handing records to new accounts. */
import { expect } from "chai";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { IndexLedger } from "../../src/ledger/index.ts";
import { sampleRecord } from "../../src/record/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  fundedWallet,
  issueAndPublish,
  rights,
  sides,
  surroundings,
  theRequester,
  world,
} from "../world.ts";

describe("roles: purposes", () => {
  it("a view that names its purposes is granted for these only, and restored with them", async () => {
    const owner = await enrolPatient();
    const purposes = { full: ["TREAT"], shared: ["TREAT", "HRESCH"] };
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient, undefined, {
      ...rights,
      purposes,
    });
    const doctor = await theRequester("role:doctor");
    const ask = async (side: "storage" | "shared", purpose: string) =>
      (await doctor.request(side, ledgerRecordIds[side], { purpose })).decided;
    expect((await ask("storage", "HRESCH")).decision).to.equal("purpose-not-allowed");
    const research = await ask("shared", "HRESCH");
    expect(research.decision).to.equal("granted");
    expect((await doctor.openGranted("shared", research)).extraction.parts).to.have.length(6);
    await expectCode("purpose-unknown", () => ask("shared", "RESEARCH"));

    const again = await Patient.open({
      ...(await surroundings()),
      keyStore: owner.keyStore,
      confirmations: 0,
    });
    expect((await again.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
    expect((await again.show(emrId)).rights).to.deep.equal({ ...rights, purposes });

    // Someone loses a purpose: what they were granted for it ends, and what they may have kept is rotated.
    const narrowed = { ...rights, purposes: { full: ["TREAT"], shared: ["TREAT"] } };
    const { plan } = await again.change(emrId, { rights: narrowed });
    expect(plan.views).to.deep.equal({ full: "same", shared: "next" });
    expect(plan.rotate).to.deep.equal([2, 3, 4, 5, 6, 7]);
    const ledger = new IndexLedger((await world()).chains.shared);
    expect(await ledger.status(research.requestId)).to.equal("epoch-ended");
    expect((await ask("shared", "HRESCH")).decision).to.equal("purpose-not-allowed");
    expect((await ask("shared", "TREAT")).decision).to.equal("granted");

    const widened = await again.change(emrId, { rights });
    expect([widened.plan.rotate, widened.plan.views]).to.deep.equal([[], { full: "same", shared: "same" }]);
    expect((await again.show(emrId)).rights).to.deep.equal(rights);
  });

  it("codes that don't exist, or a full view asked for more than the shared one, are refused at once", async () => {
    const { patient } = await enrolPatient();
    const wrong = { ...rights, purposes: { shared: ["treat"] } };
    await expectCode("purpose-unknown", () => issueAndPublish(patient, undefined, wrong));
    const odd = { ...rights, purposes: { shared: ["TREAT"] } };
    await expectCode("rights-inconsistent", () => issueAndPublish(patient, undefined, odd));
  });
});

describe("roles: ending grants", () => {
  it("ends one account's grants and no other's; gates and gateway say why", async () => {
    const { patient } = await enrolPatient();
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const [first, second] = [await theRequester("role:doctor"), await enrolRequester(["role:doctor"])];
    const ask = async (who: Requester) => (await who.request("storage", ledgerRecordIds.storage)).decided;
    const [ended, kept] = [await ask(first), await ask(second)];
    expect((await patient.grants(emrId)).map(({ requestId }) => requestId)).to.deep.equal([
      ended.requestId,
      kept.requestId,
    ]);
    const opened = await first.release("storage", ended);
    expect(await patient.revokeGrants(emrId, first.address.toLowerCase())).to.have.length(1);
    expect(await patient.revokeGrants(emrId, first.address)).to.deep.equal([]);
    const refusals = [
      () => first.release("storage", ended),
      () => first.fetch("storage", ended.requestId, opened.plaintext, opened.record.version),
    ];
    for (const refusal of refusals)
      expect((await expectCode("grant-ended", refusal)).message).to.contain("revoked");
    expect((await second.openGranted("storage", kept)).file).to.deep.equal(utf8(sampleRecord));
    await patient.revokeGrant("storage", kept.requestId);
    expect(await patient.grants(emrId)).to.deep.equal([]);
    // A revocation isn't a block: whoever still satisfies the policy may ask anew.
    expect((await ask(first)).decision).to.equal("granted");
  });
});

describe("roles: new accounts", () => {
  it("take a record over, and it lives on under their keys; the old accounts are out", async () => {
    const relayers = { storage: await fundedWallet(), shared: await fundedWallet() };
    const owner = await enrolPatient({ relayers });
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const doctor = await theRequester("role:doctor");
    const before = (await doctor.request("storage", ledgerRecordIds.storage)).decided;
    const accounts = { storage: await fundedWallet(), shared: await fundedWallet() };
    const to = { storage: accounts.storage.address, shared: accounts.shared.address };
    expect(await owner.patient.offerTransfer(emrId, to)).to.have.length(2);
    expect(await owner.patient.offerTransfer(emrId, to)).to.deep.equal([]);
    expect(await owner.patient.offerTransfer(emrId, "nobody")).to.have.length(2);
    const options = { ...(await surroundings()), keyStore: owner.keyStore, confirmations: 0, accounts };
    const heir = await Patient.open(options);
    expect(await heir.acceptTransfers()).to.deep.equal([]);
    await owner.patient.offerTransfer(emrId, to);
    // Until it is taken over, all goes on as before.
    expect((await doctor.openGranted("storage", before)).file).to.deep.equal(utf8(sampleRecord));

    const taken = await heir.acceptTransfers();
    expect(taken.map(({ ledger, ledgerRecordId }) => [ledger, ledgerRecordId])).to.deep.equal(
      sides.map((side) => [side, ledgerRecordIds[side]]),
    );
    await expectCode("grant-ended", () => doctor.release("storage", before));
    await expectCode("not-owner", () => owner.patient.block(emrId, doctor.address));

    expect((await heir.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
    expect(await heir.readFile(emrId)).to.deep.equal(utf8(sampleRecord));
    expect((await heir.show(emrId)).ledgerRecordIds).to.deep.equal(ledgerRecordIds);
    await expectCode("key-missing", () => heir.change(emrId, { reopen: ["full", "shared"] }));
    const { gates } = await world();
    for (const side of sides) await heir.gates.set(side, { gates: gates[side], threshold: 2 });
    const { plan } = await heir.change(emrId, { reopen: ["full", "shared"] });
    expect(plan.rotate).to.have.length(9);

    const { decided } = await doctor.request("storage", ledgerRecordIds.storage);
    expect((await doctor.openGranted("storage", decided)).file).to.deep.equal(utf8(sampleRecord));
    const again = await Patient.open(options);
    expect((await again.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
    const old = await Patient.open({ ...(await surroundings()), keyStore: owner.keyStore });
    expect((await old.restore()).restored).to.deep.equal([]);
    const trail = (await again.audit(emrId)).storage.map(({ kind }) => kind);
    expect(trail.filter((kind) => kind.startsWith("transfer"))).to.deep.equal([
      ...["transfer-offered", "transfer-offered", "transfer-offered", "transferred"],
    ]);
  });

  it("that nothing was offered to get nothing, from the ledger or the gateway", async () => {
    const owner = await enrolPatient();
    const { emrId } = await issueAndPublish(owner.patient);
    const accounts = { storage: await fundedWallet(), shared: await fundedWallet() };
    const at = { ...(await surroundings()), confirmations: 0, accounts };
    const stranger = await Patient.open({ ...at, keyStore: memoryKeyStore() });
    expect(await stranger.acceptTransfers()).to.deep.equal([]);
    expect(await stranger.restore()).to.deep.equal({ restored: [], failed: [] });
    const own = { storage: await owner.patient.address("storage") };
    await expectCode("argument-invalid", () => owner.patient.offerTransfer(emrId, own));
    await expectCode("record-unknown", async () => stranger.offerTransfer(emrId, own));
  });
});
