/** Opening an index with what the gates released: optimistically, and naming the liar when that fails. */
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { parsePoint } from "./curve.ts";
import { openFailed, shareInvalid } from "./failures.ts";
import type { IndexPlaintext } from "./indexPlaintext.ts";
import type { IndexBinding, SealedIndex } from "./indexProof.ts";
import { openIndexWithPoint } from "./indexSeal.ts";
import { checkPartial, combine, type GatePartial } from "./partial.ts";

/**
 * What a client needs to open an index: the index and its binding as the chain holds them, the Feldman commitments (t
 * points, the first is the index key) and the generation of the key set's newest dealing, and the request id.
 */
export interface OpeningContext {
  index: SealedIndex;
  binding: IndexBinding;
  commitments: readonly Uint8Array[];
  generation: bigint | number;
  requestId: Uint8Array;
}

/** `liars`: the indexes (from 1) of the gates whose partials were found wrong; empty when the first try opened. */
export interface Opening {
  plaintext: IndexPlaintext;
  liars: number[];
}

/**
 * Opens an index with the partials of distinct gates. Tries the first t as they are; only when that fails checks proofs,
 * leaves the wrong ones out and tries again with those that hold. Partials of another generation are left out unjudged:
 * ask those gates again. Throws `threshold-not-met`, naming the liars, when fewer than t valid ones remain;
 * its `cause` is {valid, threshold, liars}; `seal-open-failed` when the index itself doesn't open with t valid ones;
 * `share-invalid` for commitments that aren't points; `argument-invalid` for one gate twice.
 */
export async function openIndexWithPartials(
  partials: readonly GatePartial[],
  context: OpeningContext,
): Promise<Opening> {
  const threshold = context.commitments.length;
  // A dealing that is broken is the dealer's doing: no gate must be named for it.
  const sound = threshold > 0 && context.commitments.every((point) => parsePoint(point) !== undefined);
  if (!sound) throw shareInvalid();
  const current = partials.filter((partial) => partial.generation === BigInt(context.generation));
  if (new Set(current.map((partial) => partial.index)).size !== current.length)
    throw new DiptychError("argument-invalid", "Give one partial a gate, not several.");
  if (current.length < threshold) throw tooFew(current.length, threshold, []);
  try {
    return { plaintext: await openWith(current.slice(0, threshold), context), liars: [] };
  } catch (error) {
    if (!isDiptychError(error, "seal-open-failed") && !isDiptychError(error, "proof-invalid")) throw error;
  }
  const verdicts = await Promise.all(current.map((partial) => holds(partial, context)));
  const valid = current.filter((_, at) => verdicts[at]);
  const liars = current.filter((partial) => !valid.includes(partial)).map((partial) => partial.index);
  if (valid.length < threshold) throw tooFew(valid.length, threshold, liars);
  if (liars.length === 0) throw openFailed();
  return { plaintext: await openWith(valid.slice(0, threshold), context), liars };
}

async function openWith(partials: readonly GatePartial[], context: OpeningContext): Promise<IndexPlaintext> {
  return openIndexWithPoint(await combine(partials), context.commitments[0]!, context.index, context.binding);
}

async function holds(
  partial: GatePartial,
  { index, commitments, generation, requestId, binding }: OpeningContext,
): Promise<boolean> {
  try {
    await checkPartial(partial, index.enc, commitments, { requestId, keySet: binding.keySet, generation });
    return true;
  } catch (error) {
    if (isDiptychError(error, "proof-invalid")) return false;
    throw error;
  }
}

function tooFew(valid: number, threshold: number, liars: readonly number[]): DiptychError {
  const named = liars.length === 0 ? "" : ` Gates whose partials are wrong: ${liars.join(", ")}.`;
  return new DiptychError(
    "threshold-not-met",
    `Opening this index needs valid partials of ${threshold} gates of one generation, and there are ${valid}.${named}`,
    { cause: { valid, threshold, liars } },
  );
}
