/** Facts as lines for people. */
import { hex } from "../../core/bytes.ts";
import { printable } from "../frame/printing.ts";
import type { Facts } from "./objects.ts";

/** A fact a line, what belongs to one indented below it. */
export function linesOf(facts: Facts, indent = ""): string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const title = `${indent}${inWords(name)}:`;
    if (isFacts(value)) return [title, ...linesOf(value, `${indent}  `)];
    if (!Array.isArray(value)) return [`${title} ${plain(value)}`];
    if (value.length === 0) return [`${title} none`];
    return [title, ...value.map((each) => `${indent}  ${isFacts(each) ? inOneLine(each) : plain(each)}`)];
  });
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function inOneLine(facts: Facts): string {
  return Object.entries(facts)
    .map(([name, value]) => `${inWords(name)} ${plain(value)}`)
    .join(", ");
}

/** `signedAt` as "signed at". */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A value as text that can't move the cursor or turn around what stands beside it. */
function plain(value: unknown): string {
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  return printable(String(value));
}
