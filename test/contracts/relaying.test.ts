import { expect } from "chai";
import { id, toBeHex } from "ethers";
import {
  type Contract,
  type Kind,
  type Mandate,
  type Publishing,
  publishMessage,
  refusedBy,
  type Signer,
  type World,
} from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

/** One kind of act that can be relayed: what is signed, how it's sent, and by whom it must be signed. */
interface Act {
  kind: Kind;
  event: string;
  method: string;
  message: () => Record<string, unknown>;
  args: () => unknown[];
  by: () => Signer;
}

describe("IndexLedger: acts that somebody relays", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;
  let requestId: string;

  beforeEach(async () => {
    world = await freshWorld();
    first = world.firstVersion();
    recordId = first.ledgerRecordId;
    await world.publish(first);
    await world.attest(world.requester, ["role:doctor"]);
    ({ requestId } = await world.ask(recordId));
    await world.ledger.connect(world.owner).getFunction("offerTransfer")(recordId, world.stranger.address);
  });

  const refused = refusedBy(() => world.ledger);
  // Version and epoch differ, so that neither can stand for the other.
  const second = () => world.nextVersion(first);
  const owner = () => world.owner;
  const acts: Act[] = [
    {
      kind: "Publish",
      event: "Published",
      method: "publishFor",
      message: () => publishMessage(second()),
      args: () => {
        const { ledgerRecordId, version, epoch, indexKeyHash, salt, program, index, policy } = second();
        return [{ ledgerRecordId, version, epoch, indexKeyHash }, salt, program, index, policy];
      },
      by: owner,
    },
    {
      kind: "Publish",
      event: "Published",
      method: "republishFor",
      message: () => publishMessage(second()),
      args: () => [recordId, 2n, 1n, second().index],
      by: owner,
    },
    {
      kind: "Close",
      event: "Closed",
      method: "closeFor",
      message: () => ({ ledgerRecordId: recordId, epoch: 1n }),
      args: () => [recordId, 1n],
      by: owner,
    },
    {
      kind: "Block",
      event: "BlockChanged",
      method: "setBlockedFor",
      message: () => ({ ledgerRecordId: recordId, account: world.requester.address, blocked: true }),
      args: () => [recordId, world.requester.address, true],
      by: owner,
    },
    {
      kind: "RevokeGrant",
      event: "GrantRevoked",
      method: "revokeGrantFor",
      message: () => ({ requestId }),
      args: () => [requestId],
      by: owner,
    },
    {
      kind: "OfferTransfer",
      event: "TransferOffered",
      method: "offerTransferFor",
      message: () => ({ ledgerRecordId: recordId, newOwner: world.relayer.address }),
      args: () => [recordId, world.relayer.address],
      by: owner,
    },
    {
      kind: "AcceptTransfer",
      event: "Transferred",
      method: "acceptTransferFor",
      message: () => ({ ledgerRecordId: recordId }),
      args: () => [recordId],
      by: () => world.stranger,
    },
  ];

  for (const act of acts)
    describe(act.method, () => {
      const send = (mandate: Mandate, args = act.args(), to: Contract = world.ledger) =>
        to.connect(world.relayer).getFunction(act.method)(mandate, ...args);
      const mandate = (changes: Parameters<World["mandate"]>[2] = {}) =>
        world.mandate(act.kind, act.message(), { by: act.by(), ...changes });

      it("does what was signed, once, and counts the nonce", async () => {
        const { ledger } = world;
        const given = await mandate();
        await expect(send(given)).to.emit(ledger, act.event);
        expect(await ledger.nonces(act.by().address)).to.equal(1n);
        await refused(send(given), "IndexLedgerNonceMismatch", 1, 0);
      });

      it("refuses every nonce but the next", async () => {
        for (const nonce of [1n, 2n ** 64n, 2n ** 256n - 1n])
          await refused(send(await mandate({ nonce })), "IndexLedgerNonceMismatch", 0, nonce);
      });

      it("holds to the second of the deadline, not after", async () => {
        const { networkHelpers, now } = world;
        const deadline = (await now()) + 100n;
        const given = await mandate({ deadline });
        for (const late of [1n, 2n, 10_000n]) {
          await networkHelpers.time.setNextBlockTimestamp(deadline + late);
          await refused(send(given), "IndexLedgerDeadlinePassed", deadline);
        }
        const punctual = await mandate({ deadline: deadline + 20_000n });
        await networkHelpers.time.setNextBlockTimestamp(deadline + 20_000n);
        await expect(send(punctual)).to.emit(world.ledger, act.event);
      });

      it("refuses another's signature, a malformed one, its other form, and one for elsewhere", async () => {
        const given = await mandate();
        const { signature } = given;
        const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
        const s = order - BigInt(`0x${signature.slice(66, 130)}`);
        const v = signature.endsWith("1b") ? "1c" : "1b";
        const flipped = `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}`;
        const bad = ["0x", `${signature}00`, signature.slice(0, -2), `0x${"00".repeat(65)}`, flipped];
        const forged = await mandate({ by: world.requester, owner: act.by().address });
        for (const each of [...bad, forged.signature])
          await refused(send({ ...given, signature: each }), "IndexLedgerSignatureInvalid");
        await refused(send(await mandate({ to: await world.openShared() })), "IndexLedgerSignatureInvalid");
        expect(await world.ledger.nonces(act.by().address)).to.equal(0n);
      });

      it("binds each field that was signed", async () => {
        const given = await mandate();
        const later = { ...given, deadline: given.deadline + 1n };
        await refused(send(later), "IndexLedgerSignatureInvalid");
        for (const [field, value] of Object.entries(act.message())) {
          const other =
            typeof value === "bigint"
              ? value + 1n
              : typeof value === "boolean"
                ? !value
                : String(value).length === 42
                  ? world.admin.address
                  : id("other");
          const changed = await world.mandate(
            act.kind,
            { ...act.message(), [field]: other },
            { by: act.by(), nonce: given.nonce, deadline: given.deadline },
          );
          await refused(send({ ...given, signature: changed.signature }), "IndexLedgerSignatureInvalid");
        }
      });

      it("refuses an account that has no say in this", async () => {
        const { requester } = world;
        const usurping = { by: requester };
        const message =
          act.kind === "Publish" ? publishMessage({ ...second(), owner: requester.address }) : act.message();
        const given = await world.mandate(act.kind, message, usurping);
        const error = act.kind === "AcceptTransfer" ? "IndexLedgerTransferNotOffered" : "IndexLedgerNotOwner";
        await refused(send(given), error, recordId, requester.address);
        expect(await world.ledger.nonces(requester.address)).to.equal(0n);
      });

      it("works while new grants are paused", async () => {
        await world.ledger.connect(world.admin).getFunction("pause")();
        await expect(send(await mandate())).to.emit(world.ledger, act.event);
      });
    });

  it("publishes a first version for its owner", async () => {
    const { ledger, publishFor, firstVersion, mandateFor } = world;
    const fresh = firstVersion({ salt: toBeHex(9, 32) });
    await expect(publishFor(fresh, await mandateFor(fresh))).to.emit(ledger, "Published");
    expect((await ledger.record(fresh.ledgerRecordId)).owner).to.equal(world.owner.address);
  });

  it("takes a signed republish only under the rules that were signed", async () => {
    const { ledger, owner, publish, republishFor, mandateFor, nextVersion } = world;
    const signedEarlier = nextVersion(first, { version: 3n });
    const given = await mandateFor(signedEarlier);
    // Between signature and relay the owner changes the key set: what was signed would now mean something else.
    await publish(nextVersion(first, { indexKeyHash: id("another key") }));
    await expect(republishFor(signedEarlier, given)).to.be.revertedWithCustomError(
      ledger,
      "IndexLedgerSignatureInvalid",
    );
    expect((await ledger.record(recordId)).version).to.equal(2n);
    expect(await ledger.nonces(owner.address)).to.equal(0n);
  });

  it("lets in again whom a relayer was told to block", async () => {
    const { ledger, relayer, requester, mandate } = world;
    for (const blocked of [true, false]) {
      const what = { ledgerRecordId: recordId, account: requester.address, blocked };
      const given = await mandate("Block", what);
      await ledger.connect(relayer).getFunction("setBlockedFor")(given, recordId, requester.address, blocked);
      expect(await ledger.isBlocked(recordId, requester.address)).to.equal(blocked);
    }
  });

  it("ends no epoch but the one signed for", async () => {
    const { ledger, relayer } = world;
    for (const epoch of [0n, 2n]) {
      const given = await world.mandate("Close", { ledgerRecordId: recordId, epoch });
      await expect(ledger.connect(relayer).getFunction("closeFor")(given, recordId, epoch))
        .to.be.revertedWithCustomError(ledger, "IndexLedgerEpochMismatch")
        .withArgs(1, epoch);
    }
  });

  it("lets an owner whom a relayer keeps waiting act directly, which voids what was signed", async () => {
    const { ledger, publish, publishFor, mandateFor } = world;
    const signed = second();
    const given = await mandateFor(signed);
    await publish(signed);
    await expect(publishFor(signed, given))
      .to.be.revertedWithCustomError(ledger, "IndexLedgerVersionMismatch")
      .withArgs(3, 2);
  });
});
