/** Doctors who amend, as they should and as they shouldn't, and files that were changed. */
import {
  decodeHeader,
  type Extraction,
  type Header,
  headerDigest,
  importSigningKey,
  type Part,
  sign,
} from "../../src/ces/index.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { Reader } from "../../src/core/encoding.ts";
import { encodeInfo1, sampleRecord, splitAmendment } from "../../src/record/index.ts";
import type { Doctor, KeyStore, Patient, RecordToAmend } from "../../src/roles/index.ts";
import { memoryKeyStore } from "../../src/roles/index.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { sealTo } from "../../src/seal/index.ts";
import { enrolDoctor } from "../world.ts";

/** The sample after a second look: parts 6 and 7 say something else. */
export const secondLook = utf8(
  sampleRecord.replace("pulmonary tuberculosis", "sarcoidosis").replace("isoniazid", "prednisolone"),
);

/** The same file, printed otherwise: an envelope comes as part 10. */
export const printedOtherwise = utf8(sampleRecord.trimEnd());

/** Has the patient ask and the doctor amend: the Info1 of the next revision. */
export async function amend(patient: Patient, emrId: Uint8Array, doctor: Doctor, file = secondLook) {
  const request = await patient.amendments.request(emrId, await doctor.inviteAmendment());
  const { header, extraction } = await doctor.readAmendmentRequest(request);
  return doctor.amend(request, splitAmendment(file, { header, parts: extraction.parts }));
}

/** A certified doctor who signs whatever comes to mind. */
export type Crook = { doctor: Doctor; keyStore: KeyStore };

export async function enrolCrook(commonName = "Synthetic Crook"): Promise<Crook> {
  const keyStore = memoryKeyStore();
  return { keyStore, doctor: await enrolDoctor({ keyStore, subject: { commonName }, suite: "ed25519" }) };
}

/** What the crook is given to work on. */
export async function askCrook(
  patient: Patient,
  emrId: Uint8Array,
  { doctor }: Crook,
): Promise<RecordToAmend> {
  return doctor.readAmendmentRequest(await patient.amendments.request(emrId, await doctor.inviteAmendment()));
}

/** Signs and seals these parts as the next revision; `fields` are what is odd about its header. */
export async function forge(
  { keyStore }: Crook,
  { header, extraction, recordKey }: RecordToAmend,
  parts: readonly Part[],
  fields: Partial<Omit<Header, "n">> = {},
  tamper: (signed: Extraction) => void = () => undefined,
): Promise<Uint8Array> {
  const reader = new Reader((await keyStore.get("doctor/signing-key"))!, "signing key").version(1);
  reader.bytes();
  const key = await importSigningKey(reader.bytes());
  const { n: _, ...old } = decodeHeader(extraction.header);
  const next = {
    ...old,
    revision: header.revision + 1,
    amends: headerDigest(extraction.header),
    issuer: "CN=Synthetic Crook",
    time: Math.floor(Date.now() / 1000),
    ...fields,
  };
  const forged = await sign(next, parts, key);
  tamper(forged);
  const info1 = encodeInfo1({
    extraction: forged,
    certificateChain: [(await keyStore.get("doctor/certificate"))!],
  });
  return sealTo(recordKey, info1Info(header), info1);
}
