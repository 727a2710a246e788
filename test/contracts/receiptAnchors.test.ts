/** Receipts in anchored batches: what the contract calls anchored, and what it doesn't. */
import { expect } from "chai";
import { AbiCoder, concat, keccak256, TypedDataEncoder, toBeHex, ZeroHash } from "ethers";
import { type Contract, field, openWorld, type Signer, type World } from "./fixture.ts";

const types = {
  Receipt: ["bytes32 requestId", "bytes32 ledgerRecordId", "uint64 version", "uint64 time"].map(field),
};
const receipt = (seed: number) => ({
  requestId: toBeHex(seed, 32),
  ledgerRecordId: toBeHex(7, 32),
  version: 3,
  time: 1_800_000_000 + seed,
});
type Receipt = ReturnType<typeof receipt>;

const pair = (a: string, b: string) => keccak256(a < b ? concat([a, b]) : concat([b, a]));

describe("KeyRegistry: anchored receipts", () => {
  let world: World;
  let gate: Signer;
  /** Of receipts 0 to 2: the third leaf has no sibling on its level. */
  let leaves: [string, string, string];
  let root: string;

  const leafOf = async (of: Receipt, contract: Contract = world.keys) => {
    const digest = TypedDataEncoder.hash(await world.domainOf(contract), types, of);
    return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32"], [digest]));
  };
  const anchor = (by: Signer, what = root, count = 3) =>
    world.keys.connect(by).getFunction("anchorReceipts")(what, count);
  const anchored = (of: Receipt, proof: string[], by = gate, under = root): Promise<boolean> =>
    world.keys.receiptAnchored(by.address, under, of, proof);

  beforeEach(async () => {
    world = await openWorld();
    gate = world.gates[0]!;
    const made: string[] = [];
    for (const seed of [0, 1, 2]) made.push(await leafOf(receipt(seed)));
    leaves = made as typeof leaves;
    root = pair(pair(leaves[0], leaves[1]), leaves[2]);
  });

  it("each lies under the root, once it is anchored", async () => {
    const { keys } = world;
    const proofs = [[leaves[1], leaves[2]], [leaves[0], leaves[2]], [pair(leaves[0], leaves[1])]];
    for (const [i, proof] of proofs.entries()) expect(await anchored(receipt(i), proof)).to.equal(false);
    expect(await keys.receiptsAnchoredAt(gate.address, root)).to.equal(0n);
    await expect(anchor(gate)).to.emit(keys, "ReceiptsAnchored").withArgs(gate.address, root, 3);
    expect(await keys.receiptsAnchoredAt(gate.address, root)).to.equal(await world.now());
    for (const [i, proof] of proofs.entries()) expect(await anchored(receipt(i), proof)).to.equal(true);
  });

  it("a batch of one is its own root", async () => {
    await anchor(gate, leaves[0], 1);
    expect(await anchored(receipt(0), [], gate, leaves[0])).to.equal(true);
    expect(await anchored(receipt(1), [], gate, leaves[0])).to.equal(false);
  });

  it("another version, time, request or ledger record isn't anchored; nor is another's place", async () => {
    await anchor(gate);
    const proof = [leaves[1], leaves[2]];
    for (const change of [
      { version: 4 },
      { time: 1_800_000_001 },
      { requestId: toBeHex(9, 32) },
      { ledgerRecordId: toBeHex(8, 32) },
    ])
      expect(await anchored({ ...receipt(0), ...change }, proof), JSON.stringify(change)).to.equal(false);
    expect(await anchored(receipt(1), proof)).to.equal(false);
    expect(await anchored(receipt(0), [leaves[1]])).to.equal(false);
    expect(await anchored(receipt(0), [...proof, leaves[2]])).to.equal(false);
  });

  it("an inner node of the tree is no receipt, whatever is made of it (second preimage)", async () => {
    await anchor(gate);
    const inner = pair(leaves[0], leaves[1]);
    // With trees whose leaves are bare values, the inner node and the rest of the path would pass.
    expect(pair(inner, leaves[2])).to.equal(root);
    const [left, right] = [leaves[0], leaves[1]].sort() as [string, string];
    const forged = { ...receipt(0), requestId: left, ledgerRecordId: right };
    expect(await anchored(forged, [leaves[2]])).to.equal(false);
    expect(await anchored({ ...receipt(0), requestId: inner }, [leaves[2]])).to.equal(false);
    expect(await anchored({ ...receipt(0), requestId: root }, [])).to.equal(false);
  });

  it("another gate's root says nothing about this gate, and a stranger anchors none", async () => {
    const { keys, stranger, admin, gates } = world;
    await anchor(gate);
    expect(await anchored(receipt(2), [pair(leaves[0], leaves[1])], gates[1])).to.equal(false);
    await anchor(gates[1]!);
    expect(await anchored(receipt(2), [pair(leaves[0], leaves[1])], gates[1])).to.equal(true);
    await keys.removeGate(gates[2]!.address);
    for (const by of [stranger, admin, gates[2]!])
      await expect(anchor(by))
        .to.be.revertedWithCustomError(keys, "KeyRegistryGateUnknown")
        .withArgs(by.address);
    expect(await keys.receiptsAnchoredAt(stranger.address, root)).to.equal(0n);
  });

  it("what a gate anchored stands when it is removed", async () => {
    await anchor(gate);
    await world.keys.removeGate(gate.address);
    expect(await anchored(receipt(2), [pair(leaves[0], leaves[1])])).to.equal(true);
  });

  it("a root can't be anchored twice, which would move its time, nor an empty batch", async () => {
    const { keys } = world;
    await anchor(gate);
    await expect(anchor(gate)).to.be.revertedWithCustomError(keys, "ReceiptAnchorsRootTwice").withArgs(root);
    await expect(anchor(gate, root, 4)).to.be.revertedWithCustomError(keys, "ReceiptAnchorsRootTwice");
    await expect(anchor(gate, ZeroHash)).to.be.revertedWithCustomError(keys, "ReceiptAnchorsBatchEmpty");
    await expect(anchor(gate, leaves[0], 0)).to.be.revertedWithCustomError(keys, "ReceiptAnchorsBatchEmpty");
  });

  it("a receipt for another registry or chain isn't one here", async () => {
    const { keys, ethers, admin } = world;
    const twin = await ethers.deployContract("KeyRegistry", [admin.address, 86_400, admin.address]);
    const domain = await world.domainOf(keys);
    const digest = TypedDataEncoder.hash({ ...domain, chainId: 31338 }, types, receipt(0));
    for (const leaf of [await leafOf(receipt(0), twin as unknown as Contract), keccak256(digest)]) {
      await anchor(gate, leaf, 1);
      expect(await anchored(receipt(0), [], gate, leaf)).to.equal(false);
    }
  });

  it("256 receipts cost less than 1,000 gas each", async () => {
    const mined = await (await anchor(gate, root, 256)).wait();
    expect(Number(mined.gasUsed) / 256).to.be.below(1000);
  });
});
