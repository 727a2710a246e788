/** Sending transactions and reading at a block, with every refusal as a DiptychError. */
import {
  Contract,
  type ContractTransactionResponse,
  Interface,
  type InterfaceAbi,
  isError,
  type Log,
  type Signer,
  type TransactionReceipt,
  type TransactionResponse,
} from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";

/** What a mined transaction did and cost. */
export type Mined = { hash: string; gas: bigint; block: number; logs: readonly Log[] };

/** Parsed ABIs: parsing one takes milliseconds, and each release asks several contracts. */
const interfaces = new WeakMap<readonly unknown[], Interface>();

/** A contract at an address, read through the chain's node. */
export function contractAt(chain: Chain, address: string, abi: readonly unknown[]): Contract {
  let known = interfaces.get(abi);
  if (known === undefined) {
    known = new Interface(abi as InterfaceAbi);
    interfaces.set(abi, known);
  }
  return new Contract(address, known, chain.provider);
}

/** Sends one call as a transaction of `signer` and waits until it is mined; `act` completes "refused to …". */
export async function transact(
  contract: Contract,
  signer: Signer,
  method: string,
  args: readonly unknown[],
  act: string,
): Promise<Mined> {
  let receipt: TransactionReceipt | null;
  try {
    const connected = contract.connect(signer) as Contract;
    const sent = (await connected.getFunction(method)(...args)) as ContractTransactionResponse;
    receipt = await minedReceipt(sent);
  } catch (error) {
    throw chainError(error, act);
  }
  if (receipt === null)
    throw new DiptychError(
      "chain-unreachable",
      `The transaction to ${act} was not mined within two minutes: look whether the chain makes blocks.`,
    );
  return { hash: receipt.hash, gas: receipt.gasUsed, block: receipt.blockNumber, logs: receipt.logs };
}

/**
 * Waits for a transaction, or for the same one at another price: wallets let people send it again for more, and so do relayers on
 * chains without a base fee. Null after two minutes.
 */
async function minedReceipt(sent: TransactionResponse): Promise<TransactionReceipt | null> {
  const since = Math.max(0, (await sent.provider.getBlockNumber()) - 1);
  try {
    return await sent.replaceableTransaction(since).wait(1, 120_000);
  } catch (error) {
    if (!isError(error, "TRANSACTION_REPLACED") || error.reason !== "repriced") throw error;
    return error.replacement.wait(1, 120_000);
  }
}

/** Calls a view function, at `block` when given; `act` completes "refused to …". */
export async function read<T>(
  contract: Contract,
  method: string,
  args: readonly unknown[],
  act: string,
  block?: number,
): Promise<T> {
  try {
    return (await contract
      .getFunction(method)
      .staticCall(...args, ...(block === undefined ? [] : [{ blockTag: block }]))) as T;
  } catch (error) {
    throw chainError(error, act);
  }
}

/** The decoded events of one name among logs, in order. */
export function eventsIn(
  contract: Contract,
  logs: readonly Log[],
  name: string,
): { log: Log; args: Record<string, unknown> }[] {
  const face: Interface = contract.interface;
  return logs.flatMap((log) => {
    if (log.address.toLowerCase() !== String(contract.target).toLowerCase()) return [];
    const parsed = face.parseLog(log);
    return parsed?.name === name ? [{ log, args: parsed.args.toObject() as Record<string, unknown> }] : [];
  });
}
