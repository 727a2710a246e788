/** Receipts off chain, against the contract's own reckoning on a real chain. */
import { expect } from "chai";
import { type HDNodeWallet, type JsonRpcSigner, Wallet } from "ethers";
import fc from "fast-check";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import { keccak256 } from "../../src/core/hash.ts";
import {
  anchoredAt,
  anchorReceipts,
  type Chain,
  checkReceipt,
  checkReceiptProof,
  isAnchored,
  KeyRegistry,
  type Receipt,
  receiptLeaf,
  receiptTree,
  signGate,
  signReceipt,
} from "../../src/ledger/index.ts";
import { generateKeyPair } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, nodeAccount, random32, world } from "../world.ts";

describe("ledger: receipts", () => {
  let chain: Chain;
  let other: Chain;
  let operator: JsonRpcSigner;

  /** A registered gate with money. */
  async function startGate(): Promise<Wallet> {
    const gate = (await fundedWallet()).connect(chain.provider);
    const hpkeKey = (await generateKeyPair()).publicKey;
    const signature = await signGate(gate, chain, hpkeKey);
    const entry = { address: gate.address, hpkeKey, url: "http://127.0.0.1:9", signature };
    await new KeyRegistry(chain).setGate(operator, entry);
    return gate;
  }
  const fields = () => ({
    requestId: random32(),
    ledgerRecordId: random32(),
    version: 2,
    time: 1_800_000_000,
  });
  const signMany = (gate: Wallet | HDNodeWallet, count: number): Promise<Receipt[]> =>
    Promise.all(Array.from({ length: count }, () => signReceipt(gate, chain, fields())));

  before(async () => {
    const { chains } = await world();
    chain = chains.storage;
    other = chains.shared;
    operator = await nodeAccount(chain, 2);
  });

  it("a receipt is its gate's word for one release on one chain", async () => {
    const gate = Wallet.createRandom();
    const receipt = await signReceipt(gate, chain, fields());
    expect(receipt.gate).to.equal(gate.address);
    expect(unhex(receipt.signature)).to.have.length(65);
    checkReceipt(chain, receipt);
    checkReceipt(chain, { ...receipt, gate: gate.address.toLowerCase() });
    const forgeries: [string, Receipt, Chain][] = [
      ["another version", { ...receipt, version: 3 }, chain],
      ["another time", { ...receipt, time: receipt.time + 1 }, chain],
      ["another request", { ...receipt, requestId: random32() }, chain],
      ["another ledger record", { ...receipt, ledgerRecordId: random32() }, chain],
      ["another gate's name", { ...receipt, gate: Wallet.createRandom().address }, chain],
      ["another chain", receipt, other],
      ["another registry", receipt, { ...chain, keyRegistry: chain.ledger }],
    ];
    for (const [, forgery, where] of forgeries)
      await expectCode("receipt-invalid", () => checkReceipt(where, forgery));
  });

  it("a malformed receipt is refused, whatever is malformed", async () => {
    const receipt = await signReceipt(Wallet.createRandom(), chain, fields());
    const { signature } = receipt;
    const s = BigInt(`0x${signature.slice(66, 130)}`);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const v = signature.endsWith("1b") ? "1c" : "1b";
    const highS = `${signature.slice(0, 66)}${(order - s).toString(16).padStart(64, "0")}${v}`;
    const malformed: Partial<Receipt>[] = [
      { requestId: "0x12" },
      { ledgerRecordId: "no hex" },
      { version: 0 },
      { version: 1.5 },
      { version: -1 },
      { time: Number.NaN },
      { time: 2 ** 60 },
      { signature: "0x" },
      { signature: `${signature}00` },
      { signature: `0x${"00".repeat(65)}` },
      { signature: highS },
    ];
    for (const change of malformed)
      await expectCode("receipt-invalid", () => checkReceipt(chain, { ...receipt, ...change }));
  });

  it("the contract finds each receipt of a batch under its root, whatever the batch's size", async () => {
    const gate = await startGate();
    for (const size of [1, 2, 3, 5, 8, 13]) {
      const receipts = await signMany(gate, size);
      const tree = receiptTree(receipts.map((receipt) => receiptLeaf(chain, receipt)));
      expect(tree.count).to.equal(size);
      expect(await isAnchored(chain, receipts[0]!, tree.root, tree.proofOf(0))).to.equal(false);
      expect(await anchoredAt(chain, gate.address, tree.root)).to.equal(undefined);
      const mined = await anchorReceipts(chain, gate, tree.root, tree.count);
      const block = await chain.provider.getBlock(mined.block);
      expect(await anchoredAt(chain, gate.address, tree.root)).to.equal(block!.timestamp);
      for (const [i, receipt] of receipts.entries())
        expect(await isAnchored(chain, receipt, tree.root, tree.proofOf(i)), `${i} of ${size}`).to.equal(
          true,
        );
    }
  });

  it("another gate's receipt isn't anchored by this gate's root, and nobody's is that isn't signed", async () => {
    const [gate, mallory] = [await startGate(), await startGate()];
    const [receipt] = (await signMany(gate, 1)) as [Receipt];
    const { root, proofOf } = receiptTree([receiptLeaf(chain, receipt)]);
    await anchorReceipts(chain, mallory, root, 1);
    expect(await isAnchored(chain, receipt, root, proofOf(0))).to.equal(false);
    await expectCode("receipt-invalid", () =>
      isAnchored(chain, { ...receipt, gate: mallory.address }, root, proofOf(0)),
    );
    expect(await anchoredAt(chain, gate.address, root)).to.equal(undefined);
    expect(await anchoredAt(chain, mallory.address, root)).to.be.a("number");
  });

  it("a stranger anchors nothing, and no gate a root twice", async () => {
    const gate = await startGate();
    const stranger = (await fundedWallet()).connect(chain.provider);
    const root = random32();
    const refused = await expectCode("transaction-reverted", () => anchorReceipts(chain, stranger, root, 1));
    expect(refused.message).to.contain("KeyRegistryGateUnknown");
    await anchorReceipts(chain, gate, root, 1);
    const twice = await expectCode("transaction-reverted", () => anchorReceipts(chain, gate, root, 1));
    expect(twice.message).to.contain("ReceiptAnchorsRootTwice");
  });

  it("a receipt's path up to its root is checked without a chain", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(), async (size, pick) => {
        const gate = Wallet.createRandom();
        const receipts = await signMany(gate, size);
        const { root, proofOf } = receiptTree(receipts.map((each) => receiptLeaf(chain, each)));
        const i = pick % size;
        const [receipt, proof] = [receipts[i]!, proofOf(i)];
        checkReceiptProof(chain, receipt, root, proof);
        const bad: [Receipt, string, string[]][] = [
          [receipt, random32(), proof],
          [receipt, root, [...proof, random32()]],
          [receipt, root, [...proof, "0x12"]],
          [{ ...receipt, version: 9 }, root, proof],
        ];
        if (size > 1) bad.push([receipt, root, proof.slice(1)], [receipts[(i + 1) % size]!, root, proof]);
        for (const [of, under, by] of bad)
          await expectCode("receipt-invalid", () => checkReceiptProof(chain, of, under, by));
      }),
      { numRuns: 12 },
    ));

  it("a leaf given twice stands in the tree once, and its neighbours' proofs hold", () => {
    const leaves = [random32(), random32(), random32()];
    const twice = [leaves[0]!, leaves[1]!, leaves[0]!.toUpperCase().replace("0X", "0x"), leaves[2]!];
    const tree = receiptTree(twice);
    expect(tree.root).to.equal(receiptTree(leaves).root);
    expect(tree.count).to.equal(3);
    expect(tree.proofOf(2)).to.deep.equal(tree.proofOf(0));
    const pair = ([a, b]: string[]) => hex(keccak256(concat(unhex(a!), unhex(b!))));
    const inner = pair(leaves.slice(0, 2).sort());
    expect(tree.root).to.equal(pair([inner, leaves[2]!].sort()));
    expect(tree.proofOf(3)).to.deep.equal([inner]);
  });

  it("an empty batch, a leaf that isn't one and a place beyond the end are the caller's mistakes", async () => {
    for (const attempt of [
      () => receiptTree([]),
      () => receiptTree([random32(), "0x12"]),
      () => receiptTree([random32()]).proofOf(1),
    ])
      await expectCode("argument-invalid", attempt);
  });
});
