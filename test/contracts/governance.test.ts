import { expect } from "chai";
import { id, keccak256, toUtf8Bytes, ZeroAddress, ZeroHash } from "ethers";
import type { Contract, Signer, World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

const day = 86_400n;

// The consortium's timelock as administrator: what it decides is in the open for a day before it holds.
describe("ConsortiumTimelock as administrator", () => {
  let world: World;
  let timelock: Contract;
  let registry: Contract;

  beforeEach(async () => {
    world = await freshWorld();
    const { ethers, admin, relayer, authority } = world;
    timelock = (await ethers.deployContract("ConsortiumTimelock", [
      day,
      [admin.address],
      [relayer.address],
    ])) as unknown as Contract;
    registry = (await ethers.deployContract("AttributeRegistry", [
      await timelock.getAddress(),
      day,
      authority.address,
    ])) as unknown as Contract;
  });

  const operation = async (method: string, args: unknown[], to = registry) =>
    [await to.getAddress(), 0n, to.interface.encodeFunctionData(method, args), ZeroHash, ZeroHash] as const;
  const schedule = async (by: Signer, op: Awaited<ReturnType<typeof operation>>, delay = day) =>
    timelock.connect(by).getFunction("schedule")(...op, delay);
  const execute = async (by: Signer, op: Awaited<ReturnType<typeof operation>>) =>
    timelock.connect(by).getFunction("execute")(...op);
  const anchor = ["anchorAuthority", [id("abe"), id("ca")]] as const;

  it("administers itself: its deployer and proposers have no other power", async () => {
    const { admin, relayer, stranger } = world;
    const adminRole = await timelock.DEFAULT_ADMIN_ROLE();
    expect(await timelock.getMinDelay()).to.equal(day);
    expect(await timelock.hasRole(adminRole, await timelock.getAddress())).to.equal(true);
    for (const { address } of [admin, relayer, stranger])
      expect(await timelock.hasRole(adminRole, address)).to.equal(false);
    expect(await timelock.hasRole(await timelock.EXECUTOR_ROLE(), ZeroAddress)).to.equal(false);
  });

  it("changes an anchor a day after it was scheduled, not a second earlier, and shows it meanwhile", async () => {
    const { authority, admin, relayer, networkHelpers } = world;
    await registry.connect(authority).getFunction("anchorAuthority")(id("abe 1"), id("ca 1"));
    const op = await operation(...(anchor as unknown as [string, unknown[]]));
    await expect(schedule(admin, op)).to.emit(timelock, "CallScheduled");
    const due: bigint = await timelock.getTimestamp(await timelock.hashOperation(...op));
    await networkHelpers.time.setNextBlockTimestamp(due - 1n);
    await expect(execute(relayer, op)).to.be.revertedWithCustomError(
      timelock,
      "TimelockUnexpectedOperationState",
    );
    await networkHelpers.time.setNextBlockTimestamp(due);
    await expect(execute(relayer, op))
      .to.emit(registry, "AuthorityAnchored")
      .withArgs(id("abe"), id("ca"), await timelock.getAddress());
  });

  it("takes no shorter delay, no other's proposal, and no order from its proposers about itself", async () => {
    const { admin, stranger, relayer } = world;
    const op = await operation(...(anchor as unknown as [string, unknown[]]));
    await expect(schedule(admin, op, day - 1n)).to.be.revertedWithCustomError(
      timelock,
      "TimelockInsufficientDelay",
    );
    await expect(schedule(stranger, op)).to.be.revertedWithCustomError(
      timelock,
      "AccessControlUnauthorizedAccount",
    );
    await schedule(admin, op);
    await expect(execute(stranger, op)).to.be.revertedWithCustomError(
      timelock,
      "AccessControlUnauthorizedAccount",
    );
    for (const by of [admin, relayer])
      await expect(timelock.connect(by).getFunction("updateDelay")(1)).to.be.revertedWithCustomError(
        timelock,
        "TimelockUnauthorizedCaller",
      );
  });

  it("lets a proposer cancel what was scheduled", async () => {
    const { admin, relayer, networkHelpers } = world;
    const op = await operation(...(anchor as unknown as [string, unknown[]]));
    await schedule(admin, op);
    await timelock.connect(admin).getFunction("cancel")(await timelock.hashOperation(...op));
    await networkHelpers.time.increase(day);
    await expect(execute(relayer, op)).to.be.revertedWithCustomError(
      timelock,
      "TimelockUnexpectedOperationState",
    );
  });

  it("appoints and dismisses authorities and assigns labels, each after its delay", async () => {
    const { admin, relayer, stranger, authority, networkHelpers } = world;
    const role = keccak256(toUtf8Bytes("AUTHORITY_ROLE"));
    const ops = [
      await operation("grantRole", [role, stranger.address]),
      await operation("revokeRole", [role, authority.address]),
      await operation("assignLabel", ["org", stranger.address]),
    ];
    for (const op of ops) await schedule(admin, op);
    await networkHelpers.time.increase(day);
    for (const op of ops) await execute(relayer, op);
    expect(await registry.hasRole(role, stranger.address)).to.equal(true);
    expect(await registry.hasRole(role, authority.address)).to.equal(false);
    expect(await registry.labelAuthority(id("org"))).to.equal(stranger.address);
  });

  it("can be handed a ledger's administration in two steps", async () => {
    const { admin, relayer, ledger, networkHelpers } = world;
    await ledger.connect(admin).getFunction("beginDefaultAdminTransfer")(await timelock.getAddress());
    const op = await operation("acceptDefaultAdminTransfer", [], ledger);
    await schedule(admin, op);
    await networkHelpers.time.increase(day + 1n);
    await execute(relayer, op);
    expect(await ledger.defaultAdmin()).to.equal(await timelock.getAddress());
  });
});
