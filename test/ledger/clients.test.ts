/** The typed clients against the contracts on a real chain. */
import { expect } from "chai";
import type { Wallet } from "ethers";
import { concat, hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import { keccak256 } from "../../src/core/hash.ts";
import {
  type Chain,
  closeMessage,
  IndexLedger,
  KeyRegistry,
  keySetIdOf,
  ledgerRecordIdOf,
  type PublishCall,
  publishMessage,
  requestIdOf,
  signMessage,
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
  const salt = random32();
  let ledgerRecordId: string;

  /** A publication by the owner, index and all, ready to be sent or signed. */
  async function publication(version: number, epoch: number): Promise<PublishCall> {
    const index = concat(utf8(`index ${version} `), randomBytes(40));
    const nonce = await ledger.nonceOf(owner.address);
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 600);
    const hashes = { indexHash: hex(keccak256(index)), programHash: hex(keccak256(program)) };
    return {
      publication: {
        ledgerRecordId,
        version,
        epoch,
        ...hashes,
        keySet,
        owner: owner.address,
        nonce,
        deadline,
      },
      salt,
      program,
      index,
      policy,
    };
  }

  before(async () => {
    const { chains, gates } = await world();
    chain = chains.shared;
    ledger = new IndexLedger(chain);
    keys = new KeyRegistry(chain);
    owner = (await fundedWallet()).connect(chain.provider);
    relayer = await nodeAccount(chain, 8);
    const indexKey = (await generateKeyPair()).publicKey;
    const set = {
      indexKey,
      threshold: 2,
      gates: gates.shared,
      commitments: [indexKey, (await generateKeyPair()).publicKey],
      sealedShares: gates.shared.map((_, i) => randomBytes(100 + i)),
    };
    keySet = keySetIdOf(owner.address, indexKey);
    expect(await keys.generationOf(keySet)).to.equal(0);
    await expectCode("record-unknown", () => keys.keySet(keySet));
    await keys.deal(owner, set);
    expect(await keys.keySet(keySet)).to.deep.equal({ ...set, dealer: owner.address, generation: 1 });
    await keys.deal(owner, set);
    expect(await keys.generationOf(keySet)).to.equal(2);
    ledgerRecordId = ledgerRecordIdOf(owner.address, salt);
  });

  it("publishes under the ledger record id that the contract computes, and reads back what it published", async () => {
    const call = await publication(1, 1);
    const wrong = { ...call, publication: { ...call.publication, ledgerRecordId: random32() } };
    const error = await expectCode("transaction-reverted", () => ledger.publish(owner, wrong));
    expect(error.message).to.contain("IndexLedgerRecordIdMismatch");
    const mined = await ledger.publish(owner, call);
    expect(mined.gas > 100_000n && mined.block > 0).to.equal(true);
    expect(await ledger.record(ledgerRecordId)).to.deep.equal({
      owner: owner.address,
      version: 1,
      epoch: 1,
      closed: false,
      keySet,
      program,
      index: call.index,
    });
    await expectCode("record-unknown", () => ledger.record(ledgerRecordId, mined.block - 1));
    expect(await ledger.recordsOf(owner.address)).to.deep.equal([ledgerRecordId]);
  });

  it("publishFor: the owner signs, a relayer pays; a changed or used publication is refused", async () => {
    const call = await publication(2, 1);
    const signature = await signMessage(owner, publishMessage, chain, call.publication);
    const later = { ...call, publication: { ...call.publication, deadline: call.publication.deadline + 1n } };
    const error = await expectCode("transaction-reverted", () =>
      ledger.publishFor(relayer, later, signature),
    );
    expect(error.message).to.contain("IndexLedgerSignatureInvalid");
    const { chains } = await world();
    const elsewhere = await signMessage(owner, publishMessage, chains.storage, call.publication);
    await expectCode("transaction-reverted", () => ledger.publishFor(relayer, call, elsewhere));
    const spent = await chain.provider.getBalance(owner.address);
    await ledger.publishFor(relayer, call, signature);
    expect(await chain.provider.getBalance(owner.address)).to.equal(spent);
    expect((await ledger.record(ledgerRecordId)).version).to.equal(2);
    expect(await ledger.nonceOf(owner.address)).to.equal(call.publication.nonce + 1n);
    await expectCode("transaction-reverted", () => ledger.publishFor(relayer, call, signature));
  });

  it("refuses a version or an epoch out of turn, and anybody but the owner", async () => {
    await expectCode("version-moved", async () => ledger.publish(owner, await publication(2, 1)));
    await expectCode("version-moved", async () => ledger.publish(owner, await publication(4, 1)));
    await expectCode("version-moved", async () => ledger.publish(owner, await publication(3, 3)));
    await expectCode("not-owner", async () => ledger.publish(relayer, await publication(3, 1)));
    await expectCode("not-owner", () => ledger.close(relayer, ledgerRecordId));
    await expectCode("not-owner", () => ledger.setBlocked(relayer, ledgerRecordId, owner.address, true));
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
        { purpose: random32() },
        { responseKey: hex((await generateKeyPair()).publicKey) },
        { expiry: decided.expiry + 1 },
      ];
      for (const change of changes)
        expect(requestIdOf(chain, { ...decided, ...change })).to.not.equal(decided.requestId);
      expect(requestIdOf({ ...chain, chainId: 1 }, decided)).to.not.equal(decided.requestId);
      expect(requestIdOf({ ...chain, ledger: chain.keyRegistry }, decided)).to.not.equal(decided.requestId);

      const granted = decision === "granted";
      expect(await ledger.status(decided.requestId)).to.equal(granted ? "live" : "unknown");
      const { requester: who, epoch, expiry } = decided;
      expect(await ledger.grantOf(decided.requestId)).to.deep.equal(
        granted ? { ledgerRecordId, requester: who, epoch, expiry } : undefined,
      );
      expect(await ledger.status(decided.requestId, decided.block - 1)).to.equal("unknown");
    }
    await expectCode("record-unknown", () => doctor.request("shared", random32()));
  });

  it("closeFor: the owner signs, a relayer closes; the next publish starts the next epoch", async () => {
    const nonce = await ledger.nonceOf(owner.address);
    const deadline = BigInt(Math.floor(Date.now() / 1000) + 600);
    const closing = { ledgerRecordId, epoch: 1, owner: owner.address, nonce, deadline };
    const signature = await signMessage(owner, closeMessage, chain, closing);
    await expectCode("transaction-reverted", () =>
      ledger.closeFor(relayer, { ...closing, epoch: 2 }, signature),
    );
    await ledger.closeFor(relayer, closing, signature);
    expect(await ledger.record(ledgerRecordId)).to.include({ closed: true, epoch: 1 });
    await expectCode("transaction-reverted", () => ledger.close(owner, ledgerRecordId));
    await expectCode("version-moved", async () => ledger.publish(owner, await publication(3, 1)));
    await ledger.publish(owner, await publication(3, 2));
    expect(await ledger.record(ledgerRecordId)).to.include({ closed: false, epoch: 2, version: 3 });
  });

  it("tells the whole history in order, and every record of an owner", async () => {
    const account = relayer.address;
    await ledger.setBlocked(owner, ledgerRecordId, account, true);
    expect(await ledger.isBlocked(ledgerRecordId, account)).to.equal(true);
    await ledger.setBlocked(owner, ledgerRecordId, account, false);
    expect(await ledger.isBlocked(ledgerRecordId, account)).to.equal(false);
    const history = await ledger.history(ledgerRecordId);
    expect(history.map((event) => event.kind)).to.deep.equal([
      ...["published", "published", "decided", "decided", "closed", "published", "blocked", "unblocked"],
    ]);
    expect(history[0]).to.include({ version: 1, epoch: 1, owner: owner.address, policy });
    expect(history[2]).to.include({ decision: "granted" });
    expect(history[3]).to.include({ decision: "policy-not-satisfied" });
    expect(history[4]).to.include({ epoch: 1, owner: owner.address });
    expect(history[7]).to.include({ account });
    for (const [i, event] of history.entries()) {
      expect(event.transaction).to.match(/^0x[0-9a-f]{64}$/);
      expect(event.block).to.be.at.least(history[i - 1]?.block ?? 1);
    }
    expect(await ledger.history(ledgerRecordId, history[7]!.block)).to.deep.equal([history[7]]);

    const otherSalt = random32();
    const otherId = ledgerRecordIdOf(owner.address, otherSalt);
    const call = await publication(1, 1);
    const other = { ...call, salt: otherSalt, publication: { ...call.publication, ledgerRecordId: otherId } };
    await ledger.publish(owner, other);
    expect(await ledger.recordsOf(owner.address)).to.deep.equal([ledgerRecordId, otherId]);
    expect(await ledger.recordsOf(relayer.address)).to.deep.equal([]);
  });

  it("gates: registered with key and URL; by the administrator only", async () => {
    const { gates } = await world();
    const gate = await keys.gate(gates.shared[0]!);
    expect(gate.address).to.equal(gates.shared[0]);
    expect(gate.hpkeKey).to.have.length(65);
    expect(gate.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    const nobody = await nodeAccount(chain, 9);
    await expectCode("transaction-reverted", () => keys.setGate(nobody, gate));
    expect(unhex(keySet)).to.have.length(32);
  });
});
