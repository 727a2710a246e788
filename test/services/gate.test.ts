/** One gate: what it refuses, and that it needs nothing but its seed. */
import { expect } from "chai";
import type { Block, BlockTag, Provider } from "ethers";
import { hex, randomBytes, unhex } from "../../src/core/bytes.ts";
import {
  type Chain,
  type Decided,
  IndexLedger,
  KeyRegistry,
  keySetIdOf,
  requestIdOf,
  signGate,
} from "../../src/ledger/index.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { checkPartial, decodeIndex, generateKeyPair, openRelease } from "../../src/seal/index.ts";
import { serveGate } from "../../src/services/gateServer.ts";
import { type Confirmations, deriveGateKeys, Gate, type Release } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  issueAndPublish,
  mine,
  nodeAccount,
  type Owner,
  random32,
  theRequester,
  through,
  world,
} from "../world.ts";

describe("services: a gate", () => {
  let chain: Chain;
  let ledger: IndexLedger;
  let seed: Uint8Array;
  let gate: Gate;
  let owner: Owner;
  let ledgerRecordId: string;
  let emrId: Uint8Array;
  let requester: Requester;
  let decided: Decided;
  let shortLived: Decided;

  /** A gate of the same seed that sees the chain through another node. */
  const seeing = (overrides: Partial<Provider>, confirmations: Confirmations = 1) =>
    Gate.open(through(chain, overrides), seed, confirmations);

  /** What another node would say of the head; of all other blocks it says what this one says. */
  const headed = (changes: { number?: number; timestamp?: number }, tag = "latest") => ({
    getBlock: async (asked: BlockTag | string) => {
      const block = (await chain.provider.getBlock(asked))!;
      if (asked !== tag) return block;
      const { number, timestamp } = { number: block.number, timestamp: block.timestamp, ...changes };
      return Object.create(block, { number: { value: number }, timestamp: { value: timestamp } }) as Block;
    },
  });

  async function checkRelease(release: Release, request: Decided): Promise<void> {
    const record = await ledger.record(request.ledgerRecordId);
    const set = await new KeyRegistry(chain).keySet(record.keySet);
    const { enc } = decodeIndex(record.index);
    const requestId = unhex(request.requestId);
    const secret = await requester.responseKey(request.responseKey);
    const sealed = unhex(release.sealed);
    const partial = await openRelease(
      secret,
      sealed,
      { requestId, gate: unhex(release.gate), enc },
      release.place,
    );
    const { generation } = set;
    checkPartial(partial, enc, set.commitments, { requestId, keySet: unhex(record.keySet), generation });
  }

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.storage;
    ledger = new IndexLedger(chain);
    seed = randomBytes(32);
    const { address, wallet, hpke } = await deriveGateKeys(seed);
    await new KeyRegistry(chain).setGate(await nodeAccount(chain, 2), {
      address,
      hpkeKey: hpke.publicKey,
      url: "http://127.0.0.1:1",
      signature: await signGate(wallet, chain, hpke.publicKey),
    });
    gate = await Gate.open(chain, seed, 1);
    expect(gate.address).to.equal(address);
    owner = await enrolPatient({ gates: { storage: [gates.storage[0]!, address, gates.storage[1]!] } });
    const published = await issueAndPublish(owner.patient);
    ({ emrId } = published);
    ledgerRecordId = published.ledgerRecordIds.storage;
    requester = await theRequester("role:doctor");
    ({ decided: shortLived } = await requester.request("storage", ledgerRecordId, { seconds: 4 }));
    ({ decided } = await requester.request("storage", ledgerRecordId));
    await mine(chain);
  });

  it("releases its partial, bound to the request, for a live grant", async () => {
    const release = await gate.release(decided);
    expect(release).to.include({ gate: gate.address, place: 2, generation: 1, version: 1 });
    await checkRelease(release, decided);
  });

  it("started anew with its seed it serves on: it keeps nothing else", async () => {
    const again = await Gate.open(chain, seed, 1);
    expect(again.address).to.equal(gate.address);
    await checkRelease(await again.release(decided), decided);
    await expectCode("argument-invalid", () => Gate.open(chain, randomBytes(31), 1));
  });

  it("refuses a request that nobody made", async () => {
    const order = { ...decided, nonce: random32() };
    const error = await expectCode("not-releasable", () => gate.release(order));
    expect(error.message).to.contain("no such request");
  });

  it("refuses a preimage with any field changed: the grant is for another id", async () => {
    const other = await generateKeyPair();
    const changes = [
      { ledgerRecordId: random32() },
      { epoch: 2 },
      { requester: `0x${"ab".repeat(20)}` },
      { purpose: decided.purpose + 1 },
      { responseKey: hex(other.publicKey) },
      { expiry: decided.expiry + 1 },
    ];
    for (const change of changes) {
      const order = { ...decided, ...change };
      expect(requestIdOf(chain, order)).not.to.equal(decided.requestId);
      await expectCode("not-releasable", () => gate.release(order));
    }
  });

  it("refuses who was denied", async () => {
    const stranger = await theRequester();
    const asked = await stranger.request("storage", ledgerRecordId);
    expect(asked.decided.decision).to.equal("policy-not-satisfied");
    await mine(chain);
    await expectCode("not-releasable", () => gate.release(asked.decided));
  });

  it("waits for a grant to be final", async () => {
    const early = await seeing(headed({ number: decided.block }));
    const error = await expectCode("node-behind", () => early.release(decided));
    expect(error.message).to.contain("not final yet");
    const late = await seeing(headed({ number: decided.block + 1 }));
    await checkRelease(await late.release(decided), decided);
  });

  it("refuses when its node's head is older than 30 s, or not there", async () => {
    const now = Math.floor(Date.now() / 1000);
    const stale = await seeing(headed({ timestamp: now - 32 }));
    await expectCode("node-behind", () => stale.release(decided));
    const empty = await seeing({ getBlock: async () => null });
    await expectCode("node-behind", () => empty.release(decided));
    const young = await seeing({}, 1_000_000);
    await expectCode("node-behind", () => young.release(decided));
  });

  it("goes by the engine's own word where it has one", async () => {
    const final = (number: number) => headed({ number }, "finalized");
    await checkRelease(await (await seeing(final(decided.block), "finalized")).release(decided), decided);
    const before = await seeing(final(decided.block - 1), "finalized");
    await expectCode("node-behind", () => before.release(decided));
    const never = await seeing(
      { getBlock: async (tag) => (tag === "finalized" ? null : chain.provider.getBlock(tag)) },
      "finalized",
    );
    await expectCode("node-behind", () => never.release(decided));
  });

  it("reads a key set once at a block, whichever of its records it is asked for", async () => {
    const { ledgerRecordIds } = await issueAndPublish(owner.patient);
    const { decided: another } = await requester.request("storage", ledgerRecordIds.storage);
    const head = (await chain.provider.getBlock("latest"))!;
    const read: string[] = [];
    const held = await seeing(
      {
        getBlock: async (tag) =>
          tag === "latest"
            ? (Object.create(head, { timestamp: { value: Math.floor(Date.now() / 1000) } }) as Block)
            : chain.provider.getBlock(tag),
        call: (transaction) => {
          read.push(String(transaction.to).toLowerCase());
          return chain.provider.call(transaction);
        },
      },
      0,
    );
    for (const each of [decided, another]) await checkRelease(await held.release(each), each);
    expect(read.filter((to) => to === chain.keyRegistry.toLowerCase())).to.have.length(1);
    // The record and its request's status, each for itself.
    expect(read.filter((to) => to === chain.ledger.toLowerCase())).to.have.length(4);
  });

  it("notices that the chain was reorganised while it read", async () => {
    const { getBlock } = headed({});
    let asked = 0;
    const turning = await seeing({
      getBlock: async (tag) => {
        const block = await getBlock(tag as BlockTag);
        return typeof tag === "number" && asked++ % 2 === 1
          ? (Object.create(block, { hash: { value: random32() } }) as Block)
          : block;
      },
    });
    const error = await expectCode("node-behind", () => turning.release(decided));
    expect(error.message).to.contain("reorganised");
    expect(asked).to.equal(2);
  });

  it("says when its node doesn't answer", async () => {
    const cut = await seeing({ getBlock: () => Promise.reject(new Error("connection refused")) });
    await expectCode("chain-unreachable", () => cut.release(decided));
  });

  it("has nothing to give for a key set that it has no share of", async () => {
    const foreign = await Gate.open(chain, randomBytes(32), 1);
    await expectCode("share-invalid", () => foreign.release(decided));
  });

  it("refuses a share that doesn't open or doesn't match, whoever dealt it", async () => {
    const { chains, gates } = await world();
    const other = await enrolPatient({ gates: { storage: [gate.address, ...gates.storage.slice(0, 2)] } });
    const { ledgerRecordIds } = await issueAndPublish(other.patient);
    const asked = await requester.request("storage", ledgerRecordIds.storage);
    await mine(chain);
    await gate.release(asked.decided);

    const registry = new KeyRegistry(chains.storage);
    const record = await ledger.record(ledgerRecordIds.storage);
    const set = await registry.keySet(record.keySet);
    const { wallet } = await dealerOf(other);
    expect(keySetIdOf(wallet.address, set.indexKey)).to.equal(record.keySet);
    for (const sealedShares of [
      // Even the same bytes: they were sealed for another generation, and a gate that started anew couldn't open them.
      set.sealedShares,
      [...set.sealedShares].reverse(),
      set.sealedShares.map((share) => share.map((byte, i) => (i === share.length - 1 ? byte ^ 1 : byte))),
    ]) {
      const generation = (await registry.generationOf(record.keySet)) + 1;
      await registry.deal(wallet, { ...set, generation, sealedShares });
      await mine(chain);
      await expectCode("share-invalid", () => gate.release(asked.decided));
    }
  });

  it("over HTTP: speaks the same errors, refuses what the schema doesn't name, and floods", async () => {
    const served = await serveGate(gate, { requestsPerMinute: 6 });
    const { ledgerRecordId: id, epoch, requester: who, nonce, purpose, responseKey, expiry } = decided;
    const order = { ledgerRecordId: id, epoch, requester: who, nonce, purpose, responseKey, expiry };
    const post = async (body: unknown) => {
      const answer = await fetch(`${served.url}/v1/releases`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()] as const;
    };
    try {
      const [status, release] = await post(order);
      expect(status).to.equal(200);
      await checkRelease(release, decided);
      const [refused, { code }] = await post({ ...order, nonce: random32() });
      expect([refused, code]).to.deep.equal([403, "not-releasable"]);
      const { nonce: _, ...incomplete } = order;
      for (const wrong of [{ ...order, more: 1 }, incomplete, { ...order, epoch: "1" }])
        expect((await post(wrong))[0]).to.equal(400);
      expect((await post({ ...order, nonce: `0x${"a".repeat(70_000)}` }))[0]).to.equal(413);
      const [many, flood] = await post(order);
      expect([many, flood.code]).to.deep.equal([429, "rate-limited"]);
    } finally {
      await served.close();
    }
  });

  // From here on the grant of `decided` comes to its end, one way after the other.

  it("refuses when the request has expired", async () => {
    while (((await chain.provider.getBlock("latest"))?.timestamp ?? 0) < shortLived.expiry)
      await new Promise((wake) => setTimeout(wake, 200));
    await mine(chain);
    const error = await expectCode("grant-ended", () => gate.release(shortLived));
    expect(error.message).to.contain("expired");
  });

  it("refuses when the attribute was taken back", async () => {
    const nurse = await enrolRequester(["role:doctor"]);
    const asked = await nurse.request("storage", ledgerRecordId);
    await (await world()).authority.revokeAttributes(nurse.address, ["role:doctor"]);
    await mine(chain);
    const error = await expectCode("grant-ended", () => gate.release(asked.decided));
    expect(error.message).to.contain("no longer satisfies");
  });

  it("refuses a closed ledger record, and then an ended epoch", async () => {
    await owner.patient.close(emrId, ["full"]);
    await mine(chain);
    const closed = await expectCode("grant-ended", () => gate.release(decided));
    expect(closed.message).to.contain("closed");
    await owner.patient.change(emrId, { reopen: ["full"] });
    expect(await ledger.record(ledgerRecordId)).to.include({ epoch: 2, version: 2, closed: false });
    await mine(chain);
    const ended = await expectCode("grant-ended", () => gate.release(decided));
    expect(ended.message).to.contain("epoch");
  });

  it("refuses who is blocked, from the block's own block on: it needn't be final", async () => {
    const asked = await requester.request("storage", ledgerRecordId);
    await mine(chain, 3);
    const patient = await Gate.open(chain, seed);
    await checkRelease(await patient.release(asked.decided), asked.decided);
    await owner.patient.block(emrId, requester.address);
    for (const each of [patient, gate]) {
      const error = await expectCode("grant-ended", () => each.release(asked.decided));
      expect(error.message).to.contain("blocked");
    }
  });

  /** The owner's own account on the storage chain, derived from the seed as the patient does. */
  async function dealerOf({ keyStore }: Owner) {
    const keys = await OwnerKeys.derive((await keyStore.get("patient/seed"))!);
    return { wallet: keys.account(chain) };
  }
});
