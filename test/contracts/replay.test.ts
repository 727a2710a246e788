import { expect } from "chai";
import { toBeHex } from "ethers";
import { type Contract, type Publishing, point, publishMessage, signed, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

// What travels signed, and request ids, bind chain and contract: shown on two chains that agree in everything else,
// addresses of contracts and accounts included.
describe("Replay and front-running", () => {
  let here: World;
  let there: World;
  let shared: Contract;
  let first: Publishing;

  before(async () => {
    here = await freshWorld(31338);
    there = await freshWorld(31339);
    shared = await here.openShared();
    expect(await here.ledger.getAddress()).to.equal(await there.ledger.getAddress());
    first = here.firstVersion();
  });

  it("a signed publication holds on its chain, its contract and its version of the domain only", async () => {
    const given = await here.mandateFor(first);
    const invalid = (call: Promise<unknown>, world: World, ledger = world.ledger) =>
      expect(call).to.be.revertedWithCustomError(ledger, "IndexLedgerSignatureInvalid");
    await invalid(there.publishFor(first, given), there);
    await invalid(here.publishFor(first, given, here.relayer, shared), here, shared);
    const domain = { ...(await here.domainOf(here.ledger)), version: "2" };
    const { owner, nonce, deadline } = given;
    const value = { ...publishMessage(first), owner, nonce, deadline };
    const signature = await here.owner.signTypedData(domain, { Publish: [...signed.Publish] }, value);
    await invalid(here.publishFor(first, { ...given, signature }), here);
    await expect(here.publishFor(first, given)).to.emit(here.ledger, "Published");
    await there.publishFor(first, await there.mandateFor(first));
    const other = await here.mandateFor(first, { to: shared });
    await here.publishFor(first, other, here.relayer, shared);
  });

  it("a signed close holds on its chain, contract and epoch only", async () => {
    const { ledgerRecordId } = first;
    const closing = await here.mandate("Close", { ledgerRecordId, epoch: 1n });
    const closeFor = (world: World, ledger: Contract) =>
      ledger.connect(world.relayer).getFunction("closeFor")(closing, ledgerRecordId, 1n);
    for (const [world, ledger] of [
      [there, there.ledger],
      [here, shared],
    ] as const)
      await expect(closeFor(world, ledger)).to.be.revertedWithCustomError(
        ledger,
        "IndexLedgerSignatureInvalid",
      );
    // A close that lay unused while the owner went on to another epoch ends nothing.
    await here.publish(here.nextVersion(first, { epoch: 2n }));
    await expect(closeFor(here, here.ledger))
      .to.be.revertedWithCustomError(here.ledger, "IndexLedgerEpochMismatch")
      .withArgs(2, 1);
  });

  it("the same request has another id on another chain, contract, record, epoch and from another account", async () => {
    const { ledgerRecordId } = first;
    const other = here.firstVersion({ salt: toBeHex(3, 32) });
    await here.publish(other);
    const idOf = async (world: World, ledger = world.ledger, record = ledgerRecordId, by = world.requester) =>
      (
        await ledger
          .connect(by)
          .getFunction("request")
          .staticCall(record, toBeHex(1, 32), 2, point(9), 4_000_000_000n)
      ).requestId as string;
    const ids = [
      await idOf(here), // epoch 2 by now
      await idOf(there), // epoch 1
      await idOf(here, shared),
      await idOf(here, here.ledger, other.ledgerRecordId),
      await idOf(here, here.ledger, ledgerRecordId, here.stranger),
    ];
    await there.publish(there.nextVersion(first, { epoch: 2n }));
    ids.push(await idOf(there)); // differs from the first by chain id alone
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("whoever copies a request from the mempool gets another request, and can't take or spoil the first", async () => {
    const { ledger, requester, stranger, attest, ask, statusOf } = here;
    const { ledgerRecordId } = first;
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
    const { ledgerRecordId } = first;
    const hurried = await ask(ledgerRecordId, requester);
    expect(hurried.decision).to.equal("Granted");
    await ledger.connect(owner).getFunction("setBlocked")(ledgerRecordId, requester.address, true);
    expect(await statusOf(hurried.requestId)).to.equal("Blocked");
  });

  it("a request that overtakes a revocation of its grant gains nothing, and can't be made again", async () => {
    const { ledger, owner, stranger, attest, ask, statusOf } = here;
    const { ledgerRecordId } = first;
    await attest(stranger, ["role:doctor"]);
    const fixed = { nonce: toBeHex(6, 32), expiry: (await here.now()) + 900n };
    const { requestId } = await ask(ledgerRecordId, stranger, fixed);
    await ledger.connect(owner).getFunction("revokeGrant")(requestId);
    expect(await statusOf(requestId)).to.equal("Revoked");
    await expect(ask(ledgerRecordId, stranger, fixed))
      .to.be.revertedWithCustomError(ledger, "IndexLedgerRequestAlreadyGranted")
      .withArgs(requestId);
  });

  it("whoever relays a publication first changes nothing but who pays", async () => {
    const world = await freshWorld();
    const version = world.firstVersion();
    const given = await world.mandateFor(version);
    await world.publishFor(version, given, world.stranger);
    const found = await world.ledger.record(version.ledgerRecordId);
    expect([found.owner, found.index]).to.deep.equal([world.owner.address, version.index]);
    // The text isn't signed: only the hash of the program counts.
    await expect(world.publishFor({ ...version, policy: "anyone" }, given))
      .to.be.revertedWithCustomError(world.ledger, "IndexLedgerNonceMismatch")
      .withArgs(1, 0);
  });
});
