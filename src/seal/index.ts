/**
 * Sealing: streaming AEAD, HPKE, and indexes that t of n gates open together. Usable alone.
 *
 * @module
 */

export type { Affine } from "./affine.ts";
export { keySetId, type VersionBinding } from "./binding.ts";
export type { EcdhPoint } from "./ecdh.ts";
export {
  deriveKeyPair,
  generateKeyPair,
  type HpkeKeyPair,
  isPublicKey,
  open,
  publicKeyOf,
  sealTo,
} from "./hpke.ts";
export { deriveIndexKey, type IndexKey } from "./indexKey.ts";
export { decodeIndexPlaintext, encodeIndexPlaintext, type IndexPlaintext } from "./indexPlaintext.ts";
export { checkIndexProof, type IndexBinding, type SealedIndex } from "./indexProof.ts";
export {
  decodeIndex,
  encodeIndex,
  indexInfo,
  openIndexWithKey,
  openIndexWithPoint,
  sealIndex,
} from "./indexSeal.ts";
export { type KeyringLock, openKeyring, sealKeyring } from "./keyringSeal.ts";
export type { Base, PreparedScalar } from "./multiply.ts";
export {
  deriveAccountKey,
  deriveEmrKey,
  deriveIdSecret,
  deriveOwnerIndexKey,
  deriveRecordKey,
} from "./ownerKeys.ts";
export {
  checkPartial,
  combine,
  decodePartial,
  encodePartial,
  type GatePartial,
  makePartial,
  type PartialBinding,
  type PreparedShare,
  prepareShare,
} from "./partial.ts";
export { hashEnc, openRelease, type ReleaseBinding, releaseInfo, sealRelease } from "./release.ts";
export { openShare, type ShareBinding, sealShare, shareInfo } from "./sealedShare.ts";
export { judgeShareComplaint, makeShareComplaint, type Verdict } from "./shareComplaint.ts";
export { checkShare, type Dealing, deal, hashCommitments, MAX_GATES, sharePublicKey } from "./sharing.ts";
export {
  type ByteSource,
  decrypt,
  decryptStream,
  encrypt,
  encryptStream,
  SEGMENT_SIZE,
  sealedSize,
} from "./stream.ts";
export { type Opening, type OpeningContext, openIndexWithPartials } from "./threshold.ts";
