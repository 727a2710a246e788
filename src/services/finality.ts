/** Which block a service may believe: deep enough not to be taken back, and not so old that a revocation is missed. */
import type { Provider } from "ethers";
import { DiptychError } from "../core/errors.ts";

/** How many blocks must stand upon a block before it counts, or the chain's own `finalized` tag where the engine has one. */
export type Confirmations = number | "finalized";

/** A head older than this is a node that has fallen behind, in seconds. */
const maxHeadAge = 30;

/**
 * Runs several reads at the newest final block and makes sure that it is still the same block afterwards: a reorganisation
 * between them would mix two histories.
 */
export async function readFinal<T>(
  provider: Provider,
  confirmations: Confirmations,
  read: (block: number) => Promise<T>,
): Promise<T> {
  const block = await blockToRead(provider, confirmations);
  const before = await hashOf(provider, block);
  const found = await read(block);
  if (before === undefined || (await hashOf(provider, block)) !== before)
    throw new DiptychError(
      "node-behind",
      "The chain was reorganised while it was read: try again in a moment.",
    );
  return found;
}

async function hashOf(provider: Provider, block: number): Promise<string | undefined> {
  try {
    return (await provider.getBlock(block))?.hash ?? undefined;
  } catch (cause) {
    throw nodeSilent(cause);
  }
}

function nodeSilent(cause: unknown): DiptychError {
  return new DiptychError(
    "chain-unreachable",
    "This service's chain node does not answer: try again, or tell its operator.",
    { cause },
  );
}

/** The number of the newest block that counts as final; throws `node-behind`, `chain-unreachable`. */
export async function blockToRead(provider: Provider, confirmations: Confirmations): Promise<number> {
  let head: Awaited<ReturnType<Provider["getBlock"]>>;
  let final: number | undefined;
  try {
    head = await provider.getBlock("latest");
    final = confirmations === "finalized" ? (await provider.getBlock("finalized"))?.number : undefined;
  } catch (cause) {
    throw nodeSilent(cause);
  }
  if (head === null || Date.now() / 1000 - head.timestamp > maxHeadAge)
    throw new DiptychError(
      "node-behind",
      `This service's chain node is more than ${maxHeadAge} s behind: try again, or tell its operator.`,
    );
  const block = confirmations === "finalized" ? final : head.number - confirmations;
  if (block === undefined || block < 0)
    throw new DiptychError(
      "node-behind",
      "This service's chain has no final block yet: try again in a moment.",
    );
  return block;
}
