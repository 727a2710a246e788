/**
 * F14 at the gates: a victim's sealed shares and index, public as they are, in a record of someone who knows the victim well:
 * one whom the victim let in, and one to whom a record was handed over. And what a gate's complaint tells of them.
 */
import { expect } from "chai";
import type { Signer } from "ethers";
import { concat, hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import {
  IndexLedger,
  KeyRegistry,
  type KeySet,
  keySetIdOf,
  type LedgerRecord,
  OwnerActs,
  republishCall,
  sendAsOwner,
} from "../../src/ledger/index.ts";
import { demandPoint } from "../../src/seal/curve.ts";
import {
  decodeIndex,
  encodeIndex,
  judgeShareComplaint,
  type SealedIndex,
  type ShareBinding,
  sealIndex,
} from "../../src/seal/index.ts";
import { prepareScalar, publicBase } from "../../src/seal/multiply.ts";
import { openShareWithPoint } from "../../src/seal/sealedShare.ts";
import { expectCode } from "../expectCode.ts";
import { askRelease, giveMoney, orderOf, until } from "../services/ownGates.ts";
import { type ServedGate, serveOwnGate, stealShare } from "../services/servedGates.ts";
import { askAs, makeByHand, someIndex } from "./handMade.ts";
import { aliceSample, makeOwner, type Stage, stage, storeSample } from "./world.ts";

const side = "storage";

describe("attacks on gates: borrowed shares", () => {
  let here: Stage;
  let chain: Chain;
  let registry: KeyRegistry;
  let ledger: IndexLedger;
  let signer: Signer & { address: string };

  before(async () => {
    here = await stage();
    chain = here.world.chains[side];
    registry = new KeyRegistry(chain);
    ledger = new IndexLedger(chain);
    signer = here.mallory.keys.account(chain);
  });

  /** How each gate of the chain answers mallory's request for a record that is hers. */
  async function answers(id: string, gates: readonly string[]): Promise<unknown[]> {
    const { decided } = await askAs(chain, signer, id);
    expect(decided.decision, "the ledger lets her into her own record").to.equal("granted");
    const given = gates.map(async (gate) => {
      const { url } = await registry.gate(gate);
      const { status, body } = await askRelease(url, orderOf(decided));
      return status === 200 ? "released" : body.code;
    });
    return [...new Set(await Promise.all(given))];
  }

  const forHerself = () => `id:${signer.address.toLowerCase()}`;

  /** Deals the victim's key set, its sealed shares and all, with mallory as the dealer; the key set's id. */
  async function dealAsHers({
    indexKey,
    threshold,
    gates,
    commitments,
    sealedShares,
  }: KeySet): Promise<string> {
    const keySet = keySetIdOf(signer.address, indexKey);
    const generation = (await registry.generationOf(keySet)) + 1;
    await registry.deal(signer, { indexKey, generation, threshold, gates, commitments, sealedShares });
    return keySet;
  }

  /** Puts the victim's index into records of mallory's own, in all ways, and has all gates refuse. */
  async function borrow(victim: LedgerRecord, victimSet: KeySet): Promise<void> {
    const borrowed = decodeIndex(victim.index);
    const { publicKey } = here.mallory.keys.index(chain, signer.address);
    const ways: ((own: SealedIndex) => SealedIndex)[] = [
      () => borrowed,
      (own) => ({ ...own, enc: borrowed.enc }),
      (own) => ({ ...borrowed, proof: own.proof }),
    ];
    await dealAsHers(victimSet);
    for (const indexKey of [publicKey, victimSet.indexKey])
      for (const way of ways) {
        const record = await makeByHand(chain, signer, indexKey, forHerself());
        await record.publish(
          encodeIndex(way(await sealIndex(indexKey, someIndex(), record.bindingAt(1)))),
          1,
        );
        expect(await answers(record.id, victimSet.gates)).to.deep.equal(["proof-invalid"]);
      }
    // With an index that is truly hers nothing is in the way but the shares: sealed for another dealer, they are no shares.
    const own = await makeByHand(chain, signer, victimSet.indexKey, forHerself());
    await own.publish(encodeIndex(await sealIndex(victimSet.indexKey, someIndex(), own.bindingAt(1))), 1);
    expect(await answers(own.id, victimSet.gates)).to.deep.equal(["share-invalid"]);
  }

  it("by a stranger: refused", async () => {
    const { ids } = await aliceSample();
    const victim = await ledger.record(ids[side]);
    await borrow(victim, await registry.keySet(victim.keySet));
  });

  it("by a delegate, whom the policy named until it didn't: refused, in her own record and by her old grant", async () => {
    const victim = await makeOwner(here.world);
    const named = `role:doctor or ${forHerself()}`;
    const stored = await storeSample(here, victim, { full: named, shared: named });
    const { decided } = await askAs(chain, signer, stored.ids[side]);
    const before = await ledger.record(stored.ids[side]);
    const set = await registry.keySet(before.keySet);
    const ask = async () => {
      const { url } = await registry.gate(set.gates[0]!);
      return (await askRelease(url, orderOf(decided))).body;
    };
    expect(await ask(), "as a delegate she is released it").to.include({ version: 1 });
    await borrow(before, set);
    await victim.patient.change(stored.emrId, { rights: { full: "role:doctor", shared: "role:doctor" } });
    expect((await ask()).code).to.equal("grant-ended");
    await borrow(await ledger.record(stored.ids[side]), set);
  });

  it("by a new owner after a transfer: what the old owner published is not released to her", async () => {
    const victim = await makeOwner(here.world);
    const { emrId, ids } = await storeSample(here, victim);
    const id = ids[side];
    const old = await ledger.record(id);
    const oldSet = await registry.keySet(old.keySet);
    await victim.patient.offerTransfer(emrId, { [side]: signer.address });
    await new OwnerActs(chain, signer).acceptTransfer(id);
    expect(await ledger.record(id)).to.include({ owner: signer.address, closed: true, keySet: old.keySet });
    expect((await askAs(chain, signer, id)).decided.decision).to.equal("closed");

    // As it stands, under the old owner's key set: the ledger itself refuses.
    const { publicKey } = here.mallory.keys.index(chain, signer.address);
    const again = { ledgerRecordId: id, version: 2, epoch: 2, index: old.index };
    const whole = {
      ...again,
      indexKey: publicKey,
      salt: hex(new Uint8Array(32)),
      program: old.program,
      policy: "",
    };
    await expectCode("transaction-reverted", () => sendAsOwner(chain, signer, republishCall(whole)));

    // Under key sets of hers: her own, and the old owner's index key and sealed shares dealt by her.
    await dealAsHers(oldSet);
    let version = 1;
    for (const indexKey of [publicKey, oldSet.indexKey]) {
      const record = await makeByHand(chain, signer, indexKey, forHerself(), id);
      version += 1;
      await record.publish(old.index, version, 2);
      expect(await answers(id, oldSet.gates)).to.deep.equal(["proof-invalid"]);
      version += 1;
      const enc = decodeIndex(old.index).enc;
      const own = await sealIndex(indexKey, someIndex(), record.bindingAt(version));
      await record.publish(encodeIndex({ ...own, enc }), version, 2);
      expect(await answers(id, oldSet.gates)).to.deep.equal(["proof-invalid"]);
    }
    const record = await makeByHand(chain, signer, oldSet.indexKey, forHerself(), id);
    version += 1;
    await record.publish(
      encodeIndex(await sealIndex(oldSet.indexKey, someIndex(), record.bindingAt(version))),
      version,
      2,
    );
    expect(await answers(id, oldSet.gates)).to.deep.equal(["share-invalid"]);
    // An index of her own, under her own key, is hers to have: nothing else was wrong.
    const hers = await makeByHand(chain, signer, publicKey, forHerself(), id);
    version += 1;
    await hers.publish(
      encodeIndex(await sealIndex(publicKey, someIndex(), hers.bindingAt(version))),
      version,
      2,
    );
    expect(await answers(id, oldSet.gates)).to.deep.equal(["released"]);
  });

  describe("a complaint as an oracle", () => {
    let gate: ServedGate;
    let victimSet: KeySet & { id: string };

    before(async () => {
      const watchFrom = await chain.provider.getBlockNumber();
      gate = await serveOwnGate(chain, { upkeep: { everySeconds: 0.1, watchFrom } });
      await giveMoney(chain, gate.address);
      const victim = await makeOwner(here.world);
      await victim.patient.gates.set(side, {
        gates: [gate.address, ...here.world.gates[side].slice(0, 2)],
        threshold: 2,
      });
      const { ids } = await storeSample(here, victim);
      const { keySet } = await ledger.record(ids[side]);
      victimSet = { id: keySet, ...(await registry.keySet(keySet)) };
    });
    after(() => gate?.stop());

    it("the victim's `enc` in a bad share of mallory's: the gate complains of its own accord, and tells no point", async () => {
      const sealed = victimSet.sealedShares[0]!;
      const [enc, ct] = [sealed.slice(0, 65), sealed.slice(65, 65 + 48)];
      const { index: place, share } = await stealShare(chain, victimSet.id, victimSet, gate);
      expect(place).to.equal(1);
      // What the point would be worth, could mallory have it told: the victim's share.
      const key = await prepareScalar(BigInt(hex(gate.hpke.privateKey)));
      const point = await key.multiply(publicBase(demandPoint(enc, "enc")));
      const victims = bindingOf(victimSet, victimSet.id);
      expect(await openShareWithPoint(point, { enc, ct }, victims)).to.equal(share);

      const bad: Uint8Array[] = [
        concat(enc, randomBytes(48), randomBytes(64)),
        concat(enc, randomBytes(48), sealed.slice(-64)),
        concat(enc, ct, sealed.slice(-64)),
        sealed.slice(0, 65 + 48),
      ];
      const { indexKey, commitments } = victimSet;
      const keySet = keySetIdOf(signer.address, indexKey);
      for (const copied of bad) {
        await registry.deal(signer, {
          indexKey,
          generation: (await registry.generationOf(keySet)) + 1,
          threshold: commitments.length,
          gates: [gate.address, here.world.gates[side][0]!],
          commitments,
          sealedShares: [copied, copied],
        });
        const set = await registry.keySet(keySet);
        const complained = async () =>
          (await registry.complaints(keySet)).find(({ generation }) => generation === set.generation);
        await until(async () => (await complained()) !== undefined);
        const { evidence } = (await complained())!;
        expect(evidence, "a version and a form, and nothing else").to.deep.equal(Uint8Array.of(1, 0));
        const verdict = await judgeShareComplaint(evidence, copied, bindingOf(set, keySet));
        expect(verdict).to.equal("share-bad");
      }
      const answer = await fetch(`${gate.url}/v1/complaints`);
      const text = await answer.text();
      expect(text).not.to.contain(hex(point.slice(1, 33)).slice(2));
      const { complaints } = JSON.parse(text) as { complaints: { keySet: string; evidence: string }[] };
      expect(complaints.map(({ evidence }) => evidence)).to.deep.equal(bad.map(() => "0x0100"));
      expect(complaints.every(({ keySet }) => keySet !== victimSet.id)).to.equal(true);
    });

    function bindingOf(set: KeySet, keySet: string): ShareBinding {
      return {
        chainId: chain.chainId,
        contract: unhex(chain.keyRegistry),
        dealer: unhex(set.dealer),
        keySet: unhex(keySet),
        generation: set.generation,
        gateKey: gate.hpke.publicKey,
        index: 1,
        count: set.gates.length,
        commitments: set.commitments,
      };
    }
  });
});
