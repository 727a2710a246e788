import { hex } from "../../src/core/bytes.ts";
import {
  type Attested,
  attributeHash,
  type Comparison,
  numberSlot,
  numericAttribute,
  type Policy,
  parseAttribute,
} from "../../src/policy/index.ts";

/** The plainest evaluator there is, for comparison: reads numbers out of the attributes' texts. */
export function isMet(policy: Policy, held: readonly string[]): boolean {
  if (policy.kind === "leaf") return held.includes(policy.attribute);
  if (policy.kind === "comparison") return held.some((text) => isMetBy(policy, text));
  return policy.children.filter((child) => isMet(child, held)).length >= policy.k;
}

/** Whether a number meets a comparison, operator by operator. */
export function meets(number: number, operator: Comparison["operator"], value: number): boolean {
  switch (operator) {
    case "<":
      return number < value;
    case "<=":
      return number <= value;
    case "=":
      return number === value;
    case ">=":
      return number >= value;
    case ">":
      return number > value;
  }
}

function isMetBy({ label, unit, operator, value }: Comparison, text: string): boolean {
  const [name, written] = text.split(" = ");
  if (name !== label || written === undefined || written.includes("-") !== (unit === "date")) return false;
  const number = unit === "date" ? Date.parse(written) / 86_400_000 : Number(written);
  return meets(number, operator, value);
}

/** What an account with these attributes has on chain. */
export function attested(held: readonly string[]): Attested {
  const hashes = new Set<string>();
  const numbers = new Map<string, number>();
  for (const text of held) {
    const numeric = numericAttribute(text);
    if (numeric) numbers.set(hex(numberSlot(numeric.label, numeric.unit)), numeric.value);
    else hashes.add(hex(attributeHash(parseAttribute(text))));
  }
  return { holds: (hash) => hashes.has(hash), number: (slot) => numbers.get(slot) };
}
