import fc from "fast-check";
import { type Comparison, joinPolicies, type Policy, parseAttribute } from "../../src/policy/index.ts";

/** Few attributes, so that they are reused within a policy and shared between policies. */
export const names = ["a:1", "b:2", "c:3", "d:4", "e:5", "f:6"] as const;

const plainLeaf: fc.Arbitrary<Policy> = fc
  .constantFrom(...names)
  .map((name) => ({ kind: "leaf", attribute: parseAttribute(name) }));

/** Any normal policy over `leaf` (plain attributes of `names`, unless told) with at most about `leaves` leaves. */
export function policies(leaves = 12, leaf: fc.Arbitrary<Policy> = plainLeaf): fc.Arbitrary<Policy> {
  const grow = (budget: number): fc.Arbitrary<Policy> => {
    if (budget < 2) return leaf;
    const children = fc
      .integer({ min: 1, max: Math.min(4, budget) })
      .chain((count) => fc.array(grow(Math.floor(budget / count)), { minLength: count, maxLength: count }));
    const gate = children.chain((list) =>
      fc.integer({ min: 1, max: list.length }).map((k) => joinPolicies(k, list)),
    );
    return fc.oneof({ weight: 1, arbitrary: leaf }, { weight: 4, arbitrary: gate });
  };
  return grow(leaves);
}

/** Any subset of `names`. */
export const subsets: fc.Arbitrary<string[]> = fc.subarray([...names]);

/** All subsets of `names`, the empty one first. */
export function allSubsets(): string[][] {
  return Array.from({ length: 2 ** names.length }, (_, mask) => names.filter((_, bit) => (mask >> bit) & 1));
}

export const labels = ["level", "age"] as const;

/** Comparisons of three bits' worth of values, so that they take at most three rows, and now and then any at all. */
export const comparisons: fc.Arbitrary<Policy> = fc.oneof(
  { weight: 12, arbitrary: roundComparison() },
  { weight: 1, arbitrary: anyComparison() },
);

/** Plain leaves and comparisons. */
export const mixedLeaves: fc.Arbitrary<Policy> = fc.oneof(plainLeaf, comparisons);

const STEP = 2 ** 29;

function roundComparison(): fc.Arbitrary<Policy> {
  return fc
    .tuple(fc.constantFrom(...labels), fc.constantFrom("<", "<=", ">=", ">"), fc.integer({ min: 1, max: 7 }))
    .map(([label, operator, step]): Comparison => {
      const value = operator === "<" || operator === ">=" ? step * STEP : step * STEP - 1;
      return { kind: "comparison", label, unit: "number", operator, value };
    });
}

/** Any comparison that somebody can meet. */
export function anyComparison(): fc.Arbitrary<Comparison> {
  const number = fc.tuple(fc.constant("number" as const), numberValues());
  const date = fc.tuple(fc.constant("date" as const), fc.integer({ min: 0, max: 2_932_896 }));
  return fc
    .tuple(
      fc.constantFrom(...labels),
      fc.constantFrom("<" as const, "<=" as const, "=" as const, ">=" as const, ">" as const),
      fc.oneof({ weight: 3, arbitrary: number }, { weight: 1, arbitrary: date }),
    )
    .filter(([, operator, [unit, value]]) => {
      const last = unit === "number" ? 2 ** 32 - 1 : 2_932_896;
      return !(operator === "<" && value === 0) && !(operator === ">" && value === last);
    })
    .map(([label, operator, [unit, value]]) => ({ kind: "comparison", label, unit, operator, value }));
}

/** 32-bit numbers, also small ones and those around powers of two. */
export function numberValues(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: 0, max: 8 }),
    fc
      .tuple(fc.integer({ min: 0, max: 32 }), fc.constantFrom(-1, 0, 1))
      .map(([place, by]) => Math.min(Math.max(2 ** place + by, 0), 2 ** 32 - 1)),
  );
}

/** A subset of `names`, and at most one value a label: near the steps of `comparisons`, or any, or a date. */
export const holdings: fc.Arbitrary<string[]> = fc
  .tuple(subsets, ...labels.map((label) => fc.option(valueTexts().map((text) => `${label} = ${text}`))))
  .map(([plain, ...numbers]) => [...plain, ...numbers.filter((text) => text !== null)]);

function valueTexts(): fc.Arbitrary<string> {
  const step = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom(-1, 0, 1))
    .map(([at, by]) => String(at * STEP + by));
  const date = fc
    .integer({ min: 0, max: 2_932_896 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));
  return fc.oneof(
    { weight: 4, arbitrary: step },
    { weight: 2, arbitrary: numberValues().map(String) },
    { weight: 1, arbitrary: date },
  );
}
