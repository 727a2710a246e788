/** The numbers and dates that comparisons are about. Both are 32-bit; a date never meets a number. */
import { quote } from "./tokens.ts";

/** What a numeric value counts: plain units, or days since 1970-01-01 (UTC). */
export type Unit = "number" | "date";

/** A value with its unit: 0 to `LARGEST[unit]`. */
export interface NumericValue {
  readonly unit: Unit;
  readonly value: number;
}

/** Bits of every value, dates included. */
export const VALUE_BITS = 32;
/** The largest value of each unit; 2,932,896 days after 1970-01-01 is 9999-12-31. The smallest is 0. */
export const LARGEST: Readonly<Record<Unit, number>> = { number: 0xffff_ffff, date: 2_932_896 };

const DAY = 86_400_000;

/** Whether `value` is one that `unit` has. */
export function isValue(unit: Unit, value: number): boolean {
  return Object.hasOwn(LARGEST, unit) && Number.isInteger(value) && value >= 0 && value <= LARGEST[unit];
}

/** A value in the one way to write it: decimal digits, or YYYY-MM-DD. */
export function printValue({ unit, value }: NumericValue): string {
  return unit === "number" ? String(value) : new Date(value * DAY).toISOString().slice(0, 10);
}

/** Reads what `printValue` writes; for all else a sentence's end that says what is wrong, and what to write. */
export function readValue(text: string): NumericValue | string {
  if (/^(0|[1-9][0-9]{0,15})$/.test(text)) {
    const value = Number(text);
    return isValue("number", value) ? { unit: "number", value } : `numbers go from 0 to ${LARGEST.number}`;
  }
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return readDate(text);
  return `${quote(text)} is neither a number nor a date: ${explain(text)}`;
}

function readDate(text: string): NumericValue | string {
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March in some engines.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    return `${quote(text)} is no day of the calendar`;
  const value = time / DAY;
  return value >= 0 ? { unit: "date", value } : "dates go from 1970-01-01 to 9999-12-31";
}

function explain(text: string): string {
  if (/^[0-9]+$/.test(text)) return text.startsWith("0") ? "leave out leading zeros" : "it is too large";
  if (/^[+-]/.test(text)) return "numbers have no sign and start at 0";
  if (/^[0-9]+\.[0-9]+$/.test(text)) return "write whole numbers, in a smaller unit if need be";
  if (/^[0-9]+[-/.][0-9]+[-/.][0-9]+$/.test(text)) return "write dates as YYYY-MM-DD";
  return "write digits, as in 3, or a date as YYYY-MM-DD";
}
