/** A patient's gates: other ones, another threshold, fresh shares, how they are and what they released. */
import { expect } from "chai";
import { unhex } from "../../src/core/bytes.ts";
import { type Chain, type Decided, IndexLedger, KeyRegistry, type KeySet } from "../../src/ledger/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { deal, judgeShareComplaint, type ShareBinding, sealShare } from "../../src/seal/index.ts";
import { proveOpening } from "../../src/seal/shareComplaint.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import { Gate } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { giveMoney, orderOf, registerGate, until } from "../services/ownGates.ts";
import { registerAs, type ServedGate, serveFront, serveOwnGates } from "../services/servedGates.ts";
import {
  enrolPatient,
  issueAndPublish,
  nodeAccount,
  type Owner,
  surroundings,
  theRequester,
  world,
} from "../world.ts";

describe("roles: a patient's gates", () => {
  let chain: Chain;
  let ledger: IndexLedger;
  let registry: KeyRegistry;
  let worlds: string[];
  let own: ServedGate[];
  let close: () => Promise<void>;
  let owner: Owner;
  let emrId: Uint8Array;
  let requester: Requester;
  let decided: Decided;
  let tag: Uint8Array;

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.shared;
    worlds = gates.shared;
    ledger = new IndexLedger(chain);
    registry = new KeyRegistry(chain);
    ({ gates: own, close } = await serveOwnGates(chain, 4));
    owner = await enrolPatient({ gates: { shared: own.slice(0, 3).map(({ address }) => address) } });
    const published = await issueAndPublish(owner.patient);
    ({ emrId } = published);
    requester = await theRequester("role:researcher");
    ({ decided } = await requester.request("shared", published.ledgerRecordIds.shared));
    tag = (await requester.release("shared", decided)).plaintext.tag;
  });
  after(() => close?.());

  const named = (...places: number[]) => places.map((i) => own[i]!.address);

  async function dealtSet(): Promise<KeySet & { id: string }> {
    const { keySet } = await ledger.record(decided.ledgerRecordId);
    return { id: keySet, ...(await registry.keySet(keySet)) };
  }

  /** What the share of the gate at a place (from 0) is bound to. */
  function bindingAt(
    place: number,
    gates: readonly ServedGate[],
    set: Pick<KeySet, "dealer" | "generation" | "commitments"> & { id: string },
  ): ShareBinding {
    return {
      chainId: chain.chainId,
      contract: unhex(chain.keyRegistry),
      dealer: unhex(set.dealer),
      keySet: unhex(set.id),
      generation: set.generation,
      gateKey: gates[place]!.hpke.publicKey,
      index: place + 1,
      count: gates.length,
      commitments: set.commitments,
    };
  }

  /** Deals by hand, with the patient's own account; the gate at `spoiled` (from 0) gets a bad share. */
  async function dealByHand(gates: readonly ServedGate[], spoiled: number): Promise<void> {
    const keys = await OwnerKeys.derive((await owner.keyStore.get("patient/seed"))!);
    const account = keys.account(chain);
    const { secret, publicKey: indexKey } = keys.index(chain, account.address);
    const { id, generation } = await dealtSet();
    const { commitments, shares } = deal(secret, 2, gates.length);
    const next = { generation: generation + 1, commitments };
    const sealedShares = await Promise.all(
      shares.map(async (share, i) => {
        const sealed = await sealShare(share, bindingAt(i, gates, { ...next, id, dealer: account.address }));
        return i === spoiled ? sealed.map((byte, at) => (at === 80 ? byte ^ 1 : byte)) : sealed;
      }),
    );
    const to = gates.map(({ address }) => address);
    await registry.deal(account, { ...next, indexKey, threshold: 2, gates: to, sealedShares });
  }

  describe("changing them", () => {
    const choices: { what: string; from: () => string[]; threshold: number }[] = [
      { what: "other gates", from: () => named(1, 2, 3), threshold: 2 },
      {
        what: "more gates and a higher threshold",
        from: () => [...named(1, 2, 3), ...worlds.slice(0, 2)],
        threshold: 4,
      },
      { what: "one gate alone", from: () => named(3), threshold: 1 },
      { what: "all of two", from: () => [worlds[2]!, ...named(0)], threshold: 2 },
    ];
    for (const { what, from, threshold } of choices)
      it(`${what} for the same index key: what stands opens with the new shares, gates left out refuse`, async () => {
        const before = await ledger.record(decided.ledgerRecordId);
        const { generation } = await dealtSet();
        await owner.patient.gates.set("shared", { gates: from(), threshold });
        expect(await ledger.record(decided.ledgerRecordId), "nothing is published anew").to.deep.equal(
          before,
        );
        const set = await dealtSet();
        expect(set).to.deep.include({ gates: from(), threshold, generation: generation + 1 });
        const released = await requester.release("shared", decided);
        expect(released.plaintext.tag).to.deep.equal(tag);
        expect(released.failures).to.deep.equal([]);
        expect(released.gates).to.have.length(threshold);
        expect(from()).to.include.members(released.gates);
        for (const { address, gate } of own)
          if (!from().includes(address))
            await expectCode("share-invalid", () => gate.release(orderOf(decided)));
      });

    it("refuses gates that the chain doesn't list, one named twice, and thresholds that nobody or too few could meet", async () => {
      const { generation } = await dealtSet();
      const removed = await registerGate(chain);
      await registry.removeGate(await nodeAccount(chain, 2), removed.address);
      const { gates } = owner.patient;
      const set = (addresses: string[], threshold: number) => () =>
        gates.set("shared", { gates: addresses, threshold });
      await expectCode("argument-invalid", set([...named(0, 1), `0x${"12".repeat(20)}`], 2));
      await expectCode("argument-invalid", set([...named(0, 1), removed.address], 2));
      await expectCode("argument-invalid", set(named(0, 1), 3));
      await expectCode("argument-invalid", set(named(0, 1), 0));
      const twice = await set(named(0, 1, 1), 2)().catch((error: { code?: string }) => error.code);
      expect(twice).to.be.oneOf(["argument-invalid", "transaction-reverted"]);
      expect((await dealtSet()).generation).to.equal(generation);
      expect(await gates.available("shared")).to.include.members(named(0, 1, 2, 3));
      expect(await gates.available("shared")).not.to.include(removed.address);
    });

    it("a refresh puts a gate's new account in the place of its old one; the old one refuses, the rest serve on", async () => {
      await owner.patient.gates.set("shared", { gates: named(0, 1, 2), threshold: 2 });
      const renewed = own[3]!;
      const before = await dealtSet();
      await owner.patient.gates.refresh("shared", { [own[1]!.address.toLowerCase()]: renewed.address });
      const after = await dealtSet();
      expect(after.gates).to.deep.equal([own[0]!.address, renewed.address, own[2]!.address]);
      expect(after).to.deep.include({ threshold: 2, generation: before.generation + 1, id: before.id });
      expect(after.commitments[0]).to.deep.equal(before.commitments[0]);
      expect(after.commitments[1]).not.to.deep.equal(before.commitments[1]);
      await expectCode("share-invalid", () => own[1]!.gate.release(orderOf(decided)));
      const order = orderOf(decided);
      const [first, second] = [await own[0]!.gate.release(order), await renewed.gate.release(order)];
      expect([first.place, second.place]).to.deep.equal([1, 2]);
      expect((await requester.release("shared", decided)).plaintext.tag).to.deep.equal(tag);
      await expectCode("argument-invalid", () =>
        owner.patient.gates.refresh("shared", { [own[1]!.address]: renewed.address }),
      );
    });

    it("before the first dealing there is nothing to refresh, list or renew", async () => {
      const fresh = await Patient.open({ ...(await surroundings()), keyStore: memoryKeyStore() });
      await expectCode("key-missing", () => fresh.gates.refresh("shared"));
      await expectCode("key-missing", () => fresh.gates.list("shared"));
      await expectCode("key-missing", () => fresh.gates.renewIndexKey("shared"));
    });
  });

  describe("listing them", () => {
    it("tells which serve, and of those that don't, why", async () => {
      const dead = await registerGate(chain);
      const elsewhere = await serveGate(await Gate.open(chain, own[0]!.seed, 1_000_000), { upkeep: false });
      const waiting = await registerGate(chain);
      await registerAs(chain, waiting, elsewhere.url);
      const gone = await registerGate(chain);
      const gates = [own[0]!.address, dead.address, waiting.address, gone.address];
      await owner.patient.gates.set("shared", { gates, threshold: 2 });
      await registry.removeGate(await nodeAccount(chain, 2), gone.address);
      try {
        const list = await owner.patient.gates.list("shared");
        const { id, generation } = await dealtSet();
        expect(list).to.include({ keySet: id, generation, threshold: 2, indexKeyNumber: 0 });
        expect(list.gates.map(({ address }) => address)).to.deep.equal(gates);
        expect(list.gates.map(({ status }) => status.serving)).to.deep.equal([true, false, false, false]);
        expect(list.gates[0]).to.deep.equal({
          address: own[0]!.address,
          url: own[0]!.url,
          status: { serving: true, reasons: [], accounts: [own[0]!.address] },
        });
        for (const { status } of list.gates.slice(1)) expect(status.reasons).to.have.length(1);
        expect(list.gates[3]!.url).to.equal("");
        expect(list.gates[3]!.status.reasons[0]).to.contain("no longer lists");
      } finally {
        await elsewhere.close();
      }
    });

    it("judges what they complain of: a bad share, a good one that its gate gave away, and evidence of nothing", async () => {
      const gates = own.slice(0, 4);
      await dealByHand(gates, 0);
      const set = await dealtSet();
      const { id, generation } = set;
      // The first finds its share bad by itself, as it is asked for a release.
      await expectCode("share-invalid", () => gates[0]!.gate.release(orderOf(decided)));
      const told = await fetch(`${gates[0]!.url}/v1/complaints?keySet=${id}`);
      const [own1] = ((await told.json()) as { complaints: { evidence: string }[] }).complaints;
      const given = await proveOpening(
        gates[1]!.hpke.privateKey,
        set.sealedShares[1]!,
        bindingAt(1, gates, set),
        new Uint8Array(32).fill(5),
      );
      const complaints = [unhex(own1!.evidence), given, Uint8Array.of(1, 0)];
      expect(await judgeShareComplaint(given, set.sealedShares[1]!, bindingAt(1, gates, set))).to.equal(
        "share-good",
      );
      for (const [i, evidence] of complaints.entries()) {
        await giveMoney(chain, gates[i]!.address);
        await registry.complain(gates[i]!.wallet.connect(chain.provider), id, generation, evidence);
      }
      const list = await owner.patient.gates.list("shared");
      const verdicts = ["share-bad", "share-good", "evidence-invalid", undefined];
      expect(list.gates.map(({ complaint }) => complaint)).to.deep.equal(verdicts);
      // The others open it all the same; dealt anew, nobody complains any more.
      expect((await requester.release("shared", decided)).plaintext.tag).to.deep.equal(tag);
      await owner.patient.gates.refresh("shared");
      const repaired = await owner.patient.gates.list("shared");
      expect(repaired.gates.some(({ complaint }) => complaint !== undefined)).to.equal(false);
      expect(repaired.generation).to.equal(generation + 1);
    });
  });

  describe("receipts of what they released", () => {
    it("come from both ledgers' gates, anchored or not; a gate that is silent or shows a false one is named", async () => {
      const { gates } = owner.patient;
      const anchoring = { everySeconds: 0.1, receiptsPerBatch: 1 };
      const busy = await serveOwnGates(chain, 1, { upkeep: anchoring });
      const [anchorer] = busy.gates as [ServedGate];
      const plain = own[0]!;
      const silent = await registerGate(chain);
      const liar = await registerGate(chain);
      const front = await serveFront((_asked, answer) => {
        const { requestId, ledgerRecordId } = decided;
        const about = { number: 1, requestId, ledgerRecordId, version: 1, time: 1_800_000_000 };
        const signature = `0x${"11".repeat(65)}`;
        // Another account's it may hold while it changes its keys, so that one is passed over; its own must be good.
        const receipts = [plain, liar].map(({ address }) => ({ ...about, gate: address, signature }));
        answer.setHeader("content-type", "application/json").end(JSON.stringify({ receipts }));
      });
      await registerAs(chain, liar, front.url);
      try {
        await giveMoney(chain, anchorer.address);
        await gates.set("shared", {
          gates: [anchorer.address, plain.address, silent.address, liar.address],
          threshold: 2,
        });
        const { ledgerRecordIds } = await owner.patient.show(emrId);
        const doctor = await theRequester("role:doctor");
        const full = (await doctor.request("storage", ledgerRecordIds.storage)).decided;
        const released = await doctor.release("storage", full);
        for (const { gate } of [anchorer, plain]) await gate.release(orderOf(decided));
        await until(() => anchorer.gate.receipts.pendingCount() === 0);

        const { storage, shared } = await gates.receipts(emrId);
        type Shown = (typeof shared.receipts)[number];
        const shown = ({ requestId, gate, anchored }: Shown) => ({ requestId, gate, anchored });
        for (const { gate, requestId } of (await released.receipts).good)
          expect(storage.receipts.map(shown)).to.deep.include({ requestId, gate, anchored: false });
        expect(storage.failures).to.deep.equal([]);
        const { requestId } = decided;
        expect(shared.receipts.map(shown)).to.deep.include({
          requestId,
          gate: anchorer.address,
          anchored: true,
        });
        expect(shared.receipts.map(shown)).to.deep.include({
          requestId,
          gate: plain.address,
          anchored: false,
        });
        expect(shared.receipts.every(({ gate }) => gate !== liar.address)).to.equal(true);
        expect(shared.failures.map(({ gate }) => gate)).to.deep.equal([silent.address, liar.address]);
        const times = shared.receipts.map(({ time }) => time);
        expect(times).to.deep.equal([...times].sort((a, b) => a - b));
      } finally {
        front.close();
        await busy.close();
      }
    });
  });
});
