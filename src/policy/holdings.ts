import { DiptychError } from "../core/errors.ts";
import { type Attribute, type NumericAttribute, numericAttribute, parseAttributes } from "./attribute.ts";
import { type Comparison, meets } from "./comparison.ts";
import { printValue } from "./number.ts";
import type { Leaf } from "./tree.ts";

/** What one holder has: plain attributes, and at most one number or date a label. */
export interface Holdings {
  readonly plain: ReadonlySet<Attribute>;
  readonly numbers: ReadonlyMap<string, NumericAttribute>;
}

/** Sorts attributes. Throws `attribute-invalid`, also for two values of one label. */
export function readHoldings(attributes: Iterable<string>): Holdings {
  const plain = new Set<Attribute>();
  const numbers = new Map<string, NumericAttribute>();
  for (const attribute of parseAttributes(attributes)) {
    const numeric = numericAttribute(attribute);
    if (!numeric) plain.add(attribute);
    else {
      const other = numbers.get(numeric.label);
      if (other) throw twoValues(other, numeric);
      numbers.set(numeric.label, numeric);
    }
  }
  return { plain, numbers };
}

/**
 * Demands that no label has two values, a number and a date included. In a key their bits would mix: those of 2 and 5
 * together make 7. Throws `attribute-invalid`.
 */
export function demandOneValue(attributes: Iterable<string>): void {
  readHoldings(attributes);
}

/** Whether the holder meets one leaf of a policy. */
export function holdsLeaf(holdings: Holdings, leaf: Leaf | Comparison): boolean {
  return leaf.kind === "leaf"
    ? holdings.plain.has(leaf.attribute)
    : meets(leaf, holdings.numbers.get(leaf.label));
}

function twoValues(one: NumericAttribute, other: NumericAttribute): DiptychError {
  return new DiptychError(
    "attribute-invalid",
    `${JSON.stringify(one.label)} has two values, ${printValue(one)} and ${printValue(other)}. Leave one of them.`,
  );
}
