import { DiptychError } from "../core/errors.ts";
import { demandPermitted } from "./ceas.ts";
import { commitmentRoot, growCommitments } from "./commitment.ts";
import type { Extraction } from "./extraction.ts";
import { verificationFailed } from "./failure.ts";
import { decodeHeader, type Header, headerDigest } from "./header.ts";
import { openExtraction } from "./opening.ts";
import { signedMessage, verifyMessage } from "./signature.ts";

/**
 * Demands that the holder of `publicKey` signed a record with this header in which these parts stand at these places
 * under these labels, and that the CEAS in the header allows revealing just them. Returns the header. The verifier
 * learns n, the header and the revealed parts, nothing else. Throws `ces-verification-failed` (one message for all
 * reasons), `ces-subset-forbidden` for a genuine signature over a subset that the signer forbade, `ces-key-invalid`.
 */
export async function verify(extraction: Extraction, publicKey: CryptoKey): Promise<Header> {
  const { header, tree } = await openExtraction(extraction);
  const message = signedMessage(headerDigest(extraction.header), commitmentRoot(tree));
  await verifyMessage(publicKey, message, extraction.signature);
  demandPermitted(header.ceas, header.n, tree.positions);
  return header;
}

/**
 * The same for whoever holds all n commitments and no part: each part can then be checked by itself with `commit`.
 * Throws `ces-verification-failed`, `ces-key-invalid`.
 */
export async function verifyCommitments(
  signed: { header: Uint8Array; signature: Uint8Array; commitments: readonly Uint8Array[] },
  publicKey: CryptoKey,
): Promise<Header> {
  let header: Header;
  try {
    header = decodeHeader(signed.header);
  } catch (error) {
    if (error instanceof DiptychError) throw verificationFailed();
    throw error;
  }
  const all = new Map(signed.commitments.map((commitment, index) => [index + 1, commitment]));
  const tree = growCommitments(header.n, all, []);
  if (tree === undefined || tree.positions.length !== header.n) throw verificationFailed();
  const message = signedMessage(headerDigest(signed.header), commitmentRoot(tree));
  await verifyMessage(publicKey, message, signed.signature);
  return header;
}
