/** A record opened: decrypted here, held against what the doctor signed and against the doctor's certificate. */
import { type ActOptions, DiptychError, fetchCredentials, isDiptychError, splitRecord } from "diptych";
import type { Extraction } from "diptych/ces";
import { unhex } from "diptych/core";
import { checkRecord, sharedPositions } from "diptych/record";
import { AuthorityClient } from "diptych/services";
import { permittedSide } from "./patientPreview.ts";
import type { Practice } from "./patientRecords.ts";
import { type Reading, readContent, summarise } from "./reading.ts";
import { type Person, readSubject } from "./subject.ts";

/** Whether a record is what a doctor signed who may sign. `on` in Unix seconds. */
export type Signed =
  | { kind: "unchanged"; by: Person; on: number }
  | { kind: "untrusted"; by: Person; code: string; message: string }
  /** Nobody can be asked just now whether the doctor's certificate holds. */
  | { kind: "unchecked"; by: Person; code: string; message: string };

export type OpenedRecord = { signed: Signed; summaries: { position: number; summary: string }[] };

const distrusting = new Set([
  "certificate-invalid",
  "ces-verification-failed",
  "ces-header-invalid",
  "encoding-invalid",
]);
/** Summaries of that many parts; who has more finds them by name. */
const mostSummaries = 2_000;

/** Opens a record and verifies it, all of it. */
export async function openRecord(
  practice: Practice,
  authority: string,
  id: string,
  options: ActOptions,
): Promise<OpenedRecord> {
  const { patient, chains } = practice;
  const extraction = await wholeOf(practice, id, options);
  const { certificateChain, header } = await patient.show(unhex(id));
  const by = readSubject(header.issuer);
  let signed: Signed;
  try {
    const { trust } = await fetchCredentials(new AuthorityClient(authority), Object.values(chains));
    const { certificate } = await checkRecord({ extraction, certificateChain }, trust);
    signed = { kind: "unchanged", by: readSubject(certificate.subject), on: header.time };
  } catch (error) {
    if (!(error instanceof DiptychError)) throw error;
    const { code, message } = error;
    signed = { kind: distrusting.has(code) ? "untrusted" : "unchecked", by, code, message };
  }
  const summaries = extraction.parts
    .slice(0, mostSummaries)
    .map(({ position, content }) => ({ position, summary: summarise(content, header.schema) }));
  return { signed, summaries };
}

/** What one part says. */
export async function readPart(practice: Practice, id: string, position: number): Promise<Reading> {
  const { parts } = await wholeOf(practice, id, {});
  const { header } = await practice.patient.show(unhex(id));
  const part = parts.find((each) => each.position === position);
  if (part === undefined) throw new DiptychError("record-unknown", "This record has no such part.");
  return readContent(part.content, header.schema);
}

/** Positions that stand on the shared side unless the patient says otherwise, as far as the doctor permits. */
export async function usualSides({ patient }: Practice, id: string, options: ActOptions): Promise<number[]> {
  const { header } = await patient.show(unhex(id));
  try {
    const file = await patient.readFile(unhex(id), options);
    return permittedSide(sharedPositions(splitRecord(file)), header.ceas);
  } catch (error) {
    // A record of another schema, or parts that make no file: its patient chooses from the beginning.
    if (isDiptychError(error, "record-keys") || isDiptychError(error, "record-unknown-schema"))
      return permittedSide([], header.ceas);
    throw error;
  }
}

/** All parts of a record as it stands. Kept until another one is opened: nobody waits twice. */
export async function wholeOf(practice: Practice, id: string, options: ActOptions): Promise<Extraction> {
  const { patient, opened } = practice;
  const emrId = unhex(id);
  const { header } = await patient.show(emrId);
  const { revision } = header;
  if (opened?.id === id && opened.revision === revision) return opened.extraction;
  const all = Array.from({ length: header.n }, (_, i) => i + 1);
  const extraction = await patient.extract(emrId, all, options);
  practice.opened = { id, revision, extraction };
  return extraction;
}
