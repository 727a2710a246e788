/** Content extraction signatures: sign a record once, reveal any allowed subset of its parts, verifiably. */
export { type Ceas, explainForbidden, type Implication, permits, unrestricted } from "./ceas.ts";
export { commit, makeSalt, type Part } from "./commitment.ts";
export { extract, proveCommitments } from "./extract.ts";
export { decodeExtraction, type Extraction, encodeExtraction, type RevealedPart } from "./extraction.ts";
export { decodeHeader, encodeHeader, type Header, headerDigest, maxParts } from "./header.ts";
export { sign } from "./sign.ts";
export {
  exportSigningKey,
  exportVerifyKey,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
  type SigningKeyPair,
} from "./signature.ts";
export { verify, verifyCommitments } from "./verify.ts";
