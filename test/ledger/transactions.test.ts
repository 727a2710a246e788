/** Transactions that a wallet or a relayer sends once more at another price. */
import { expect } from "chai";
import { type JsonRpcProvider, Wallet } from "ethers";
import type { Chain } from "../../src/ledger/index.ts";
import { contractAt, transact } from "../../src/ledger/transactions.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, random32, world } from "../world.ts";

type Sent = { nonce: string; from: string; to: string; input: string };

describe("ledger: a transaction at another price", () => {
  let chain: Chain;
  let node: JsonRpcProvider;
  let account: Wallet;

  before(async () => {
    chain = (await world()).chains.storage;
    node = chain.provider as JsonRpcProvider;
    account = (await fundedWallet()).connect(node);
  });
  beforeEach(async () => {
    await node.send("evm_setIntervalMining", [0]);
    await node.send("evm_setAutomine", [false]);
  });
  const goOn = async () => {
    await node.send("evm_setAutomine", [true]);
    await node.send("evm_setIntervalMining", [1000]);
  };
  afterEach(goOn);

  /** What of the account waits in the node, once something does. */
  async function waiting(): Promise<Sent> {
    while (
      (await node.getTransactionCount(account.address, "pending")) === (await account.getNonce("latest"))
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    const { transactions } = await node.send("eth_getBlockByNumber", ["pending", true]);
    return (transactions as Sent[]).find(({ from }) => from.toLowerCase() === account.address.toLowerCase())!;
  }

  /** Sends a call, and when that waits in the node puts another transaction in its place. */
  async function replace(change: { to?: string; data?: string }) {
    const nobody = contractAt(chain, Wallet.createRandom().address, ["function note(bytes32 about)"]);
    const acting = transact(nobody, account, "note", [random32()], "note it");
    acting.catch(() => undefined);
    const { to, input: data, nonce } = await waiting();
    const price = { maxFeePerGas: 40n * 10n ** 9n, maxPriorityFeePerGas: 30n * 10n ** 9n };
    const dearer = { to, data, nonce: Number(nonce), gasLimit: 100_000, ...price };
    const { hash } = await account.sendTransaction({ ...dearer, ...change });
    await node.send("evm_mine", []);
    // Whoever waits looks at each new block.
    await goOn();
    return { acting, hash };
  }

  it("whoever sent the first one learns what the second did", async () => {
    const { acting, hash } = await replace({});
    const mined = await acting;
    const receipt = (await node.getTransactionReceipt(hash))!;
    expect(mined).to.include({ hash, block: receipt.blockNumber, gas: receipt.gasUsed });
  });

  it("one of other content in its place is a refusal", async () => {
    const { acting } = await replace({ to: account.address, data: "0x" });
    await expectCode("transaction-reverted", () => acting);
  });
});
