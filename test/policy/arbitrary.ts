import fc from "fast-check";
import { joinPolicies, type Policy, parseAttribute } from "../../src/policy/index.ts";

/** Few attributes, so that they are reused within a policy and shared between policies. */
export const names = ["a:1", "b:2", "c:3", "d:4", "e:5", "f:6"] as const;

/** Any normal policy over `names` with at most about `leaves` leaves. */
export function policies(leaves = 12): fc.Arbitrary<Policy> {
  const leaf: fc.Arbitrary<Policy> = fc
    .constantFrom(...names)
    .map((name) => ({ kind: "leaf", attribute: parseAttribute(name) }));
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
