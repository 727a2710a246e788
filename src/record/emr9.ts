/** The paper's nine-part EMR (5.1.1) as one JSON object: m_i is the exact source of the i-th value. */
import { utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { cutEnvelope, decodeEnvelope, encodeEnvelope, fillEnvelope } from "./envelope.ts";
import { envelopeLabel } from "./side.ts";
import { type SideOverrides, sideOf } from "./sides.ts";
import { type Member, slice } from "./source.ts";
import type { LabelledContent, SplitPart, SplitRecord } from "./split.ts";

/** The nine keys, which are the labels of parts 1 to 9. */
export const emr9Keys = [
  "name",
  "gender",
  "dateOfBirth",
  "idNumber",
  "symptoms",
  "diagnosis",
  "prescription",
  "examinationReport",
  "medicalHistory",
] as const;

/**
 * The canonical print: "{", then for each of the nine keys in order a line feed, two spaces, the key in quotes, colon, space,
 * the value's source and (but for the last) a comma; then line feed, "}", line feed. A file that is its own canonical print
 * needs no envelope.
 */
function printEmr9(values: readonly string[]): string {
  const lines = emr9Keys.map((key, at) => `  "${key}": ${values[at]!}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function demandKeys(members: readonly Member[]): void {
  const keys = members.map((member) => member.key);
  const known = new Set<string>(emr9Keys);
  const unknown = keys.filter((key) => !known.has(key));
  const missing = emr9Keys.filter((key) => !keys.includes(key));
  const twice = emr9Keys.filter((key) => keys.filter((each) => each === key).length > 1);
  const complaints = [
    missing.length > 0 && `missing: ${missing.join(", ")}`,
    twice.length > 0 && `there twice: ${twice.join(", ")}`,
    unknown.length > 0 && `${unknown.length} unknown`,
  ].filter(Boolean);
  if (complaints.length > 0)
    throw new DiptychError(
      "record-keys",
      `An emr9 record has exactly the keys ${emr9Keys.join(", ")}; here ${complaints.join("; ")}.`,
    );
}

/** Cuts an emr9 object, with an envelope where it needs one or `envelope` says so; throws `record-keys` unless it has exactly the nine keys, each once. */
export function splitEmr9(
  text: string,
  members: readonly Member[],
  sides: SideOverrides,
  envelope: boolean,
): SplitRecord {
  demandKeys(members);
  const values = emr9Keys.map((key) => slice(text, members.find((member) => member.key === key)!.value));
  const parts: SplitPart[] = emr9Keys.map((label, at) => ({
    position: at + 1,
    label,
    content: utf8(values[at]!),
    side: sideOf("emr9", label, sides),
  }));
  const never: number[] = [];
  if (envelope || printEmr9(values) !== text) {
    const around = cutEnvelope(
      text,
      members.map(({ key, value }) => ({ label: key, span: value })),
    );
    never.push(10);
    parts.push({ position: 10, label: envelopeLabel, content: encodeEnvelope(around), side: "private" });
  }
  // A prescription can't be judged without the diagnosis, nor a diagnosis without the symptoms.
  const implications = [
    { position: 6, needs: 5 },
    { position: 7, needs: 6 },
  ];
  return { schema: "emr9", parts, ceas: { mandatory: [], implications, never }, warnings: [] };
}

/** The file of an emr9 record, byte for byte; throws `record-keys` when a part is missing, unknown or there twice. */
export function joinEmr9(parts: readonly LabelledContent[]): Uint8Array {
  const contents = new Map(parts.map((part) => [part.label, part.content]));
  const envelope = contents.get(envelopeLabel);
  contents.delete(envelopeLabel);
  const complete = emr9Keys.every((key) => contents.has(key)) && contents.size === emr9Keys.length;
  if (!complete || parts.length !== emr9Keys.length + (envelope ? 1 : 0))
    throw new DiptychError(
      "record-keys",
      "Putting an emr9 record together needs all of its parts, each once.",
    );
  if (envelope === undefined) return utf8(printEmr9(emr9Keys.map((key) => utf8Decode(contents.get(key)!))));
  const values = [...contents].map(([label, content]) => [label, [utf8Decode(content)]] as const);
  return utf8(fillEnvelope(decodeEnvelope(envelope), new Map(values)));
}
