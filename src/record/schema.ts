/** Files in, files out: cut a file into the parts of a record, and put the parts together again byte for byte. */
import { explainForbidden, maxParts, permits } from "../ces/index.ts";
import { DiptychError } from "../core/errors.ts";
import { emr9Keys, joinEmr9, splitEmr9 } from "./emr9.ts";
import { joinFhir, splitFhir } from "./fhir.ts";
import { findNames } from "./nameCheck.ts";
import { envelopeLabel } from "./side.ts";
import type { SideOverrides } from "./sides.ts";
import { membersOf, readSource, rootValue } from "./source.ts";
import type { LabelledContent, SplitRecord } from "./split.ts";

/** Positions on the shared side, ascending. */
export function sharedPositions(split: Pick<SplitRecord, "parts">): number[] {
  return split.parts.filter((part) => part.side === "shared").map((part) => part.position);
}

function demandBothSides(split: SplitRecord): void {
  const shared = sharedPositions(split);
  const empty = shared.length === 0 ? "shared" : shared.length === split.parts.length ? "private" : undefined;
  if (empty === undefined) return;
  const section = split.schema === "emr9" ? "emr9" : "fhir";
  const labels = split.parts.map((part) => part.label).filter((label) => label !== envelopeLabel);
  throw new DiptychError(
    "record-one-sided",
    `The ${empty} side of this record would be empty: mark at least one of ${labels.join(", ")} as "${empty}" ` +
      `in section "${section}" of the table of sides, or add what belongs there to the file.`,
  );
}

/**
 * Cuts a FHIR R4 Bundle or an emr9 object, strict JSON in UTF-8, into parts by offsets into its source. `sides` takes
 * precedence over the table of default sides; `envelope` gives a file one that could do without. Throws `record-not-json`, `record-too-large`, `record-unknown-schema`,
 * `record-keys`, `record-part-count`, `record-one-sided`, and `record-side-table` when the rule on extraction forbids
 * the shared side that the table makes.
 */
export function splitRecord(
  bytes: Uint8Array,
  options: { sides?: SideOverrides; envelope?: boolean } = {},
): SplitRecord {
  const text = readSource(bytes);
  const members = membersOf(text, rootValue(text));
  const keys = new Set(members?.map((member) => member.key));
  const sides = options.sides ?? {};
  let split: SplitRecord;
  if (members !== undefined && keys.has("resourceType")) split = splitFhir(text, members, sides);
  else if (members !== undefined && emr9Keys.some((key) => keys.has(key)))
    split = splitEmr9(text, members, sides, options.envelope ?? false);
  else
    throw new DiptychError(
      "record-unknown-schema",
      `This is neither a FHIR R4 Bundle nor an object with the keys ${emr9Keys.join(", ")}.`,
    );
  if (split.parts.length > maxParts)
    throw new DiptychError("record-part-count", "A record has 65,535 parts at most: split the Bundle.");
  demandBothSides(split);
  const why = explainForbidden(split.ceas, split.parts.length, sharedPositions(split));
  if (why !== undefined)
    throw new DiptychError(
      "record-side-table",
      `The table of sides makes a shared side that can't be extracted: ${why}. Share both or neither.`,
    );
  return { ...split, warnings: [...split.warnings, ...findNames(split)] };
}

/**
 * The file that these parts were cut from, byte for byte: all of them, in any order. Throws `record-unknown-schema` for
 * another schema and `record-keys` when the parts aren't those of one file.
 */
export function joinRecord(schema: string, parts: readonly LabelledContent[]): Uint8Array {
  if (schema === "emr9") return joinEmr9(parts);
  if (schema === "fhir-r4") return joinFhir(parts);
  throw new DiptychError(
    "record-unknown-schema",
    "Diptych knows no schema of that name: use a newer version.",
  );
}

/**
 * The part that the main job moves from the private to the shared side (paper, 5.3.1): position 8 of emr9, for FHIR the
 * first private part that is neither the envelope nor Patient; undefined when there is nothing to move, or the CEAS
 * forbids the larger shared side.
 */
export function movablePart(split: SplitRecord): number | undefined {
  const candidates = split.parts.filter(
    ({ side, label, position }) =>
      side === "private" &&
      (split.schema === "emr9" ? position === 8 : label !== envelopeLabel && label !== "Patient"),
  );
  const allowed = candidates.find(({ position }) => {
    const grown = [...sharedPositions(split), position].sort((a, b) => a - b);
    return grown.length < split.parts.length && permits(split.ceas, split.parts.length, grown);
  });
  return allowed?.position;
}
