import { DiptychError } from "../core/errors.ts";
import { demandPermitted } from "./ceas.ts";
import { growCommitments } from "./commitment.ts";
import type { Extraction, RevealedPart } from "./extraction.ts";
import { proveLeaves } from "./merkle.ts";
import { openExtraction } from "./opening.ts";

/**
 * The smaller extraction of just `positions`, from the whole record or from another extraction: extractions compose
 * (paper, 5.1.2). Nothing of the other parts goes into it but hashes over salted commitments. Needs no key and doesn't
 * verify the signature. Throws `ces-subset-forbidden` when the CEAS forbids the subset, `argument-invalid` when a
 * position isn't revealed here, `ces-verification-failed` when the extraction is malformed.
 */
export async function extract(extraction: Extraction, positions: Iterable<number>): Promise<Extraction> {
  const chosen = [...new Set(positions)].sort((a, b) => a - b);
  const { header, tree } = await openExtraction(extraction);
  demandPermitted(header.ceas, header.n, chosen);
  const proof = proveLeaves(tree, chosen);
  const wanted = new Set(chosen);
  const parts: RevealedPart[] = extraction.parts.filter((part) => wanted.has(part.position));
  return { header: extraction.header, signature: extraction.signature, parts, proof };
}

/**
 * The multiproof for `positions` (ascending) from all n commitments, for whoever keeps commitments and not contents.
 * Throws `argument-invalid`.
 */
export function proveCommitments(
  commitments: readonly Uint8Array[],
  positions: readonly number[],
): Uint8Array[] {
  const all = new Map(commitments.map((commitment, index) => [index + 1, commitment]));
  const tree = growCommitments(commitments.length, all, []);
  if (tree === undefined) throw new DiptychError("argument-invalid", "A record has at least one commitment.");
  return proveLeaves(tree, positions);
}
