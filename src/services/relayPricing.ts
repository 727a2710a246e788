/** What a relayer offers for gas, and when it offers more. */
import type { Provider } from "ethers";
import { askNode } from "./finality.ts";

/** What a relayer pays at most, in wei. */
export type RelayPrices = {
  /** For one gas. No act is sent while the chain asks for more. */
  maxFeePerGas: bigint;
  /** What must stay on the account: below it the relayer stops, and its health says so. */
  floor: bigint;
};

/** How a transaction says what it offers. */
export type OfferedFees =
  | { type: 0; gasPrice: bigint }
  | { type: 2; maxFeePerGas: bigint; maxPriorityFeePerGas: bigint };

/** What a gas costs, and what is offered for it. */
export type NowFees = { feePerGas: bigint; fees: OfferedFees };

/**
 * What a gas costs now, and what is offered for it. On a chain with a base fee that is all that may be paid, so that what was sent
 * is mined at any price below; on one without, where what is offered is paid, the price of the moment.
 */
export async function feesNow(provider: Provider, most: bigint): Promise<NowFees> {
  const [block, data] = await Promise.all([
    askNode(() => provider.getBlock("latest")),
    askNode(() => provider.getFeeData()),
  ]);
  const base = block?.baseFeePerGas ?? null;
  if (base === null) {
    const gasPrice = data.gasPrice ?? 0n;
    return { feePerGas: gasPrice, fees: { type: 0, gasPrice } };
  }
  const tip = data.maxPriorityFeePerGas ?? 0n;
  const room = most > base ? most - base : 0n;
  const maxPriorityFeePerGas = tip < room ? tip : room;
  return { feePerGas: base, fees: { type: 2, maxFeePerGas: most, maxPriorityFeePerGas } };
}

/**
 * What to offer in the place of a price at which nothing was mined, now that the chain's is higher: the chain's, but a tenth more
 * than before, since nodes let nothing less take a transaction's place. Undefined while the old price is as good, or more than
 * `most` would be needed.
 */
export function raisedPrice(offered: bigint, now: bigint, most: bigint): bigint | undefined {
  const least = offered + (offered + 9n) / 10n;
  if (now <= offered || least > most) return undefined;
  const wanted = now > least ? now : least;
  return wanted < most ? wanted : most;
}
