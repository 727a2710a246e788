import { expect } from "chai";
import { TypedDataEncoder, toBeHex } from "ethers";
import { type Contract, editionOf, type Publishing, publishMessage, signed, type World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

const manners = { honest: 0, short: 1, reverting: 2, callingBack: 3, wrongWord: 4 } as const;

// A Safe, say, may own a record: it signs by answering ERC-1271.
describe("IndexLedger: a contract as owner", () => {
  let world: World;
  let wallet: Contract;
  let address: string;
  let first: Publishing;

  beforeEach(async () => {
    world = await freshWorld();
    wallet = (await world.ethers.deployContract("ContractOwner")) as unknown as Contract;
    address = await wallet.getAddress();
    first = world.firstVersion({ owner: address });
  });

  /** A mandate in the wallet's name; its signature is what the wallet says about the hash. */
  async function mandate(nonce = 0n, approve = true) {
    const deadline = (await world.now()) + 3600n;
    const value = { ...publishMessage(first), owner: address, nonce, deadline };
    const types = { Publish: [...signed.Publish] };
    const hash = TypedDataEncoder.hash(await world.domainOf(world.ledger), types, value);
    if (approve) await wallet.approve(hash);
    return { owner: address, nonce, deadline, signature: "0x" };
  }
  const invalid = (call: Promise<unknown>) =>
    expect(call).to.be.revertedWithCustomError(world.ledger, "IndexLedgerSignatureInvalid");

  it("acts directly and through a relayer", async () => {
    const { ledger, publishFor, stranger } = world;
    await publishFor(first, await mandate());
    expect((await ledger.record(first.ledgerRecordId)).owner).to.equal(address);
    expect(await ledger.nonces(address)).to.equal(1n);
    const data = ledger.interface.encodeFunctionData("setBlocked", [
      first.ledgerRecordId,
      stranger.address,
      true,
    ]);
    await expect(wallet.act(await ledger.getAddress(), data)).to.emit(ledger, "BlockChanged");
  });

  it("is not believed when it says no, says it wrongly, or fails", async () => {
    const { ledger, publishFor } = world;
    await invalid(publishFor(first, await mandate(0n, false)));
    for (const how of ["short", "reverting", "wrongWord"] as const) {
      await wallet.behave(manners[how], address, "0x");
      await invalid(publishFor(first, await mandate()));
    }
    expect(await ledger.nonces(address)).to.equal(0n);
  });

  it("has no signature of a key: its deployer's counts for nothing", async () => {
    const deadline = (await world.now()) + 3600n;
    const byKey = await world.mandate("Publish", publishMessage(first), { owner: address, deadline });
    await invalid(world.publishFor(first, byKey));
  });

  it("gains nothing by calling back while it's asked: nothing can be changed from there", async () => {
    const { ledger, publish, publishFor, owner, attest, ask, requester } = world;
    const to = await ledger.getAddress();
    const mine = world.firstVersion();
    await publish(mine, owner);
    await attest(requester, ["role:doctor"]);
    const { requestId } = await ask(mine.ledgerRecordId);
    const callsBack: [string, unknown[]][] = [
      ["publish", [editionOf(first), first.salt, first.program, first.index, first.policy]],
      [
        "publishFor",
        [await mandate(), editionOf(first), first.salt, first.program, first.index, first.policy],
      ],
      ["offerTransfer", [mine.ledgerRecordId, address]],
      ["revokeGrant", [requestId]],
      ["request", [mine.ledgerRecordId, toBeHex(1, 32), 0, `0x04${"11".repeat(64)}`, 4_000_000_000n]],
    ];
    for (const [method, args] of callsBack) {
      await wallet.behave(manners.callingBack, to, ledger.interface.encodeFunctionData(method, args));
      await invalid(publishFor(first, await mandate()));
    }
    expect(await ledger.nonces(address)).to.equal(0n);
    expect(await ledger.totalRecords()).to.equal(1n);
    // Reading is all that it can do, and by then its nonce is used up.
    await wallet.behave(manners.callingBack, to, ledger.interface.encodeFunctionData("nonces", [address]));
    await publishFor(first, await mandate());
    expect(await ledger.nonces(address)).to.equal(1n);
  });
});
