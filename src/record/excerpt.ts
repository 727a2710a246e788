/** Some of a record's parts as one file that other programs read: each value is the source that the doctor signed. */
import { utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { envelopeLabel } from "./side.ts";
import { elementsOf, rootValue, slice } from "./source.ts";
import type { LabelledContent } from "./split.ts";

/**
 * A file of just these parts, the envelope aside: of emr9 an object with their keys, of FHIR a Bundle (a collection) with their
 * resources. What is inside a value stands as it was signed, the file around it doesn't: for proof keep the extraction.
 *
 * @throws DiptychError `record-unknown-schema` for another schema, `record-keys` for a FHIR part that is no array
 */
export function joinExcerpt(schema: string, parts: readonly LabelledContent[]): Uint8Array {
  const told = parts.filter(({ label }) => label !== envelopeLabel);
  if (schema === "emr9") return utf8(printExcerpt(told));
  if (schema === "fhir-r4") return utf8(printCollection(told.flatMap(({ content }) => resourcesIn(content))));
  throw new DiptychError(
    "record-unknown-schema",
    "Diptych knows no schema of that name: use a newer version.",
  );
}

function printExcerpt(parts: readonly LabelledContent[]): string {
  const members = parts.map(({ label, content }) => `  ${JSON.stringify(label)}: ${utf8Decode(content)}`);
  return `{\n${members.join(",\n")}\n}\n`;
}

function printCollection(resources: readonly string[]): string {
  const entries = resources.map((each) => `    {"resource": ${each}}`);
  return `{\n  "resourceType": "Bundle",\n  "type": "collection",\n  "entry": [\n${entries.join(",\n")}\n  ]\n}\n`;
}

function resourcesIn(content: Uint8Array): string[] {
  const text = utf8Decode(content);
  const found = elementsOf(text, rootValue(text));
  if (found === undefined)
    throw new DiptychError(
      "record-keys",
      "A part of this record isn't the array of resources that it should be.",
    );
  return found.map((span) => slice(text, span));
}
