/** Writes policies.json: `node --conditions=diptych-source test/policy/vectors/make.ts`. Nothing in it is random. */
import { writeFileSync } from "node:fs";
import { hex } from "../../../src/core/bytes.ts";
import {
  attributeHash,
  compileLsss,
  compileProgram,
  expandAttributes,
  findCombination,
  numberSlot,
  numericAttribute,
  parseAttribute,
  parsePolicy,
  printPolicy,
  purposeBytes,
  purposes,
} from "../../../src/policy/index.ts";
import { digestRows } from "../digestRows.ts";

const policies = [
  "a:1",
  "role:doctor and (org:yzu-hospital or 2 of (a:x, b:y, c:z))",
  "(x:1 or y:1) and (x:1 or z:1)",
  '"two words" or "x:u\u0308" or id:0x00000000000000000000000000000000DeaDBeef',
  "3 of (a:1, b:2 and c:3, 2 of (a:1, d:4, e:5), f:6)",
  "level>=3",
  "level > 2",
  "level <= 2",
  "level < 3",
  "level = 3",
  "level >= 0",
  "level <= 4294967295",
  "level >= 4294967295",
  "level > 4294967294",
  "level < 1",
  "level >= 2147483648",
  "level >= 2863311530",
  "level <= 2863311530",
  "expires > 2027-01-01",
  "expires >= 1970-01-01 and expires <= 9999-12-31",
  "day = 2028-02-29",
  "role:doctor and level >= 3 and expires > 2027-01-01",
  "2 of (level > 2, a:1, level >= 3, 3 of (b:2, age < 18, age >= 65, a:1))",
];

const decisions: [string, string[]][] = [
  ["level >= 3", []],
  ["level >= 3", ["level = 2"]],
  ["level >= 3", ["level = 3"]],
  ["level >= 3", ["level=4"]],
  ["level >= 3", ["level = 4294967295"]],
  ["level >= 3", ["level = 1970-01-05"]],
  ["level <= 3", ["level = 0"]],
  ["level <= 3", ["level = 4"]],
  ["level = 0", ["level = 0"]],
  ["level >= 0", ["level = 7"]],
  ["level >= 0", ["role:doctor"]],
  ["expires > 2027-01-01", ["expires = 2027-01-01"]],
  ["expires > 2027-01-01", ["expires = 2027-01-02"]],
  ["expires > 2027-01-01", ["expires = 20820"]],
  ["2 of (a:1, b:2, c:3, d:4)", ["b:2", "c:3", "d:4"]],
  ["2 of (a:1, b:2, c:3) or d:4 and e:5", ["a:1", "b:2", "d:4", "e:5"]],
  ["role:doctor and level >= 3 and expires > 2027-01-01", ["role:doctor", "level = 9", "expires = 2030-01-01"]],
];

const restricted: [string, string[]][] = [
  ["a:1", ["TREAT"]],
  ["a:1", ["HRESCH", "TREAT", "ETREAT", "TREAT"]],
  ["role:doctor and level >= 3", ["BTG", "ETREAT", "HMARKT"]],
];

const attributes = [
  "role:doctor",
  "x:u\u0308",
  "a:b = 3",
  "level=3",
  "level  =  4294967295",
  "expires=2028-05-01",
  "day = 1970-01-01",
  "day = 9999-12-31",
];

const refusedPolicies: [string, string, number?, number?][] = [
  ["level == 3", "policy-syntax", 1, 7],
  ["level != 3", "policy-syntax", 1, 7],
  ["a:1 and\n  level => 3", "policy-syntax", 2, 9],
  ["level =< 3", "policy-syntax", 1, 7],
  ["level >= -3", "policy-syntax", 1, 10],
  ["level >= 3.5", "policy-syntax", 1, 10],
  ["level >= 03", "policy-syntax", 1, 10],
  ["level = 4294967296", "policy-syntax", 1, 9],
  ["level < 0", "policy-syntax", 1, 7],
  ["level > 4294967295", "policy-syntax", 1, 7],
  ["day < 1970-01-01", "policy-syntax", 1, 5],
  ["day > 9999-12-31", "policy-syntax", 1, 5],
  ["day > 2027-02-29", "policy-syntax", 1, 7],
  ["day > 1969-12-31", "policy-syntax", 1, 7],
  ["a:1 >= 3", "policy-syntax", 1, 1],
  ["3 <= level", "policy-syntax", 1, 1],
  ['a:1 or "level = 3"', "policy-syntax", 1, 8],
  ['"\\u0001n31=1:level"', "policy-syntax", 1, 1],
  ["level >= 3 level < 7", "policy-syntax", 1, 12],
  ["not a:1", "policy-syntax", 1, 1],
  ["3 of (a:1, b:2)", "policy-syntax", 1, 1],
  [Array.from({ length: 17 }, (_, i) => `n${i} = 0`).join(" or "), "policy-limit"],
];

const refusedAttributes = [
  "level == 3",
  "level >= 3",
  "level = 03",
  "level = 4294967296",
  "level = -1",
  "day = 2027-02-29",
  "and = 3",
  "\u0001n31=1:level",
  " a:1",
];

const table = "00".repeat(32);
const refusedPrograms = {
  "no leaves": "0x01000000",
  "another version": `0x02010000${table}00`,
  "33 leaves": `0x01200100${"00".repeat(32 * 32 + 37)}00`,
  "operator 0": `0x01000100${table}000000000300`,
  "operator 4": `0x01000100${table}040000000300`,
  "a cut comparison": `0x01000100${table}01000000`,
  "no operations": `0x01000100${table}0100000003`,
  "a leaf beyond the tables": `0x01000100${table}010000000301`,
  "two values left": `0x01000100${table}01000000030000`,
  "purpose 0": `0x0101000100${table}00`,
  "purposes out of order": `0x010100020201${table}00`,
  "a purpose twice": `0x010100020202${table}00`,
  "a cut table of purposes": "0x010100020102",
};

const vectors = {
  policies: policies.map((text) => {
    const policy = parsePolicy(text);
    const lsss = compileLsss(policy);
    return {
      text,
      canonical: printPolicy(policy),
      program: hex(compileProgram(policy)),
      rows: lsss.rows.map(({ attribute }) => attribute),
      columns: lsss.columns,
      uses: lsss.uses,
      matrix: digestRows(lsss),
    };
  }),
  restricted: restricted.map(([text, codes]) => ({
    text,
    codes,
    numbers: [...purposeBytes(codes)],
    program: hex(compileProgram(text, codes)),
  })),
  purposes: purposes.map(({ number, code, name }) => [number, code, name]),
  refusedPurposes: ["", "treat", "NONE", "TREATMENT", "0", "PurposeOfUse"],
  decisions: decisions.map(([policy, held]) => {
    const weights = findCombination(compileLsss(policy), held);
    return {
      policy,
      attributes: held,
      weights: weights?.map(({ row, coefficient }) => [row, coefficient.toString()]) ?? null,
    };
  }),
  attributes: attributes.map((text) => {
    const attribute = parseAttribute(text);
    const numeric = numericAttribute(attribute);
    return numeric
      ? { text, attribute, ...numeric, slot: hex(numberSlot(numeric.label, numeric.unit)), expanded: expandAttributes([text]) }
      : { text, attribute, hash: hex(attributeHash(attribute)) };
  }),
  refusedPolicies: refusedPolicies.map(([text, code, line, column]) => ({ text, code, line, column })),
  refusedAttributes,
  refusedTogether: [
    ["level = 2", "level = 5"],
    ["level = 2", "level = 1970-01-03"],
  ],
  refusedPrograms,
};

writeFileSync(new URL("policies.json", import.meta.url), `${JSON.stringify(vectors, null, 1)}\n`);
