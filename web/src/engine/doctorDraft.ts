/** A record before it is signed: a file or a form cut into parts, and what a doctor should know of it. */
import { DiptychError, type ErrorCode, splitRecord } from "diptych";
import { type Ceas, explainForbidden } from "diptych/ces";
import { equal } from "diptych/core";
import {
  type AmendedFile,
  defaultSides,
  envelopeLabel,
  namedParts,
  type SplitRecord,
  sharedPositions,
  splitAmendment,
} from "diptych/record";

export type DraftPart = {
  position: number;
  label: string;
  /** In bytes. */
  size: number;
  /** Where it stands unless the patient says otherwise. */
  side: "private" | "shared";
  /** The patient's name may stand in it, though it is meant to be shared. */
  named?: true;
  /** Private, though its kind usually isn't: it holds something else that is. */
  holdsPrivate?: true;
  /** What holds the file together: always private, never shown but with the whole record. */
  frame?: true;
  /** What an amendment does to it; an amended record's other parts say what they said. */
  change?: "replaced" | "new";
};

/** A record before it is signed, without what its parts say. */
export type Draft = {
  schema: string;
  parts: DraftPart[];
  /** The kind of record's usual rules. */
  rules: Ceas;
  /** False when the patient has more or longer names than were looked for. */
  namesComplete: boolean;
};

/** Why a file can't become a record, as far as its first bytes and the refusal tell. */
export type RefusalReason =
  | "byte-order-mark"
  | "utf-16"
  | "xml"
  | "pdf"
  | "zip"
  | "not-json"
  | "keys"
  | "unknown"
  | "too-large"
  | "too-many"
  | "one-sided";

/** A file that was refused. */
export type Refusal = { reason: RefusalReason; message: string };

const reasons: Partial<Record<ErrorCode, RefusalReason>> = {
  "record-not-json": "not-json",
  "record-keys": "keys",
  "record-unknown-schema": "unknown",
  "record-too-large": "too-large",
  "record-part-count": "too-many",
  "record-one-sided": "one-sided",
};

/** What files begin with that people take for records by mistake. */
const beginnings: readonly [RefusalReason, readonly number[]][] = [
  ["byte-order-mark", [0xef, 0xbb, 0xbf]],
  ["utf-16", [0xff, 0xfe]],
  ["utf-16", [0xfe, 0xff]],
  ["pdf", [0x25, 0x50, 0x44, 0x46]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["xml", [0x3c]],
];

/** Why `splitRecord` refused a file; undefined for errors of another kind. */
export function explainRefusal(file: Uint8Array, error: unknown): Refusal | undefined {
  if (!(error instanceof DiptychError)) return undefined;
  const reason = reasons[error.code];
  if (reason === undefined) return undefined;
  const [begins] = beginnings.find(([, bytes]) => bytes.every((byte, at) => file[at] === byte)) ?? [];
  return { reason: reason === "not-json" ? (begins ?? reason) : reason, message: error.message };
}

/** Cuts a file: one that stands by itself, or the changed file of a record. @throws DiptychError as `splitRecord`, `splitAmendment` */
export function draftOf(file: Uint8Array, amended?: AmendedFile): { split: SplitRecord; draft: Draft } {
  const split = amended === undefined ? splitRecord(file) : splitAmendment(file, amended);
  const { positions, complete } = namedParts(split);
  const named = new Set(positions);
  const usual = split.schema === "emr9" ? defaultSides.emr9 : defaultSides.fhir;
  const parts = split.parts.map(({ position, label, content, side }): DraftPart => {
    const usuallyShared = Object.hasOwn(usual, label) && usual[label] === "shared";
    // An amendment keeps the place of what is no longer there as an empty list.
    const empty = content.length <= 2;
    const before = amended?.parts[position - 1];
    const change = before === undefined ? "new" : equal(before.content, content) ? undefined : "replaced";
    return {
      position,
      label,
      size: content.length,
      side,
      ...(named.has(position) ? { named: true } : {}),
      ...(side === "private" && usuallyShared && !empty ? { holdsPrivate: true } : {}),
      ...(label === envelopeLabel ? { frame: true } : {}),
      ...(amended === undefined || change === undefined ? {} : { change }),
    };
  });
  return { split, draft: { schema: split.schema, parts, rules: split.ceas, namesComplete: complete } };
}

/** Whether the parts that are usually shared may be shown together under these rules. */
export function usualSideAllowed(split: SplitRecord, rules: Ceas): boolean {
  return explainForbidden(rules, split.parts.length, sharedPositions(split)) === undefined;
}
