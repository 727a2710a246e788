/** Whether a gate can serve now, and if not, why. */
import { equal } from "../core/bytes.ts";
import { type ErrorCode, isDiptychError } from "../core/errors.ts";
import { askNode } from "./finality.ts";
import type { Gate } from "./gate.ts";

/** `ok`: whether it can release. `reasons`: why it can't. `warnings`: what its operator should look at, in sentences. */
export type GateHealth = {
  ok: boolean;
  reasons: { code: ErrorCode | "service-failed"; message: string }[];
  warnings: string[];
  /** The final block that it goes by, and the chain's head with its age in seconds by this machine's clock. */
  block?: number;
  head?: number;
  headAgeSeconds?: number;
};

/** Asks the gate's node as a release would. */
export async function healthOf(gate: Gate): Promise<GateHealth> {
  try {
    const { number, headNumber, headTime } = await gate.blocks.newest();
    const headAgeSeconds = Math.max(0, Math.floor(Date.now() / 1000 - headTime));
    const warnings = await warningsOf(gate);
    return { ok: true, reasons: [], warnings, block: number, head: headNumber, headAgeSeconds };
  } catch (error) {
    // What a node said, beyond being silent or behind, is nobody's business: it can hold its URL.
    const reason =
      isDiptychError(error) && error.code !== "transaction-reverted"
        ? { code: error.code, message: error.message }
        : { code: "service-failed" as const, message: "The gate failed inside, or its node refused a call." };
    return { ok: false, reasons: [reason], warnings: [] };
  }
}

async function warningsOf({ chain, identities, registry }: Gate): Promise<string[]> {
  const warnings = await Promise.all(
    identities.map(async ({ address, hpkeKey }) => {
      const entry = await askNode(() => registry.gate(address));
      if (!equal(entry.hpkeKey, hpkeKey))
        return [`Gate ${address} is not registered with its key: no patient can deal to it.`];
      return (await askNode(() => chain.provider.getBalance(address))) > 0n
        ? []
        : [`Account ${address} has no money for gas: receipts and complaints stay off the chain.`];
    }),
  );
  return warnings.flat();
}
