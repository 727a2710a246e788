/** Changing sides and rights (paper, 5.3): what each change publishes and rotates, who reads what after it, and the seed's word. */
import { expect } from "chai";
import { GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { type Chain, type Decided, IndexLedger, type Side } from "../../src/ledger/index.ts";
import { sampleRecord } from "../../src/record/index.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { ownerFetchOrder } from "../../src/roles/orders.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { Rights } from "../../src/roles/redefinition.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  issueAndPublish,
  type Owner,
  rights,
  surroundings,
  theRequester,
  through,
  world,
} from "../world.ts";

/** A patient who has nothing but the seed. */
async function fromSeed(keyStore: KeyStore): Promise<Patient> {
  const seedOnly = memoryKeyStore();
  await seedOnly.set("patient/seed", (await keyStore.get("patient/seed"))!);
  return Patient.open({ ...(await surroundings()), keyStore: seedOnly, confirmations: 0 });
}

const sideOf = (parts: readonly { position: number; side: string }[], side = "shared") =>
  parts.filter((part) => part.side === side).map((part) => part.position);

describe("roles: changing a record", () => {
  let chains: Record<Side, Chain>;
  let owner: Owner;
  let emrId: Uint8Array;
  let ids: Record<Side, string>;
  let doctor: Requester;
  let researcher: Requester;
  /** Running grants. */
  const grants = {} as { doctor: Decided; researcher: Decided };

  before(async () => {
    ({ chains } = await world());
    owner = await enrolPatient();
    ({ emrId, ledgerRecordIds: ids } = await issueAndPublish(owner.patient));
    doctor = await theRequester("role:doctor");
    researcher = await theRequester("role:researcher");
    await askBoth();
  });

  async function ask(requester: Requester, side: Side): Promise<Decided> {
    const { decided } = await requester.request(side, ids[side]);
    return decided;
  }
  async function askBoth() {
    grants.doctor = await ask(doctor, "storage");
    grants.researcher = await ask(researcher, "shared");
  }
  async function positions(requester: Requester, side: Side, decided: Decided) {
    return (await requester.openGranted(side, decided)).extraction.parts.map((part) => part.position);
  }
  const standing = async (side: Side) => {
    const { version, epoch, closed } = await new IndexLedger(chains[side]).record(ids[side]);
    return [version, epoch, closed];
  };
  const transactions = async (side: Side) =>
    chains[side].provider.getTransactionCount(await owner.patient.address(side));

  /** What the seed alone gets back must be what the patient knows. */
  async function checkRestore() {
    const restored = await fromSeed(owner.keyStore);
    expect(await restored.restore()).to.deep.equal({ restored: [emrId], failed: [] });
    expect(await restored.show(emrId)).to.deep.equal(await owner.patient.show(emrId));
    expect(await restored.readFile(emrId)).to.deep.equal(utf8(sampleRecord));
  }

  it("widening the shared side: one publish on the shared chain, nothing rotated, grants live on", async () => {
    const before = await transactions("storage");
    const report = await owner.patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
    expect(report.plan).to.deep.include({ rotate: [], views: { shared: "same" } });
    expect([report.closed, report.blocked, report.draft.blocks]).to.deep.equal([[], [], []]);
    expect(await transactions("storage")).to.equal(before);
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [1, 1, false],
      [2, 1, false],
    ]);
    expect(await positions(researcher, "shared", grants.researcher)).to.deep.equal([2, 3, 4, 5, 6, 7, 8]);
    await checkRestore();
  });

  it("narrowing the shared side: the part rotates, full in the same epoch, shared in the next", async () => {
    const before = (await researcher.openGranted("shared", grants.researcher)).learned;
    const report = await owner.patient.change(emrId, { shared: [2, 3, 4, 5, 6] });
    expect(report.plan).to.deep.include({ rotate: [7, 8], views: { full: "same", shared: "next" } });
    expect(report.closed).to.have.length(1);
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [2, 1, false],
      [3, 2, false],
    ]);
    await expectCode("grant-ended", () => researcher.openGranted("shared", grants.researcher));
    const opened = await doctor.openGranted("storage", grants.doctor);
    expect(opened.file).to.deep.equal(utf8(sampleRecord));
    const cids = (parts: readonly { toString(): string }[]) => parts.map(String);
    const now = cids(opened.learned.manifest.parts);
    const kept = cids(before.manifest.parts).filter((cid) => now.includes(cid));
    expect(kept, "untouched parts lie where they lay").to.deep.equal(now.slice(1, 6));
    expect(opened.learned.keyring.parts.map((part) => part.generation)).to.deep.equal([
      1, 1, 1, 1, 1, 1, 2, 2, 1,
    ]);
    await askBoth();
    expect(await positions(researcher, "shared", grants.researcher)).to.deep.equal([2, 3, 4, 5, 6]);
    await checkRestore();
  });

  it("swapping rights: who loses is out at once, who gains reads; both epochs end", async () => {
    const swapped: Rights = { full: "role:researcher", shared: "role:researcher or role:insurer" };
    const report = await owner.patient.change(emrId, { rights: swapped });
    expect(report.plan.rotate).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(report.plan.views).to.deep.equal({ full: "next", shared: "next" });
    await expectCode("grant-ended", () => doctor.openGranted("storage", grants.doctor));
    expect((await ask(doctor, "storage")).decision).to.equal("policy-not-satisfied");
    expect((await ask(doctor, "shared")).decision).to.equal("policy-not-satisfied");
    const whole = await ask(researcher, "storage");
    expect(await positions(researcher, "storage", whole)).to.have.length(9);
    await checkRestore();
    await owner.patient.change(emrId, { rights });
    await askBoth();
    expect(await positions(doctor, "storage", grants.doctor)).to.have.length(9);
    await checkRestore();
  });

  it("blocking alone: everything rotates, both epochs end, others ask anew; unblocked, one may ask again", async () => {
    const report = await owner.patient.change(emrId, { block: [doctor.address] });
    expect(report.plan.rotate).to.have.length(9);
    expect([report.blocked.length, report.closed.length, report.published.length]).to.deep.equal([2, 2, 2]);
    await expectCode("grant-ended", () => doctor.openGranted("storage", grants.doctor));
    for (const side of ["storage", "shared"] as const)
      expect((await ask(doctor, side)).decision).to.equal("blocked");
    grants.researcher = await ask(researcher, "shared");
    expect(await positions(researcher, "shared", grants.researcher)).to.deep.equal([2, 3, 4, 5, 6]);
    await checkRestore();
    expect(await owner.patient.block(emrId, doctor.address)).to.deep.equal([]);
    expect(await owner.patient.unblock(emrId, doctor.address)).to.have.length(2);
    grants.doctor = await ask(doctor, "storage");
    expect(await positions(doctor, "storage", grants.doctor)).to.have.length(9);
  });

  it("a closed view stays closed until a change reopens it by name, under new keys", async () => {
    expect(await owner.patient.close(emrId, ["shared"])).to.have.length(1);
    expect(await owner.patient.close(emrId, ["shared"])).to.deep.equal([]);
    expect((await ask(researcher, "shared")).decision).to.equal("closed");
    await expectCode("change-unfinished", () => owner.patient.change(emrId, { shared: [2, 3] }));
    expect((await owner.patient.change(emrId, {})).published).to.deep.equal([]);
    expect((await standing("shared"))[2]).to.equal(true);
    const report = await owner.patient.change(emrId, { reopen: ["shared"] });
    expect(report.draft.encrypted.positions).to.deep.equal([2, 3, 4, 5, 6]);
    grants.researcher = await ask(researcher, "shared");
    expect(await positions(researcher, "shared", grants.researcher)).to.deep.equal([2, 3, 4, 5, 6]);
    await checkRestore();
  });

  it("what changes nothing does nothing", async () => {
    const before = [await transactions("storage"), await transactions("shared")];
    const report = await owner.patient.change(emrId, { shared: [6, 5, 4, 3, 2], rights });
    expect([report.published, report.uploadedBytes, report.plan.views]).to.deep.equal([[], 0, {}]);
    expect((await owner.patient.finish(emrId)).published).to.deep.equal([]);
    expect([await transactions("storage"), await transactions("shared")]).to.deep.equal(before);
  });

  it("refuses what can't be, before anybody is stopped", async () => {
    const before = [await transactions("storage"), await transactions("shared")];
    const long = Array.from({ length: 33 }, (_, i) => `a:${i}`).join(" or ");
    await expectCode("record-one-sided", () => owner.patient.change(emrId, { shared: [] }));
    await expectCode("record-move-forbidden", () => owner.patient.change(emrId, { shared: [2, 6] }));
    await expectCode("rights-inconsistent", () =>
      owner.patient.change(emrId, { rights: { full: "role:doctor", shared: "role:researcher" } }),
    );
    await expectCode("policy-syntax", () =>
      owner.patient.change(emrId, { rights: { full: "a:1", shared: "(" } }),
    );
    await expectCode("policy-limit", () =>
      owner.patient.change(emrId, { rights: { full: long, shared: long } }),
    );
    expect([await transactions("storage"), await transactions("shared")]).to.deep.equal(before);
  });

  it("the audit trail tells all of it, chain by chain", async () => {
    const trail = await owner.patient.audit(emrId);
    const count = (side: Side, kind: string) => trail[side].filter((event) => event.kind === kind).length;
    for (const side of ["storage", "shared"] as const) {
      const [version, epoch] = await standing(side);
      expect(count(side, "published")).to.equal(version);
      expect(count(side, "closed")).to.equal(Number(epoch) - 1);
      expect([count(side, "blocked"), count(side, "unblocked")]).to.deep.equal([1, 1]);
    }
  });
});

describe("roles: a change that stops in the middle", () => {
  /** A published record whose patient can be cut off from the shared chain's transactions. */
  async function begin() {
    const { chains } = await world();
    let left = Number.POSITIVE_INFINITY;
    const sending = chains.shared.provider.broadcastTransaction.bind(chains.shared.provider);
    const shared = through(chains.shared, {
      broadcastTransaction: async (signed) => {
        if (left-- <= 0) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        return sending(signed);
      },
    });
    const owner = await enrolPatient({ chains: { ...chains, shared } });
    const published = await issueAndPublish(owner.patient);
    const ledgers = { storage: new IndexLedger(chains.storage), shared: new IndexLedger(chains.shared) };
    const standing = async (side: Side) => {
      const { version, epoch, closed } = await ledgers[side].record(published.ledgerRecordIds[side]);
      return [version, epoch, closed];
    };
    const allow = (count: number) => {
      left = count;
    };
    return { ...owner, ...published, standing, allow };
  }

  it("before its close reached the chain: the same change does it all; another is refused until then", async () => {
    const { patient, emrId, standing, allow } = await begin();
    allow(0);
    await expectCode("chain-unreachable", () => patient.change(emrId, { shared: [2, 3] }));
    allow(Number.POSITIVE_INFINITY);
    await expectCode("change-unfinished", () => patient.change(emrId, { shared: [2, 4] }));
    const report = await patient.change(emrId, { shared: [2, 3] });
    expect(report.plan.rotate).to.deep.equal([4, 5, 6, 7]);
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [2, 1, false],
      [2, 2, false],
    ]);
    await patient.change(emrId, { shared: [2, 4] });
    expect(sideOf((await patient.show(emrId)).parts)).to.deep.equal([2, 4]);
  });

  it("between both publishes: finish publishes the shared view, and rotates nothing twice", async () => {
    const { patient, emrId, standing, allow, ledgerRecordIds, keyStore } = await begin();
    allow(1);
    await expectCode("chain-unreachable", () => patient.change(emrId, { shared: [2, 3] }));
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [2, 1, false],
      [1, 1, true],
    ]);
    allow(Number.POSITIVE_INFINITY);
    const report = await patient.finish(emrId);
    expect(report.draft.encrypted.positions).to.deep.equal([]);
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [2, 1, false],
      [2, 2, false],
    ]);
    const restored = await fromSeed(keyStore);
    await restored.restore();
    expect(await restored.show(emrId)).to.deep.equal(await patient.show(emrId));
    const researcher = await theRequester("role:researcher");
    const { decided } = await researcher.request("shared", ledgerRecordIds.shared);
    const opened = await researcher.openGranted("shared", decided);
    expect(opened.extraction.parts.map((part) => part.position)).to.deep.equal([2, 3]);
  });

  it("between both publishes, and the machine is lost: the seed's word is the newer one, and a change finishes it", async () => {
    const { patient, keyStore, emrId, standing, allow } = await begin();
    allow(1);
    const narrower: Rights = { full: "role:doctor and org:yzu", shared: "role:doctor and org:yzu" };
    await expectCode("chain-unreachable", () => patient.change(emrId, { shared: [2, 3], rights: narrower }));
    const restored = await fromSeed(keyStore);
    expect(await restored.restore()).to.deep.equal({ restored: [emrId], failed: [] });
    const { parts, rights: found } = await restored.show(emrId);
    expect(sideOf(parts)).to.deep.equal([2, 3]);
    expect(found).to.deep.equal(narrower);
    expect(await restored.readFile(emrId)).to.deep.equal(utf8(sampleRecord));
    const report = await restored.change(emrId, {});
    expect(report.published.map(({ view }) => view)).to.deep.equal(["shared"]);
    expect([await standing("storage"), await standing("shared")]).to.deep.equal([
      [2, 2, false],
      [2, 2, false],
    ]);
  });

  it("in the cloud: what is old is forgotten only once the new is final", async () => {
    const { patient, emrId, keyStore } = await begin();
    const before = (await patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] })).draft.views[0]!;
    const after = (await patient.change(emrId, { shared: [2, 3] })).draft.views;
    expect(after.map((view) => view.tag)).to.include(before.tag);
    const keys = await OwnerKeys.derive((await keyStore.get("patient/seed"))!);
    const { chains, gatewayUrl } = await world();
    const gateway = new GatewayClient(gatewayUrl);
    const order = (root: { toString(): string }) =>
      ownerFetchOrder(keys.account(chains.shared), chains.shared, gateway.origin, root.toString());
    await expectCode("block-missing", async () => gateway.fetchOwn(await order(before.root)));
    const current = after.find((view) => view.name === "shared")!;
    expect((await gateway.fetchOwn(await order(current.root))).size).to.equal(3);
  });
});
