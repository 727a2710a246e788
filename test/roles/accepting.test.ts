/** A patient takes a record in and publishes it (paper, 5.1.2 to 5.1.5), also after a stop between the two chains. */
import { expect } from "chai";
import { decodeExtraction, encodeExtraction, verify } from "../../src/ces/index.ts";
import { objectToBlocks } from "../../src/cloud/index.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { type Chain, IndexLedger, OwnerActs, type Side } from "../../src/ledger/index.ts";
import {
  checkCertificate,
  decodeOwnCopy,
  encodeOwnCopy,
  ownCopyInfo,
  sampleRecord,
  sharedPositions,
  splitRecord,
} from "../../src/record/index.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Owner as OwnerAtWork } from "../../src/roles/owner.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { ownCopyOf } from "../../src/roles/ownRecord.ts";
import { Patient } from "../../src/roles/patient.ts";
import { Course } from "../../src/roles/progress.ts";
import { draftView } from "../../src/roles/publishing.ts";
import { restoreRecord } from "../../src/roles/restoring.ts";
import { indexDraft, publishDraft, uploadDraft } from "../../src/roles/settling.ts";
import { open, sealTo } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  issue,
  issueAndPublish,
  type Owner,
  rights,
  sample,
  surroundings,
  theDoctor,
  theRequester,
  through,
  world,
} from "../world.ts";

describe("roles: a patient accepts a record", () => {
  let owner: Owner;
  before(async () => {
    owner = await enrolPatient();
  });

  it("from the doctor, once, and reads the file back", async () => {
    const { patient } = owner;
    const invitation = patient.invite();
    const info1 = await (await theDoctor()).issue(sample(), invitation);
    expect(await patient.accept(info1, invitation)).to.deep.equal(invitation.emrId);
    expect(await patient.accept(info1, invitation)).to.deep.equal(invitation.emrId);
    expect(await patient.readFile(invitation.emrId)).to.deep.equal(utf8(sampleRecord));
    const { header, parts, ledgerRecordIds } = await patient.show(invitation.emrId);
    expect(header).to.include({ schema: "emr9", n: 9, revision: 1 });
    expect(parts.map(({ label }) => label)).to.deep.equal(sample().parts.map(({ label }) => label));
    expect(ledgerRecordIds.storage).not.to.equal(ledgerRecordIds.shared);

    const again = await (await theDoctor()).issue(sample(), invitation);
    await expectCode("record-stored", () => patient.accept(again, invitation));
    expect(patient.list().map(hex)).to.include(hex(invitation.emrId));
  });

  it("refuses Info1 that was changed, or made for another invitation or patient", async () => {
    const { patient } = owner;
    const [invitation, other] = [patient.invite(), patient.invite()];
    const info1 = await (await theDoctor()).issue(sample(), invitation);
    const changed = info1.map((byte, i) => (i === info1.length - 20 ? byte ^ 1 : byte));
    await expectCode("seal-open-failed", () => patient.accept(changed, invitation));
    await expectCode("seal-open-failed", () => patient.accept(info1.slice(0, 30), invitation));
    await expectCode("seal-open-failed", () => patient.accept(info1, other));
    const stranger = await Patient.open({ ...(await surroundings()), keyStore: memoryKeyStore() });
    await expectCode("seal-open-failed", () => stranger.accept(info1, invitation));
  });

  it("refuses a record that was signed for somebody else, though it opens", async () => {
    const victim = await enrolPatient();
    const theirs = victim.patient.invite();
    const info1 = await (await theDoctor()).issue(sample(), theirs);
    const keys = await OwnerKeys.derive((await victim.keyStore.get("patient/seed"))!);
    const plain = await open(keys.record.privateKey, info1Info(theirs), info1);
    const mineToo = owner.patient.invite();
    const passedOn = await sealTo(mineToo.recordKey, info1Info(mineToo), plain);
    await expectCode("info1-invalid", () => owner.patient.accept(passedOn, mineToo));
    const garbage = await sealTo(mineToo.recordKey, info1Info(mineToo), utf8("no record"));
    await expectCode("info1-invalid", () => owner.patient.accept(garbage, mineToo));
  });

  it("extracts what the doctor's rule allows, verifiable by anybody, and nothing else", async () => {
    const { patient } = owner;
    const emrId = await issue(patient);
    const extraction = await patient.extract(emrId, [5, 6]);
    expect(extraction.parts.map((part) => part.label)).to.deep.equal(["symptoms", "diagnosis"]);
    expect(decodeExtraction(encodeExtraction(extraction))).to.deep.equal(extraction);
    for (const positions of [[6], [7], [6, 7], []])
      await expectCode("ces-subset-forbidden", () => patient.extract(emrId, positions));
  });

  it("knows no record that it hasn't taken in", async () => {
    const { patient } = owner;
    const { emrId } = patient.invite();
    for (const act of [
      () => patient.show(emrId),
      () => patient.extract(emrId, [2]),
      () => patient.readFile(emrId),
      () => patient.encrypt(emrId, [2], rights),
      () => patient.change(emrId, {}),
      () => patient.finish(emrId),
      () => patient.block(emrId, `0x${"11".repeat(20)}`),
      () => patient.close(emrId),
      () => patient.audit(emrId),
    ])
      await expectCode("record-unknown", act);
    const accepted = await issue(patient);
    await expectCode("record-unknown", () => patient.change(accepted, { shared: [2] }));
  });

  it("refuses sides and rights that can't be, before anything leaves the machine", async () => {
    const { patient } = owner;
    const emrId = await issue(patient);
    const many = Array.from({ length: 33 }, (_, i) => `a:${i}`).join(" or ");
    await expectCode("record-one-sided", () => patient.encrypt(emrId, [], rights));
    await expectCode("record-one-sided", () => patient.encrypt(emrId, [1, 2, 3, 4, 5, 6, 7, 8, 9], rights));
    await expectCode("record-move-forbidden", () => patient.encrypt(emrId, [6], rights));
    await expectCode("rights-inconsistent", () =>
      patient.encrypt(emrId, [2], { full: "a:1", shared: "b:1" }),
    );
    await expectCode("policy-syntax", () => patient.encrypt(emrId, [2], { full: "a:1 and", shared: "a:1" }));
    await expectCode("policy-limit", () => patient.encrypt(emrId, [2], { full: "a:1", shared: many }));
    const odd = splitRecord(utf8(sampleRecord.trimEnd()));
    expect(odd.parts).to.have.length(10);
    const withEnvelope = await issue(patient, odd);
    await expectCode("record-move-forbidden", () => patient.encrypt(withEnvelope, [2, 10], rights));
    const nobody = await Patient.open({ ...(await surroundings()), keyStore: memoryKeyStore() });
    const unshared = await issue(nobody);
    const error = await expectCode("key-missing", () => nobody.encrypt(unshared, [2], rights));
    expect(error.message).to.contain("appoint gates");
    await expectCode("argument-invalid", () =>
      patient.gates.set("storage", { gates: [`0x${"22".repeat(20)}`], threshold: 1 }),
    );
  });
});

describe("roles: a patient publishes on both chains", () => {
  /** A patient whose way to the shared chain can be cut. */
  async function enrolCut() {
    const { chains } = await world();
    let cut = false;
    const sending = chains.shared.provider.broadcastTransaction.bind(chains.shared.provider);
    const shared = through(chains.shared, {
      broadcastTransaction: async (signed) => {
        if (cut) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        return sending(signed);
      },
    });
    const owner = await enrolPatient({ chains: { ...chains, shared } });
    return { ...owner, setCut: (value: boolean) => void (cut = value) };
  }

  const sent = async (chain: Chain, patient: Patient, side: Side) =>
    chain.provider.getTransactionCount(await patient.address(side));

  it("a publish that stopped between the chains is finished by the same call, which does only what is missing", async () => {
    const { chains } = await world();
    const { patient, setCut } = await enrolCut();
    const emrId = await issue(patient);
    const draft = await patient.encrypt(emrId, sharedPositions(sample()), rights);
    await expectCode("argument-invalid", () => patient.publish(draft, new Map()));
    await patient.upload(draft);
    const indexes = await patient.index(draft);
    setCut(true);
    await expectCode("chain-unreachable", () => patient.publish(draft, indexes));
    const { ledgerRecordIds } = await patient.show(emrId);
    expect(await new IndexLedger(chains.storage).record(ledgerRecordIds.storage)).to.include({ version: 1 });
    expect(await new IndexLedger(chains.shared).find(ledgerRecordIds.shared)).to.equal(undefined);
    setCut(false);
    const before = await sent(chains.storage, patient, "storage");
    const published = await patient.publish(draft, indexes);
    expect(published.map(({ view, ledger, version, epoch }) => [view, ledger, version, epoch])).to.deep.equal(
      [["shared", "shared", 1, 1]],
    );
    expect(await sent(chains.storage, patient, "storage")).to.equal(before);
    expect(await patient.publish(draft, indexes)).to.deep.equal([]);
    expect(await sent(chains.shared, patient, "shared")).to.equal(2);
    await expectCode("record-stored", () => patient.encrypt(emrId, [2], rights));
    await opensFor("role:researcher", "shared", ledgerRecordIds.shared, [2, 3, 4, 5, 6, 7]);
  });

  it("also when the machine is lost between the chains: restored from the seed, a change publishes the rest", async () => {
    const { patient, keyStore, setCut } = await enrolCut();
    const emrId = await issue(patient);
    setCut(true);
    await expectCode("chain-unreachable", () => patient.store(emrId, [2, 3, 5], rights));
    const seed = (await keyStore.get("patient/seed"))!;
    const seedOnly = memoryKeyStore();
    await seedOnly.set("patient/seed", seed);
    const restored = await Patient.open({ ...(await surroundings()), keyStore: seedOnly, confirmations: 0 });
    expect(await restored.restore()).to.deep.equal({ restored: [emrId], failed: [] });
    const { parts, rights: found, ledgerRecordIds } = await restored.show(emrId);
    expect(parts.filter(({ side }) => side === "shared").map(({ position }) => position)).to.deep.equal([
      2, 3, 5,
    ]);
    expect(found).to.deep.equal(rights);
    const { published, draft } = await restored.change(emrId, {});
    expect(published.map(({ view, version, epoch }) => [view, version, epoch])).to.deep.equal([
      ["shared", 1, 1],
    ]);
    expect(draft.encrypted.positions).to.deep.equal([]);
    await opensFor("role:researcher", "shared", ledgerRecordIds.shared, [2, 3, 5]);
  });

  async function opensFor(attribute: string, side: Side, ledgerRecordId: string, positions: number[]) {
    const requester = await theRequester(attribute);
    const { decided } = await requester.request(side, ledgerRecordId);
    const opened = await requester.openGranted(side, decided);
    expect(opened.extraction.parts.map(({ position }) => position)).to.deep.equal(positions);
  }

  it("one damaged record doesn't keep the others from coming back", async () => {
    const owner = await enrolPatient();
    const [first, second] = [await issueAndPublish(owner.patient), await issueAndPublish(owner.patient)];
    const ledger = new IndexLedger((await world()).chains.storage);
    const keys = await OwnerKeys.derive((await owner.keyStore.get("patient/seed"))!);
    const { storage } = (await world()).chains;
    // The owner publishes an index that opens with nobody's key, as a faulty program might.
    const id = first.ledgerRecordIds.storage;
    const standing = await ledger.record(id);
    const index = standing.index.map((byte, i) => (i === standing.index.length - 5 ? byte ^ 1 : byte));
    await new OwnerActs(storage, keys.account(storage)).publish({
      ledgerRecordId: id,
      version: 2,
      epoch: 1,
      indexKey: keys.index(storage, keys.account(storage).address).publicKey,
      salt: `0x${"00".repeat(32)}`,
      program: standing.program,
      index,
      policy: rights.full,
    });
    const again = await Patient.open({ ...(await surroundings()), keyStore: owner.keyStore });
    const { restored, failed } = await again.restore();
    expect(restored.map(hex)).to.deep.equal([hex(second.emrId)]);
    expect(failed.map(({ ledgerRecordId }) => ledgerRecordId)).to.deep.equal([id]);
    expect(await again.readFile(second.emrId)).to.deep.equal(utf8(sampleRecord));
  });

  it("nor does one whose own copy is damaged inside", async () => {
    const { patient, keyStore } = await enrolPatient();
    const [first, second] = [await issueAndPublish(patient), await issueAndPublish(patient)];
    const owner = await OwnerAtWork.open({ ...(await surroundings()), keyStore });
    const ledgerRecordId = first.ledgerRecordIds.storage;
    const course = new Course();
    const record = await restoreRecord(owner, ledgerRecordId, course);
    const copy = decodeOwnCopy(ownCopyOf(record));
    copy.parts[0]!.cid = copy.parts[0]!.cid.slice(1);
    const { cid, blocks } = await objectToBlocks(
      await sealTo(owner.keys.record.publicKey, ownCopyInfo, encodeOwnCopy(copy)),
    );
    const place = { chain: owner.chains.storage, ledgerRecordId, version: 2, epoch: 1 };
    const secrets = { keys: owner.keys, emrKey: owner.emrKey(first.emrId) };
    const { abePublicKey } = await owner.credentials();
    const views = [await draftView("full", record, place, secrets, abePublicKey, cid)];
    const draft = { record, views, blocks, encrypted: { positions: [], bytes: 0 } };
    await uploadDraft(owner, draft, course);
    await publishDraft(owner, draft, await indexDraft(owner, draft, course), course);

    const again = await Patient.open({ ...(await surroundings()), keyStore });
    const { restored, failed } = await again.restore();
    expect(restored.map(hex)).to.deep.equal([hex(second.emrId)]);
    expect(failed.map((each) => [each.ledgerRecordId, each.error.code])).to.deep.equal([
      [ledgerRecordId, "encoding-invalid"],
    ]);
  });
});

describe("roles: what a requester opened", () => {
  it("anybody verifies again from the extraction and the doctor's certificate alone", async () => {
    const { patient } = await enrolPatient();
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const requester = await theRequester("role:doctor");
    const { decided } = await requester.request("storage", ledgerRecordIds.storage);
    const opened = await requester.openGranted("storage", decided);
    expect(opened.file).to.deep.equal(utf8(sampleRecord));
    expect(opened.gates).to.have.length(2);
    const { authority } = await world();
    const { publicKey } = await checkCertificate({
      chain: opened.learned.keyring.certificateChain,
      authority: authority.credentials().certificateAuthority,
      at: new Date(),
      revoked: async () => false,
    });
    expect(await verify(opened.extraction, publicKey)).to.deep.equal(opened.header);
  });
});
