import { expect } from "chai";
import fc from "fast-check";
import { type DiptychError, isDiptychError } from "../../src/core/errors.ts";
import {
  joinPolicies,
  normalisePolicy,
  numericAttribute,
  POLICY_LIMITS,
  type Policy,
  parseAttribute,
  parsePolicy,
  printPolicy,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { mixedLeaves, policies } from "./arbitrary.ts";

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
    ["level>=3", "level >= 3"],
    ["level\n>\t3 and level<7", "level > 3 and level < 7"],
    ["expires > 2027-01-01 or (level = 0)", "expires > 2027-01-01 or level = 0"],
    ["2 of (a:1, level <= 4294967295, of.x >= 0)", "2 of (a:1, level <= 4294967295, of.x >= 0)"],
    ["expires >= 1970-01-01 and expires <= 9999-12-31", "expires >= 1970-01-01 and expires <= 9999-12-31"],
    ["id:0x00000000000000000000000000000000DeaDBeef", "id:0x00000000000000000000000000000000deadbeef"],
  ];
  for (const [text, printed] of canonical)
    it(`prints ${JSON.stringify(text)} as ${printed}`, () => {
      expect(printPolicy(parsePolicy(text))).to.equal(printed);
      expect(printPolicy(parsePolicy(printed))).to.equal(printed);
    });

  it("gives the tree back from its text", () => {
    fc.assert(
      fc.property(policies(30, mixedLeaves), (policy) => {
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
        if (numericAttribute(attribute)) return;
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
    ["age:3 >= 2", "line 1, column 1", /leave out the colon/],
    ["level == 3", "line 1, column 7", /write "="/],
    ["level => 3", "line 1, column 7", /write ">="/],
    ["level =< 3", "line 1, column 7", /write "<="/],
    ["level != 3", "line 1, column 7", /level < 3 or level > 3/],
    ["level <> 3", "line 1, column 7", /no negation/],
    ["a:1 and\nlevel === 3", "line 2, column 7", /one of < <= = >= >/],
    ["level >= -3", "line 1, column 10", /no sign/],
    ["level >= +3", "line 1, column 10", /no sign/],
    ["level >= 3.5", "line 1, column 10", /whole numbers/],
    ["level >= 03", "line 1, column 10", /leading zeros/],
    ["level >= 00", "line 1, column 10", /leading zeros/],
    ["level >= 5e3", "line 1, column 10", /write digits/],
    ["level >= high", "line 1, column 10", /write digits/],
    ["level = 4294967296", "line 1, column 9", /from 0 to 4294967295/],
    ["level = 99999999999999999999", "line 1, column 9", /too large/],
    ["level < 0", "line 1, column 7", /nothing is less than 0/],
    ["level > 4294967295", "line 1, column 7", /nothing is more than 4294967295/],
    ["expires < 1970-01-01", "line 1, column 9", /nothing is less than 1970-01-01/],
    ["expires > 9999-12-31", "line 1, column 9", /nothing is more than 9999-12-31/],
    ["expires > 2027-02-29", "line 1, column 11", /no day of the calendar/],
    ["expires > 2027-13-01", "line 1, column 11", /no day of the calendar/],
    ["expires > 0000-01-01", "line 1, column 11", /no day|from 1970/],
    ["expires > 1969-12-31", "line 1, column 11", /from 1970-01-01 to 9999-12-31/],
    ["expires > 28-1-1", "line 1, column 11", /YYYY-MM-DD/],
    ["expires > 2028-05-01T00:00", "line 1, column 11", /YYYY-MM-DD/],
    ["level >=", "line 1, column 9", /ends where a number or a date/],
    ['level >= "3"', "line 1, column 10", /where a number or a date/],
    ["level >= <= 3", "line 1, column 10", /where a number or a date/],
    [">= 3", "line 1, column 1", /where an attribute/],
    ["!a:1", "line 1, column 1", /no negation/],
    ["3 <= level", "line 1, column 1", /label of a comparison comes first/],
    ["2027-01-01 < expires", "line 1, column 1", /label of a comparison comes first/],
    ["1.5 < level", "line 1, column 1", /needs a letter/],
    ["level >= 3 <= 5", "line 1, column 12", /join two by "and"/],
    ["and >= 3", "line 1, column 1", /"and" where an attribute/],
    ["AND >= 3", "line 1, column 1", /lower case/],
    ['"level" >= 3', "line 1, column 1", /without quotes/],
    ['a:1 or "level = 3"', "line 1, column 8", /write it without quotes/],
    ['"level=3"', "line 1, column 1", /write it without quotes/],
    ['"level >= 3"', "line 1, column 1", /one value/],
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

  it("counts the bits that comparisons look at", async () => {
    const equal = (count: number) => Array.from({ length: count }, (_, i) => `n${i} = ${i}`).join(" or ");
    expect(parsePolicy(equal(16)).kind).to.equal("gate");
    const error = await expectCode("policy-limit", () => parsePolicy(`${equal(16)} or a:1`));
    expect(error.message).to.contain("a comparison counts as up to 32");
    const round = Array.from({ length: 512 }, (_, i) => `n${i} >= 2147483648`).join(" or ");
    expect(parsePolicy(round).kind).to.equal("gate");
    await expectCode("policy-limit", () => parsePolicy(`${round} or a:1`));
    const label = "x".repeat(POLICY_LIMITS.labelBytes);
    expect(parsePolicy(`${label} >= 9999-12-31`).kind).to.equal("comparison");
    await expectCode("policy-limit", () => parsePolicy(`${label}x >= 3`));
  });

  it("refuses trees put together by hand that no text gives", async () => {
    const level = { kind: "comparison", label: "level", unit: "number", operator: ">=", value: 3 } as const;
    expect(normalisePolicy({ ...level, extra: 1 } as Policy)).to.deep.equal(level);
    const bad = [
      { label: "a:b" },
      { label: "and" },
      { label: "" },
      { label: 3 },
      { unit: "days" },
      { unit: "date", value: 2_932_897 },
      { operator: "!=" },
      { value: -1 },
      { value: 1.5 },
      { value: 2 ** 32 },
      { value: Number.NaN },
      { value: "3" },
      { operator: "<", value: 0 },
    ];
    for (const part of bad)
      await expectCode("argument-invalid", () => normalisePolicy({ ...level, ...part } as Policy));
    await expectCode("attribute-invalid", () => normalisePolicy(leaf("level = 3")));
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
      ">=",
      "=",
      "level",
      "2028-02-30",
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
