import { expect } from "chai";
import fc from "fast-check";
import { implies, type Policy, parseAttribute, parsePolicy, printPolicy } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { allSubsets, names, policies } from "./arbitrary.ts";
import { isMet } from "./plain.ts";

const plainPair: fc.Arbitrary<Policy> = fc
  .constantFrom("a:1", "b:2")
  .map((name) => ({ kind: "leaf", attribute: parseAttribute(name) }));

/** Numbers around 1 to 3 and, seldom, dates. */
const smallComparison: fc.Arbitrary<Policy> = fc
  .tuple(
    fc.constantFrom("level", "age"),
    fc.constantFrom("<", "<=", "=", ">=", ">"),
    fc.constantFrom("1", "2", "3", "1", "2", "3", "1970-01-03"),
  )
  .map((words) => parsePolicy(words.join(" ")));

/** Every set of the two attributes and of the values that comparisons of 1 to 3 can tell apart. */
const numericSets: string[][] = (() => {
  const values = ["0", "1", "2", "3", "4", "1970-01-02", "1970-01-03", "1970-01-04"];
  const either = (label: string) => [[], ...values.map((value) => [`${label} = ${value}`])];
  const plain = [[], ["a:1"], ["b:2"], ["a:1", "b:2"]];
  return plain.flatMap((some) =>
    either("level").flatMap((level) => either("age").map((age) => [...some, ...level, ...age])),
  );
})();

describe("policy/implies", () => {
  it("agrees with trying every attribute set", () => {
    let yes = 0;
    fc.assert(
      fc.property(policies(8), policies(8), (a, b) => {
        const expected = allSubsets().every((held) => !isMet(a, held) || isMet(b, held));
        if (expected) yes += 1;
        expect(implies(a, b), `${printPolicy(a)} => ${printPolicy(b)}`).to.equal(expected);
        expect(implies(a, a)).to.equal(true);
      }),
      { numRuns: 1500 },
    );
    expect(yes).to.be.greaterThan(50);
  });

  it("agrees with trying all numbers that matter", () => {
    let yes = 0;
    const leaf = fc.oneof({ weight: 1, arbitrary: plainPair }, { weight: 3, arbitrary: smallComparison });
    fc.assert(
      fc.property(policies(6, leaf), policies(6, leaf), (a, b) => {
        const expected = numericSets.every((held) => !isMet(a, held) || isMet(b, held));
        if (expected) yes += 1;
        expect(implies(a, b), `${printPolicy(a)} => ${printPolicy(b)}`).to.equal(expected);
        expect(implies(a, a)).to.equal(true);
      }),
      { numRuns: 1200 },
    );
    expect(yes).to.be.greaterThan(100);
  });

  const numeric: [string, string, boolean][] = [
    ["level >= 5", "level >= 3", true],
    ["level >= 3", "level >= 5", false],
    ["level > 4", "level >= 5", true],
    ["level = 7", "level > 2 and level <= 7", true],
    ["level >= 5 and level <= 3", "x:1", true],
    ["level >= 3 and level <= 3", "level = 3", true],
    ["level > 2 and level < 5", "level = 3 or level = 4", true],
    ["level > 2 and level < 6", "level = 3 or level = 4", false],
    ["level >= 0", "level < 100 or level >= 100", true],
    ["level <= 4294967295", "level >= 0", true],
    ["x:1", "level >= 0", false],
    ["level >= 0", "x:1", false],
    ["level >= 3", "expires >= 1970-01-04", false],
    ["level >= 1970-01-04", "level >= 3", false],
    ["level = 3 and level = 1970-01-04", "x:1", true],
    ["expires > 2028-05-01", "expires >= 2028-05-02", true],
    ["expires <= 9999-12-31", "expires >= 1970-01-01", true],
    ["2 of (level <= 2, level >= 3, a:1)", "a:1", true],
    ["2 of (level <= 3, level >= 3, a:1)", "a:1", false],
    ['"= level" and a:1', "level >= 3", false],
  ];
  for (const [a, b, expected] of numeric)
    it(`says ${expected} to ${a} => ${b}`, () => {
      expect(implies(a, b)).to.equal(expected);
    });

  it("answers for many labels and many steps", async () => {
    const each = (by: number) =>
      Array.from({ length: 16 }, (_, i) => `n${i} >= ${2 ** 20 * by}`).join(" and ");
    expect(implies(each(4), each(3))).to.equal(true);
    expect(implies(each(3), each(4))).to.equal(false);
    const steps = Array.from({ length: 40 }, (_, i) => `level >= ${2 ** 24 * (i + 1)}`);
    expect(implies(`20 of (${steps.join(", ")})`, `level >= ${2 ** 24 * 20}`)).to.equal(true);
    expect(implies(`20 of (${steps.join(", ")})`, `level >= ${2 ** 24 * 20 + 1}`)).to.equal(false);
  });

  it("knows the paper's example", () => {
    const full = "(role:doctor and org:yzu-hospital) or role:government";
    const shared = `${full} or role:researcher or role:insurer`;
    expect(implies(full, shared)).to.equal(true);
    expect(implies(shared, full)).to.equal(false);
    expect(implies("2 of (a:1, b:2, c:3)", "(a:1 or b:2) and (b:2 or c:3) and (a:1 or c:3)")).to.equal(true);
    expect(implies("(a:1 or b:2) and (b:2 or c:3) and (a:1 or c:3)", "2 of (a:1, b:2, c:3)")).to.equal(true);
    expect(implies("a:1", "a:1 or zz:9")).to.equal(true);
    expect(implies("a:1", "a:1 and zz:9")).to.equal(false);
  });

  it("answers for long policies that are alike, and gives up with a word on hard ones", async () => {
    const pairs = (count: number) =>
      Array.from({ length: count }, (_, i) => `(a:${i} or b:${i})`).join(" and ");
    expect(implies(pairs(200), pairs(200))).to.equal(true);
    expect(implies(pairs(200), `${pairs(200)} or x:1`)).to.equal(true);
    expect(implies(`${pairs(200)} and x:1`, pairs(200))).to.equal(true);
    expect(implies(pairs(200), `${pairs(200)} and x:1`)).to.equal(false);
    const majority = (from: number, to: number, k: number) =>
      `${k} of (${Array.from({ length: to - from }, (_, i) => `a:${from + i}`).join(", ")})`;
    await expectCode("policy-limit", () =>
      implies(
        majority(0, 60, 40),
        `${majority(0, 30, 15)} and ${majority(30, 60, 10)} or 2 of (${majority(0, 20, 10)}, ${majority(20, 40, 10)}, ${majority(40, 60, 10)})`,
      ),
    );
  });

  it("is about policies over the same names", () => {
    expect(names.every((name) => implies(parsePolicy(name), name))).to.equal(true);
  });
});
