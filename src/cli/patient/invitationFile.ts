/** invitation.json: what a patient gives a doctor before a record is issued. Public values only. */
import { hex, unhex, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { EmrInvitation } from "../../roles/info1.ts";

const format = "diptych/invitation/v1";
/** Sizes of the values, in bytes. */
const sizes = { emrId: 32, recordKey: 65, pseudonym: 32 } as const;

/** The file of an invitation: JSON with the values in hex. */
export function printInvitation({ emrId, recordKey, pseudonym }: EmrInvitation): string {
  const values = { format, emrId: hex(emrId), recordKey: hex(recordKey), pseudonym: hex(pseudonym) };
  return `${JSON.stringify(values, null, 2)}\n`;
}

/** Reads an invitation's file; `name` stands in the message. @throws DiptychError `usage` for anything else */
export function parseInvitation(bytes: Uint8Array, name: string): EmrInvitation {
  const found = parseObject(bytes, name);
  const { format: given, ...values } = found;
  if (given !== format)
    throw invalid(name, `its "format" isn't ${JSON.stringify(format)}: is it a newer Diptych's?`);
  const strange = Object.keys(values).find((each) => !Object.hasOwn(sizes, each));
  if (strange !== undefined) throw invalid(name, `${JSON.stringify(strange)} doesn't belong there`);
  const bytesOf = (field: keyof typeof sizes) => {
    const text = values[field];
    if (typeof text !== "string" || !/^0x[0-9a-f]*$/.test(text) || text.length !== 2 + 2 * sizes[field])
      throw invalid(name, `"${field}" must be 0x and ${2 * sizes[field]} small hex digits`);
    return unhex(text);
  };
  return { emrId: bytesOf("emrId"), recordKey: bytesOf("recordKey"), pseudonym: bytesOf("pseudonym") };
}

function parseObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(utf8Decode(bytes));
  } catch {
    throw invalid(name, "it is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(name, "it is no JSON object");
  return value as Record<string, unknown>;
}

function invalid(name: string, why: string): DiptychError {
  return new DiptychError(
    "usage",
    `${name} is no invitation: ${why}. Ask the patient for the file that \`diptych patient invite\` wrote.`,
  );
}
