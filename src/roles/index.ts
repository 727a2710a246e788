/**
 * The people of the protocol, one class each.
 *
 * @module
 */
export { type AccountSource, signerOn } from "./account.ts";
export type { Amendment, AmendmentPreview, AmendmentReport } from "./amending.ts";
export type { AmendmentWishes } from "./amendmentPlan.ts";
export type { RecordToAmend } from "./amendmentRequests.ts";
export { Authority, type AuthorityOptions } from "./authority.ts";
export type { BegunAct } from "./begunActs.ts";
export type { BlockCache } from "./blockCache.ts";
export type { ChangeReport } from "./carrying.ts";
export { type Credentials, fetchCredentials } from "./credentials.ts";
export { Doctor, type DoctorOptions } from "./doctor.ts";
export type { Draft } from "./drafting.ts";
export type { GateChoice, GateChoices, GateReplacements } from "./gateAppointment.ts";
export type { LiveGrant } from "./grants.ts";
export type { HandedRecord, HandOverInvitation, HandOverWishes } from "./handingOver.ts";
export type { Renewal, RenewalPlan } from "./indexKeyRenewal.ts";
export type { EmrInvitation } from "./info1.ts";
export { parseInvitation, printInvitation } from "./invitation.ts";
export { type Journal, journalIn } from "./journal.ts";
export { type KeyStore, memoryKeyStore } from "./keyStore.ts";
export type { Opened } from "./opened.ts";
export { type OpenedView, openView } from "./openView.ts";
export type { Notice } from "./outbox.ts";
export type { RecordOverview } from "./overview.ts";
export type { OwnAmendments } from "./ownAmendments.ts";
export type { PatientOptions } from "./owner.ts";
export type { OwnGate, OwnGateSet, OwnGates, OwnReceipts, ShareVerdict } from "./ownGates.ts";
export { ledgerOf, type OwnPart, type OwnRecord, type OwnView, type ViewName } from "./ownRecord.ts";
export { Patient } from "./patient.ts";
export {
  decodePatientBackup,
  encodePatientBackup,
  type PatientBackup,
  type SealedRecord,
} from "./patientBackup.ts";
export { readPatientSeed, writePatientSeed } from "./patientSeed.ts";
export {
  type ActOptions,
  type Course,
  type Progress,
  type ProgressStep,
  type ProgressUnit,
  progressUnits,
} from "./progress.ts";
export type { DraftView } from "./publishing.ts";
export {
  type FoundRecord,
  findRecord,
  parseRecordTarget,
  printRecordLink,
  type RecordTarget,
} from "./recordLink.ts";
export {
  type Change,
  type Changeable,
  type Plan,
  planChange,
  purposesOf,
  type Rights,
} from "./redefinition.ts";
export { Requester, type RequesterOptions } from "./requester.ts";
export type { Review } from "./reviews.ts";
export type { Indexes, PublishedView } from "./settling.ts";
export type { StoreOptions } from "./storing.ts";
export type { TakenOver } from "./transferring.ts";
export type { BegunPublish, Unfinished } from "./unfinished.ts";
