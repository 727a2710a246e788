/**
 * FHIR R4 Bundles: one part per resource type, in order of first appearance, and the envelope last. A part is the text of
 * a JSON array of the exact sources of its resources, with no white space between them.
 */
import { utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { cutEnvelope, decodeEnvelope, encodeEnvelope, fillEnvelope } from "./envelope.ts";
import { envelopeLabel, type Side } from "./side.ts";
import { type SideOverrides, sideOf } from "./sides.ts";
import {
  elementsOf,
  type Member,
  membersOf,
  rootValue,
  type Span,
  slice,
  stringOf,
  stringsIn,
} from "./source.ts";
import type { LabelledContent, SplitPart, SplitRecord } from "./split.ts";

const noBundle = (why: string) =>
  new DiptychError("record-unknown-schema", `This isn't a FHIR R4 Bundle that Diptych can cut: ${why}.`);

/** The one member with this key; throws `record-keys` when it stands there twice, since readers differ on which counts. */
function only(members: readonly Member[], key: string, where: string): Span | undefined {
  const found = members.filter((member) => member.key === key);
  if (found.length > 1)
    throw new DiptychError("record-keys", `${where} has the key "${key}" twice: keep one.`);
  return found[0]?.value;
}

interface Resource {
  label: string;
  span: Span;
}

/** The resource in an entry; undefined when it has none. */
function resourceOf(text: string, entry: Span, number: number): Resource | undefined {
  const members = membersOf(text, entry);
  if (members === undefined) throw noBundle(`entry ${number} isn't an object`);
  const span = only(members, "resource", `Entry ${number}`);
  if (span === undefined) return undefined;
  const type = only(membersOf(text, span) ?? [], "resourceType", `The resource in entry ${number}`);
  const label = type && stringOf(text, type);
  if (label === undefined || !/^[A-Z][A-Za-z]{0,63}$/.test(label))
    throw noBundle(`the resource in entry ${number} has no resourceType that is a word`);
  return { label, span };
}

/** Types of all resources in a group, nested ones included. */
function typesIn(text: string, group: readonly Resource[]): Set<string> {
  const types = new Set<string>();
  for (const { span } of group)
    for (const { key, string } of stringsIn(text, span)) if (key === "resourceType") types.add(string);
  return types;
}

/** Cuts a Bundle; throws `record-unknown-schema` or `record-keys`. */
export function splitFhir(text: string, members: readonly Member[], sides: SideOverrides): SplitRecord {
  const type = only(members, "resourceType", "This file");
  if (type === undefined || stringOf(text, type) !== "Bundle")
    throw noBundle("its resourceType isn't Bundle; put single resources into a Bundle");
  const list = only(members, "entry", "This Bundle");
  const entries = list && elementsOf(text, list);
  const resources = (entries ?? []).flatMap((entry, at) => resourceOf(text, entry, at + 1) ?? []);
  if (resources.length === 0) throw noBundle("it has no entry with a resource");

  const groups = new Map<string, Resource[]>();
  for (const resource of resources) {
    const group = groups.get(resource.label);
    if (group === undefined) groups.set(resource.label, [resource]);
    else group.push(resource);
  }
  const warnings: string[] = [];
  const parts: SplitPart[] = [...groups].map(([label, group], at) => {
    const hidden = [...typesIn(text, group)].filter((each) => sideOf("fhir", each, sides) === "private");
    const side: Side = hidden.length === 0 ? "shared" : "private";
    if (side === "private" && sideOf("fhir", label, sides) === "shared")
      warnings.push(`Part ${label} is private because its resources contain others of a private type.`);
    const content = utf8(`[${group.map(({ span }) => slice(text, span)).join(",")}]`);
    return { position: at + 1, label, content, side };
  });
  const position = parts.length + 1;
  const content = encodeEnvelope(cutEnvelope(text, resources));
  parts.push({ position, label: envelopeLabel, content, side: "private" });

  // A report on findings misleads without the findings.
  const shared = (label: string) => parts.find((part) => part.label === label && part.side === "shared");
  const [report, findings] = [shared("DiagnosticReport"), shared("Observation")];
  const implications = report && findings ? [{ position: report.position, needs: findings.position }] : [];
  return { schema: "fhir-r4", parts, ceas: { mandatory: [], implications, never: [position] }, warnings };
}

/** The sources of the resources in a part; throws `record-keys` unless it is an array without white space around them. */
function resourcesOf(content: Uint8Array): string[] {
  const text = utf8Decode(content);
  const found = elementsOf(text, rootValue(text))?.map((span) => slice(text, span)) ?? [];
  if (`[${found.join(",")}]` !== text)
    throw new DiptychError(
      "record-keys",
      "A part of this record isn't the array of resources that it should be.",
    );
  return found;
}

/** The file of a Bundle, byte for byte; throws `record-keys` when a part is missing, unknown or there twice. */
export function joinFhir(parts: readonly LabelledContent[]): Uint8Array {
  const envelope = parts.find((part) => part.label === envelopeLabel);
  const groups = new Map(
    parts.filter((part) => part !== envelope).map((part) => [part.label, resourcesOf(part.content)]),
  );
  if (envelope === undefined || groups.size !== parts.length - 1)
    throw new DiptychError(
      "record-keys",
      "Putting a Bundle together needs its envelope and each of its parts once.",
    );
  return utf8(fillEnvelope(decodeEnvelope(envelope.content), groups));
}
