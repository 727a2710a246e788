/** The typed clients against the contracts on a real chain. */
import { expect } from "chai";
import { type Wallet, ZeroAddress } from "ethers";
import { concat, hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import {
  type Chain,
  describeExplanation,
  IndexLedger,
  KeyRegistry,
  keySetIdOf,
  ledgerRecordIdOf,
  OwnerActs,
  type PublishCall,
  publicationOf,
  publishCall,
  publishMessage,
  republishCall,
  requestIdOf,
  sendAsOwner,
  sendUnderMandate,
  signMandate,
} from "../../src/ledger/index.ts";
import { compileProgram } from "../../src/policy/index.ts";
import { generateKeyPair } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, nodeAccount, random32, theRequester, world } from "../world.ts";

const policy = "role:doctor";
const program = compileProgram(policy);

describe("ledger: clients on a real chain", () => {
  let chain: Chain;
  let ledger: IndexLedger;
  let keys: KeyRegistry;
  let owner: Wallet;
  let relayer: Awaited<ReturnType<typeof nodeAccount>>;
  let keySet: string;
  let indexKey: Uint8Array;
  let acts: OwnerActs;
  const salt = random32();
  let ledgerRecordId: string;

  /** A version by the owner, index and all, ready to be sent or signed. */
  function version(number: number, epoch: number, change: Partial<PublishCall> = {}): PublishCall {
    const index = concat(utf8(`index ${number} `), randomBytes(341));
    const call = { ledgerRecordId, version: number, epoch, indexKey, salt, program };
    return { ...call, index: index.slice(0, 349), policy, ...change };
  }

  const idsOf = async (account: string) => {
    const ids: string[] = [];
    for await (const id of ledger.recordsOf(account)) ids.push(id);
    return ids;
  };
  const publish = (call: PublishCall) => sendAsOwner(chain, owner, publishCall(call));

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.shared;
    ledger = new IndexLedger(chain);
    keys = new KeyRegistry(chain);
    owner = (await fundedWallet()).connect(chain.provider);
    relayer = await nodeAccount(chain, 8);
    acts = new OwnerActs(chain, owner);
    indexKey = (await generateKeyPair()).publicKey;
    const set = {
      indexKey,
      generation: 1,
      threshold: 2,
      gates: gates.shared,
      commitments: [indexKey, (await generateKeyPair()).publicKey],
      sealedShares: gates.shared.map((_, i) => randomBytes(100 + i)),
    };
    keySet = keySetIdOf(owner.address, indexKey);
    expect(await keys.generationOf(keySet)).to.equal(0);
    await expectCode("record-unknown", () => keys.keySet(keySet));
    await keys.deal(owner, set);
    expect(await keys.keySet(keySet)).to.deep.equal({ ...set, dealer: owner.address });
    const twice = await expectCode("transaction-reverted", () => keys.deal(owner, set));
    expect(twice.message).to.include("KeyRegistryGenerationMismatch");
    await keys.deal(owner, { ...set, generation: 2 });
    expect(await keys.generationOf(keySet)).to.equal(2);
    ledgerRecordId = ledgerRecordIdOf(owner.address, salt);
  });

  it("publishes under the ledger record id that the contract computes, and reads back what it published", async () => {
    const error = await expectCode("transaction-reverted", () =>
      publish(version(1, 1, { ledgerRecordId: random32() })),
    );
    expect(error.message).to.contain("IndexLedgerRecordIdMismatch");
    const call = version(1, 1);
    const mined = await acts.publish(call);
    expect(mined.gas > 100_000n && mined.block > 0).to.equal(true);
    const { blob, ...record } = await ledger.record(ledgerRecordId);
    expect(record).to.deep.equal({
      owner: owner.address,
      version: 1,
      epoch: 1,
      closed: false,
      keySet,
      program,
      index: call.index,
    });
    expect(await ledger.readVersion({ blob, keySet })).to.deep.equal({ program, index: call.index });
    await expectCode("record-unknown", () => ledger.record(ledgerRecordId, mined.block - 1));
    expect(await idsOf(owner.address)).to.deep.equal([ledgerRecordId]);
    expect(await ledger.recordCount(owner.address)).to.equal(1);
  });

  it("a version under the rules that stand costs less, and names them only", async () => {
    const first = await ledger.record(ledgerRecordId);
    const call = version(2, 1);
    const same = await acts.publish(call);
    expect((await ledger.record(ledgerRecordId)).program).to.deep.equal(program);
    const [event] = (await ledger.history(ledgerRecordId)).slice(-1);
    expect(event).to.include({ kind: "published", version: 2, policy: "", keySet });
    const { blob } = event as { blob: string };
    expect(await ledger.readVersion({ blob, keySet })).to.deep.equal({ program, index: call.index });
    expect(await ledger.policyOf(ledgerRecordId)).to.equal(policy);
    const wider = compileProgram("role:doctor or role:nurse", ["TREAT", "ETREAT"]);
    const other = await acts.publish(version(3, 1, { program: wider, policy: "role:doctor or role:nurse" }));
    expect(same.gas < other.gas).to.equal(true);
    expect(await ledger.policyOf(ledgerRecordId)).to.equal("role:doctor or role:nurse");
    // Old versions stay readable.
    expect((await ledger.readVersion(first)).program).to.deep.equal(program);
    await expectCode("contract-missing", () => ledger.readVersion({ blob: owner.address, keySet }));
    await expectCode("contract-missing", () => ledger.readVersion({ blob, keySet: random32() }));
    await acts.publish(version(4, 1));
  });

  it("under a mandate the owner signs and a relayer pays; a changed or used mandate is refused", async () => {
    const relayed = new OwnerActs(chain, owner, relayer);
    const spent = await chain.provider.getBalance(owner.address);
    const nonce = await ledger.nonceOf(owner.address);
    await relayed.publish(version(5, 1));
    await relayed.publish(version(6, 1, { program: compileProgram("a:1"), policy: "a:1" }));
    await relayed.publish(version(7, 1));
    await relayed.setBlocked(ledgerRecordId, relayer.address, true);
    await relayed.setBlocked(ledgerRecordId, relayer.address, false);
    await relayed.offerTransfer(ledgerRecordId, relayer.address);
    await relayed.offerTransfer(ledgerRecordId, ZeroAddress);
    expect(await chain.provider.getBalance(owner.address)).to.equal(spent);
    expect((await ledger.record(ledgerRecordId)).version).to.equal(7);
    expect(await ledger.nonceOf(owner.address)).to.equal(nonce + 7n);

    const call = version(8, 1);
    const publication = publicationOf(call, owner.address);
    const { chains } = await world();
    const elsewhere = await signMandate(owner, publishMessage, chains.storage, publication);
    const mandate = await signMandate(owner, publishMessage, chain, publication);
    const refused = async (error: string, given: typeof mandate, changed = call) => {
      const thrown = await expectCode("transaction-reverted", () =>
        sendUnderMandate(chain, relayer, given, publishCall(changed)),
      );
      expect(thrown.message).to.contain(error);
    };
    await refused("IndexLedgerSignatureInvalid", { ...mandate, deadline: mandate.deadline + 1n });
    await refused("IndexLedgerSignatureInvalid", { ...elsewhere, nonce: mandate.nonce });
    await refused("IndexLedgerSignatureInvalid", mandate, version(8, 1));
    const late = await signMandate(owner, publishMessage, chain, publication, 5n);
    await refused("IndexLedgerDeadlinePassed", late);
    await sendUnderMandate(chain, relayer, mandate, republishCall(call));
    await refused("IndexLedgerNonceMismatch", mandate);
  });

  it("refuses a version or an epoch out of turn, anybody but the owner, and a key set that nobody dealt", async () => {
    await expectCode("version-moved", () => publish(version(8, 1)));
    await expectCode("version-moved", () => publish(version(10, 1)));
    await expectCode("version-moved", () => publish(version(9, 3)));
    const stranger = new OwnerActs(chain, relayer);
    await expectCode("not-owner", () => sendAsOwner(chain, relayer, publishCall(version(9, 1))));
    await expectCode("not-owner", () => stranger.close(ledgerRecordId, 1));
    await expectCode("not-owner", () => stranger.setBlocked(ledgerRecordId, owner.address, true));
    await expectCode("not-owner", () => stranger.offerTransfer(ledgerRecordId, relayer.address));
    await expectCode("not-owner", () => stranger.acceptTransfer(ledgerRecordId));
    await expectCode("not-releasable", () => acts.revokeGrant(random32()));
    const undealt = (await generateKeyPair()).publicKey;
    await expectCode("key-missing", () => acts.publish(version(9, 1, { indexKey: undealt })));
  });

  it("the request id is the contract's, granted or denied, and each of its fields counts", async () => {
    const doctor = await theRequester("role:doctor");
    const stranger = await theRequester();
    for (const [requester, decision] of [
      [doctor, "granted"],
      [stranger, "policy-not-satisfied"],
    ] as const) {
      const { decided } = await requester.request("shared", ledgerRecordId, {
        purpose: "ETREAT",
        seconds: 500,
      });
      expect(decided).to.include({ decision, epoch: 1, requester: requester.address, ledgerRecordId });
      expect(requestIdOf(chain, decided)).to.equal(decided.requestId);
      const changes = [
        { ledgerRecordId: random32() },
        { epoch: 2 },
        { requester: relayer.address },
        { nonce: random32() },
        { purpose: decided.purpose + 1 },
        { responseKey: hex((await generateKeyPair()).publicKey) },
        { expiry: decided.expiry + 1 },
      ];
      for (const change of changes)
        expect(requestIdOf(chain, { ...decided, ...change })).to.not.equal(decided.requestId);
      expect(requestIdOf({ ...chain, chainId: 1 }, decided)).to.not.equal(decided.requestId);
      expect(requestIdOf({ ...chain, ledger: chain.keyRegistry }, decided)).to.not.equal(decided.requestId);

      const granted = decision === "granted";
      expect(await ledger.status(decided.requestId)).to.equal(granted ? "live" : "unknown");
      const { requester: who, epoch, expiry, purpose } = decided;
      expect(await ledger.grantOf(decided.requestId)).to.deep.equal(
        granted ? { ledgerRecordId, requester: who, epoch, expiry, purpose } : undefined,
      );
      expect(await ledger.status(decided.requestId, decided.block - 1)).to.equal("unknown");
    }
    await expectCode("record-unknown", () => doctor.request("shared", random32()));
  });

  it("explains a decision by the policy's own words, and ends a grant", async () => {
    const rules = "role:doctor and (org:b or level >= 3 or id:0x0000000000000000000000000000000000000001)";
    const purposes = ["TREAT", "ETREAT"];
    await acts.publish(version(9, 1, { program: compileProgram(rules, purposes), policy: rules }));
    const doctor = await theRequester("role:doctor");
    const explained = await doctor.explain("shared", ledgerRecordId);
    expect(explained).to.deep.equal({
      decision: "policy-not-satisfied",
      purposes,
      policy: rules,
      leaves: [
        { text: "role:doctor", held: true },
        { text: "org:b", held: false },
        { text: "id:0x0000000000000000000000000000000000000001", held: false },
        { text: "level >= 3", held: false },
      ],
    });
    const words = describeExplanation(explained);
    expect(words).to.contain("does not satisfy").and.contain("Held: role:doctor.");
    expect(words).to.contain("Not held: org:b, id:").and.contain("TREAT, ETREAT only");
    expect((await doctor.explain("shared", ledgerRecordId, "HRESCH")).decision).to.equal(
      "purpose-not-allowed",
    );
    const refused = await doctor.request("shared", ledgerRecordId, { purpose: "HRESCH" });
    expect(refused.decided.decision).to.equal("purpose-not-allowed");

    await acts.publish(version(10, 1, { policy: "role:imposter" }));
    // A text that doesn't compile to the program means nothing: an older one that does is found.
    expect(await ledger.policyOf(ledgerRecordId)).to.equal(policy);
    const { decided } = await doctor.request("shared", ledgerRecordId);
    expect(decided.decision).to.equal("granted");
    expect(await ledger.explainGrant(decided.requestId)).to.deep.include({ decision: "granted" });
    await expectCode("not-releasable", () => ledger.explainGrant(random32()));
    await acts.revokeGrant(decided.requestId);
    expect(await ledger.status(decided.requestId)).to.equal("revoked");
    expect(await ledger.grantOf(decided.requestId)).to.include({ expiry: 0 });
    await expectCode("grant-ended", () => acts.revokeGrant(decided.requestId));
  });

  it("a close under a mandate; the next publish starts the next epoch", async () => {
    const relayed = new OwnerActs(chain, owner, relayer);
    await expectCode("version-moved", () => relayed.close(ledgerRecordId, 2));
    await relayed.close(ledgerRecordId, 1);
    expect(await ledger.record(ledgerRecordId)).to.include({ closed: true, epoch: 1 });
    await expectCode("transaction-reverted", () => acts.close(ledgerRecordId, 1));
    await expectCode("version-moved", () => publish(version(11, 1)));
    await acts.publish(version(11, 2));
    expect(await ledger.record(ledgerRecordId)).to.include({ closed: false, epoch: 2, version: 11 });
  });

  it("a pause denies new requests, and nothing else", async () => {
    const pauser = await nodeAccount(chain, 2);
    await expectCode("transaction-reverted", () => ledger.pause(relayer));
    const doctor = await theRequester("role:doctor");
    const before = await doctor.request("shared", ledgerRecordId);
    await ledger.pause(pauser);
    try {
      expect(await ledger.isPaused()).to.equal(true);
      const { decided } = await doctor.request("shared", ledgerRecordId);
      expect(decided.decision).to.equal("paused");
      expect((await doctor.explain("shared", ledgerRecordId)).decision).to.equal("granted");
      expect(await ledger.status(before.decided.requestId)).to.equal("live");
      await acts.revokeGrant(before.decided.requestId);
      await acts.publish(version(12, 2));
    } finally {
      await ledger.unpause(pauser);
    }
    expect(await ledger.isPaused()).to.equal(false);
  });

  it("tells the whole history in order, and every record of an owner", async () => {
    const account = relayer.address;
    const start = (await ledger.history(ledgerRecordId)).length;
    await acts.setBlocked(ledgerRecordId, account, true);
    expect(await ledger.isBlocked(ledgerRecordId, account)).to.equal(true);
    await acts.setBlocked(ledgerRecordId, account, false);
    expect(await ledger.isBlocked(ledgerRecordId, account)).to.equal(false);
    const history = await ledger.history(ledgerRecordId);
    expect(new Set(history.map(({ kind }) => kind))).to.deep.equal(
      new Set([
        ...["published", "decided", "closed", "blocked", "unblocked", "grant-revoked", "transfer-offered"],
      ]),
    );
    expect(history[0]).to.include({ kind: "published", version: 1, epoch: 1, owner: owner.address, policy });
    expect(history.slice(start).map(({ kind }) => kind)).to.deep.equal(["blocked", "unblocked"]);
    expect(history.at(-1)).to.include({ account });
    for (const [i, event] of history.entries()) {
      expect(event.transaction).to.match(/^0x[0-9a-f]{64}$/);
      expect(event.block).to.be.at.least(history[i - 1]?.block ?? 1);
    }
    expect(await ledger.history(ledgerRecordId, history.at(-1)!.block)).to.deep.equal(history.slice(-1));

    const others: string[] = [];
    for (let i = 0; i < 3; i++) {
      const otherSalt = random32();
      const otherId = ledgerRecordIdOf(owner.address, otherSalt);
      others.unshift(otherId);
      await acts.publish(version(1, 1, { ledgerRecordId: otherId, salt: otherSalt }));
    }
    expect(await idsOf(owner.address)).to.deep.equal([...others, ledgerRecordId]);
    expect(await idsOf(relayer.address)).to.deep.equal([]);
    expect(await ledger.recordCount(owner.address)).to.equal(4);
  });

  it("a transfer is offered, found, taken over under a mandate, and ends the epoch", async () => {
    const heir = (await fundedWallet()).connect(chain.provider);
    await expectCode("not-owner", () => new OwnerActs(chain, heir).acceptTransfer(ledgerRecordId));
    await acts.offerTransfer(ledgerRecordId, heir.address);
    expect(await ledger.transferOffer(ledgerRecordId)).to.equal(heir.address);
    expect(await ledger.offersTo(heir.address)).to.deep.equal([ledgerRecordId]);
    await new OwnerActs(chain, heir, relayer).acceptTransfer(ledgerRecordId);
    expect(await ledger.transferOffer(ledgerRecordId)).to.equal(undefined);
    expect(await ledger.offersTo(heir.address)).to.deep.equal([]);
    expect(await ledger.record(ledgerRecordId)).to.include({ owner: heir.address, closed: true });
    expect(await idsOf(heir.address)).to.deep.equal([ledgerRecordId]);
    expect(await ledger.arrivalsOf(heir.address)).to.deep.equal([
      { ledgerRecordId, firstOwner: owner.address },
    ]);
    await expectCode("not-owner", () => acts.close(ledgerRecordId, 2));
    expect((await ledger.history(ledgerRecordId)).at(-1)).to.include({
      kind: "transferred",
      oldOwner: owner.address,
      newOwner: heir.address,
    });
  });

  it("gates: registered with key and URL; by the administrator only", async () => {
    const { gates } = await world();
    const gate = await keys.gate(gates.shared[0]!);
    expect(gate.address).to.equal(gates.shared[0]);
    expect(gate.hpkeKey).to.have.length(65);
    expect(gate.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const nobody = await nodeAccount(chain, 9);
    await expectCode("transaction-reverted", () => keys.setGate(nobody, { ...gate, signature: "0x" }));
    expect(unhex(keySet)).to.have.length(32);
  });
});
