import { expect } from "chai";
import fc from "fast-check";
import {
  compileLsss,
  compileProgram,
  findCombination,
  runProgram,
  satisfies,
} from "../../src/policy/index.ts";
import { allSubsets, comparisons, holdings, mixedLeaves, policies, subsets } from "./arbitrary.ts";
import { attested, isMet } from "./plain.ts";
import { spansSecret } from "./span.ts";

describe("policy: all ways to decide agree", () => {
  it("on random policies and attribute sets", () => {
    agreeOn(policies(16), subsets, 600);
  });

  it("on random policies with comparisons, and sets with numbers and dates", () => {
    agreeOn(policies(10, mixedLeaves), holdings, 1200);
  });

  it("on random policies of comparisons alone", () => {
    agreeOn(policies(6, comparisons), holdings, 500);
  });

  it("on every attribute set of random policies", () => {
    fc.assert(
      fc.property(policies(12), (policy) => {
        const lsss = compileLsss(policy);
        const program = compileProgram(policy);
        for (const held of allSubsets()) {
          expect(findCombination(lsss, held) !== undefined).to.equal(isMet(policy, held));
          expect(runProgram(program, attested(held))).to.equal(isMet(policy, held));
        }
      }),
      { numRuns: 60 },
    );
  });
});

function agreeOn(policy: ReturnType<typeof policies>, sets: fc.Arbitrary<string[]>, numRuns: number): void {
  let met = 0;
  fc.assert(
    fc.property(policy, sets, (policy, held) => {
      const expected = isMet(policy, held);
      met += Number(expected);
      const lsss = compileLsss(policy);
      expect(satisfies(policy, held), "satisfies").to.equal(expected);
      expect(spansSecret(lsss, held), "span").to.equal(expected);
      expect(findCombination(lsss, held) !== undefined, "combination").to.equal(expected);
      expect(runProgram(compileProgram(policy), attested(held)), "program").to.equal(expected);
    }),
    { numRuns },
  );
  // Policies that all hold, or none, would compare nothing.
  expect(met).to.be.within(numRuns / 10, (numRuns * 9) / 10);
}
