import { randomInt } from "node:crypto";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Side } from "./deployment.ts";

/** A local chain that answers JSON-RPC over HTTP on loopback, in this process. */
export interface LocalChain {
  url: string;
  chainId: number;
  /** Stops answering; the chain's state is gone. */
  close(): Promise<void>;
}

/**
 * Starts the local chain of one side on a free loopback port (or the one given): it mines per transaction and every
 * second, its clock is the wall's, its first block is like no other's, and it has 20 rich accounts that its node signs
 * for (`eth_accounts`). Meant for `storage` and `shared` while they are simulated; Hardhat refuses when the environment
 * names a URL for them.
 */
export async function startChain(hre: HardhatRuntimeEnvironment, side: Side, port = 0): Promise<LocalChain> {
  const override = {
    // Hardhat's default is the moment when the configuration was read: the chain would lag behind by all that came since.
    initialDate: new Date(),
    accounts: await richAccounts(),
  };
  const server = await hre.network.createServer({ network: side, override }, "127.0.0.1", port);
  const address = await server.listen();
  return {
    url: `http://127.0.0.1:${address.port}`,
    chainId: hre.config.networks[side]?.chainId ?? 0,
    close: () => server.close(),
  };
}

let keys: string[] | undefined;

/** Hardhat's own 20 accounts. With a balance of ours it would stretch the phrase anew for each of them, two seconds in all. */
async function richAccounts(): Promise<{ privateKey: string; balance: bigint }[]> {
  if (keys === undefined) {
    // Not with the file: Hardhat's configuration imports that too, and needs no ethers.
    const { HDNodeWallet } = await import("ethers");
    const wallet = HDNodeWallet.fromPhrase(`${"test ".repeat(11)}junk`, "", "m/44'/60'/0'/0");
    keys = Array.from({ length: 20 }, (_, i) => wallet.deriveChild(i).privateKey);
  }
  const balance = richBalance();
  return keys.map((privateKey) => ({ privateKey, balance }));
}

/** 10,000 ether and a random bit more: balances go into the first block's hash, which tells one run of a chain from the next. */
export function richBalance(): bigint {
  return 10_000n * 10n ** 18n + BigInt(randomInt(2 ** 47));
}
