/** Which block a service may believe: deep enough not to be taken back, and not so old that a revocation is missed. */
import type { Block, Provider } from "ethers";
import { DiptychError } from "../core/errors.ts";

/** How many blocks must stand upon a block before it counts, or the chain's own `finalized` tag where the engine has one. */
export type Confirmations = number | "finalized";

/** A head older than this is a node that has fallen behind, in seconds. */
const maxHeadAge = 30;
/** A node that takes longer to answer is unreachable, in milliseconds. */
const patience = 10_000;

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
  if (before === undefined || (await hashOf(provider, block)) !== before) throw reorganised();
  return found;
}

/** What a service says when the chain turned under its reads. */
export function reorganised(): DiptychError {
  return new DiptychError(
    "node-behind",
    "The chain was reorganised while it was read: try again in a moment.",
  );
}

/** The hash of the block of this number, undefined when there is none; throws `chain-unreachable`. */
export async function hashOf(provider: Provider, block: number): Promise<string | undefined> {
  return (await askNode(() => provider.getBlock(block)))?.hash ?? undefined;
}

/**
 * Asks a service's own node, and waits no more than ten seconds. What the ledger's clients made of an answer stays as it is.
 *
 * @throws DiptychError `chain-unreachable`
 */
export async function askNode<T>(ask: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), patience);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (cause) {
    throw cause instanceof DiptychError ? cause : nodeSilent(cause);
  } finally {
    clearTimeout(timer);
  }
}

function nodeSilent(cause: unknown): DiptychError {
  return new DiptychError(
    "chain-unreachable",
    "This service's chain node does not answer: try again, or tell its operator.",
    { cause },
  );
}

/** The newest block of a chain and the number of the newest one that counts as final. */
export type Depth = { head: Block; final: number };

/** The number of the newest block that counts as final; throws as `findDepth`. */
export async function blockToRead(provider: Provider, confirmations: Confirmations): Promise<number> {
  return (await findDepth(provider, confirmations)).final;
}

/**
 * How far the node's chain reaches, and how far it is final.
 *
 * @throws DiptychError `node-behind` when the head is older than 30 s or nothing is final yet, `finality-unknown` when the
 * engine knows no finalized block, `chain-unreachable`
 */
export async function findDepth(provider: Provider, confirmations: Confirmations): Promise<Depth> {
  const [head, finalized] = await Promise.all([
    askNode(() => provider.getBlock("latest")),
    confirmations === "finalized" ? askFinalized(provider) : undefined,
  ]);
  if (head === null || Date.now() / 1000 - head.timestamp > maxHeadAge)
    throw new DiptychError(
      "node-behind",
      `This service's chain node is more than ${maxHeadAge} s behind: try again, or tell its operator.`,
    );
  const final = confirmations === "finalized" ? finalized : head.number - confirmations;
  if (final === undefined || final < 0)
    throw new DiptychError(
      "node-behind",
      "This service's chain has no final block yet: try again in a moment.",
    );
  return { head, final };
}

/** Engines without finality answer this tag with an error, or with their newest block: then that one is final at once. */
async function askFinalized(provider: Provider): Promise<number | undefined> {
  try {
    return (await askNode(() => provider.getBlock("finalized")))?.number;
  } catch (error) {
    const { code } = ((error as DiptychError).cause ?? {}) as { code?: unknown };
    // What ethers calls a node's refusal; a node that is silent has other codes.
    if (code !== "UNKNOWN_ERROR" && code !== "UNSUPPORTED_OPERATION" && code !== "BAD_DATA") throw error;
    throw new DiptychError(
      "finality-unknown",
      "The engine of this service's chain knows no finalized block: its operator must set a number of confirmations.",
      { cause: error },
    );
  }
}
