import { explainLabel } from "./label.ts";
import { isValue, LARGEST, type NumericValue, printValue, type Unit, VALUE_BITS } from "./number.ts";

/** How a holder's number has to stand to the policy's. */
export type Operator = "<" | "<=" | "=" | ">=" | ">";

/** A number to hold under a label: `level >= 3`, `expires > 2027-01-01`. Holds for nobody without that label and unit. */
export interface Comparison {
  readonly kind: "comparison";
  readonly label: string;
  readonly unit: Unit;
  readonly operator: Operator;
  /** Dates in days since 1970-01-01. */
  readonly value: number;
}

/** The same in three operators, as both locks have it. */
export interface Bound {
  readonly operator: "<=" | "=" | ">=";
  readonly value: number;
}

const operators: readonly string[] = ["<", "<=", "=", ">=", ">"] satisfies Operator[];

/** Whether `text` is an operator of the language. */
export function isOperator(text: string): text is Operator {
  return operators.includes(text);
}

/** `> v` as `>= v + 1`, `< v` as `<= v - 1`. */
export function toBound({ operator, value }: Comparison): Bound {
  if (operator === ">") return { operator: ">=", value: value + 1 };
  if (operator === "<") return { operator: "<=", value: value - 1 };
  return { operator, value };
}

/** The values that meet the comparison: all from `low` to `high`. */
export function toInterval(comparison: Comparison): { low: number; high: number } {
  const { operator, value } = toBound(comparison);
  return { low: operator === "<=" ? 0 : value, high: operator === ">=" ? LARGEST[comparison.unit] : value };
}

/** Whether someone with `held` under the comparison's label meets it. */
export function meets(comparison: Comparison, held: NumericValue | undefined): boolean {
  if (held?.unit !== comparison.unit) return false;
  const { low, high } = toInterval(comparison);
  return held.value >= low && held.value <= high;
}

/** Why no value can meet the comparison, as a sentence's end; `undefined` when one can. */
export function explainEmpty({
  unit,
  operator,
  value,
}: Omit<Comparison, "kind" | "label">): string | undefined {
  const nothing = (side: string, end: number) =>
    `nothing is ${side} than ${printValue({ unit, value: end })}, so this comparison would admit nobody`;
  if (operator === "<" && value === 0) return nothing("less", 0);
  if (operator === ">" && value === LARGEST[unit]) return nothing("more", LARGEST[unit]);
  return undefined;
}

/** Why a comparison that was put together by hand can't be, as a sentence's end; `undefined` when it can. */
export function explainComparison(comparison: Comparison): string | undefined {
  const { label, unit, operator, value } = comparison;
  if (typeof label !== "string") return "its label isn't a text";
  if (!isOperator(operator)) return `its operator isn't one of ${operators.join(" ")}`;
  if (!isValue(unit, value)) return "its value isn't one that its unit has";
  return explainLabel(label) ?? explainEmpty(comparison);
}

/** How many rows the comparison takes in the ABE's matrix: 1 to 32. */
export function countRows(comparison: Comparison): number {
  const { operator, value } = toBound(comparison);
  if (operator === "=") return VALUE_BITS;
  const lowest = lowestBit(operator === ">=" ? value : ~value);
  return lowest === undefined ? 2 : VALUE_BITS - lowest;
}

/** The place of the lowest one-bit among the low 32; `undefined` when there is none. */
export function lowestBit(value: number): number | undefined {
  return value | 0 ? 31 - Math.clz32(value & -value) : undefined;
}

/** The comparison's canonical text. */
export function printComparison({ label, unit, operator, value }: Comparison): string {
  return `${label} ${operator} ${printValue({ unit, value })}`;
}
