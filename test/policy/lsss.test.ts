import { expect } from "chai";
import fc from "fast-check";
import { combineRows } from "../../src/policy/combination.ts";
import {
  type Comparison,
  compileLsss,
  expandAttributes,
  findCombination,
  numericAttribute,
  type Policy,
  parseAttribute,
  parsePolicy,
  SCALAR_ORDER,
  shareSecret,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { holdings, mixedLeaves, policies } from "./arbitrary.ts";
import { isMet } from "./plain.ts";

const minus = (value: bigint) => SCALAR_ORDER - value;

describe("policy/lsss", () => {
  it("gives one column a mask and each row of an attribute its own use", () => {
    const lsss = compileLsss("(x:1 or y:1) and (x:1 or z:1)");
    expect(lsss.columns).to.equal(2);
    expect(lsss.uses).to.equal(2);
    expect(lsss.rows.map(({ attribute, use }) => `${attribute}/${use}`)).to.deep.equal([
      "x:1/0",
      "y:1/0",
      "x:1/1",
      "z:1/0",
    ]);
    expect(lsss.rows.map(({ vector }) => vector)).to.deep.equal([
      [1n, 1n],
      [1n, 1n],
      [0n, minus(1n)],
      [0n, minus(1n)],
    ]);
  });

  it("shares a threshold by Shamir's polynomial", () => {
    const { rows } = compileLsss("3 of (a:1, b:2, c:3, d:4)");
    expect(rows.map(({ vector }) => vector)).to.deep.equal([
      [1n, 1n, 1n],
      [1n, 2n, 4n],
      [1n, 3n, 9n],
      [1n, 4n, 16n],
    ]);
  });

  it("shares a comparison by the gates of its bits", () => {
    // 3,489,660,928 is 1101 and 28 zeros: bit 31 and (bit 30 and (bit 29 or bit 28)).
    const lsss = compileLsss("a:1 and level >= 3489660928");
    expect(lsss.rows.map(({ attribute }) => attribute)).to.deep.equal([
      "a:1",
      ...["31=1", "30=1", "29=1", "28=1"].map((bit) => `\u0001n${bit}:level`),
    ]);
    expect(lsss.rows.map(({ vector }) => vector)).to.deep.equal([
      [1n, 1n],
      [0n, minus(1n), 1n, 1n],
      [0n, 0n, minus(1n)],
      [0n, 0n, 0n, minus(1n)],
      [0n, 0n, 0n, minus(1n)],
    ]);
    expect(lsss.columns).to.equal(4);
  });

  it("shares as many rows of comparisons as of attributes", () => {
    const policy = Array.from({ length: 16 }, (_, i) => `n${i} = ${i}`).join(" and ");
    const lsss = compileLsss(policy);
    expect(lsss.rows).to.have.length(512);
    expect(lsss.columns).to.equal(512);
  });
});

describe("policy/combination", () => {
  it("recombines to the secret with rows of the holder only, as few as can be", () => {
    let found = 0;
    const random = fc.infiniteStream(fc.bigInt(0n, SCALAR_ORDER - 1n));
    fc.assert(
      fc.property(policies(20, mixedLeaves), holdings, random, (policy, held, random) => {
        const lsss = compileLsss(policy);
        const weights = findCombination(lsss, held);
        if (!weights) return;
        found += 1;
        const secrets = Array.from({ length: lsss.columns }, () => random.next().value as bigint);
        const shares = shareSecret(lsss, secrets);
        const sum = weights.reduce((total, { row, coefficient }) => total + coefficient * shares[row]!, 0n);
        expect(sum % SCALAR_ORDER).to.equal(secrets[0]);
        const matched = new Set<string>(expandAttributes(held));
        for (const { row, coefficient } of weights) {
          expect(matched.has(lsss.rows[row]!.attribute)).to.equal(true);
          expect(coefficient > 0n && coefficient < SCALAR_ORDER).to.equal(true);
        }
        expect(weights.map(({ row }) => row)).to.deep.equal(sorted(new Set(weights.map(({ row }) => row))));
        expect(weights.length).to.equal(fewestRows(policy, held));
      }),
      { numRuns: 300 },
    );
    expect(found).to.be.greaterThan(50);
  });

  const choices: [string, string[], [number, bigint][]][] = [
    [
      "2 of (a:1, b:2, c:3) or d:4 and e:5",
      ["a:1", "b:2", "d:4", "e:5"],
      [
        [3, 1n],
        [4, 1n],
      ],
    ],
    [
      "2 of (a:1, b:2, c:3, d:4)",
      ["b:2", "c:3", "d:4"],
      [
        [1, 2n],
        [3, minus(1n)],
      ],
    ],
    [
      "3 of (a:1, b:2, c:3, d:4)",
      ["a:1", "b:2", "c:3", "d:4"],
      [
        [0, 3n],
        [1, minus(3n)],
        [2, 1n],
      ],
    ],
    [
      "2 of (a:1 and b:2, c:3, d:4)",
      ["a:1", "b:2", "c:3", "d:4"],
      [
        [2, 3n],
        [3, minus(2n)],
      ],
    ],
    ["a:1 and b:2 or c:3", ["a:1", "b:2", "c:3"], [[2, 1n]]],
    ["2 of (2 of (a:1, b:2, c:3), d:4 and e:5, f:6)", ["a:1", "b:2", "d:4", "e:5", "f:6"], []],
    ["level >= 3", ["level = 4294967295"], [[0, 1n]]],
    [
      "level >= 3",
      ["level = 3"],
      [
        [30, 1n],
        [31, 1n],
      ],
    ],
    ["level >= 3", ["level = 6"], [[29, 1n]]],
  ];
  for (const [policy, held, expected] of choices)
    it(`takes the cheapest rows of ${policy} for ${held.join(", ")}`, () => {
      const weights = findCombination(compileLsss(policy), held)!;
      const found = weights.map(({ row, coefficient }) => [row, coefficient]);
      // Of the two middle children the `and` has coefficients 1 inside.
      if (expected.length === 0) expect(weights.map(({ row }) => row)).to.deep.equal([3, 4, 5]);
      else expect(found).to.deep.equal(expected);
    });

  it("finds the shortest coefficients of every threshold of up to seven", () => {
    for (let n = 2; n <= 7; n++)
      for (let k = 2; k < n; k++) {
        const lsss = compileLsss(`${k} of (${Array.from({ length: n }, (_, i) => `a:${i}`).join(", ")})`);
        for (let mask = 0; mask < 2 ** n; mask++) {
          const held = Array.from({ length: n }, (_, i) => i).filter((i) => (mask >> i) & 1);
          const weights = findCombination(
            lsss,
            held.map((i) => `a:${i}`),
          );
          const best = Math.min(...subsetsOf(held, k).map(costOf));
          expect(weights ? costOf(weights.map(({ row }) => row)) : Number.POSITIVE_INFINITY).to.equal(best);
        }
      }
  });

  it("has an end for wide thresholds, where not all choices can be tried", () => {
    const wide = Array.from({ length: 512 }, (_, i) => `a:${i}`);
    for (const k of [2, 60, 256, 511]) {
      const weights = findCombination(compileLsss(`${k} of (${wide.join(", ")})`), wide);
      expect(weights).to.have.length(k);
    }
  });

  it("refuses two values of one label, whose bits would open what neither value does", async () => {
    const lsss = compileLsss("level >= 7");
    const mixed = [...expandAttributes(["level = 2"]), ...expandAttributes(["level = 5"])];
    expect(combineRows(lsss, new Set(mixed))).to.not.equal(undefined);
    expect(findCombination(lsss, ["level = 2"])).to.equal(undefined);
    expect(findCombination(lsss, ["level = 5"])).to.equal(undefined);
    await expectCode("attribute-invalid", () => findCombination(lsss, ["level = 2", "level = 5"]));
  });

  it("can't be given bits by name", async () => {
    const lsss = compileLsss("level >= 2147483648");
    await expectCode("attribute-invalid", () => findCombination(lsss, [lsss.rows[0]!.attribute]));
    await expectCode("attribute-invalid", () => parseAttribute(lsss.rows[0]!.attribute));
    await expectCode("policy-syntax", () => parsePolicy(JSON.stringify(lsss.rows[0]!.attribute)));
  });
});

function sorted(rows: Iterable<number>): number[] {
  return [...rows].sort((a, b) => a - b);
}

function fewestRows(policy: Policy, held: readonly string[]): number {
  if (policy.kind === "leaf") return held.includes(policy.attribute) ? 1 : Number.POSITIVE_INFINITY;
  if (policy.kind === "comparison") return fewestBits(policy, held);
  const costs = policy.children.map((child) => fewestRows(child, held)).sort((a, b) => a - b);
  return costs.slice(0, policy.k).reduce((sum, cost) => sum + cost, 0);
}

/**
 * A bound is shown either by all its ones, or by those above one place where it has a zero and the number a one, and that
 * one; upper bounds by complements.
 */
function fewestBits(comparison: Comparison, held: readonly string[]): number {
  if (!isMet(comparison, held)) return Number.POSITIVE_INFINITY;
  const { label, operator, value } = comparison;
  if (operator === "=") return 32;
  const mine = numericAttribute(held.find((text) => text.startsWith(`${label} = `))!)!.value;
  const last = 2 ** 32 - 1;
  const [number, bound] = operator.startsWith(">")
    ? [mine, operator === ">" ? value + 1 : value]
    : [last - mine, last - (operator === "<" ? value - 1 : value)];
  if (bound === 0) return 1;
  const digits = (of: number) => of.toString(2).padStart(32, "0");
  const ones = (of: string) => of.replaceAll("0", "").length;
  let fewest = Number.POSITIVE_INFINITY;
  for (let place = 0; place <= 32; place++) {
    const above = digits(bound).slice(0, place);
    if ([...above].some((digit, at) => digit === "1" && digits(number)[at] === "0")) break;
    if (place === 32) fewest = Math.min(fewest, ones(above));
    else if (digits(bound)[place] === "0" && digits(number)[place] === "1")
      fewest = Math.min(fewest, ones(above) + 1);
  }
  return fewest;
}

function subsetsOf(items: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) => subsetsOf(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]));
}

/** Bits to multiply by when the shares at these places, from 0, recombine; in plain numbers, which are exact here. */
function costOf(places: readonly number[]): number {
  return places.reduce((sum, place) => {
    const others = places.filter((other) => other !== place);
    const numerator = others.reduce((product, other) => product * (other + 1), 1);
    const denominator = others.reduce((product, other) => product * (other - place), 1);
    if (numerator % denominator !== 0) return sum + 255;
    const factor = Math.abs(numerator / denominator);
    return sum + (factor === 1 ? 0 : factor.toString(2).length);
  }, 0);
}
