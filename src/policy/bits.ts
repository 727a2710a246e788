/**
 * Numbers in the ABE: a bag of bits (Bethencourt, Sahai, Waters, "Ciphertext-Policy Attribute-Based Encryption", 2007,
 * section 4.3). A numeric attribute becomes 32 attributes, one for each bit of its value; a comparison becomes a chain of
 * `and` and `or` over such bits.
 */
import type { Attribute } from "./attribute.ts";
import { type Comparison, lowestBit, toBound } from "./comparison.ts";
import { readHoldings } from "./holdings.ts";
import { type Unit, VALUE_BITS } from "./number.ts";
import { joinPolicies, type Policy } from "./tree.ts";

type Bit = 0 | 1;

/**
 * The attribute that says: bit `place` (31 is the highest) of the value under `label` is `bit`. U+0001, `n` or `d` for the
 * unit, the place in two digits, `=`, the bit, `:`, the label. The control character keeps it out of reach of every text
 * that parses to an attribute.
 */
function bitAttribute(label: string, unit: Unit, place: number, bit: Bit): Attribute {
  const name = `\u0001${unit === "number" ? "n" : "d"}${String(place).padStart(2, "0")}=${bit}:${label}`;
  return name as Attribute;
}

/** The bit of `value` at `place`. */
function bitOf(value: number, place: number): Bit {
  return ((value >>> place) & 1) as Bit;
}

/**
 * What the rows of a compiled policy match: plain attributes as they are, in order of first mention, then for each
 * numeric attribute its 32 bits, the highest first. Throws `attribute-invalid`, also for two values of one label.
 */
export function expandAttributes(attributes: Iterable<string>): Attribute[] {
  const { plain, numbers } = readHoldings(attributes);
  const bits = [...numbers.values()].flatMap(({ label, unit, value }) =>
    places().map((place) => bitAttribute(label, unit, place, bitOf(value, place))),
  );
  return [...plain, ...bits];
}

/**
 * The chain of a comparison, normal, the highest bit first. `>= v` asks for one-bits only: where v has a one, this bit and
 * the rest; where v has a zero, this bit or the rest; below the lowest one of v there is nothing left to ask. `<= v` is
 * the same over zero-bits and the complement of v. Bounds that every value meets ask for either value of bit 31.
 */
export function expandComparison(comparison: Comparison): Policy {
  const { label, unit } = comparison;
  const { operator, value } = toBound(comparison);
  const leaf = (place: number, bit: Bit): Policy => ({
    kind: "leaf",
    attribute: bitAttribute(label, unit, place, bit),
  });
  if (operator === "=")
    return joinPolicies(
      VALUE_BITS,
      places().map((place) => leaf(place, bitOf(value, place))),
    );
  const bit: Bit = operator === ">=" ? 1 : 0;
  const bound = operator === ">=" ? value : ~value;
  const lowest = lowestBit(bound);
  if (lowest === undefined) return joinPolicies(1, [leaf(VALUE_BITS - 1, 0), leaf(VALUE_BITS - 1, 1)]);
  let chain = leaf(lowest, bit);
  for (let place = lowest + 1; place < VALUE_BITS; place++)
    chain = joinPolicies(bitOf(bound, place) === 1 ? 2 : 1, [leaf(place, bit), chain]);
  return chain;
}

/** 31 to 0. */
function places(): number[] {
  return Array.from({ length: VALUE_BITS }, (_, index) => VALUE_BITS - 1 - index);
}
