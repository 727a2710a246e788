/** F14: indexes are public bytes. Mallory puts P's index on the chain as her own and lets herself in (5.1.5). */
import { expect } from "chai";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  type Decided,
  IndexLedger,
  KeyRegistry,
  type KeySet,
  keySetIdOf,
  type LedgerRecord,
  ledgerRecordIdOf,
  type PublishCall,
  publicationOf,
  publishCall,
  sendAsOwner,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import {
  combine,
  deal,
  decodeIndex,
  deriveIndexKey,
  encodeIndex,
  generateKeyPair,
  makePartial,
  openIndexWithPoint,
  prepareShare,
  type SealedIndex,
  sealIndex,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { askGate } from "./oneGate.ts";
import { drawKey } from "./paper/rsa.ts";
import { Contract, makeRequest, sealIndex as sealPaperIndex, signIndex } from "./paper/storage.ts";
import { bindingOf } from "./places.ts";
import { aliceSample, type Stage, type Stored, stage } from "./world.ts";

const side = "storage";

describe("F14 borrowed indexes", () => {
  let here: Stage;
  let stored: Stored;
  let victim: LedgerRecord;
  let victimSet: KeySet;
  let borrowed: SealedIndex;
  let policy: string;

  before(async () => {
    here = await stage();
    stored = await aliceSample();
    const chain = here.world.chains[side];
    victim = await new IndexLedger(chain).record(stored.ids[side]);
    victimSet = await new KeyRegistry(chain).keySet(victim.keySet);
    borrowed = decodeIndex(victim.index);
    policy = `id:${here.mallory.addresses[side].toLowerCase()}`;
  });

  /** Puts `index` on the ledger as a fresh record of mallory's, for herself alone; returns her granted request. */
  async function publishAsHers(
    indexKey: Uint8Array,
    make: (id: string) => Promise<Uint8Array>,
  ): Promise<Decided> {
    const { world, mallory } = here;
    const chain = world.chains[side];
    const signer = mallory.keys.account(chain);
    const salt = hex(randomBytes(32));
    const ledgerRecordId = ledgerRecordIdOf(signer.address, salt);
    const index = await make(ledgerRecordId);
    const program = compileProgram(policy);
    const call: PublishCall = {
      ledgerRecordId,
      version: 1,
      epoch: 1,
      indexKey,
      salt,
      program,
      index,
      policy,
    };
    const ledger = new IndexLedger(chain);
    await sendAsOwner(chain, signer, publishCall(call));
    const pair = await generateKeyPair();
    const { decided } = await ledger.request(signer, {
      ledgerRecordId,
      nonce: hex(randomBytes(32)),
      purpose: 0,
      responseKey: hex(pair.publicKey),
      expiry: Math.floor(Date.now() / 1000) + 600,
    });
    expect(decided.decision, "the ledger lets her into her own record").to.equal("granted");
    return decided;
  }

  async function refusedByAll(code: ErrorCode, decided: Decided): Promise<void> {
    const { chains, gates } = here.world;
    for (const gate of gates[side]) await expectCode(code, () => askGate(chains[side], gate, decided));
  }

  function hersBinding(id: string, keySet: string) {
    return bindingOf(here.world.chains[side], id, { version: 1, keySet });
  }

  const plaintext = {
    url: "ipfs://hers",
    tag: randomBytes(32),
    sigma: randomBytes(32),
    dIndex: randomBytes(65),
  };

  it("the paper: the contract decrypts alice's index for mallory, who stored it as her own", async () => {
    const [doctor, mallory] = [drawKey(), drawKey()];
    const patient = await generateKeyPair();
    const contract = new Contract(patient.privateKey);
    const index = signIndex("ipfs://alice", randomBytes(32), doctor);
    contract.store("EMR 1", await sealPaperIndex(index, patient.publicKey), [doctor]);
    expect(await contract.request(makeRequest("EMR 1", 1000, mallory), 1000)).to.equal(undefined);
    contract.store("EMR 666", contract.indexes.get("EMR 1")!, [mallory]);
    expect(await contract.request(makeRequest("EMR 666", 1000, mallory), 1000)).to.deep.equal(index);
  });

  it("the paper with gates in the contract's place and no more: honest gates open it for her all the same", async () => {
    const key = deriveIndexKey(randomBytes(32));
    const { shares } = deal(key.secret, 2, 3);
    const alices = {
      chainId: 1,
      contract: randomBytes(20),
      ledgerRecordId: randomBytes(32),
      version: 1,
      keySet: randomBytes(32),
    };
    const onChain = await sealIndex(key.publicKey, plaintext, alices);
    const granted = { [hex(alices.ledgerRecordId)]: ["alice's physician"], "her record": ["mallory"] };
    // A gate that looks for a grant, takes `enc` from the record it is for, and raises it to its share.
    const gate = async (number: number, record: string, enc: Uint8Array, who: string) =>
      granted[record]?.includes(who)
        ? makePartial(number, await prepareShare(shares[number - 1]!), enc, {
            requestId: randomBytes(32),
            keySet: alices.keySet,
            generation: 1,
          })
        : undefined;
    expect(await gate(1, hex(alices.ledgerRecordId), onChain.enc, "mallory")).to.equal(undefined);
    const partials = await Promise.all(
      [1, 2].map(async (number) => (await gate(number, "her record", onChain.enc, "mallory"))!),
    );
    const opened = await openIndexWithPoint(await combine(partials), key.publicKey, onChain, alices);
    expect(opened).to.deep.equal(plaintext);
  });

  it("Diptych: gates refuse alice's index, whole or in part, in a record of mallory's own key set", async () => {
    const { world, mallory } = here;
    const chain = world.chains[side];
    const { publicKey } = mallory.keys.index(chain, mallory.addresses[side]);
    const keySet = keySetIdOf(mallory.addresses[side], publicKey);
    // Her own index in her own record is released: nothing else is wrong with her requests.
    const own = await publishAsHers(publicKey, async (id) =>
      encodeIndex(await sealIndex(publicKey, plaintext, hersBinding(id, keySet))),
    );
    for (const gate of world.gates[side]) await askGate(chain, gate, own);

    const ways: ((hers: SealedIndex) => SealedIndex)[] = [
      () => borrowed,
      (hers) => ({ ...hers, enc: borrowed.enc }),
      (hers) => ({ ...borrowed, proof: hers.proof }),
      (hers) => ({ ...borrowed, ct: hers.ct }),
    ];
    for (const way of ways) {
      const decided = await publishAsHers(publicKey, async (id) =>
        encodeIndex(way(await sealIndex(publicKey, plaintext, hersBinding(id, keySet)))),
      );
      await refusedByAll("proof-invalid", decided);
    }
  });

  it("Diptych: nobody publishes under alice's key set, record id or name", async () => {
    const { world, mallory } = here;
    const chain = world.chains[side];
    const signer = mallory.keys.account(chain);
    const call = stored.calls.get("full")!;
    // Under alice's index key it is another key set, mallory's own, which nobody dealt: no gate has a share of it.
    const undealt = (await generateKeyPair()).publicKey;
    for (const indexKey of [call.indexKey, undealt]) {
      expect(publicationOf({ ...call, indexKey }, signer.address).keySet).to.not.equal(victim.keySet);
      const foreign = await publishAsHers(indexKey, async () => encodeIndex(borrowed));
      await refusedByAll("share-invalid", foreign);
    }
    const publish = (changed: PublishCall) => sendAsOwner(chain, signer, publishCall(changed));
    await expectCode("not-owner", () => publish(call));
    const taking = {
      ...call,
      version: victim.version + 1,
      indexKey: mallory.keys.index(chain, mallory.addresses[side]).publicKey,
    };
    await expectCode("not-owner", () => publish(taking));
    const squatted = { ...taking, version: 1, ledgerRecordId: hex(randomBytes(32)) };
    const squat = await expectCode("transaction-reverted", () => publish(squatted));
    expect(squat.message).to.include("IndexLedgerRecordIdMismatch");
  });

  it("Diptych: alice's sealed shares, dealt again with mallory as the dealer, are no shares of hers", async () => {
    const { world, mallory } = here;
    const chain = world.chains[side];
    const registry = new KeyRegistry(chain);
    const signer = mallory.keys.account(chain);
    const { indexKey, threshold, gates, commitments, sealedShares } = victimSet;
    await registry.deal(signer, { indexKey, generation: 1, threshold, gates, commitments, sealedShares });
    const keySet = keySetIdOf(signer.address, indexKey);
    expect((await registry.keySet(keySet)).dealer).to.equal(signer.address);
    expect(keySet).to.not.equal(victim.keySet);

    // With an index that is truly hers, so that no proof stands in the way, and with alice's.
    const own = await publishAsHers(indexKey, async (id) =>
      encodeIndex(await sealIndex(indexKey, plaintext, hersBinding(id, keySet))),
    );
    await refusedByAll("share-invalid", own);
    await refusedByAll("proof-invalid", await publishAsHers(indexKey, async () => encodeIndex(borrowed)));

    // Commitments of her own beside alice's shares: another polynomial, and places swapped.
    const hers = deal(mallory.keys.index(chain, mallory.addresses[side]).secret, threshold, gates.length);
    const ownKey = mallory.keys.index(chain, mallory.addresses[side]).publicKey;
    const swapped = [...sealedShares].reverse();
    for (const sealed of [sealedShares, swapped]) {
      await registry.deal(signer, {
        indexKey: ownKey,
        generation: (await registry.generationOf(keySetIdOf(signer.address, ownKey))) + 1,
        threshold,
        gates,
        commitments: hers.commitments,
        sealedShares: sealed,
      });
      const mixed = keySetIdOf(signer.address, ownKey);
      const decided = await publishAsHers(ownKey, async (id) =>
        encodeIndex(await sealIndex(ownKey, plaintext, hersBinding(id, mixed))),
      );
      await refusedByAll("share-invalid", decided);
    }
    await mallory.patient.gates.set(side, { gates, threshold });
    const { decided } = await here.requesters.physician.request(side, stored.ids[side]);
    const released = await here.requesters.physician.release(side, decided);
    expect(released.failures, "alice's own record suffers nothing").to.deep.equal([]);
  });
});
