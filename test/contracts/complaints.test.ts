/** Gates that complain about their shares. */
import { expect } from "chai";
import { concat, ZeroHash } from "ethers";
import { openWorld, point, type Signer, type World } from "./fixture.ts";

describe("KeyRegistry: complaints", () => {
  let world: World;
  let keySet: string;
  const evidence = "0xe71d";

  beforeEach(async () => {
    world = await openWorld();
    keySet = await world.dealKeySet(world.owner);
  });

  const complain = (by: Signer, changes: { keySet?: string; generation?: number; evidence?: string } = {}) =>
    world.keys.connect(by).getFunction("complain")(
      changes.keySet ?? keySet,
      changes.generation ?? 1,
      changes.evidence ?? evidence,
    );

  it("are events with their evidence, and a bit in the gate's place", async () => {
    const { keys, gates } = world;
    expect(await keys.complaints(keySet)).to.equal(0n);
    await expect(complain(gates[2]!))
      .to.emit(keys, "ShareComplained")
      .withArgs(keySet, gates[2]!.address, 1, evidence);
    expect(await keys.complaints(keySet)).to.equal(0b100n);
    await complain(gates[0]!, { evidence: `0x${"ab".repeat(512)}` });
    expect(await keys.complaints(keySet)).to.equal(0b101n);
    // Nothing else moves: the shares stand, and open what they open.
    const { dealer, generation, threshold } = await keys.keySet(keySet);
    expect([dealer, generation, threshold]).to.deep.equal([world.owner.address, 1n, 2n]);
  });

  it("of a gate that was taken off the list count: it still has its share", async () => {
    const { keys, gates } = world;
    await keys.removeGate(gates[1]!.address);
    await complain(gates[1]!);
    expect(await keys.complaints(keySet)).to.equal(0b010n);
  });

  it("can't be spam: one a gate and generation, and of gates that have a share only", async () => {
    const { keys, gates, owner, admin, stranger } = world;
    await complain(gates[0]!);
    for (const words of [evidence, "0x00"])
      await expect(complain(gates[0]!, { evidence: words }))
        .to.be.revertedWithCustomError(keys, "KeyRegistryComplaintTwice")
        .withArgs(gates[0]!.address);
    await world.registerGate(gates[3]!, point(7));
    for (const by of [owner, admin, stranger, gates[3]!])
      await expect(complain(by))
        .to.be.revertedWithCustomError(keys, "KeyRegistryNoShare")
        .withArgs(by.address);
    for (const size of [0, 513])
      await expect(complain(gates[1]!, { evidence: `0x${"00".repeat(size)}` }))
        .to.be.revertedWithCustomError(keys, "KeyRegistryEvidenceSize")
        .withArgs(size);
    expect(await keys.complaints(keySet)).to.equal(0b001n);
  });

  it("are about the current generation; the next deal starts with none", async () => {
    const { keys, gates, owner } = world;
    for (const generation of [0, 2])
      await expect(complain(gates[0]!, { generation }))
        .to.be.revertedWithCustomError(keys, "KeyRegistryGenerationMismatch")
        .withArgs(1, generation);
    await complain(gates[0]!);
    await world.dealKeySet(owner);
    expect(await keys.complaints(keySet)).to.equal(0n);
    await expect(complain(gates[0]!))
      .to.be.revertedWithCustomError(keys, "KeyRegistryGenerationMismatch")
      .withArgs(2, 1);
    await complain(gates[0]!, { generation: 2 });
    expect(await keys.complaints(keySet)).to.equal(1n);
    // Dealt to others: who had a share of the second generation has none of the third.
    const others = gates.slice(1, 3).map(({ address }) => address);
    await keys.connect(owner).getFunction("deal")(point(1), 3, 1, others, point(1), ["0x01", "0x02"]);
    await expect(complain(gates[0]!, { generation: 3 })).to.be.revertedWithCustomError(
      keys,
      "KeyRegistryNoShare",
    );
  });

  it("about one dealer's key set touch no other's", async () => {
    const { keys, gates, stranger } = world;
    const theirs = await world.dealKeySet(stranger);
    await complain(gates[0]!);
    expect(await keys.complaints(theirs)).to.equal(0n);
    await complain(gates[0]!, { keySet: theirs });
    expect(await keys.complaints(theirs)).to.equal(1n);
  });

  it("know no key set that nobody dealt", async () => {
    const { keys, gates } = world;
    for (const call of [
      () => complain(gates[0]!, { keySet: ZeroHash, generation: 0 }),
      () => keys.complaints(ZeroHash),
    ])
      await expect(call()).to.be.revertedWithCustomError(keys, "KeyRegistryKeySetUnknown").withArgs(ZeroHash);
  });

  it("of all 31 gates have a place each", async () => {
    const { keys, ethers, admin, owner } = world;
    const wallets = Array.from({ length: 31 }, () => ethers.Wallet.createRandom(ethers.provider));
    for (const wallet of wallets) {
      await world.registerGate(wallet as never, point(3));
      await admin.sendTransaction({ to: wallet.address, value: 10n ** 18n });
    }
    const accounts = wallets.map(({ address }) => address);
    const shares = accounts.map(() => "0x5a");
    await keys.connect(owner).getFunction("deal")(
      point(1),
      2,
      2,
      accounts,
      concat([point(1), point(2)]),
      shares,
    );
    for (const wallet of wallets) await complain(wallet as never, { generation: 2 });
    expect(await keys.complaints(keySet)).to.equal(2n ** 31n - 1n);
  });
});
