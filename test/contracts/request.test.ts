import { expect } from "chai";
import { keccak256, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import {
  allOf,
  anyOf,
  attribute,
  idAttribute,
  type Publishing,
  point,
  program,
  refusedBy,
  type World,
} from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("IndexLedger: requests", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;

  beforeEach(async () => {
    world = await freshWorld();
    first = world.firstVersion();
    recordId = first.ledgerRecordId;
    await world.publish(first);
    await world.attest(world.requester, ["role:doctor"]);
  });

  const refused = refusedBy(() => world.ledger);
  const send = (changes: { recordId?: string; key?: string; expiry?: bigint } = {}) =>
    world.ledger.connect(world.requester).getFunction("request")(
      changes.recordId ?? recordId,
      ZeroHash,
      0,
      changes.key ?? point(9),
      changes.expiry ?? 2n ** 32n - 1n,
    );
  const block = (blocked: boolean, account = world.requester, by = world.owner) =>
    world.ledger.connect(by).getFunction("setBlocked")(recordId, account.address, blocked);
  const publishNext = async (last: Publishing, changes: object = {}) => {
    const next = world.nextVersion(last, changes);
    await world.publish(next);
    return next;
  };

  it("grants, logs all that was asked, and binds it in the request id", async () => {
    const { ledger, requester, ask, statusOf, ethers } = world;
    const { requestId, args, decision, expiry, nonce } = await ask(recordId);
    expect(decision).to.equal("Granted");
    const coder = ethers.AbiCoder.defaultAbiCoder();
    const parts: [string, unknown][] = [
      ["uint256", 31337],
      ["address", await ledger.getAddress()],
      ["bytes32", recordId],
      ["uint64", 1],
      ["address", requester.address],
      ["bytes32", nonce],
      ["uint8", 1],
      ["bytes32", keccak256(point(9))],
      ["uint64", expiry],
    ];
    const [types, values] = [parts.map(([type]) => type), parts.map(([, value]) => value)];
    expect(requestId).to.equal(keccak256(coder.encode(types, values)));
    expect([args.ledgerRecordId, args.requester, args.epoch, args.expiry]).to.deep.equal([
      recordId,
      requester.address,
      1n,
      expiry,
    ]);
    expect([args.nonce, args.purpose, args.responseKey]).to.deep.equal([nonce, 1n, point(9)]);
    expect(await ledger.releasable(requestId)).to.equal(true);
    expect(await statusOf(requestId)).to.equal("Live");
    expect([...(await ledger.grantOf(requestId))]).to.deep.equal([
      recordId,
      requester.address,
      1n,
      expiry,
      1n,
    ]);
  });

  it("answers a dry run as the transaction would", async () => {
    const call = (by = world.requester) =>
      world.ledger
        .connect(by)
        .getFunction("request")
        .staticCall(recordId, ZeroHash, 0, point(9), 4_000_000_000n);
    expect((await call()).granted).to.equal(true);
    expect((await call(world.stranger)).granted).to.equal(false);
  });

  it("denies who doesn't satisfy the policy, logs it, and leaves nothing to release", async () => {
    const { ledger, stranger, ask, statusOf } = world;
    const { requestId, decision } = await ask(recordId, stranger);
    expect(decision).to.equal("PolicyNotSatisfied");
    expect(await ledger.releasable(requestId)).to.equal(false);
    expect(await statusOf(requestId)).to.equal("Unknown");
    expect([...(await ledger.grantOf(requestId))]).to.deep.equal([ZeroHash, ZeroAddress, 0n, 0n, 0n]);
  });

  it("lets a denied request be made again, and a granted one not", async () => {
    const { stranger, ask, attest, statusOf } = world;
    const fixed = { nonce: toBeHex(77, 32), expiry: (await world.now()) + 900n };
    expect((await ask(recordId, stranger, fixed)).decision).to.equal("PolicyNotSatisfied");
    await attest(stranger, ["role:doctor"]);
    const { requestId, decision } = await ask(recordId, stranger, fixed);
    expect(decision).to.equal("Granted");
    await refused(ask(recordId, stranger, fixed), "IndexLedgerRequestAlreadyGranted", requestId);
    expect(await statusOf(requestId)).to.equal("Live");
  });

  it("fails for an unknown record, malformed keys and expiries out of range", async () => {
    await refused(send({ recordId: ZeroHash }), "IndexLedgerRecordUnknown", ZeroHash);
    for (const key of ["0x", "0x04", `${point(9)}00`, point(9).replace("0x04", "0x02")])
      await refused(send({ key }), "IndexLedgerResponseKeyMalformed");
    for (const late of [0n, 1n, 100_000n]) {
      const next = (await world.now()) + 5n;
      await world.networkHelpers.time.setNextBlockTimestamp(next);
      await refused(send({ expiry: next - late }), "IndexLedgerExpiryOutOfRange", next - late);
    }
    const soon = (await world.now()) + 5n;
    await world.networkHelpers.time.setNextBlockTimestamp(soon - 1n);
    await expect(send({ expiry: soon })).to.emit(world.ledger, "Decided");
    await refused(send({ expiry: 2n ** 32n }), "IndexLedgerExpiryOutOfRange", 2n ** 32n);
    await refused(send({ expiry: 2n ** 64n - 1n }), "IndexLedgerExpiryOutOfRange", 2n ** 64n - 1n);
    await send();
  });

  it("ends a grant at its expiry, not a second earlier", async () => {
    const { networkHelpers, ask, statusOf } = world;
    const { requestId, expiry } = await ask(recordId);
    await networkHelpers.time.increaseTo(expiry - 1n);
    expect(await statusOf(requestId)).to.equal("Live");
    for (const time of [expiry, expiry + 1n, expiry + 100_000n]) {
      await networkHelpers.time.increaseTo(time);
      expect(await statusOf(requestId)).to.equal("Expired");
      expect(await world.ledger.releasable(requestId)).to.equal(false);
    }
  });

  it("ends a grant when the attribute expires, and denies from then on", async () => {
    const { stranger, attest, networkHelpers, ask, statusOf, ledger } = world;
    await attest(stranger, ["role:doctor"], 50n);
    const { requestId } = await ask(recordId, stranger);
    expect(await statusOf(requestId)).to.equal("Live");
    for (const seconds of [60, 300]) {
      await networkHelpers.time.increase(seconds);
      expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
      expect(await ledger.releasable(requestId)).to.equal(false);
    }
    expect((await ask(recordId, stranger)).decision).to.equal("PolicyNotSatisfied");
  });

  it("stops a grant while the attribute is revoked", async () => {
    const { requester, revoke, attest, ask, statusOf } = world;
    const { requestId } = await ask(recordId);
    await revoke(requester, ["role:doctor"]);
    expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
    expect((await ask(recordId)).decision).to.equal("PolicyNotSatisfied");
    await attest(requester, ["role:doctor"]);
    expect(await statusOf(requestId)).to.equal("Live");
  });

  it("stops a blocked account at once, in all epochs, and nobody else", async () => {
    const { ledger, requester, stranger, attest, ask, statusOf } = world;
    await attest(stranger, ["role:doctor"]);
    const mine = await ask(recordId);
    const theirs = await ask(recordId, stranger);
    await expect(block(true)).to.emit(ledger, "BlockChanged").withArgs(recordId, requester.address, true);
    expect(await ledger.isBlocked(recordId, requester.address)).to.equal(true);
    expect(await ledger.isBlocked(recordId, stranger.address)).to.equal(false);
    expect(await statusOf(mine.requestId)).to.equal("Blocked");
    expect(await statusOf(theirs.requestId)).to.equal("Live");
    expect((await ask(recordId)).decision).to.equal("Blocked");
    await publishNext(first, { epoch: 2n });
    expect((await ask(recordId)).decision).to.equal("Blocked");
    await expect(block(false)).to.emit(ledger, "BlockChanged").withArgs(recordId, requester.address, false);
    expect((await ask(recordId)).decision).to.equal("Granted");
  });

  it("ties each grant to its own record, whatever happens to others", async () => {
    const { ledger, owner, stranger, requester, firstVersion, publish, ask, statusOf } = world;
    const other = firstVersion({ owner: stranger.address });
    await publish(other, stranger);
    const { ledgerRecordId } = other;
    const mine = await ask(recordId);
    const theirs = await ask(ledgerRecordId);
    expect((await ledger.grantOf(mine.requestId)).ledgerRecordId).to.equal(recordId);
    expect((await ledger.grantOf(theirs.requestId)).ledgerRecordId).to.equal(ledgerRecordId);
    await ledger.connect(owner).getFunction("close")(recordId);
    expect(await statusOf(mine.requestId)).to.equal("Closed");
    expect(await statusOf(theirs.requestId)).to.equal("Live");
    await ledger.connect(stranger).getFunction("setBlocked")(ledgerRecordId, requester.address, true);
    expect(await statusOf(theirs.requestId)).to.equal("Blocked");
  });

  it("blocks on one record only, by its owner only", async () => {
    const { ledger, stranger, requester, firstVersion, publish, ask } = world;
    const other = firstVersion({ owner: stranger.address });
    await publish(other, stranger);
    await block(true);
    expect((await ask(other.ledgerRecordId)).decision).to.equal("Granted");
    await refused(block(true, requester, stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    await refused(
      ledger.connect(world.owner).getFunction("setBlocked")(ZeroHash, requester.address, true),
      "IndexLedgerRecordUnknown",
      ZeroHash,
    );
  });

  it("lets a grant cover every version of its epoch, under the policy of the newest", async () => {
    const { ask, statusOf } = world;
    const { requestId } = await ask(recordId);
    const second = await publishNext(first);
    expect(await statusOf(requestId)).to.equal("Live");
    const third = await publishNext(second, { program: allOf("role:researcher") });
    expect(await statusOf(requestId)).to.equal("PolicyNotSatisfied");
    await publishNext(third, { program: allOf("role:doctor") });
    expect(await statusOf(requestId)).to.equal("Live");
  });

  it("ends all grants of an epoch with the next one", async () => {
    const { ask, statusOf } = world;
    const { requestId } = await ask(recordId);
    await publishNext(first, { epoch: 2n });
    expect(await statusOf(requestId)).to.equal("EpochEnded");
    const again = await ask(recordId);
    expect([again.decision, again.args.epoch]).to.deep.equal(["Granted", 2n]);
    expect(await statusOf(again.requestId)).to.equal("Live");
  });

  it("denies everything and releases nothing between a close and the next publish", async () => {
    const { ledger, owner, ask, statusOf } = world;
    const before = await ask(recordId);
    await ledger.connect(owner).getFunction("close")(recordId);
    expect(await statusOf(before.requestId)).to.equal("Closed");
    expect(await ledger.releasable(before.requestId)).to.equal(false);
    const during = await ask(recordId);
    expect(during.decision).to.equal("Closed");
    await publishNext(first, { epoch: 2n });
    expect(await statusOf(before.requestId)).to.equal("EpochEnded");
    expect(await statusOf(during.requestId)).to.equal("Unknown");
    expect((await ask(recordId)).decision).to.equal("Granted");
  });

  it("tells the first reason in its order", async () => {
    const { ledger, owner, requester, revoke, ask, statusOf, networkHelpers } = world;
    const { requestId, expiry } = await ask(recordId);
    await revoke(requester, ["role:doctor"]);
    await block(true);
    expect(await statusOf(requestId)).to.equal("Blocked");
    await ledger.connect(owner).getFunction("close")(recordId);
    expect(await statusOf(requestId)).to.equal("Closed");
    await publishNext(first, { epoch: 2n });
    expect(await statusOf(requestId)).to.equal("EpochEnded");
    await networkHelpers.time.increaseTo(expiry);
    expect(await statusOf(requestId)).to.equal("Expired");
  });

  it("holds of each account its own id, without attestation, and of no other", async () => {
    const { requester, stranger, relayer, ask, statusOf, attest } = world;
    const byName = await publishNext(first, {
      program: program(
        [attribute("role:researcher"), idAttribute(stranger.address), attribute("org:x")],
        "0x010240020200400102",
      ),
    });
    // (id:stranger and org:x) or role:researcher
    expect((await ask(recordId, stranger)).decision).to.equal("PolicyNotSatisfied");
    await attest(stranger, ["org:x"]);
    await attest(relayer, ["org:x"]);
    const granted = await ask(recordId, stranger);
    expect(granted.decision).to.equal("Granted");
    expect(await statusOf(granted.requestId)).to.equal("Live");
    expect((await ask(recordId, relayer)).decision).to.equal("PolicyNotSatisfied");
    await publishNext(byName, {
      program: anyOf([idAttribute(requester.address), idAttribute(relayer.address)]),
    });
    expect((await ask(recordId, requester)).decision).to.equal("Granted");
    expect((await ask(recordId, relayer)).decision).to.equal("Granted");
    expect((await ask(recordId, stranger)).decision).to.equal("PolicyNotSatisfied");
  });

  it("decides a policy of 32 leaves", async () => {
    const { ask, stranger, attest } = world;
    const names = Array.from({ length: 32 }, (_, i) => `x:${i}`);
    await publishNext(first, { program: allOf(...names) });
    await attest(stranger, names.slice(0, 31));
    expect((await ask(recordId, stranger)).decision).to.equal("PolicyNotSatisfied");
    await attest(stranger, names.slice(31));
    expect((await ask(recordId, stranger)).decision).to.equal("Granted");
  });
});
