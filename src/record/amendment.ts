/**
 * One revision of a record against the next: what a doctor may change (protocol, amend). Positions, labels, EMR id and pseudonym
 * stay; parts are replaced or appended, never moved or dropped.
 */
import { type Ceas, type Header, headerDigest, type Part } from "../ces/index.ts";
import { equal, hex, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { splitRecord } from "./schema.ts";
import { envelopeLabel } from "./side.ts";
import type { SideOverrides } from "./sides.ts";
import type { LabelledContent, SplitRecord } from "./split.ts";

/** A revision as far as it can be compared with another: all of its parts, in order. */
export interface Revision {
  header: Header;
  /** Canonical bytes of the header. */
  headerBytes: Uint8Array;
  parts: readonly { label: string; commitment: Uint8Array }[];
}

/** Which parts a revision has otherwise than the one before; positions, ascending. */
export interface Revised {
  replaced: number[];
  appended: number[];
}

const invalid = (why: string) =>
  new DiptychError(
    "amendment-invalid",
    `This is no amendment of that record: ${why}. Don't take it, and tell the doctor.`,
  );

/**
 * Demands that `after` is the very next revision of `before`: same EMR id, pseudonym and schema, revision one more, amending just this
 * header, and each old position with its old label. Both are verified by themselves already. What is untouched has its
 * old commitment, so its label, salt and content too.
 *
 * @throws DiptychError `amendment-stale` when it amends another revision, `amendment-invalid`
 */
export function compareRevisions(before: Revision, after: Revision): Revised {
  const [old, next] = [before.header, after.header];
  if (!equal(old.emrId, next.emrId) || !equal(old.pseudonym, next.pseudonym))
    throw invalid("it is of another record, or another patient");
  if (next.revision !== old.revision + 1 || !equal(next.amends, headerDigest(before.headerBytes)))
    throw new DiptychError(
      "amendment-stale",
      `This is revision ${next.revision} and doesn't amend revision ${old.revision}, which stands here: ` +
        "send the doctor what stands, and ask for an amendment of that.",
    );
  if (next.schema !== old.schema) throw invalid("it has another schema");
  if (after.parts.length < before.parts.length) throw invalid("it drops parts");
  const replaced: number[] = [];
  for (const [i, { label, commitment }] of before.parts.entries()) {
    const part = after.parts[i]!;
    if (part.label !== label) throw invalid(`part ${i + 1} has another label than before`);
    if (!equal(part.commitment, commitment)) replaced.push(i + 1);
  }
  const appended = after.parts.slice(before.parts.length).map((_, i) => before.parts.length + i + 1);
  return { replaced, appended };
}

/**
 * Whether the next revision's rule lets the same be shown of the parts of before, together and alone: a doctor may rule otherwise
 * without changing any part.
 */
export function isSameRule(before: Header, after: Header): boolean {
  const about = ({ mandatory, implications, never }: Ceas) =>
    JSON.stringify([
      mandatory,
      implications.filter(({ position }) => position <= before.n),
      never.filter((position) => position <= before.n),
    ]);
  return about(before.ceas) === about(after.ceas);
}

/**
 * Demands that each replaced part says something else, and that it and each appended one has a salt that no part of either revision
 * shares: who read the old part could guess the new one behind its commitment. Throws `amendment-invalid`.
 */
export function checkFreshSalts(
  before: readonly Pick<Part, "salt" | "content">[],
  after: readonly Pick<Part, "salt" | "content">[],
  { replaced, appended }: Revised,
): void {
  const used = new Set(before.map(({ salt }) => hex(salt)));
  for (const position of [...replaced, ...appended]) {
    const { salt, content } = after[position - 1]!;
    if (used.has(hex(salt))) throw invalid(`part ${position} has a salt that was used before`);
    used.add(hex(salt));
    const old = before[position - 1];
    if (old !== undefined && equal(old.content, content))
      throw invalid(`part ${position} says what it said, under another salt`);
  }
}

/** The revision that a file is to amend. */
export interface AmendedFile {
  header: Pick<Header, "schema" | "ceas">;
  parts: readonly LabelledContent[];
}

/**
 * Cuts the changed file of a record: each part at the position that its label had before, new labels behind them. What the file
 * no longer has of a Bundle stays as an empty part. The rule is the one so far, and what the schema rules about new parts.
 *
 * @throws DiptychError as `splitRecord`, and `amendment-invalid` when the file can't be one of that record
 */
export function splitAmendment(
  file: Uint8Array,
  { header, parts: before }: AmendedFile,
  options: { sides?: SideOverrides } = {},
): SplitRecord {
  const labels = before.map(({ label }) => label);
  const split = splitRecord(file, { ...options, envelope: labels.includes(envelopeLabel) });
  if (split.schema !== header.schema)
    throw new DiptychError(
      "amendment-invalid",
      `The record is of schema ${header.schema}, this file of ${split.schema}: change the file that the patient sent.`,
    );
  const cut = new Map(split.parts.map((part) => [part.label, part]));
  const kept = labels.map((label) => cut.get(label) ?? emptied(split, label));
  const appended = split.parts.filter(({ label }) => !labels.includes(label));
  const parts = [...kept, ...appended].map((part, i) => ({ ...part, position: i + 1 }));
  const placeOf = (position: number) =>
    parts.find(({ label }) => label === split.parts[position - 1]!.label)!.position;
  const isNew = (position: number) => {
    const old = before[position - 1];
    return old === undefined || equal(old.content, nothing);
  };
  return { ...split, parts, ceas: extendRule(header.ceas, split.ceas, placeOf, isNew) };
}

/** The part of a resource type that a Bundle has no more: an empty JSON array. */
const nothing = utf8("[]");

/** A resource type that the Bundle has no more: its part says nothing, at its place. */
function emptied(split: SplitRecord, label: string): SplitRecord["parts"][number] {
  if (split.schema !== "fhir-r4" || label === envelopeLabel)
    throw new DiptychError("amendment-invalid", `This file lacks ${label}, which the record has: keep it.`);
  return { position: 0, label, content: nothing, side: "private" };
}

/** `rule`, and what `schema` rules about new parts once they are at their places. */
function extendRule(
  rule: Ceas,
  schema: Ceas,
  placeOf: (position: number) => number,
  isNew: (position: number) => boolean,
): Ceas {
  const never = [...new Set([...rule.never, ...schema.never.map(placeOf).filter(isNew)])].sort(
    (a, b) => a - b,
  );
  // What an emptied part was ruled on before still stands in the rule.
  const known = new Set(rule.implications.map(({ position, needs }) => `${position} ${needs}`));
  const added = schema.implications
    .map(({ position, needs }) => ({ position: placeOf(position), needs: placeOf(needs) }))
    .filter(({ position, needs }) => isNew(position) || isNew(needs))
    .filter(({ position, needs }) => !known.has(`${position} ${needs}`))
    .filter(({ position, needs }) => !never.includes(position) && !never.includes(needs));
  const implications = [...rule.implications, ...added].sort(
    (a, b) => a.position - b.position || a.needs - b.needs,
  );
  return { mandatory: [...rule.mandatory], implications, never };
}
