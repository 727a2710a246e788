/** An invitation as it travels from patient to doctor, as a file or a QR code: JSON, public values only. */
import { hex, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { EmrInvitation } from "./info1.ts";

const format = "diptych/invitation/v1";
/** Sizes of the values, in bytes. */
const sizes = { emrId: 32, recordKey: 65, pseudonym: 32 } as const;

/** The text of an invitation: JSON with the values in hex. */
export function printInvitation({ emrId, recordKey, pseudonym }: EmrInvitation): string {
  const values = { format, emrId: hex(emrId), recordKey: hex(recordKey), pseudonym: hex(pseudonym) };
  return `${JSON.stringify(values, null, 2)}\n`;
}

/** Reads the text of an invitation. @throws DiptychError `encoding-invalid` for anything else */
export function parseInvitation(text: string): EmrInvitation {
  const { format: given, ...values } = parseObject(text);
  if (given !== format)
    throw invalid(`its "format" isn't ${JSON.stringify(format)}: is it a newer Diptych's?`);
  const strange = Object.keys(values).find((each) => !Object.hasOwn(sizes, each));
  if (strange !== undefined) throw invalid(`${JSON.stringify(strange.slice(0, 70))} doesn't belong there`);
  const bytesOf = (field: keyof typeof sizes) => {
    const value = values[field];
    if (typeof value !== "string" || !/^0x[0-9a-f]*$/.test(value) || value.length !== 2 + 2 * sizes[field])
      throw invalid(`"${field}" must be 0x and ${2 * sizes[field]} small hex digits`);
    return unhex(value);
  };
  return { emrId: bytesOf("emrId"), recordKey: bytesOf("recordKey"), pseudonym: bytesOf("pseudonym") };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("it is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid("it is no JSON object");
  return value as Record<string, unknown>;
}

function invalid(why: string): DiptychError {
  return new DiptychError(
    "encoding-invalid",
    `This is no invitation: ${why}. Ask the patient for the invitation as it was made.`,
  );
}
