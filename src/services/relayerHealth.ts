/** Whether a relayer can pay now, and if not, why. */
import { type ErrorCode, isDiptychError } from "../core/errors.ts";
import type { Side } from "../ledger/chain.ts";
import type { Relayer } from "./relayer.ts";

/** How a relayer stands on one chain; money in wei, gas of the last 24 hours. */
export type RelayerChainHealth = {
  balance: string;
  feePerGas: string;
  underWay: number;
  gasToday: number;
};

/** `ok`: whether it can pay on every chain that it serves. `reasons`: why it can't. */
export type RelayerHealth = {
  ok: boolean;
  reasons: { code: ErrorCode | "service-failed"; message: string }[];
  warnings: string[];
  chains: Partial<Record<Side, RelayerChainHealth>>;
};

/** Below so many times the floor its operator is warned. */
const soonEmpty = 5n;

/** Asks the relayer's nodes what its accounts have. */
export async function healthOf(relayer: Relayer): Promise<RelayerHealth> {
  const health: RelayerHealth = { ok: true, reasons: [], warnings: [], chains: {} };
  for (const side of relayer.sides) await look(relayer, side, health);
  return { ...health, ok: health.reasons.length === 0 };
}

async function look(relayer: Relayer, side: Side, health: RelayerHealth): Promise<void> {
  const { address } = relayer.account(side);
  const { floor, maxFeePerGas } = relayer.prices;
  try {
    const { balance, feePerGas, underWay } = await relayer.state(side);
    const gasToday = relayer.gasToday(side);
    health.chains[side] = { balance: String(balance), feePerGas: String(feePerGas), underWay, gasToday };
    const unaffordable = (message: string) =>
      health.reasons.push({ code: "relay-unaffordable", message: `${side} chain: ${message}` });
    if (balance < floor) unaffordable(`account ${address} has less than its floor: send it money.`);
    else if (balance < floor * soonEmpty)
      health.warnings.push(`${side} chain: account ${address} will soon be at its floor: send it money.`);
    if (feePerGas > maxFeePerGas) unaffordable("gas costs more than this relayer pays.");
    if (gasToday > relayer.limits.gasPerDay * 0.9)
      health.warnings.push(`${side} chain: nearly all gas of the day is used.`);
  } catch (error) {
    const known = isDiptychError(error) && error.code !== "transaction-reverted";
    health.reasons.push(
      known
        ? { code: error.code, message: `${side} chain: ${error.message}` }
        : { code: "service-failed", message: `${side} chain: the relayer failed inside.` },
    );
  }
}
