/** Values of FHIR that people read in one line: coded concepts, and quantities. */

import { Written } from "./written.ts";

const concept = new Set(["coding", "text", "id"]);
const quantity = new Set(["value", "unit", "comparator", "code", "system", "id"]);

/** What such a value says, in one line; undefined for any other, and for one that says more than a line holds. */
export function inOneLine(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const members = value as Record<string, unknown>;
  const only = (names: ReadonlySet<string>) => Object.keys(members).every((name) => names.has(name));
  if (Object.hasOwn(members, "coding") && only(concept)) return conceptLine(members);
  if (Object.hasOwn(members, "value") && only(quantity)) return quantityLine(members);
  return undefined;
}

/** The text, and what the codes are called where that is something else. Codes without a name stay codes. */
function conceptLine({ text, coding }: Record<string, unknown>): string | undefined {
  if (!Array.isArray(coding)) return undefined;
  const names = coding.map((each: unknown) => {
    const { display, code } = (each ?? {}) as Record<string, unknown>;
    return wordOf(display) ?? wordOf(code);
  });
  const told = [...new Set([wordOf(text), ...names])].filter((each) => each !== undefined);
  return told.length === 0 ? undefined : told.join(", ");
}

/** A comparator turns what a number means: it is never left out. */
function quantityLine({ comparator, value, unit, code }: Record<string, unknown>): string | undefined {
  if (!(value instanceof Written)) return undefined;
  if (comparator !== undefined && wordOf(comparator) === undefined) return undefined;
  return [wordOf(comparator), String(value), wordOf(unit) ?? wordOf(code)]
    .filter((each) => each !== undefined)
    .join(" ");
}

function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
