import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { keySetOf, type Publishing, refusedBy, type Signer, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("IndexLedger: transfer to a new owner", () => {
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
  const offer = (to: string, by: Signer = world.owner) =>
    world.ledger.connect(by).getFunction("offerTransfer")(recordId, to);
  const accept = (by: Signer) => world.ledger.connect(by).getFunction("acceptTransfer")(recordId);

  it("takes an offer and its acceptance, and logs both", async () => {
    const { ledger, owner, stranger } = world;
    expect(await ledger.transferOffer(recordId)).to.equal(ZeroAddress);
    await expect(offer(stranger.address))
      .to.emit(ledger, "TransferOffered")
      .withArgs(recordId, owner.address, stranger.address);
    expect(await ledger.transferOffer(recordId)).to.equal(stranger.address);
    expect((await ledger.record(recordId)).owner).to.equal(owner.address);
    await expect(accept(stranger))
      .to.emit(ledger, "Transferred")
      .withArgs(recordId, owner.address, stranger.address, 1);
    const found = await ledger.record(recordId);
    expect([found.owner, found.closed, found.version, found.epoch]).to.deep.equal([
      stranger.address,
      true,
      1n,
      1n,
    ]);
    expect(await ledger.transferOffer(recordId)).to.equal(ZeroAddress);
    await refused(accept(stranger), "IndexLedgerTransferNotOffered", recordId, stranger.address);
  });

  it("lets only the owner offer, and only whom it was offered to accept", async () => {
    const { ledger, owner, stranger, requester } = world;
    await refused(offer(stranger.address, stranger), "IndexLedgerNotOwner", recordId, stranger.address);
    for (const by of [stranger, owner])
      await refused(accept(by), "IndexLedgerTransferNotOffered", recordId, by.address);
    await offer(stranger.address);
    await refused(accept(requester), "IndexLedgerTransferNotOffered", recordId, requester.address);
    await offer(requester.address);
    await refused(accept(stranger), "IndexLedgerTransferNotOffered", recordId, stranger.address);
    await expect(offer(ZeroAddress))
      .to.emit(ledger, "TransferOffered")
      .withArgs(recordId, owner.address, ZeroAddress);
    await refused(accept(requester), "IndexLedgerTransferNotOffered", recordId, requester.address);
    const unknown = id("unknown");
    const act = (method: string, ...args: unknown[]) =>
      ledger.connect(owner).getFunction(method)(unknown, ...args);
    await refused(act("offerTransfer", owner.address), "IndexLedgerRecordUnknown", unknown);
    await refused(act("acceptTransfer"), "IndexLedgerRecordUnknown", unknown);
  });

  it("leaves an offer standing over publishes and closes", async () => {
    const { ledger, owner, stranger, publish, nextVersion } = world;
    await offer(stranger.address);
    await publish(nextVersion(first));
    await ledger.connect(owner).getFunction("close")(recordId);
    await accept(stranger);
    expect((await ledger.record(recordId)).owner).to.equal(stranger.address);
  });

  it("releases nothing until the new owner publishes under a key set of their own", async () => {
    const { ledger, owner, stranger, ask, statusOf, publish, republish, nextVersion } = world;
    const { requestId } = await ask(recordId);
    await offer(stranger.address);
    expect(await statusOf(requestId)).to.equal("Live");
    await accept(stranger);
    expect(await statusOf(requestId)).to.equal("Closed");
    expect((await ask(recordId)).decision).to.equal("Closed");
    await refused(
      publish(nextVersion(first, { epoch: 2n }), owner),
      "IndexLedgerNotOwner",
      recordId,
      owner.address,
    );
    const taken = nextVersion(first, { epoch: 2n, owner: stranger.address });
    await refused(republish(taken, stranger), "IndexLedgerRulesForeign", recordId);
    await refused(publish({ ...taken, epoch: 1n }, stranger), "IndexLedgerEpochMismatch", 1, 1);
    await publish(taken, stranger);
    expect((await ledger.record(recordId)).keySet).to.equal(keySetOf(stranger.address, first.indexKeyHash));
    expect(await statusOf(requestId)).to.equal("EpochEnded");
    expect((await ask(recordId)).decision).to.equal("Granted");
    await republish(nextVersion(taken), stranger);
  });

  it("gives the new owner the blocks, and the old owner no say over blocks, closes and grants", async () => {
    const { ledger, owner, stranger, requester, ask, publish, nextVersion } = world;
    const act = (by: Signer, method: string, ...args: unknown[]) =>
      ledger.connect(by).getFunction(method)(...args);
    const { requestId } = await ask(recordId);
    await act(owner, "setBlocked", recordId, requester.address, true);
    await offer(stranger.address);
    await accept(stranger);
    await publish(nextVersion(first, { epoch: 2n, owner: stranger.address }), stranger);
    expect((await ask(recordId)).decision).to.equal("Blocked");
    for (const [method, ...args] of [
      ["setBlocked", recordId, requester.address, false],
      ["close", recordId],
      ["revokeGrant", requestId],
      ["offerTransfer", recordId, owner.address],
    ] as const)
      await refused(act(owner, method, ...args), "IndexLedgerNotOwner", recordId, owner.address);
    await act(stranger, "setBlocked", recordId, requester.address, false);
    expect((await ask(recordId)).decision).to.equal("Granted");
  });

  it("can't close what was closed by changing hands, nor make the record anew", async () => {
    const { ledger, owner, stranger, publish } = world;
    await offer(stranger.address);
    await accept(stranger);
    await refused(
      ledger.connect(stranger).getFunction("close")(recordId),
      "IndexLedgerAlreadyClosed",
      recordId,
    );
    await refused(publish(first, owner), "IndexLedgerNotOwner", recordId, owner.address);
    expect(await ledger.totalRecords()).to.equal(1n);
  });
});

describe("IndexLedger: lists of records", () => {
  let world: World;
  let ids: string[] = [];

  const all = async (owner: string, limit: number): Promise<string[]> => {
    const found: string[] = [];
    let cursor = 0n;
    do {
      const [page, next] = await world.ledger.recordsOf(owner, cursor, limit);
      expect(page.length).to.be.within(1, limit);
      found.push(...page);
      cursor = next;
    } while (cursor !== 0n);
    expect(await world.ledger.recordCount(owner)).to.equal(BigInt(found.length));
    return found;
  };
  const give = async (recordId: string, from: Signer, to: Signer) => {
    await world.ledger.connect(from).getFunction("offerTransfer")(recordId, to.address);
    await world.ledger.connect(to).getFunction("acceptTransfer")(recordId);
  };

  before(async () => {
    world = await freshWorld();
    ids = [];
    for (let i = 0; i < 7; i++) {
      const record = world.firstVersion({ salt: id(`salt ${i}`), index: "0x01" });
      ids.push(record.ledgerRecordId);
      await world.publish(record);
    }
  });

  it("are read by pages of any size, the newest first", async () => {
    const { ledger, owner, stranger } = world;
    for (const limit of [1, 2, 3, 7, 100])
      expect(await all(owner.address, limit)).to.deep.equal(ids.toReversed());
    expect([...(await ledger.recordsOf(owner.address, 0, 2n ** 256n - 1n))]).to.deep.equal([
      ids.toReversed(),
      0n,
    ]);
    expect(await ledger.totalRecords()).to.equal(7n);
    expect([...(await ledger.recordsOf(stranger.address, 0, 5))]).to.deep.equal([[], 0n]);
    expect([...(await ledger.recordsOf(ZeroAddress, 0, 5))]).to.deep.equal([[], 0n]);
    expect([...(await ledger.recordsOf(owner.address, 0, 0))]).to.deep.equal([[], 7n]);
    expect([...(await ledger.recordsOf(owner.address, 3, 2))]).to.deep.equal([[ids[2], ids[1]], 1n]);
  });

  it("follow transfers of the last, the first, one between, and the only one, to and fro", async () => {
    const { owner, stranger, requester } = world;
    const [a, b, c, d, e, f, g] = ids as [string, string, string, string, string, string, string];
    await give(g, owner, stranger);
    expect(await all(owner.address, 2)).to.deep.equal([f, e, d, c, b, a]);
    await give(a, owner, stranger);
    await give(d, owner, stranger);
    expect(await all(owner.address, 4)).to.deep.equal([f, e, c, b]);
    expect(await all(stranger.address, 4)).to.deep.equal([d, a, g]);
    await give(a, stranger, owner);
    expect(await all(owner.address, 4)).to.deep.equal([a, f, e, c, b]);
    expect(await all(stranger.address, 4)).to.deep.equal([d, g]);
    await give(b, owner, requester);
    await give(b, requester, owner);
    expect(await world.ledger.recordCount(requester.address)).to.equal(0n);
    expect([...(await world.ledger.recordsOf(requester.address, 0, 9))]).to.deep.equal([[], 0n]);
    await give(e, owner, owner);
    expect(await all(owner.address, 4)).to.deep.equal([e, b, a, f, c]);
    // All that touches the very first record: its neighbours go, then itself.
    await give(e, owner, requester);
    await give(b, owner, requester);
    await give(f, owner, requester);
    expect(await all(owner.address, 4)).to.deep.equal([a, c]);
    await give(a, owner, requester);
    expect(await all(owner.address, 4)).to.deep.equal([c]);
    expect(await all(requester.address, 4)).to.deep.equal([a, f, b, e]);
  });

  it("tell when a page starts at a record that is another's by now, or none", async () => {
    const { ledger, owner, relayer } = world;
    expect(await ledger.recordCount(relayer.address), "somebody who has none").to.equal(0n);
    for (const account of [owner.address, relayer.address])
      for (const cursor of [4n, 7n, 8n, 2n ** 32n + 1n, 2n ** 256n - 1n])
        await expect(ledger.recordsOf(account, cursor, 3))
          .to.be.revertedWithCustomError(ledger, "IndexLedgerCursorStale")
          .withArgs(cursor);
  });
});
