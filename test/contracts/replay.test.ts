import { expect } from "chai";
import { toBeHex } from "ethers";
import { openWorld, type Publishing, point, type World } from "./fixture.ts";

// What travels signed, and request ids, bind chain and contract: shown on two chains that agree in everything else,
// addresses of contracts and accounts included.
describe("Replay and front-running", () => {
  let here: World;
  let there: World;
  let first: Publishing;

  before(async () => {
    here = await openWorld(31338);
    there = await openWorld(31339);
    expect(await here.ledger.getAddress()).to.equal(await there.ledger.getAddress());
    first = await here.firstVersion({ deadline: (await here.now()) + 10_000n });
    // The same key set on the other chain, so that nothing but the signature stands in the way.
    expect(await there.dealKeySet(there.owner)).to.equal(first.publication.keySet);
  });

  it("a signed publication holds on its chain and contract only", async () => {
    const signature = await here.signPublish(first);
    await expect(there.publishFor(first, signature)).to.be.revertedWithCustomError(
      there.ledger,
      "IndexLedgerSignatureInvalid",
    );
    await expect(here.publishFor(first, signature, here.relayer, here.shared)).to.be.revertedWithCustomError(
      here.shared,
      "IndexLedgerSignatureInvalid",
    );
    await expect(here.publishFor(first, signature)).to.emit(here.ledger, "Published");
    await there.publishFor(first, await there.signPublish(first));
    await here.publishFor(
      first,
      await here.signPublish(first, here.owner, here.shared),
      here.relayer,
      here.shared,
    );
  });

  it("a signed close holds on its chain, contract and epoch only", async () => {
    const closing = {
      ledgerRecordId: first.publication.ledgerRecordId,
      epoch: 1n,
      owner: here.owner.address,
      nonce: 1n,
      deadline: (await here.now()) + 10_000n,
    };
    const signature = await here.signClose(closing);
    for (const [world, ledger] of [
      [there, there.ledger],
      [here, here.shared],
    ] as const)
      await expect(
        ledger.connect(world.relayer).getFunction("closeFor")(closing, signature),
      ).to.be.revertedWithCustomError(ledger, "IndexLedgerSignatureInvalid");
    // A close that lay unused while the owner went on to another epoch ends nothing.
    const next = here.nextVersion(first, { epoch: 2n });
    await here.publish(next);
    await expect(here.ledger.connect(here.relayer).getFunction("closeFor")(closing, signature))
      .to.be.revertedWithCustomError(here.ledger, "IndexLedgerEpochMismatch")
      .withArgs(2, 1);
  });

  it("the same request has another id on another chain, contract, record, epoch and from another account", async () => {
    const { ledgerRecordId } = first.publication;
    const other = await here.firstVersion({ salt: toBeHex(3, 32) });
    await here.publish(other);
    const idOf = async (world: World, ledger = world.ledger, record = ledgerRecordId, by = world.requester) =>
      (
        await ledger
          .connect(by)
          .getFunction("request")
          .staticCall(record, toBeHex(1, 32), toBeHex(2, 32), point(9), 4_000_000_000n)
      ).requestId as string;
    const ids = [
      await idOf(here), // epoch 2 by now
      await idOf(there), // epoch 1
      await idOf(here, here.shared),
      await idOf(here, here.ledger, other.publication.ledgerRecordId),
      await idOf(here, here.ledger, ledgerRecordId, here.stranger),
    ];
    await there.publish(there.nextVersion(first, { epoch: 2n }));
    ids.push(await idOf(there)); // differs from the first by chain id alone
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("whoever copies a request from the mempool gets another request, and can't take or spoil the first", async () => {
    const { ledger, requester, stranger, attest, ask, statusOf } = here;
    const { ledgerRecordId } = first.publication;
    await attest(requester, ["role:doctor"]);
    await attest(stranger, ["role:doctor"]);
    const copied = { nonce: toBeHex(5, 32), expiry: (await here.now()) + 900n };
    const thief = await ask(ledgerRecordId, stranger, copied);
    const victim = await ask(ledgerRecordId, requester, copied);
    expect(thief.requestId).not.to.equal(victim.requestId);
    expect(victim.decision).to.equal("Granted");
    expect(await statusOf(victim.requestId)).to.equal("Live");
    expect((await ledger.grantOf(victim.requestId)).requester).to.equal(requester.address);
  });

  it("a request that overtakes a block gains nothing: the grant dies with it", async () => {
    const { ledger, owner, requester, ask, statusOf } = here;
    const { ledgerRecordId } = first.publication;
    const hurried = await ask(ledgerRecordId, requester);
    expect(hurried.decision).to.equal("Granted");
    await ledger.connect(owner).getFunction("setBlocked")(ledgerRecordId, requester.address, true);
    expect(await statusOf(hurried.requestId)).to.equal("Blocked");
  });

  it("whoever relays a publication first changes nothing but who pays", async () => {
    const world = await openWorld();
    const signed = await world.firstVersion({ deadline: (await world.now()) + 100n });
    const signature = await world.signPublish(signed);
    await world.publishFor(signed, signature, world.stranger);
    const found = await world.ledger.record(signed.publication.ledgerRecordId);
    expect([found.owner, found.index]).to.deep.equal([world.owner.address, signed.index]);
    // The text isn't signed: only the hash of the program counts.
    await expect(world.publishFor({ ...signed, policy: "anyone" }, signature)).to.be.revertedWithCustomError(
      world.ledger,
      "InvalidAccountNonce",
    );
  });
});
