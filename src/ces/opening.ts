/** The tree of commitments as far as an extraction, or the outline of one, gives it. */
import { DiptychError } from "../core/errors.ts";
import { commitOutline, growCommitments, type Part, type PartOutline, rootOfContent } from "./commitment.ts";
import { verificationFailed } from "./failure.ts";
import { decodeHeader, type Header } from "./header.ts";
import type { PartialTree } from "./merkle.ts";

/** What an extraction and its outline have in common. */
export interface Revealed<P> {
  header: Uint8Array;
  parts: readonly (P & { position: number })[];
  proof: readonly Uint8Array[];
}

/** The header and the tree that follow from outlines and proof, no signature checked; throws `ces-verification-failed`. */
export function openOutline(revealed: Revealed<PartOutline>): { header: Header; tree: PartialTree } {
  const { parts, proof } = revealed;
  let header: Header;
  const commitments = new Map<number, Uint8Array>();
  let last = 0;
  try {
    header = decodeHeader(revealed.header);
    for (const part of parts) {
      if (!(part.position > last)) throw verificationFailed();
      last = part.position;
      commitments.set(last, commitOutline(header.emrId, last, part));
    }
  } catch (error) {
    if (error instanceof DiptychError) throw verificationFailed();
    throw error;
  }
  const sized = proof.every((node) => node.length === 32);
  const tree = sized ? growCommitments(header.n, commitments, proof) : undefined;
  if (tree === undefined || parts.length === 0) throw verificationFailed();
  return { header, tree };
}

/** Each part's outline in its place. */
export async function outlineParts(
  parts: readonly (Part & { position: number })[],
): Promise<(PartOutline & { position: number })[]> {
  const outlines: (PartOutline & { position: number })[] = [];
  for (const { position, label, salt, content } of parts) {
    const root = rootOfContent(content);
    const segmentRoot = root instanceof Uint8Array ? root : await root;
    outlines.push({ position, label, salt, length: content.length, segmentRoot });
  }
  return outlines;
}

/** The same from an extraction, whose contents are hashed for it; throws `ces-verification-failed`. */
export async function openExtraction(
  revealed: Revealed<Part>,
): Promise<{ header: Header; tree: PartialTree }> {
  const { header, proof } = revealed;
  return openOutline({ header, parts: await outlineParts(revealed.parts), proof });
}
