/** A doctor of this home: opened with its sealed key, and what is kept beside the key. */

import type { SignatureSuite } from "../../ces/index.ts";
import { utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Chain } from "../../ledger/chain.ts";
import type { SubjectName } from "../../record/index.ts";
import { Doctor } from "../../roles/doctor.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { Context } from "../frame/context.ts";

/** Which doctor of a home. */
export type DoctorChoice = { name?: string };

/** Where a doctor's enrolment stands, in the key store: public values. */
export type Enrolment = { id: string; what: "certificate" | "revocation" };

const subjectName = "doctor/subject";
const enrolmentName = "doctor/enrolment";
/** Names under which the role keeps its secrets. */
const signingKeyName = "doctor/signing-key";
const certificateName = "doctor/certificate";

/** The sealed store of a doctor. */
export function doctorStore(context: Context, { name }: DoctorChoice, make = false): Promise<KeyStore> {
  return context.role("doctor", name, { make });
}

/** Opens a doctor who has enrolled. @throws DiptychError `key-missing` */
export async function openDoctor(
  context: Context,
  store: KeyStore,
  { suite, chains }: { suite?: SignatureSuite | undefined; chains?: readonly Chain[] } = {},
): Promise<Doctor> {
  const subject = await readSubject(store);
  if (subject === undefined) throw notEnrolled();
  // Signing needs no authority: a home that reaches none can still sign.
  const authority = (await context.config().catch(() => undefined))?.authority ?? "";
  return Doctor.open({ subject, keyStore: store, authority, suite, chains });
}

/** Who the doctor is, as enrolled. */
export async function readSubject(store: KeyStore): Promise<SubjectName | undefined> {
  const kept = await store.get(subjectName);
  return kept === undefined ? undefined : (JSON.parse(utf8Decode(kept)) as SubjectName);
}

/** Notes who the doctor is. */
export function keepSubject(store: KeyStore, subject: SubjectName): Promise<void> {
  return store.set(subjectName, utf8(JSON.stringify(subject)));
}

/** The enrolment that was handed in last. */
export async function readEnrolment(store: KeyStore): Promise<Enrolment | undefined> {
  const kept = await store.get(enrolmentName);
  return kept === undefined ? undefined : (JSON.parse(utf8Decode(kept)) as Enrolment);
}

/** Notes what was handed in. */
export function keepEnrolment(store: KeyStore, enrolment: Enrolment): Promise<void> {
  return store.set(enrolmentName, utf8(JSON.stringify(enrolment)));
}

/** The doctor's certificate (DER), once it was fetched. */
export function readCertificate(store: KeyStore): Promise<Uint8Array | undefined> {
  return store.get(certificateName);
}

/** Whether there is a signing key. */
export async function hasSigningKey(store: KeyStore): Promise<boolean> {
  return (await store.get(signingKeyName)) !== undefined;
}

/** Forgets the signing key, then its certificate. */
export async function forgetSigningKey(store: KeyStore): Promise<void> {
  await store.delete(signingKeyName);
  await store.delete(certificateName);
}

function notEnrolled(): DiptychError {
  return new DiptychError("key-missing", "This doctor has not enrolled yet: run `diptych doctor enrol`.");
}
