import { expect } from "chai";
import { concat, id, ZeroAddress, ZeroHash } from "ethers";
import { allOf, comparison, openWorld, type Publishing, program, type World } from "./fixture.ts";

describe("IndexLedger: publish and close", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;

  beforeEach(async () => {
    world = await openWorld();
    first = await world.firstVersion();
    recordId = first.publication.ledgerRecordId;
  });

  const refused = (call: Promise<unknown>, error: string, ...args: unknown[]) => {
    const refusal = expect(call).to.be.revertedWithCustomError(world.ledger, error);
    return args.length === 0 ? refusal : refusal.withArgs(...args);
  };
  const future = async () => (await world.now()) + 1000n;
  const closing = async (changes: object = {}) => ({
    ledgerRecordId: recordId,
    epoch: 1n,
    owner: world.owner.address,
    nonce: 0n,
    deadline: await future(),
    ...changes,
  });
  const closeFor = async (what: Awaited<ReturnType<typeof closing>>, signature: string) =>
    world.ledger.connect(world.relayer).getFunction("closeFor")(what, signature);

  it("keeps what was published, readable in one call, and logs it with the policy's text", async () => {
    const { ledger, owner, publish } = world;
    const { publication } = first;
    await expect(publish(first))
      .to.emit(ledger, "Published")
      .withArgs(
        recordId,
        owner.address,
        1,
        1,
        publication.keySet,
        publication.indexHash,
        publication.programHash,
        "role:doctor",
      );
    const found = await ledger.record(recordId);
    expect(found.owner).to.equal(owner.address);
    expect(found.version).to.equal(1n);
    expect(found.epoch).to.equal(1n);
    expect(found.closed).to.equal(false);
    expect(found.keySet).to.equal(publication.keySet);
    expect(found.program).to.equal(first.program);
    expect(found.index).to.equal(first.index);
  });

  it("replaces index, policy and key set with the next version", async () => {
    const { ledger, owner, publish, nextVersion, dealKeySet } = world;
    await publish(first);
    const keySet = await dealKeySet(owner, 9);
    const second = nextVersion(first, { keySet, epoch: 2n, program: allOf("a:b", "c:d"), index: "0x77" });
    await publish(second);
    const found = await ledger.record(recordId);
    expect([found.version, found.epoch]).to.deep.equal([2n, 2n]);
    expect([found.keySet, found.program, found.index]).to.deep.equal([keySet, second.program, "0x77"]);
  });

  it("keeps the records of several owners apart", async () => {
    const { ledger, stranger, publish, firstVersion } = world;
    const other = await firstVersion({ dealer: stranger, index: "0x99" });
    await publish(first);
    await publish(other, stranger);
    expect((await ledger.record(recordId)).index).to.equal(first.index);
    expect((await ledger.record(other.publication.ledgerRecordId)).index).to.equal("0x99");
  });

  it("takes the largest index, program and policy text, and refuses more and an empty index", async () => {
    const { publish, firstVersion, ledger } = world;
    const largest = program(
      [id("a:b")],
      `0x${"00".repeat(255)}4001ff${"00".repeat(4)}400105${"00400102".repeat(437)}`,
    );
    expect((largest.length - 2) / 2).to.be.within(2040, 2048);
    const full = {
      ...(await firstVersion({ program: largest, index: `0x${"ef".repeat(4096)}` })),
      policy: "p".repeat(4096),
    };
    for (const [changes, error, size] of [
      [{ index: "0x" }, "IndexLedgerIndexSize", 0],
      [{ index: `0x${"00".repeat(4097)}` }, "IndexLedgerIndexSize", 4097],
      [{ program: `0x${"00".repeat(2049)}` }, "IndexLedgerProgramSize", 2049],
    ] as const)
      await refused(publish(await firstVersion(changes)), error, size);
    await refused(publish({ ...full, policy: "p".repeat(4097) }), "IndexLedgerPolicySize", 4097);
    await publish(full);
    const found = await ledger.record(recordId);
    expect(found.index).to.equal(full.index);
    expect(found.program).to.equal(largest);
  });

  it("lets only the owner publish directly, whoever is named inside", async () => {
    const { publish, stranger, nextVersion } = world;
    await refused(publish(first, stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    await publish(first);
    await refused(publish(nextVersion(first), stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    const usurped = nextVersion(first, { owner: stranger.address, keySet: await world.dealKeySet(stranger) });
    await refused(publish(usurped, stranger), "IndexLedgerNotOwner", recordId, stranger.address);
  });

  it("gives a new ledger record only to the owner its id was made for", async () => {
    const { publish, firstVersion, stranger } = world;
    const squatted = await firstVersion({ dealer: stranger, ledgerRecordId: recordId });
    await refused(publish(squatted, stranger), "IndexLedgerRecordIdMismatch", recordId);
    await refused(publish({ ...first, salt: ZeroHash }), "IndexLedgerRecordIdMismatch", recordId);
    await publish(first);
    await publish({ ...world.nextVersion(first), salt: ZeroHash });
  });

  it("demands version 1 and epoch 1 at first", async () => {
    const { publish, firstVersion } = world;
    const keySet = first.publication.keySet;
    for (const version of [0n, 2n])
      await refused(
        publish(await firstVersion({ version, keySet })),
        "IndexLedgerVersionMismatch",
        1,
        version,
      );
    for (const epoch of [0n, 2n])
      await refused(publish(await firstVersion({ epoch, keySet })), "IndexLedgerEpochMismatch", 0, epoch);
  });

  it("demands the next version, and the same or the next epoch", async () => {
    const { publish, nextVersion } = world;
    await publish(first);
    for (const version of [0n, 1n, 3n, 2n ** 64n - 1n])
      await refused(publish(nextVersion(first, { version })), "IndexLedgerVersionMismatch", 2, version);
    for (const epoch of [0n, 3n, 2n ** 32n + 1n, 2n ** 64n - 1n])
      await refused(publish(nextVersion(first, { epoch })), "IndexLedgerEpochMismatch", 1, epoch);
    await publish(nextVersion(first, { epoch: 2n }));
    await refused(publish(nextVersion(first, { version: 3n, epoch: 1n })), "IndexLedgerEpochMismatch", 2, 1);
  });

  it("demands the hashes of the bytes", async () => {
    const { publish } = world;
    await refused(
      publish({ ...first, index: concat([first.index, "0x00"]) }),
      "IndexLedgerIndexHashMismatch",
    );
    await refused(publish({ ...first, program: allOf("role:nurse") }), "IndexLedgerProgramHashMismatch");
  });

  it("demands a well-formed program", async () => {
    const { publish, firstVersion } = world;
    await refused(publish(await firstVersion({ program: "0x" })), "PolicyProgramMalformed", 0);
    await refused(
      publish(await firstVersion({ program: program([id("a:b")], "0x0000") })),
      "PolicyProgramMalformed",
      37,
    );
    const cut = comparison("level", ">=", 3).slice(0, -2);
    await refused(
      publish(await firstVersion({ program: program([], "0x", [cut]) })),
      "PolicyProgramMalformed",
      39,
    );
  });

  it("demands a key set that the owner dealt", async () => {
    const { publish, firstVersion, dealKeySet, stranger } = world;
    await refused(
      publish(await firstVersion({ keySet: ZeroHash })),
      "IndexLedgerKeySetForeign",
      ZeroHash,
      ZeroAddress,
    );
    const foreign = await dealKeySet(stranger);
    await refused(
      publish(await firstVersion({ keySet: foreign })),
      "IndexLedgerKeySetForeign",
      foreign,
      stranger.address,
    );
  });

  it("publishes for an owner who signed, once, and counts the nonce", async () => {
    const { ledger, owner, firstVersion, publishFor, signPublish, nextVersion } = world;
    const signed = await firstVersion({ deadline: await future() });
    const signature = await signPublish(signed);
    await expect(publishFor(signed, signature)).to.emit(ledger, "Published");
    expect(await ledger.nonces(owner.address)).to.equal(1n);
    await refused(publishFor(signed, signature), "InvalidAccountNonce", owner.address, 1);
    const stale = nextVersion(signed);
    await refused(publishFor(stale, await signPublish(stale)), "InvalidAccountNonce", owner.address, 1);
    const ahead = nextVersion(signed, { nonce: 2n });
    await refused(publishFor(ahead, await signPublish(ahead)), "InvalidAccountNonce", owner.address, 1);
    const second = nextVersion(signed, { nonce: 1n });
    await publishFor(second, await signPublish(second));
    expect((await ledger.record(recordId)).version).to.equal(2n);
  });

  it("lets an owner whom a relayer keeps waiting send the same publication, which voids the signature", async () => {
    const { publish, publishFor, signPublish, firstVersion } = world;
    const signed = await firstVersion({ deadline: await future() });
    const signature = await signPublish(signed);
    await publish(signed);
    await refused(publishFor(signed, signature), "IndexLedgerVersionMismatch", 2, 1);
  });

  it("refuses a signature by another, over anything else, malformed, or in its other form", async () => {
    const { stranger, firstVersion, publishFor, signPublish } = world;
    const signed = await firstVersion({ deadline: await future() });
    const signature = await signPublish(signed);
    await refused(publishFor(signed, await signPublish(signed, stranger)), "IndexLedgerSignatureInvalid");
    for (const bad of ["0x", `${signature}00`, signature.slice(0, -2), `0x${"00".repeat(65)}`])
      await refused(publishFor(signed, bad), "IndexLedgerSignatureInvalid");
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = order - BigInt(`0x${signature.slice(66, 130)}`);
    const v = signature.endsWith("1b") ? "1c" : "1b";
    const flipped = `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}`;
    await refused(publishFor(signed, flipped), "IndexLedgerSignatureInvalid");

    const other = id("other");
    const changes = {
      ledgerRecordId: other,
      version: 2n,
      epoch: 2n,
      indexHash: other,
      programHash: other,
      keySet: other,
      owner: stranger.address,
      nonce: 1n,
      deadline: signed.publication.deadline + 1n,
    };
    for (const [field, value] of Object.entries(changes)) {
      const changed = { ...signed, publication: { ...signed.publication, [field]: value } };
      await refused(publishFor(changed, signature), "IndexLedgerSignatureInvalid");
    }
  });

  it("takes a signed publication up to its deadline, not after", async () => {
    const { networkHelpers, firstVersion, publishFor, signPublish } = world;
    const deadline = await future();
    const signed = await firstVersion({ deadline });
    const signature = await signPublish(signed);
    await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
    await refused(publishFor(signed, signature), "IndexLedgerDeadlinePassed", deadline);
    const punctual = await firstVersion({ deadline: deadline + 100n });
    await networkHelpers.time.setNextBlockTimestamp(deadline + 100n);
    await publishFor(punctual, await signPublish(punctual));
  });

  it("closes: by the owner only, once an epoch, and only the next epoch opens it again", async () => {
    const { ledger, owner, stranger, publish, nextVersion } = world;
    const close = (by = owner) => ledger.connect(by).getFunction("close")(recordId);
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

  it("closes for an owner who signed", async () => {
    const { ledger, owner, publish, signClose } = world;
    await publish(first);
    const signed = await closing();
    const signature = await signClose(signed);
    await expect(closeFor(signed, signature)).to.emit(ledger, "Closed").withArgs(recordId, owner.address, 1);
    expect(await ledger.nonces(owner.address)).to.equal(1n);
    await refused(closeFor(signed, signature), "InvalidAccountNonce", owner.address, 1);
  });

  it("refuses a signed close of another epoch, record or owner, late, or changed", async () => {
    const { owner, stranger, publish, signClose, networkHelpers } = world;
    await publish(first);
    for (const epoch of [0n, 2n]) {
      const wrong = await closing({ epoch });
      await refused(closeFor(wrong, await signClose(wrong)), "IndexLedgerEpochMismatch", 1, epoch);
    }
    const unknown = await closing({ ledgerRecordId: ZeroHash });
    await refused(closeFor(unknown, await signClose(unknown)), "IndexLedgerRecordUnknown", ZeroHash);
    const foreign = await closing({ owner: stranger.address });
    await refused(
      closeFor(foreign, await signClose(foreign, stranger)),
      "IndexLedgerNotOwner",
      recordId,
      stranger.address,
    );
    await refused(closeFor(foreign, await signClose(foreign, owner)), "IndexLedgerSignatureInvalid");
    const signed = await closing();
    const signature = await signClose(signed);
    await refused(closeFor({ ...signed, nonce: 1n }, signature), "IndexLedgerSignatureInvalid");
    await refused(closeFor({ ...signed, epoch: 2n }, signature), "IndexLedgerSignatureInvalid");
    await networkHelpers.time.setNextBlockTimestamp(signed.deadline + 1n);
    await refused(closeFor(signed, signature), "IndexLedgerDeadlinePassed", signed.deadline);
  });

  it("knows no record that nobody published, and needs registries", async () => {
    const { ledger, ethers, attributes, keys, stranger } = world;
    await refused(ledger.record(recordId), "IndexLedgerRecordUnknown", recordId);
    expect(await ledger.attributeRegistry()).to.equal(await attributes.getAddress());
    expect(await ledger.keyRegistry()).to.equal(await keys.getAddress());
    const factory = await ethers.getContractFactory("StorageLedger");
    await refused(factory.deploy(stranger.address, keys), "IndexLedgerRegistryMissing", stranger.address);
    await refused(
      factory.deploy(attributes, stranger.address),
      "IndexLedgerRegistryMissing",
      stranger.address,
    );
  });

  it("has a signing domain per ledger", async () => {
    const { ledger, shared } = world;
    const names = await Promise.all([ledger, shared].map(async (one) => (await one.eip712Domain()).name));
    expect(names).to.deep.equal(["Diptych StorageLedger", "Diptych SharedLedger"]);
    expect((await ledger.eip712Domain()).version).to.equal("1");
  });
});
