import { expect } from "chai";
import fc from "fast-check";
import { utf8 } from "../../src/core/bytes.ts";
import { type DiptychError, isDiptychError } from "../../src/core/errors.ts";
import { keccak256 } from "../../src/core/hash.ts";
import {
  attributeHash,
  emergencyAttribute,
  idAttribute,
  joinPolicies,
  normalisePolicy,
  POLICY_LIMITS,
  type Policy,
  parseAttribute,
  parsePolicy,
  printPolicy,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { policies } from "./arbitrary.ts";

const leaf = (text: string): Policy => ({ kind: "leaf", attribute: parseAttribute(text) });

describe("policy/parse and print", () => {
  it("reads the example of the language", () => {
    const policy = parsePolicy("role:doctor and (org:yzu-hospital or 2 of (a:x, b:y, c:z))");
    expect(policy).to.deep.equal(
      joinPolicies(2, [
        leaf("role:doctor"),
        joinPolicies(1, [leaf("org:yzu-hospital"), joinPolicies(2, [leaf("a:x"), leaf("b:y"), leaf("c:z")])]),
      ]),
    );
  });

  it("binds and tighter than or", () => {
    expect(parsePolicy("a:1 or b:2 and c:3")).to.deep.equal(parsePolicy("a:1 or (b:2 and c:3)"));
    expect(parsePolicy("a:1 and b:2 or c:3")).to.deep.equal(parsePolicy("(a:1 and b:2) or c:3"));
  });

  const canonical: [string, string][] = [
    ["  a:1\n", "a:1"],
    ["((a:1))", "a:1"],
    ["1 of (a:1)", "a:1"],
    ["1 of (a:1, b:2)", "a:1 or b:2"],
    ["2 of (a:1, b:2)", "a:1 and b:2"],
    ["2 of (a:1 and b:2, c:3)", "a:1 and b:2 and c:3"],
    ["a:1 and (b:2 and (c:3 and d:4))", "a:1 and b:2 and c:3 and d:4"],
    ["(a:1 or b:2) and c:3", "(a:1 or b:2) and c:3"],
    ["(a:1 and b:2) or c:3", "a:1 and b:2 or c:3"],
    ["2 of(a:1,b:2,c:3 or d:4)", "2 of (a:1, b:2, c:3 or d:4)"],
    ['"a:1" or "two words" or "and" or "\\u0041:b"', 'a:1 or "two words" or "and" or A:b'],
    ['"say \\"x\\" \\\\"', '"say \\"x\\" \\\\"'],
    ['"x:u\\u0308"', '"x:\u00fc"'],
    ["2:of or 2 of (a:1, b:2, c:3)", "2:of or 2 of (a:1, b:2, c:3)"],
    ["id:0x00000000000000000000000000000000DeaDBeef", "id:0x00000000000000000000000000000000deadbeef"],
  ];
  for (const [text, printed] of canonical)
    it(`prints ${JSON.stringify(text)} as ${printed}`, () => {
      expect(printPolicy(parsePolicy(text))).to.equal(printed);
      expect(printPolicy(parsePolicy(printed))).to.equal(printed);
    });

  it("gives the tree back from its text", () => {
    fc.assert(
      fc.property(policies(30), (policy) => {
        expect(parsePolicy(printPolicy(policy))).to.deep.equal(policy);
      }),
      { numRuns: 500 },
    );
  });

  it("gives any attribute back from its text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (text) => {
        let attribute: ReturnType<typeof parseAttribute>;
        try {
          attribute = parseAttribute(text);
        } catch (error) {
          expect(isDiptychError(error, "attribute-invalid")).to.equal(true);
          return;
        }
        expect(parsePolicy(printPolicy(leaf(text)))).to.deep.equal({ kind: "leaf", attribute });
        expect(parseAttribute(attribute)).to.equal(attribute);
      }),
      { numRuns: 1000 },
    );
  });

  const wrong: [string, string, RegExp][] = [
    ["", "line 1, column 1", /ends where an attribute/],
    ["a:1 and", "line 1, column 8", /ends where an attribute/],
    ["a:1 or\n or b:2", "line 2, column 2", /"or" where an attribute/],
    ["a:1 b:2", "line 1, column 5", /"and", "or" or the end/],
    ["(a:1 or b:2", "line 1, column 12", /"\)"/],
    ["a:1)", "line 1, column 4", /the end/],
    ["a:1 AND b:2", "line 1, column 5", /lower case/],
    ["doctor", "line 1, column 1", /label:value/],
    [":x", "line 1, column 1", /label:value/],
    ["x:", "line 1, column 1", /label:value/],
    ["not a:1", "line 1, column 1", /no negation/],
    ["age:3 >= 2", "line 1, column 7", /comparisons are reserved/],
    ["a:1 && b:2", "line 1, column 5", /as words/],
    ["role:Ärzte", "line 1, column 1", /double quotes/],
    ['"a', "line 1, column 1", /never closed/],
    ['"\\x"', "line 1, column 1", /JSON/],
    ['"a\u0001"', "line 1, column 1", /JSON/],
    ['"\\u0007"', "line 1, column 1", /control/],
    ['"\ud83d\ude00" "x"', "line 1, column 5", /"and"/],
    ["0 of (a:1)", "line 1, column 1", /from 1 to 1/],
    ["3 of (a:1, b:2)", "line 1, column 1", /from 1 to 2/],
    ["02 of (a:1, b:2)", "line 1, column 1", /from 1 to 2/],
    ["2 (a:1, b:2)", "line 1, column 3", /"of"/],
    ["2 of a:1", "line 1, column 6", /"\("/],
    ["2 of ()", "line 1, column 7", /an attribute/],
  ];
  for (const [text, place, hint] of wrong)
    it(`refuses ${JSON.stringify(text)} at ${place}`, async () => {
      const error = await expectCode("policy-syntax", () => parsePolicy(text));
      expect(error.message).to.contain(place).and.match(hint);
    });

  it("holds its limits, and just takes what lies on them", async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `a:${i}`).join(" or ");
    expect(parsePolicy(many(POLICY_LIMITS.leaves)).kind).to.equal("gate");
    await expectCode("policy-limit", () => parsePolicy(many(POLICY_LIMITS.leaves + 1)));
    const nested = (depth: number): string =>
      depth === 0 ? "a:1" : `2 of (${nested(depth - 1)}, b:${depth}, c:${depth})`;
    const deepest = parsePolicy(nested(POLICY_LIMITS.depth));
    expect(parsePolicy(printPolicy(deepest))).to.deep.equal(deepest);
    await expectCode("policy-limit", () => parsePolicy(nested(POLICY_LIMITS.depth + 1)));
    await expectCode("policy-limit", () => parsePolicy(`${"(".repeat(30_000)}a:1${")".repeat(30_000)}`));
    await expectCode("policy-limit", () => parsePolicy(`"${"x".repeat(POLICY_LIMITS.attributeBytes + 1)}"`));
    expect(parsePolicy(`"${"x".repeat(POLICY_LIMITS.attributeBytes)}"`).kind).to.equal("leaf");
    await expectCode("policy-limit", () => parsePolicy(`a:1${" ".repeat(POLICY_LIMITS.textBytes)}`));
    let chain: Policy = leaf("a:1");
    for (let i = 0; i < 100_000; i++) chain = { kind: "gate", k: 1, children: [chain, leaf("b:2")] };
    await expectCode("policy-limit", () => normalisePolicy(chain));
    const wide = Array.from({ length: 500 }, (_, i) => leaf(`x:${i}${"y".repeat(240)}`));
    await expectCode("policy-limit", () => printPolicy(joinPolicies(1, wide)));
  });

  it("never fails on any text but with a policy error", () => {
    const pieces = fc.constantFrom(
      "a:1",
      " ",
      "and",
      "or",
      "2",
      "of",
      "(",
      ")",
      ",",
      '"',
      "\\",
      "\n",
      "é",
      "<",
      "not",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join(" ")),
        ),
        (text) => {
          try {
            parsePolicy(text);
          } catch (error) {
            expect((error as DiptychError).code).to.match(/^policy-/);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("refuses gates that can't be", async () => {
    for (const k of [0, -1, 3, 1.5, Number.NaN])
      await expectCode("argument-invalid", () => joinPolicies(k, [leaf("a:1"), leaf("b:2")]));
    await expectCode("argument-invalid", () => normalisePolicy({ kind: "gate", k: 0, children: [] }));
  });
});

describe("policy/attribute", () => {
  it("normalises to NFC, and addresses to lower case", () => {
    expect(parseAttribute("x:u\u0308")).to.equal("x:\u00fc");
    const account = "0x00000000000000000000000000000000DeaDBeef";
    expect(idAttribute(account)).to.equal(`id:${account.toLowerCase()}`);
    expect(parseAttribute(`id:${account}`)).to.equal(idAttribute(account));
    expect(parseAttribute("id:0xABC")).to.equal("id:0xABC");
    expect(emergencyAttribute("Red Cross")).to.equal("emergency:Red Cross");
  });

  it("hashes as the chain does", () => {
    expect(attributeHash(parseAttribute("role:doctor"))).to.deep.equal(keccak256(utf8("role:doctor")));
  });

  it("refuses what isn't an attribute", async () => {
    const bad = [
      "",
      " a:b",
      "a:b ",
      "a\nb",
      "a\u0000",
      "a\u2028b",
      "a\u202eb",
      "\ud800",
      "x".repeat(257),
      "ä".repeat(129),
    ];
    for (const text of bad) await expectCode("attribute-invalid", () => parseAttribute(text));
    expect(parseAttribute("ä".repeat(128))).to.have.length(128);
    await expectCode("attribute-invalid", () => idAttribute("0x12"));
    await expectCode("attribute-invalid", () => emergencyAttribute(""));
  });
});
