/** What a policy's tree is taken apart into. */
import { expect } from "chai";
import fc from "fast-check";
import { alternativesOf, joinPolicies, parsePolicy, printPolicy } from "../../src/policy/index.ts";
import { policies } from "./arbitrary.ts";

describe("policy: alternatives", () => {
  const told = (text: string) => alternativesOf(parsePolicy(text)).map(printPolicy);

  it("are what stands between the outermost ors", () => {
    expect(told("role:doctor and org:a or (role:nurse or level >= 3)")).to.deep.equal([
      "role:doctor and org:a",
      "role:nurse",
      "level >= 3",
    ]);
  });

  it("of what is no or are it alone", () => {
    for (const text of ["role:doctor", "level >= 3", "role:doctor and org:a", "2 of (a:1, b:2, c:3)"])
      expect(told(text)).to.deep.equal([text]);
  });

  it("joined again are the policy, and none of them has any", () => {
    fc.assert(
      fc.property(policies(), (policy) => {
        const found = alternativesOf(policy);
        expect(joinPolicies(1, found)).to.deep.equal(policy);
        for (const each of found) expect(alternativesOf(each)).to.deep.equal([each]);
      }),
    );
  });
});
