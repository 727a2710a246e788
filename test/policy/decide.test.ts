import { expect } from "chai";
import fc from "fast-check";
import { concat, hex, unhex } from "../../src/core/bytes.ts";
import {
  attributeHash,
  compileLsss,
  compileProgram,
  findCombination,
  implies,
  type Policy,
  parseAttribute,
  parsePolicy,
  printPolicy,
  runProgram,
  SCALAR_ORDER,
  satisfies,
  shareSecret,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { allSubsets, names, policies, subsets } from "./arbitrary.ts";
import { spansSecret } from "./span.ts";

/** The plainest evaluator there is, for comparison. */
function isMet(policy: Policy, held: readonly string[]): boolean {
  if (policy.kind === "leaf") return held.includes(policy.attribute);
  return policy.children.filter((child) => isMet(child, held)).length >= policy.k;
}

function runWith(program: Uint8Array, held: readonly string[]): boolean {
  const hashes = new Set(held.map((name) => hex(attributeHash(parseAttribute(name)))));
  return runProgram(program, (hash) => hashes.has(hash));
}

describe("policy: all ways to decide agree", () => {
  it("on random policies and attribute sets", () => {
    fc.assert(
      fc.property(policies(16), subsets, (policy, held) => {
        const expected = isMet(policy, held);
        const lsss = compileLsss(policy);
        expect(satisfies(policy, held), "satisfies").to.equal(expected);
        expect(spansSecret(lsss, held), "span").to.equal(expected);
        expect(findCombination(lsss, held) !== undefined, "combination").to.equal(expected);
        expect(runWith(compileProgram(policy), held), "program").to.equal(expected);
      }),
      { numRuns: 600 },
    );
  });

  it("on every attribute set of random policies", () => {
    fc.assert(
      fc.property(policies(12), (policy) => {
        const lsss = compileLsss(policy);
        const program = compileProgram(policy);
        for (const held of allSubsets()) {
          expect(findCombination(lsss, held) !== undefined).to.equal(isMet(policy, held));
          expect(runWith(program, held)).to.equal(isMet(policy, held));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("policy/lsss", () => {
  it("recombines to the secret with rows of the holder only, as few as can be", () => {
    fc.assert(
      fc.property(
        policies(20),
        subsets,
        fc.infiniteStream(fc.bigInt(0n, SCALAR_ORDER - 1n)),
        (policy, held, random) => {
          const lsss = compileLsss(policy);
          const weights = findCombination(lsss, held);
          if (!weights) return;
          const secrets = Array.from({ length: lsss.columns }, () => random.next().value as bigint);
          const shares = shareSecret(lsss, secrets);
          const sum = weights.reduce((total, { row, coefficient }) => total + coefficient * shares[row]!, 0n);
          expect(sum % SCALAR_ORDER).to.equal(secrets[0]);
          for (const { row, coefficient } of weights) {
            expect(held).to.include(lsss.rows[row]!.attribute);
            expect(coefficient).to.not.equal(0n);
          }
          expect(weights.map(({ row }) => row)).to.deep.equal([...new Set(weights.map(({ row }) => row))]);
          expect(weights.length).to.equal(fewestRows(policy, held));
        },
      ),
      { numRuns: 300 },
    );
  });

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
      [0n, SCALAR_ORDER - 1n],
      [0n, SCALAR_ORDER - 1n],
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
});

function fewestRows(policy: Policy, held: readonly string[]): number {
  if (policy.kind === "leaf") return held.includes(policy.attribute) ? 1 : Number.POSITIVE_INFINITY;
  const costs = policy.children.map((child) => fewestRows(child, held)).sort((a, b) => a - b);
  return costs.slice(0, policy.k).reduce((sum, cost) => sum + cost, 0);
}

describe("policy/program", () => {
  it("has the bytes that the contract expects", () => {
    const hash = (name: string) => attributeHash(parseAttribute(name));
    const program = compileProgram("role:a and (org:b or 2 of (x:1, y:2, role:a))");
    const operations = unhex("0x0001020300400203" + "400102" + "400202");
    expect(program).to.deep.equal(
      concat(unhex("0x0104"), hash("role:a"), hash("org:b"), hash("x:1"), hash("y:2"), operations),
    );
  });

  it("takes 32 leaves, not 33", async () => {
    const either = (count: number) => Array.from({ length: count }, (_, i) => `a:${i}`).join(" or ");
    expect(runProgram(compileProgram(either(32)), () => false)).to.equal(false);
    const error = await expectCode("policy-limit", () => compileProgram(either(33)));
    expect(error.message).to.contain("32");
    await expectCode("policy-limit", () => compileProgram(Array(33).fill("a:1").join(" or ")));
  });

  it("refuses malformed programs", async () => {
    const one = `0x0101${"00".repeat(32)}`;
    const bad = [
      "0x",
      "0x00",
      "0x0100",
      `0x0121${"00".repeat(33 * 32)}00`,
      `0x0102${"00".repeat(32)}`,
      one,
      `${one}01`,
      `${one}0000`,
      `${one}0040`,
      `${one}004001`,
      `${one}00400102`,
      `${one}00400001`,
      `${one}00400201`,
      `${one}0041`,
      `${one}20`,
      `${one}${"00".repeat(256)}`,
      `${one}400000`,
    ];
    for (const text of bad) await expectCode("encoding-invalid", () => runProgram(unhex(text), () => true));
    expect(runProgram(unhex(`${one}00`), () => true)).to.equal(true);
    expect(runProgram(unhex(`${one}0000400102`), () => true)).to.equal(true);
  });
});

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
