// Policy programs written as bytes, and what they are made of.
import { type BytesLike, concat, keccak256, id as keccakOfText, toBeHex, toUtf8Bytes } from "ethers";

export const attribute = (text: string): string => keccakOfText(text);
export const idAttribute = (address: string): string => attribute(`id:${address.toLowerCase()}`);

/** 65 bytes that look like an uncompressed point. */
export const point = (seed: number): string => concat(["0x04", toBeHex(seed, 32), toBeHex(seed + 1, 32)]);

/** The slot of a number's label. */
export const slot = (label: string, unit: "number" | "date" = "number"): string =>
  keccak256(concat([unit === "number" ? "0x0201" : "0x0202", toUtf8Bytes(label)]));

const operatorBytes = { ">=": "0x01", "<=": "0x02", "=": "0x03" } as const;

/** A comparison as programs and the registry take it. */
export const comparison = (
  label: string,
  operator: keyof typeof operatorBytes,
  value: number,
  unit: "number" | "date" = "number",
): string => concat([slot(label, unit), operatorBytes[operator], toBeHex(value, 4)]);

/** A program: its attributes, then operations given as bytes, with comparisons between them; purposes before all. */
export function program(
  leaves: readonly string[],
  operations: BytesLike,
  comparisons: readonly string[] = [],
  purposes: readonly number[] = [],
): string {
  const counts = [leaves, comparisons, purposes].map(({ length }) => toBeHex(length, 1));
  const stated = purposes.map((purpose) => toBeHex(purpose, 1));
  return concat(["0x01", ...counts, ...stated, ...leaves, ...comparisons, operations]);
}

/** `all` of these leaves, in a program of their own. */
export function allOf(...names: string[]): string {
  const pushes = names.map((_, i) => toBeHex(i, 1));
  const count = toBeHex(names.length, 1);
  return program(names.map(attribute), concat([...pushes, "0x40", count, count]));
}

/** At least one of these leaves. */
export function anyOf(leaves: readonly string[]): string {
  const pushes = leaves.map((_, i) => toBeHex(i, 1));
  return program(leaves, concat([...pushes, "0x4001", toBeHex(leaves.length, 1)]));
}
