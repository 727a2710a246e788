/**
 * Records: files cut into parts, doctors' certificates, and what travels of a record between the roles.
 *
 * @module
 */
export {
  type AmendedFile,
  checkFreshSalts,
  compareRevisions,
  isSameRule,
  type Revised,
  type Revision,
  splitAmendment,
} from "./amendment.ts";
export {
  type AmendmentInvitation,
  type AmendmentRequest,
  amendmentRequestInfo,
  decodeAmendmentInvitation,
  decodeAmendmentRequest,
  encodeAmendmentInvitation,
  encodeAmendmentRequest,
  makeAmendmentRequest,
  readAmendmentInvitation,
  signRequestKey,
  verifyAmendmentRequest,
} from "./amendmentRequest.ts";
export {
  type CheckedCertificate,
  checkCertificate,
  type RevocationCheck,
  requestCertificate,
} from "./certificate.ts";
export {
  type CertificateAuthority,
  type CertificateRequest,
  createCertificateAuthority,
  issueCertificate,
  readRequest,
  type Validity,
} from "./certificateAuthority.ts";
export { type CheckedRecord, checkCommittedRecord, checkRecord, type Trust } from "./checkRecord.ts";
export { capsuleContext, handOverInfo, ownCopyInfo, partContext } from "./context.ts";
export { emr9Keys } from "./emr9.ts";
export { joinExcerpt } from "./excerpt.ts";
export { decodeExtractionFile, encodeExtractionFile, type SignedExtraction } from "./extractionFile.ts";
export { decodeHandOver, encodeHandOver, type HandedView, type HandOver } from "./handOver.ts";
export { decodeInfo1, encodeInfo1, type Info1 } from "./info1.ts";
export { decodeKeyring, encodeKeyring, type Keyring, type KeyringPart } from "./keyring.ts";
export { type NamedParts, namedParts } from "./nameCheck.ts";
export {
  decodeOwnCopy,
  encodeOwnCopy,
  type OwnCopy,
  type OwnPart,
  type OwnView,
  type TakenOver,
} from "./ownCopy.ts";
export { decodePartPlaintext, encodePartPlaintext, paddedSize } from "./partPlaintext.ts";
export { emrPublicKey, type Placement, pseudonymOf, signPlacement, verifyPlacement } from "./placement.ts";
export { sampleRecord } from "./sample.ts";
export { joinRecord, movablePart, sharedPositions, splitRecord } from "./schema.ts";
export { envelopeLabel, type Side } from "./side.ts";
export { defaultSides, parseSides, type SideOverrides, type SideTable } from "./sides.ts";
export type { LabelledContent, Schema, SplitPart, SplitRecord } from "./split.ts";
export { fingerprintOf, printSubject, type SubjectName } from "./subject.ts";
