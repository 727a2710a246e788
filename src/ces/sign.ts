import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { commit, commitmentRoot, growCommitments, type Part } from "./commitment.ts";
import type { Extraction } from "./extraction.ts";
import { encodeHeader, type Header, headerDigest } from "./header.ts";
import { signedMessage, signMessage } from "./signature.ts";

/**
 * Signs a record: one signature over the header and the root of the commitments to its parts, in the order given
 * (paper, 5.1.1; ePrint 2002/016). n is the number of parts. Returns the whole record as an extraction of everything.
 * Throws `ces-header-invalid`, `record-label-invalid`, `ces-key-invalid`, and `argument-invalid` when two parts share
 * a salt: revealing one part would then help to guess the other.
 */
export async function sign(
  fields: Omit<Header, "n">,
  parts: readonly Part[],
  privateKey: CryptoKey,
): Promise<Extraction> {
  const header = encodeHeader({ ...fields, n: parts.length });
  if (new Set(parts.map((part) => hex(part.salt))).size !== parts.length)
    throw new DiptychError("argument-invalid", "Each part of a record needs a salt of its own.");
  const commitments = new Map<number, Uint8Array>();
  for (const [index, part] of parts.entries())
    commitments.set(index + 1, await commit(fields.emrId, index + 1, part));
  const root = commitmentRoot(growCommitments(parts.length, commitments, [])!);
  const signature = await signMessage(privateKey, signedMessage(headerDigest(header), root));
  const revealed = parts.map((part, index) => ({
    position: index + 1,
    label: part.label,
    salt: part.salt,
    content: part.content,
  }));
  return { header, signature, parts: revealed, proof: [] };
}
