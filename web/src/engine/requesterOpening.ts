/** A record that was granted: opened, verified, read part by part, saved. */
import { type ActOptions, DiptychError, type Side } from "diptych";
import { type Decided, IndexLedger } from "diptych/ledger";
import { encodeExtractionFile, joinExcerpt } from "diptych/record";
import { type Reading, readContent } from "./reading.ts";
import type { Held, OpenRecord } from "./requesterHeld.ts";
import type { RequesterPractice } from "./requesterPractice.ts";
import { readSubject } from "./subject.ts";

/** A file to be saved. */
export type SavedFile = { bytes: Uint8Array; whole: boolean; schema: string };

/** Opens a view; nothing is answered unless all of it verifies. */
export async function openGranted(
  practice: RequesterPractice,
  side: Side,
  decided: Decided,
  options: ActOptions,
): Promise<OpenRecord> {
  const opened = await practice.requester.openGranted(side, decided, options);
  const { header, extraction, file, version, signedBy, gates, gateFailures, learned } = opened;
  const { requestId } = decided;
  const by = readSubject(signedBy);
  const record = {
    requestId,
    by,
    signed: header.time,
    revision: header.revision,
    version,
    schema: header.schema,
    of: header.n,
    parts: extraction.parts.map(({ position, label, content }) => ({
      position,
      label,
      bytes: content.length,
    })),
    gates: { answered: gates.length, failed: gateFailures.length },
  };
  practice.held = {
    record,
    header,
    extraction,
    certificateChain: learned.keyring.certificateChain,
    ...(file === undefined ? {} : { file }),
  };
  await practice.notes.keepOpening({
    requestId,
    by,
    signed: header.time,
    parts: extraction.parts.length,
    of: header.n,
    version,
    time: Math.floor(Date.now() / 1000),
  });
  return record;
}

/** The record of a request, while it is the one that is open. */
export function openRecordOf({ held }: RequesterPractice, requestId: string): OpenRecord | undefined {
  return held?.record.requestId === requestId ? held.record : undefined;
}

/** What one part of the open record says. */
export function readHeldPart(practice: RequesterPractice, requestId: string, position: number): Reading {
  const { header, extraction } = demandHeld(practice, requestId);
  const part = extraction.parts.find((each) => each.position === position);
  if (part === undefined)
    throw new DiptychError("argument-invalid", "This part isn't among those that were granted.");
  return readContent(part.content, header.schema);
}

/** The doctor's own file where all of it was granted, else one of just the granted parts. */
export function fileOf(practice: RequesterPractice, requestId: string): SavedFile {
  const { header, extraction, file } = demandHeld(practice, requestId);
  const { schema } = header;
  if (file !== undefined) return { bytes: file, whole: true, schema };
  return { bytes: joinExcerpt(schema, extraction.parts), whole: false, schema };
}

/** The granted parts with all that proves them: what `diptych verify` checks. */
export function proofOf(practice: RequesterPractice, requestId: string): Uint8Array {
  return encodeExtractionFile(demandHeld(practice, requestId));
}

/** The version that stands on the ledger now. */
export async function newestVersion(
  { chains }: RequesterPractice,
  side: Side,
  ledgerRecordId: string,
): Promise<number> {
  return (await new IndexLedger(chains[side]).record(ledgerRecordId)).version;
}

function demandHeld({ held }: RequesterPractice, requestId: string): Held {
  if (held?.record.requestId === requestId) return held;
  throw new DiptychError("key-missing", "This record isn't open any more: open it again.");
}
