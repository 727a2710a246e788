import { expect } from "chai";
import { concat, id, toBeHex, ZeroHash } from "ethers";
import {
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

describe("IndexLedger: purposes, revoked grants, pauses", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;
  const doctor = attribute("role:doctor");

  beforeEach(async () => {
    world = await freshWorld();
    first = world.firstVersion();
    recordId = first.ledgerRecordId;
    await world.publish(first);
    await world.attest(world.requester, ["role:doctor"]);
  });

  const publishNext = async (last: Publishing, changes: Partial<Publishing> = {}) => {
    const next = world.nextVersion(last, changes);
    await world.publish(next);
    return next;
  };
  const refused = refusedBy(() => world.ledger);
  const revoke = (requestId: string, by = world.owner) =>
    world.ledger.connect(by).getFunction("revokeGrant")(requestId);

  describe("a policy with purposes", () => {
    it("grants those alone, and nothing to who states none", async () => {
      const { ask, ledger } = world;
      await publishNext(first, { program: program([doctor], "0x00", [], [1, 7, 255]) });
      for (const [purpose, decision] of [
        [0, "PurposeNotAllowed"],
        [1, "Granted"],
        [2, "PurposeNotAllowed"],
        [7, "Granted"],
        [255, "Granted"],
      ] as const) {
        const asked = await ask(recordId, world.requester, { purpose });
        expect(asked.decision, String(purpose)).to.equal(decision);
        expect(asked.args.purpose).to.equal(BigInt(purpose));
        expect((await ledger.grantOf(asked.requestId)).purpose).to.equal(
          decision === "Granted" ? BigInt(purpose) : 0n,
        );
      }
    });

    it("grants every one, stated or not, when it names none", async () => {
      for (const purpose of [0, 1, 255])
        expect((await world.ask(recordId, world.requester, { purpose })).decision).to.equal("Granted");
    });

    it("ends a live grant whose purpose a newer version of the epoch allows no more", async () => {
      const { ask, statusOf, ledger } = world;
      const treat = await ask(recordId, world.requester, { purpose: 1 });
      const research = await ask(recordId, world.requester, { purpose: 2 });
      const none = await ask(recordId, world.requester, { purpose: 0 });
      const next = await publishNext(first, { program: program([doctor], "0x00", [], [1]) });
      expect(await statusOf(treat.requestId)).to.equal("Live");
      for (const { requestId } of [research, none]) {
        expect(await statusOf(requestId)).to.equal("PurposeNotAllowed");
        expect(await ledger.releasable(requestId)).to.equal(false);
      }
      await publishNext(next, { program: first.program });
      expect(await statusOf(research.requestId)).to.equal("Live");
    });

    it("tells of the purpose before the attributes, and of a block before both", async () => {
      const { ask, ledger, owner, stranger } = world;
      await publishNext(first, { program: program([doctor], "0x00", [], [1]) });
      expect((await ask(recordId, stranger, { purpose: 2 })).decision).to.equal("PurposeNotAllowed");
      await ledger.connect(owner).getFunction("setBlocked")(recordId, stranger.address, true);
      expect((await ask(recordId, stranger, { purpose: 2 })).decision).to.equal("Blocked");
    });
  });

  describe("a revoked grant", () => {
    it("is over at once, alone, and logged", async () => {
      const { ask, statusOf, ledger, requester } = world;
      const [one, other] = [await ask(recordId), await ask(recordId)];
      await expect(revoke(one.requestId))
        .to.emit(ledger, "GrantRevoked")
        .withArgs(one.requestId, recordId, requester.address);
      expect(await statusOf(one.requestId)).to.equal("Revoked");
      expect(await ledger.releasable(one.requestId)).to.equal(false);
      expect((await ledger.grantOf(one.requestId)).expiry).to.equal(0n);
      expect(await statusOf(other.requestId)).to.equal("Live");
      expect((await ask(recordId)).decision).to.equal("Granted");
    });

    it("stays revoked, whatever comes", async () => {
      const { ask, statusOf, networkHelpers } = world;
      const { requestId, expiry } = await ask(recordId);
      await revoke(requestId);
      await publishNext(first, { epoch: 2n });
      expect(await statusOf(requestId)).to.equal("Revoked");
      await networkHelpers.time.increaseTo(expiry);
      expect(await statusOf(requestId)).to.equal("Revoked");
      await refused(revoke(requestId), "IndexLedgerGrantAlreadyRevoked", requestId);
    });

    it("is the owner's to revoke, once, if it was granted", async () => {
      const { ask, requester, stranger } = world;
      const { requestId } = await ask(recordId);
      for (const by of [requester, stranger])
        await refused(revoke(requestId, by), "IndexLedgerNotOwner", recordId, by.address);
      const denied = await ask(recordId, stranger);
      for (const unknown of [denied.requestId, id("unknown")])
        await refused(revoke(unknown), "IndexLedgerGrantUnknown", unknown);
    });
  });

  describe("a pause", () => {
    const as = (who: "admin" | "owner" | "stranger", method: string, ...args: unknown[]) =>
      world.ledger.connect(world[who]).getFunction(method)(...args);

    it("denies every request, logged, and leaves live grants alone", async () => {
      const { ask, statusOf, ledger, admin } = world;
      const before = await ask(recordId);
      await expect(as("admin", "pause")).to.emit(ledger, "Paused").withArgs(admin.address);
      expect(await ledger.paused()).to.equal(true);
      const during = await ask(recordId);
      expect(during.decision).to.equal("Paused");
      expect(await statusOf(during.requestId)).to.equal("Unknown");
      expect(await statusOf(before.requestId)).to.equal("Live");
      expect(await ledger.releasable(before.requestId)).to.equal(true);
      await expect(as("admin", "unpause")).to.emit(ledger, "Unpaused").withArgs(admin.address);
      expect((await ask(recordId)).decision).to.equal("Granted");
    });

    it("keeps no owner from publishing, closing, blocking, revoking or transferring", async () => {
      const { ask, ledger, nextVersion, publish, republish, stranger } = world;
      const { requestId } = await ask(recordId);
      await as("admin", "pause");
      const second = nextVersion(first);
      await publish(second);
      await republish(nextVersion(second));
      await publish(world.firstVersion({ salt: id("new") }));
      await revoke(requestId);
      await as("owner", "setBlocked", recordId, stranger.address, true);
      await as("owner", "close", recordId);
      await as("owner", "offerTransfer", recordId, stranger.address);
      await as("stranger", "acceptTransfer", recordId);
      expect((await ledger.record(recordId)).owner).to.equal(stranger.address);
    });

    it("is for holders of its role, whom the administrator appoints", async () => {
      const { ledger, stranger, admin } = world;
      const role = id("PAUSER_ROLE");
      for (const method of ["pause", "unpause"])
        await refused(as("stranger", method), "AccessControlUnauthorizedAccount", stranger.address, role);
      await as("admin", "grantRole", role, stranger.address);
      await as("stranger", "pause");
      await expect(as("stranger", "pause")).to.be.revertedWithCustomError(ledger, "EnforcedPause");
      await as("admin", "revokeRole", role, stranger.address);
      await refused(as("stranger", "unpause"), "AccessControlUnauthorizedAccount", stranger.address, role);
      await as("admin", "unpause");
      await expect(as("admin", "unpause")).to.be.revertedWithCustomError(ledger, "ExpectedPause");
      expect(await ledger.defaultAdmin()).to.equal(admin.address);
    });

    it("is all that an administrator gone rogue has: records and grants are out of its reach", async () => {
      const { ask, ledger, admin } = world;
      const { requestId } = await ask(recordId);
      const mine = world.nextVersion(first);
      const { blob } = await ledger.record(recordId);
      const acts: [string, ...unknown[]][] = [
        ["republish", recordId, 2, 1, mine.index],
        ["close", recordId],
        ["setBlocked", recordId, world.requester.address, true],
        ["offerTransfer", recordId, admin.address],
      ];
      for (const act of acts)
        await refused(as("admin", ...act), "IndexLedgerNotOwner", recordId, admin.address);
      await refused(world.publish(mine, admin), "IndexLedgerNotOwner", recordId, admin.address);
      await refused(revoke(requestId, admin), "IndexLedgerNotOwner", recordId, admin.address);
      await refused(
        as("admin", "acceptTransfer", recordId),
        "IndexLedgerTransferNotOffered",
        recordId,
        admin.address,
      );
      expect((await ask(recordId, admin)).decision).to.equal("PolicyNotSatisfied");
      expect((await ledger.record(recordId)).blob).to.equal(blob);
    });
  });

  it("reads the rules of a version that keeps them: policy, own ids and purposes decide as before", async () => {
    const { ask, requester, stranger, republish, nextVersion } = world;
    const ruled = nextVersion(first, {
      program: program([doctor, idAttribute(stranger.address)], "0x0001400102", [], [4]),
    });
    await world.publish(ruled);
    await republish(nextVersion(ruled));
    const decide = async (by: typeof requester, purpose: number) =>
      (await ask(recordId, by, { purpose })).decision;
    expect(await decide(requester, 4)).to.equal("Granted");
    expect(await decide(stranger, 4)).to.equal("Granted");
    expect(await decide(stranger, 5)).to.equal("PurposeNotAllowed");
    expect(await decide(world.relayer, 4)).to.equal("PolicyNotSatisfied");
  });

  it("keeps the costs of the largest policies and of giant inputs bounded", async () => {
    const { ask, attest, nextVersion, publish, requester, ledger } = world;
    const leaves = Array.from({ length: 32 }, (_, i) => attribute(`x:${i}`));
    const pushes = leaves.map((_, i) => toBeHex(i, 1));
    // 2,048 bytes of program: all leaves, then as many gates as fit.
    const room = 2048 - 4 - 32 * 32 - 32 - 3;
    const gates = "400101".repeat(Math.floor(room / 3));
    const heavy = nextVersion(first, {
      program: program(leaves, concat([...pushes, "0x402020", `0x${gates}`])),
      index: `0x${"ef".repeat(4096)}`,
      policy: "p".repeat(4096),
    });
    const sent = await (await publish(heavy)).wait();
    expect(sent?.gasUsed, "publish").to.be.below(2_500_000n);
    await attest(
      requester,
      Array.from({ length: 32 }, (_, i) => `x:${i}`),
    );
    const asked = await ask(recordId);
    expect(asked.decision).to.equal("Granted");
    expect(asked.gasUsed, "request").to.be.below(350_000n);
    const giant = ledger.connect(requester).getFunction("request")(
      recordId,
      ZeroHash,
      1,
      concat([point(9), `0x${"11".repeat(50_000)}`]),
      4_000_000_000n,
    );
    await expect(giant).to.be.revertedWithCustomError(ledger, "IndexLedgerResponseKeyMalformed");
  });

  it("counts a set of own ids as held only by that account", async () => {
    const { ask, requester, relayer, stranger } = world;
    await publishNext(first, {
      program: anyOf([idAttribute(requester.address), idAttribute(relayer.address)]),
    });
    expect((await ask(recordId, relayer)).decision).to.equal("Granted");
    expect((await ask(recordId, stranger)).decision).to.equal("PolicyNotSatisfied");
  });
});
