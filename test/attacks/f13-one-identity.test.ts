/** F13: the paper uses one ID and one key pair on both chains (5.1.4, 5.1.5). */
import { expect } from "chai";
import type { TransactionResponse } from "ethers";
import { concat, hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import { IndexLedger, KeyRegistry, signGate } from "../../src/ledger/index.ts";
import {
  combine,
  deal,
  decodeIndex,
  deriveIndexKey,
  type IndexBinding,
  type IndexKey,
  makePartial,
  openIndexWithKey,
  openIndexWithPoint,
  openShare,
  prepareShare,
  sealIndex,
} from "../../src/seal/index.ts";
import { deriveGateKeys } from "../../src/services/gateKeys.ts";
import { expectCode } from "../expectCode.ts";
import { bindingOf } from "./places.ts";
import { aliceSample, makeOwner, nodeAccount, type Owner, sides, stage, storeSample } from "./world.ts";

/** What the members of a chain see of an account: its transactions and what they caused. */
async function shownOf({ provider }: Chain, account: string, since: number): Promise<Uint8Array> {
  const shown: Uint8Array[] = [unhex(account)];
  const take = async ({ from, to, data, hash }: TransactionResponse) => {
    if (from.toLowerCase() !== account.toLowerCase()) return;
    shown.push(unhex(to!), unhex(data));
    for (const log of (await provider.getTransactionReceipt(hash))?.logs ?? [])
      shown.push(unhex(log.address), ...log.topics.map(unhex), unhex(log.data));
  };
  for (let block = await provider.getBlockNumber(); block > since; block--)
    for (const each of (await provider.getBlock(block, true))!.prefetchedTransactions) await take(each);
  return concat(...shown);
}

const idSize = 20;

/** Every run of 20 bytes (an address, or most of a hash or key) that isn't mostly zeros. */
function runsOf(bytes: Uint8Array): Set<string> {
  const text = hex(bytes).slice(2);
  const runs = new Set<string>();
  for (let at = 0; at + idSize <= bytes.length; at++) {
    const zeros = bytes.subarray(at, at + idSize).filter((byte) => byte === 0).length;
    if (zeros < 8) runs.add(text.slice(2 * at, 2 * (at + idSize)));
  }
  return runs;
}

/**
 * What joins one's doings on both chains: runs that stand on both, and of which others show neither end. Text that everybody
 * shows, with a byte or two behind it that happen to be the same on both chains, is no identifier.
 */
function joining(storage: Uint8Array, shared: Uint8Array, others: Uint8Array): string[] {
  const there = runsOf(shared);
  const common = hex(others);
  const ends = (run: string) => [run.slice(0, 2 * 12), run.slice(-2 * 12)];
  return [...runsOf(storage)].filter(
    (run) => there.has(run) && !ends(run).some((end) => common.includes(end)),
  );
}

describe("F13 one identity on two chains", () => {
  it("the paper: the ID joins both chains, and shares held for the shared chain open the storage index", async () => {
    const [id, other, publicKey] = [randomBytes(32), randomBytes(32), randomBytes(65)];
    const posted = (index: number) => concat(id, publicKey, randomBytes(index));
    expect(joining(posted(300), posted(200), other)).to.include(hex(id).slice(2, 2 + 2 * idSize));
    expect(joining(posted(300), concat(other, randomBytes(65)), other), "not by chance").to.deep.equal([]);

    // One key for both indexes, dealt to the shared chain's gates. What their shares make is the key, wherever the index is.
    const key = deriveIndexKey(randomBytes(32));
    const { shares } = deal(key.secret, 2, 3);
    const storage: IndexBinding = {
      chainId: 1,
      contract: randomBytes(20),
      ledgerRecordId: id,
      version: 1,
      keySet: randomBytes(32),
    };
    const secrets = { url: "ipfs://x", tag: id, sigma: randomBytes(32), dIndex: randomBytes(65) };
    const index = await sealIndex(key.publicKey, secrets, storage);
    const binding = { requestId: id, keySet: storage.keySet, generation: 1 };
    const partials = await Promise.all(
      [1, 2].map(async (gate) =>
        makePartial(gate, await prepareShare(shares[gate - 1]!), index.enc, binding),
      ),
    );
    const opened = await openIndexWithPoint(await combine(partials), key.publicKey, index, storage);
    expect(opened).to.deep.equal(secrets);
  });

  it("Diptych: nothing that the storage chain shows of an owner stands on the shared chain", async () => {
    const here = await stage();
    const { world, requesters } = here;
    const since = await Promise.all(sides.map((side) => world.chains[side].provider.getBlockNumber()));
    const [alice, mallory] = [await makeOwner(world), await makeOwner(world)];
    const stored = await storeSample(here, alice);
    await storeSample(here, mallory);
    const shown = async ({ addresses }: Owner) =>
      Promise.all(sides.map((side, i) => shownOf(world.chains[side], addresses[side], since[i]!)));
    const [storage, shared] = await shown(alice);
    const others = concat(...(await shown(mallory)));
    expect(joining(storage!, shared!, others)).to.deep.equal([]);
    // The search does find what tells alice apart within one chain, and a name that she writes on both: one that she blocks.
    const start = (text: string) => text.toLowerCase().slice(2, 2 + 2 * idSize);
    const within = joining(storage!, storage!, others);
    for (const known of [alice.addresses.storage, stored.ids.storage])
      expect(within).to.include(start(known));
    await alice.patient.block(stored.emrId, requesters.stranger.address);
    const [withBlock, sharedWithBlock] = await shown(alice);
    expect(joining(withBlock!, sharedWithBlock!, others)).to.include(start(requesters.stranger.address));
  });

  it("Diptych: owner, record id, key set and index key are different ones on each chain", async () => {
    const { world, alice } = await stage();
    const { ids } = await aliceSample();
    const [storage, shared] = await Promise.all(
      sides.map(async (side) => {
        const record = await new IndexLedger(world.chains[side]).record(ids[side]);
        const set = await new KeyRegistry(world.chains[side]).keySet(record.keySet);
        return [ids[side], record.owner, record.keySet, hex(set.indexKey), ...set.commitments.map(hex)];
      }),
    );
    expect(storage).to.have.length(6);
    for (const each of storage!) expect(shared).to.not.include(each);
    expect(alice.addresses.storage).to.equal(storage![1]);
  });

  it("Diptych: all of the shared chain's gates together open no storage index", async () => {
    const { world } = await stage();
    // A patient's shared chain whose gates are all the attacker's: three seeds, three entries in the registry.
    const chain = world.chains.shared;
    const operator = await nodeAccount(world, "shared", 2);
    const registry = new KeyRegistry(chain);
    const gates = await Promise.all([1, 2, 3].map(() => deriveGateKeys(randomBytes(32))));
    for (const { address, wallet, hpke } of gates) {
      const signature = await signGate(wallet, chain, hpke.publicKey);
      const entry = { address, hpkeKey: hpke.publicKey, url: `http://127.0.0.1:9/${address}`, signature };
      await registry.setGate(operator, entry);
    }
    const victim = await makeOwner(world);
    await victim.patient.gates.set("shared", { gates: gates.map((gate) => gate.address), threshold: 2 });
    const { ids } = await storeSample(await stage(), victim);
    const records = {
      storage: await new IndexLedger(world.chains.storage).record(ids.storage),
      shared: await new IndexLedger(chain).record(ids.shared),
    };
    const set = await registry.keySet(records.shared.keySet);
    const shares = await Promise.all(
      gates.map(({ hpke }, at) =>
        openShare(hpke.privateKey, set.sealedShares[at]!, {
          chainId: chain.chainId,
          contract: unhex(chain.keyRegistry),
          dealer: unhex(set.dealer),
          keySet: unhex(records.shared.keySet),
          generation: set.generation,
          gateKey: hpke.publicKey,
          index: at + 1,
          count: gates.length,
          commitments: set.commitments,
        }),
      ),
    );
    const open = async (side: "storage" | "shared", indexKey: Uint8Array) => {
      const index = decodeIndex(records[side].index);
      const binding = { requestId: randomBytes(32), keySet: unhex(records[side].keySet), generation: 1 };
      const partials = await Promise.all(
        shares.map(async (share, at) => makePartial(at + 1, await prepareShare(share), index.enc, binding)),
      );
      const point = await combine(partials);
      return openIndexWithPoint(
        point,
        indexKey,
        index,
        bindingOf(world.chains[side], ids[side], records[side]),
      );
    };
    expect((await open("shared", set.indexKey)).url).to.match(/^ipfs:/);
    const storageSet = await new KeyRegistry(world.chains.storage).keySet(records.storage.keySet);
    for (const indexKey of [set.indexKey, storageSet.indexKey])
      await expectCode("seal-open-failed", () => open("storage", indexKey));

    // Nor does the whole shared index key, had they all of it and the owner's own way of opening.
    const [own, foreign] = sides.map((side) =>
      victim.keys.index(world.chains[side], victim.addresses[side]),
    ) as [IndexKey, IndexKey];
    const binding = bindingOf(world.chains.storage, ids.storage, records.storage);
    const index = decodeIndex(records.storage.index);
    await openIndexWithKey(own, index, binding);
    await expectCode("seal-open-failed", () => openIndexWithKey(foreign, index, binding));
  });
});
