import { expect } from "chai";
import { concat, dataSlice, getAddress, id, keccak256, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import {
  allOf,
  comparison,
  keySetOf,
  type Publishing,
  point,
  program,
  refusedBy,
  type World,
} from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("IndexLedger: publish and close", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;

  beforeEach(async () => {
    world = await freshWorld();
    first = world.firstVersion();
    recordId = first.ledgerRecordId;
  });

  const refused = refusedBy(() => world.ledger);
  const close = (by = world.owner) => world.ledger.connect(by).getFunction("close")(recordId);
  const codeOf = (blob: string): Promise<string> => world.ethers.provider.getCode(blob);

  it("keeps what was published, readable in one call, and logs it with the policy's text", async () => {
    const { ledger, owner, publish } = world;
    const transaction = publish(first);
    await transaction;
    const found = await ledger.record(recordId);
    const keySet = keySetOf(owner.address, first.indexKeyHash);
    await expect(transaction)
      .to.emit(ledger, "Published")
      .withArgs(recordId, owner.address, 1, 1, found.blob, keySet, "role:doctor");
    expect(found.owner).to.equal(owner.address);
    expect(found.version).to.equal(1n);
    expect(found.epoch).to.equal(1n);
    expect(found.closed).to.equal(false);
    expect(found.keySet).to.equal(keySet);
    expect(found.program).to.equal(first.program);
    expect(found.index).to.equal(first.index);
    expect(await codeOf(found.blob)).to.equal(concat(["0x00", keySet, first.program, first.index]));
  });

  it("names the key set that the registry keeps for that dealer and key", async () => {
    expect(await world.dealKeySet(world.owner)).to.equal(keySetOf(world.owner.address, keccak256(point(1))));
  });

  it("replaces index, policy and key set with the next version, and leaves the old one readable", async () => {
    const { ledger, owner, publish, nextVersion } = world;
    await publish(first);
    const { blob } = await ledger.record(recordId);
    const before = await codeOf(blob);
    const indexKeyHash = id("another key");
    const second = nextVersion(first, {
      indexKeyHash,
      epoch: 2n,
      program: allOf("a:b", "c:d"),
      index: "0x77",
    });
    await publish(second);
    const found = await ledger.record(recordId);
    expect([found.version, found.epoch]).to.deep.equal([2n, 2n]);
    expect([found.keySet, found.program, found.index]).to.deep.equal([
      keySetOf(owner.address, indexKeyHash),
      second.program,
      "0x77",
    ]);
    expect(found.blob).not.to.equal(blob);
    expect(await codeOf(blob)).to.equal(before);
  });

  it("keeps rules over versions: each new blob names the one that holds them", async () => {
    const { ledger, owner, publish, republish, nextVersion } = world;
    await publish(first);
    const rules = (await ledger.record(recordId)).blob;
    const keySet = keySetOf(owner.address, first.indexKeyHash);
    let last = first;
    for (const [version, epoch] of [
      [2n, 1n],
      [3n, 2n],
      [4n, 2n],
    ] as const) {
      last = nextVersion(last, { epoch, index: toBeHex(version, 3) });
      const sent = republish(last);
      await sent;
      const found = await ledger.record(recordId);
      await expect(sent)
        .to.emit(ledger, "Published")
        .withArgs(recordId, owner.address, version, epoch, found.blob, keySet, "");
      expect([found.version, found.epoch, found.closed]).to.deep.equal([version, epoch, false]);
      expect([found.keySet, found.program, found.index]).to.deep.equal([keySet, first.program, last.index]);
      expect(await codeOf(found.blob)).to.equal(concat(["0x00", rules, last.index]));
    }
    // Rules of its own again, and on from those.
    const own = nextVersion(last, { program: allOf("a:b") });
    await publish(own);
    const moved = (await ledger.record(recordId)).blob;
    await republish(nextVersion(own));
    const found = await ledger.record(recordId);
    expect(getAddress(dataSlice(await codeOf(found.blob), 1, 21))).to.equal(moved);
    expect(found.program).to.equal(own.program);
  });

  it("keeps the rules under the same conditions as a version with rules", async () => {
    const { publish, republish, nextVersion, stranger } = world;
    await refused(republish(first), "IndexLedgerRecordUnknown", recordId);
    await publish(first);
    const second = nextVersion(first);
    await refused(republish(second, stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    await refused(republish({ ...second, version: 3n }), "IndexLedgerVersionMismatch", 2, 3);
    await refused(republish({ ...second, epoch: 3n }), "IndexLedgerEpochMismatch", 1, 3);
    await refused(republish({ ...second, index: "0x" }), "IndexLedgerIndexSize", 0);
    await refused(republish({ ...second, index: `0x${"00".repeat(4097)}` }), "IndexLedgerIndexSize", 4097);
    await close();
    await refused(republish(second), "IndexLedgerEpochMismatch", 1, 1);
    await republish({ ...second, epoch: 2n, index: `0x${"ef".repeat(4096)}` });
  });

  it("keeps the records of several owners apart", async () => {
    const { ledger, stranger, publish, firstVersion } = world;
    const other = firstVersion({ owner: stranger.address, index: "0x99" });
    await publish(first);
    await publish(other, stranger);
    expect((await ledger.record(recordId)).index).to.equal(first.index);
    expect((await ledger.record(other.ledgerRecordId)).index).to.equal("0x99");
  });

  it("takes the largest index, program and policy text, and refuses more and an empty index", async () => {
    const { publish, firstVersion, ledger } = world;
    const largest = program(
      [id("a:b")],
      `0x${"00".repeat(255)}4001ff${"00".repeat(4)}400105${"00400102".repeat(436)}400101`,
    );
    expect((largest.length - 2) / 2).to.equal(2048);
    const full = {
      ...firstVersion({ program: largest, index: `0x${"ef".repeat(4096)}` }),
      policy: "p".repeat(4096),
    };
    for (const [changes, error, size] of [
      [{ index: "0x" }, "IndexLedgerIndexSize", 0],
      [{ index: `0x${"00".repeat(4097)}` }, "IndexLedgerIndexSize", 4097],
      [{ program: concat([largest, "0x00"]) }, "IndexLedgerProgramSize", 2049],
      [{ policy: "p".repeat(4097) }, "IndexLedgerPolicySize", 4097],
    ] as const)
      await refused(publish({ ...full, ...changes }), error, size);
    await publish(full);
    const found = await ledger.record(recordId);
    expect(found.index).to.equal(full.index);
    expect(found.program).to.equal(largest);
  });

  it("lets only the owner publish", async () => {
    const { publish, stranger, nextVersion } = world;
    await refused(publish(first, stranger), "IndexLedgerRecordIdMismatch", recordId);
    await publish(first);
    await refused(publish(nextVersion(first), stranger), "IndexLedgerNotOwner", recordId, stranger.address);
  });

  it("gives a new ledger record only to the owner its id was made for", async () => {
    const { publish, nextVersion } = world;
    await refused(publish({ ...first, salt: ZeroHash }), "IndexLedgerRecordIdMismatch", recordId);
    await publish(first);
    await publish({ ...nextVersion(first), salt: ZeroHash });
  });

  it("demands version 1 and epoch 1 at first", async () => {
    const { publish } = world;
    for (const version of [0n, 2n])
      await refused(publish({ ...first, version }), "IndexLedgerVersionMismatch", 1, version);
    for (const epoch of [0n, 2n])
      await refused(publish({ ...first, epoch }), "IndexLedgerEpochMismatch", 0, epoch);
  });

  it("demands the next version, and the same or the next epoch", async () => {
    const { publish, nextVersion } = world;
    await publish(first);
    for (const version of [0n, 1n, 3n, 2n ** 40n + 2n, 2n ** 64n - 1n])
      await refused(publish(nextVersion(first, { version })), "IndexLedgerVersionMismatch", 2, version);
    for (const epoch of [0n, 3n, 2n ** 24n + 1n, 2n ** 64n - 1n])
      await refused(publish(nextVersion(first, { epoch })), "IndexLedgerEpochMismatch", 1, epoch);
    await publish(nextVersion(first, { epoch: 2n }));
    await refused(publish(nextVersion(first, { version: 3n, epoch: 1n })), "IndexLedgerEpochMismatch", 2, 1);
  });

  it("demands a well-formed program", async () => {
    const { publish } = world;
    await refused(publish({ ...first, program: "0x" }), "PolicyProgramMalformed", 0);
    const left = program([id("a:b")], "0x0000");
    await refused(publish({ ...first, program: left }), "PolicyProgramMalformed", 38);
    const cut = program([], "0x", [comparison("level", ">=", 3).slice(0, -2)]);
    await refused(publish({ ...first, program: cut }), "PolicyProgramMalformed", 40);
    const twice = program([id("a:b")], "0x00", [], [3, 3]);
    await refused(publish({ ...first, program: twice }), "PolicyProgramMalformed", 5);
  });

  it("closes: by the owner only, once an epoch, and only the next epoch opens it again", async () => {
    const { ledger, owner, stranger, publish, nextVersion } = world;
    await refused(close(), "IndexLedgerRecordUnknown", recordId);
    await publish(first);
    await refused(close(stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    await expect(close()).to.emit(ledger, "Closed").withArgs(recordId, owner.address, 1);
    const found = await ledger.record(recordId);
    expect([found.closed, found.epoch, found.version]).to.deep.equal([true, 1n, 1n]);
    await refused(close(), "IndexLedgerAlreadyClosed", recordId);
    for (const epoch of [1n, 3n])
      await refused(publish(nextVersion(first, { epoch })), "IndexLedgerEpochMismatch", 1, epoch);
    const second = nextVersion(first, { epoch: 2n });
    await publish(second);
    expect((await ledger.record(recordId)).closed).to.equal(false);
    await publish(nextVersion(second));
    await expect(close()).to.emit(ledger, "Closed").withArgs(recordId, owner.address, 2);
  });

  it("knows no record that nobody published, and needs registries", async () => {
    const { ledger, ethers, attributes, keys, stranger } = world;
    await refused(ledger.record(recordId), "IndexLedgerRecordUnknown", recordId);
    expect(await ledger.attributeRegistry()).to.equal(await attributes.getAddress());
    expect(await ledger.keyRegistry()).to.equal(await keys.getAddress());
    const factory = await ethers.getContractFactory("StorageLedger");
    const roles = [stranger.address, 1, stranger.address] as const;
    for (const pair of [
      [stranger.address, keys],
      [attributes, stranger.address],
    ] as const)
      await refused(factory.deploy(...pair, ...roles), "IndexLedgerRegistryMissing", stranger.address);
    await expect(factory.deploy(attributes, keys, ZeroAddress, 1, stranger.address))
      .to.be.revertedWithCustomError(ledger, "AccessControlInvalidDefaultAdmin")
      .withArgs(ZeroAddress);
  });

  it("has a signing domain per ledger", async () => {
    const { ledger, openShared } = world;
    const shared = await openShared();
    const names = await Promise.all([ledger, shared].map(async (one) => (await one.eip712Domain()).name));
    expect(names).to.deep.equal(["Diptych StorageLedger", "Diptych SharedLedger"]);
    expect((await ledger.eip712Domain()).version).to.equal("1");
  });
});
