/** Money for gas on chains of `diptych up`, whose nodes have rich accounts that they sign for. */
import { JsonRpcProvider, type JsonRpcSigner } from "ethers";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import type { Config } from "../config/schema.ts";

/** The node's account that is the consortium of a local chain: registers gates, decides, gives money. */
export const operatorIndex = 2;

/**
 * The node's account that is an officer of a local authority: whoever tries the page can be it. As the node signs for it, so can every
 * program on this machine.
 */
const officerIndex = 3;

/** What an account gets, in wei: plenty for thousands of acts. */
const gift = 10n ** 18n;
/** Accounts that have this much get nothing, in wei. */
const enough = gift / 10n;

/** Runs something with the account that is the consortium of a local chain. */
export function withOperator<T>(rpc: string, act: (operator: JsonRpcSigner) => Promise<T>): Promise<T> {
  return withNodeAccount(rpc, operatorIndex, act);
}

/** The address of the node's account that is an officer. */
export function localOfficer(rpc: string): Promise<Address> {
  return withNodeAccount(rpc, officerIndex, async ({ address }) => address);
}

async function withNodeAccount<T>(
  rpc: string,
  index: number,
  act: (account: JsonRpcSigner) => Promise<T>,
): Promise<T> {
  const provider = new JsonRpcProvider(rpc, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 200,
  });
  try {
    return await act(await provider.getSigner(index));
  } finally {
    provider.destroy();
  }
}

/** Gives an account money for gas on a local chain, unless it has enough; tells whether it did. */
export async function giveMoney(operator: JsonRpcSigner, account: Address): Promise<boolean> {
  if ((await operator.provider.getBalance(account)) >= enough) return false;
  await (await operator.sendTransaction({ to: account, value: gift })).wait();
  return true;
}

/**
 * Sees to it that an account can pay for gas: on chains of `diptych up` the node's own accounts give it money. Elsewhere it does
 * nothing: who pays there is none of the program's business.
 */
export async function fundIfLocal(
  config: Config,
  chains: Record<Side, Chain>,
  accounts: Record<Side, Address>,
): Promise<void> {
  if (config.local !== true) return;
  for (const side of ["storage", "shared"] as const)
    if ((await chains[side].provider.getBalance(accounts[side])) < enough)
      await withOperator(config.chains[side].rpc, (operator) => giveMoney(operator, accounts[side]));
}
