/** The form of the paper's nine parts: what is filled in, as a file and back. */
import { utf8, utf8Decode } from "diptych/core";
import { emr9Keys } from "diptych/record";

export type FormField = (typeof emr9Keys)[number];
export type FormValues = Record<FormField, string>;

/** The file that a filled form makes, in the canonical print of the nine parts. Several lines become a list, one a text. */
export function printForm(values: FormValues): Uint8Array {
  const lines = emr9Keys.map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(contentOf(values[key]))}`);
  return utf8(`{\n${lines.join(",\n")}\n}\n`);
}

function contentOf(text: string): string | string[] {
  const lines = text
    .toWellFormed()
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.length > 1 ? lines : (lines[0] ?? "");
}

/** The form that was filled in for these parts; undefined where a form can't say what stands in them. */
export function formOf(parts: readonly { label: string; content: Uint8Array }[]): FormValues | undefined {
  const contents = new Map(parts.map(({ label, content }) => [label, utf8Decode(content)]));
  const values: Partial<FormValues> = {};
  for (const key of emr9Keys) {
    const source = contents.get(key);
    if (source === undefined) return undefined;
    const value: unknown = JSON.parse(source);
    const text = Array.isArray(value) ? value.join("\n") : String(value);
    if (JSON.stringify(contentOf(text)) !== source) return undefined;
    values[key] = text;
  }
  return values as FormValues;
}
