/**
 * Content extraction signatures: sign a record once, reveal any allowed subset of its parts, verifiably.
 *
 * @module
 */
export { type Ceas, explainForbidden, type Implication, permits, unrestricted } from "./ceas.ts";
export { commit, makeSalt, type Part } from "./commitment.ts";
export { type ByteSource, type ContentTree, hashContent, segmentSize } from "./content.ts";
export { extract, proveCommitments } from "./extract.ts";
export { decodeExtraction, type Extraction, encodeExtraction, type RevealedPart } from "./extraction.ts";
export { decodeHeader, encodeHeader, type Header, headerDigest, maxParts } from "./header.ts";
export {
  exportSigningKey,
  exportVerifyKey,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
  type SigningKeyPair,
  suiteOf,
} from "./keys.ts";
export {
  decodeOutline,
  encodeOutline,
  type Outline,
  type OutlinePart,
  outlineExtraction,
  type SignedPart,
  verifyOutline,
} from "./outline.ts";
export {
  decodeRangeProof,
  encodeRangeProof,
  openSegments,
  proveRange,
  type RangeProof,
  type Segment,
  verifyRange,
} from "./range.ts";
export { sign } from "./sign.ts";
export { signMessage, verifyMessage } from "./signature.ts";
export type { SignatureSuite } from "./suites.ts";
export { verify, verifyCommitments } from "./verify.ts";
