/** A new index key after t shares may be lost: what it publishes, what stays as it was, and that a stop anywhere loses nothing. */
import { expect } from "chai";
import { hex, unhex } from "../../src/core/bytes.ts";
import {
  type Chain,
  type Decided,
  IndexLedger,
  KeyRegistry,
  type KeySet,
  type LedgerRecord,
} from "../../src/ledger/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { combine, decodeIndex, makePartial, openIndexWithPoint, prepareShare } from "../../src/seal/index.ts";
import { bindingOf } from "../attacks/places.ts";
import { expectCode } from "../expectCode.ts";
import { type ServedGate, serveOwnGates, stealShare } from "../services/servedGates.ts";
import { enrolPatient, issueAndPublish, type Owner, surroundings, theRequester, world } from "../world.ts";
import { renewStopping, restart } from "./stoppedRenewal.ts";

type Stolen = { index: number; share: bigint };

describe("roles: renewing the index key", () => {
  let chain: Chain;
  let ledger: IndexLedger;
  let registry: KeyRegistry;
  let gates: ServedGate[];
  let close: () => Promise<void>;
  let requester: Requester;

  before(async () => {
    chain = (await world()).chains.shared;
    ledger = new IndexLedger(chain);
    registry = new KeyRegistry(chain);
    ({ gates, close } = await serveOwnGates(chain, 3));
    requester = await theRequester("role:researcher");
  });
  after(() => close?.());

  const enrol = () => enrolPatient({ gates: { shared: gates.map(({ address }) => address) } });

  async function ask(ledgerRecordId: string): Promise<Decided> {
    return (await requester.request("shared", ledgerRecordId)).decided;
  }

  /** Opens an index with shares alone, without any gate's or ledger's leave. */
  async function openWith(stolen: readonly Stolen[], id: string, record: LedgerRecord, set: KeySet) {
    const index = decodeIndex(record.index);
    const about = { requestId: new Uint8Array(32), keySet: unhex(record.keySet), generation: set.generation };
    const partials = stolen.map(async ({ index: place, share }) =>
      makePartial(place, await prepareShare(share), index.enc, about),
    );
    const point = await combine(await Promise.all(partials));
    return openIndexWithPoint(point, set.indexKey, index, bindingOf(chain, id, record));
  }

  describe("of several records", () => {
    let owner: Owner;
    const ids: Record<"first" | "second" | "closed", string> = { first: "", second: "", closed: "" };
    let emrs: Uint8Array[];
    let lost: { record: LedgerRecord; set: KeySet; stolen: Stolen[] };
    let decided: Decided;

    before(async () => {
      owner = await enrol();
      emrs = [];
      for (const name of ["first", "second", "closed"] as const) {
        const published = await issueAndPublish(owner.patient);
        ids[name] = published.ledgerRecordIds.shared;
        emrs.push(published.emrId);
      }
      decided = await ask(ids.first);
      await requester.release("shared", decided);
      await owner.patient.close(emrs[2]!);
      const record = await ledger.record(ids.first);
      const set = await registry.keySet(record.keySet);
      const stolen = [];
      for (const gate of gates.slice(1)) stolen.push(await stealShare(chain, record.keySet, set, gate));
      lost = { record, set, stolen };
    });

    it("publishes every open record under the new key in a new epoch, names them, and leaves closed what was closed", async () => {
      const { dealt, exposed, renewed, closed } = await owner.patient.gates.renewIndexKey("shared");
      expect(dealt).not.to.equal(undefined);
      expect([...renewed].sort()).to.deep.equal(emrs.slice(0, 2).map(hex).sort());
      expect(closed).to.deep.equal([hex(emrs[2]!)]);
      // A closed record's index stands on the chain all the same.
      expect([...exposed].sort()).to.deep.equal(emrs.map(hex).sort());
      const { keySet, generation, threshold, indexKeyNumber, ...list } =
        await owner.patient.gates.list("shared");
      expect({ generation, threshold, indexKeyNumber }).to.deep.equal({
        generation: 1,
        threshold: 2,
        indexKeyNumber: 1,
      });
      expect(list.gates.map(({ address }) => address)).to.deep.equal(gates.map(({ address }) => address));
      expect(keySet).not.to.equal(lost.record.keySet);
      for (const id of [ids.first, ids.second])
        expect(await ledger.record(id)).to.include({ keySet, version: 2, epoch: 2, closed: false });
      expect(await ledger.record(ids.closed)).to.include({
        keySet: lost.record.keySet,
        version: 1,
        closed: true,
      });
    });

    it("ends all grants; new ones open what stands now", async () => {
      await expectCode("grant-ended", () => requester.release("shared", decided));
      const opened = await requester.openGranted("shared", await ask(ids.first));
      expect(opened.extraction.parts).to.have.length(6);
      // Nothing that an exposed index leads to opens anything of today's: every part has a new key.
      expect(opened.learned.keyring.parts.every(({ generation }) => generation === 2)).to.equal(true);
    });

    it("t old shares open the old index for ever, and nothing that stands now: that is the exposure, and its end", async () => {
      const { record, set, stolen } = lost;
      expect((await openWith(stolen, ids.first, record, set)).url).to.match(/^ipfs:/);
      const closed = await ledger.record(ids.closed);
      expect((await openWith(stolen, ids.closed, closed, set)).url, "a closed one's too").to.match(/^ipfs:/);
      await expectCode("seal-open-failed", () => openWith(stolen.slice(1), ids.first, record, set));
      const now = await ledger.record(ids.first);
      const setNow = await registry.keySet(now.keySet);
      for (const { indexKey } of [setNow, set])
        await expectCode("seal-open-failed", () => openWith(stolen, ids.first, now, { ...setNow, indexKey }));
      const fresh = [];
      for (const gate of gates.slice(1)) fresh.push(await stealShare(chain, now.keySet, setNow, gate));
      expect((await openWith(fresh, ids.first, now, setNow)).url, "with t new ones it would").to.match(
        /^ipfs:/,
      );
    });

    it("is known from the seed alone, and what was closed comes under the new key when it is reopened", async () => {
      const seedOnly = memoryKeyStore();
      await seedOnly.set("patient/seed", (await owner.keyStore.get("patient/seed"))!);
      const restored = await restart(seedOnly);
      expect(restored.list().map(hex).sort()).to.deep.equal(emrs.map(hex).sort());
      expect(await restored.show(emrs[0]!)).to.deep.equal(await owner.patient.show(emrs[0]!));
      const { keySet, indexKeyNumber } = await restored.gates.list("shared");
      expect(indexKeyNumber).to.equal(1);
      await restored.change(emrs[2]!, { reopen: ["full", "shared"] });
      expect(await ledger.record(ids.closed)).to.include({ keySet, version: 2, closed: false });
    });

    it("can be done again, with other gates: each key has its number", async () => {
      const { gates: worlds } = await world();
      const choice = { gates: worlds.shared, threshold: 3 };
      const { exposed } = await owner.patient.gates.renewIndexKey("shared", choice);
      expect([...exposed].sort()).to.deep.equal(emrs.map(hex).sort());
      expect(await owner.patient.gates.list("shared")).to.include({ indexKeyNumber: 2, threshold: 3 });
      const released = await requester.release("shared", await ask(ids.second));
      expect([...released.gates].sort()).to.deep.equal([...worlds.shared].sort());
    });
  });

  describe("stopped on its way", () => {
    // The deep tests stop it before each of its acts.
    it("after the dealing or the close, the same call goes on where it was, and the key is given up just once", async () => {
      const owner = await enrol();
      const published = await issueAndPublish(owner.patient);
      const sent = (count: number) => (done: readonly string[]) =>
        done.filter((what) => what === "send on shared").length === count;
      for (const [renewals, stop] of [sent(1), sent(2)].entries())
        expect(await renewStopping(owner, stop, published, renewals + 1), `stop ${renewals}`).to.equal(true);
      const opened = await requester.openGranted("shared", await ask(published.ledgerRecordIds.shared));
      expect(opened.extraction.parts).to.have.length(6);
    });
  });

  it("a record whose other side is closed stays closed, is named, and comes under the new key when it is reopened", async () => {
    const owner = await enrol();
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    await owner.patient.close(emrId, ["full"]);
    const renewal = await owner.patient.gates.renewIndexKey("shared");
    expect(renewal).to.deep.include({ exposed: [hex(emrId)], renewed: [], closed: [hex(emrId)] });
    expect(await ledger.record(ledgerRecordIds.shared)).to.include({ closed: true, version: 1 });
    await owner.patient.change(emrId, { reopen: ["full", "shared"] });
    const { keySet } = await owner.patient.gates.list("shared");
    expect(await ledger.record(ledgerRecordIds.shared)).to.include({ keySet, closed: false });
  });

  it("a program that hasn't its records at hand renews nothing: else they would stay under the lost key unseen", async () => {
    const { patient, keyStore } = await enrol();
    const { ledgerRecordIds } = await issueAndPublish(patient);
    const fresh = await Patient.open({ ...(await surroundings()), keyStore, confirmations: 0 });
    await expectCode("record-unknown", () => fresh.gates.renewIndexKey("shared"));
    expect((await fresh.gates.list("shared")).indexKeyNumber).to.equal(0);
    await fresh.restore();
    await fresh.gates.renewIndexKey("shared");
    expect(await ledger.record(ledgerRecordIds.shared)).to.include({ version: 2, closed: false });
  });
});
