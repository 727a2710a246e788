/** The people of the protocol, one class each. */
export { type AccountSource, signerOn } from "./account.ts";
export { Authority, type AuthorityOptions, type Review } from "./authority.ts";
export { type Credentials, fetchCredentials } from "./credentials.ts";
export { Doctor, type DoctorOptions } from "./doctor.ts";
export type { EmrInvitation } from "./info1.ts";
export { type KeyStore, memoryKeyStore } from "./keyStore.ts";
export { type OpenedView, openView } from "./openView.ts";
export {
  type ChangeReport,
  type Draft,
  Patient,
  type PatientOptions,
  type PublishedView,
} from "./patient.ts";
export { type Change, type Plan, planChange, type Rights } from "./redefinition.ts";
export { type Opened, Requester, type RequesterOptions } from "./requester.ts";
