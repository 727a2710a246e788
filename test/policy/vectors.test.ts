import { readFileSync } from "node:fs";
import { expect } from "chai";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  attributeHash,
  compileLsss,
  compileProgram,
  demandOneValue,
  expandAttributes,
  findCombination,
  numberSlot,
  numericAttribute,
  parseAttribute,
  parsePolicy,
  printPolicy,
  purposeNumber,
  purposes,
  readProgram,
  runProgram,
  satisfies,
  type Unit,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { digestRows } from "./digestRows.ts";
import { attested } from "./plain.ts";

type NumericVector = { label: string; unit: Unit; value: number; slot: string; expanded: string[] };
type PlainVector = { hash: string };

interface Vectors {
  policies: {
    text: string;
    canonical: string;
    program: string;
    rows: string[];
    columns: number;
    uses: number;
    matrix: string;
  }[];
  decisions: { policy: string; attributes: string[]; weights: [number, string][] | null }[];
  attributes: ({ text: string; attribute: string } & (NumericVector | PlainVector))[];
  refusedPolicies: { text: string; code: ErrorCode; line?: number; column?: number }[];
  refusedAttributes: string[];
  refusedTogether: string[][];
  refusedPrograms: Record<string, string>;
  restricted: { text: string; codes: string[]; numbers: number[]; program: string }[];
  purposes: [number, string, string][];
  refusedPurposes: string[];
}

const vectors = JSON.parse(
  readFileSync(new URL("vectors/policies.json", import.meta.url), "utf8"),
) as Vectors;

describe("policy vectors", () => {
  for (const { text, canonical, program, rows, columns, uses, matrix } of vectors.policies)
    it(`${JSON.stringify(text)} compiles to its program and matrix`, () => {
      const policy = parsePolicy(text);
      expect(printPolicy(policy)).to.equal(canonical);
      expect(parsePolicy(canonical)).to.deep.equal(policy);
      expect(hex(compileProgram(text))).to.equal(program);
      const lsss = compileLsss(text);
      expect(lsss.rows.map(({ attribute }) => attribute)).to.deep.equal(rows);
      expect([lsss.columns, lsss.uses]).to.deep.equal([columns, uses]);
      expect(digestRows(lsss)).to.equal(matrix);
    });

  for (const { text, codes, numbers, program } of vectors.restricted)
    it(`${text} for ${codes.join(", ")} compiles to its program`, () => {
      expect(hex(compileProgram(text, codes))).to.equal(program);
      expect([...readProgram(unhex(program)).purposes]).to.deep.equal(numbers);
    });

  it("the table of purposes begins with these, number by number", async () => {
    // New codes may follow; what is here never moves, since grants on chain live by it.
    const table = purposes.map(({ number, code, name }) => [number, code, name]);
    expect(table.slice(0, vectors.purposes.length)).to.deep.equal(vectors.purposes);
    for (const code of vectors.refusedPurposes)
      await expectCode("purpose-unknown", () => purposeNumber(code));
  });

  for (const { policy, attributes, weights } of vectors.decisions)
    it(`${policy} ${weights ? "admits" : "refuses"} ${JSON.stringify(attributes)}`, () => {
      const found = findCombination(compileLsss(policy), attributes);
      expect(found?.map(({ row, coefficient }) => [row, coefficient.toString()]) ?? null).to.deep.equal(
        weights,
      );
      expect(satisfies(policy, attributes)).to.equal(weights !== null);
      expect(runProgram(compileProgram(policy), attested(attributes))).to.equal(weights !== null);
    });

  for (const vector of vectors.attributes)
    it(`${JSON.stringify(vector.text)} is ${JSON.stringify(vector.attribute)}`, () => {
      const attribute = parseAttribute(vector.text);
      expect(attribute).to.equal(vector.attribute);
      const numeric = numericAttribute(attribute);
      if ("hash" in vector) {
        expect(numeric).to.equal(undefined);
        expect(hex(attributeHash(attribute))).to.equal(vector.hash);
      } else {
        const { label, unit, value, slot, expanded } = vector;
        expect(numeric).to.deep.equal({ label, unit, value });
        expect(hex(numberSlot(label, unit))).to.equal(slot);
        expect(expandAttributes([vector.text])).to.deep.equal(expanded);
      }
    });

  for (const { text, code, line, column } of vectors.refusedPolicies)
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, async () => {
      const error = await expectCode(code, () => parsePolicy(text));
      if (line !== undefined) expect(error.message).to.contain(`line ${line}, column ${column}:`);
    });

  it("refuses attributes, two values of one label, and programs", async () => {
    for (const text of vectors.refusedAttributes)
      await expectCode("attribute-invalid", () => parseAttribute(text));
    for (const attributes of vectors.refusedTogether)
      await expectCode("attribute-invalid", () => demandOneValue(attributes));
    for (const program of Object.values(vectors.refusedPrograms))
      await expectCode("encoding-invalid", () =>
        runProgram(unhex(program), { holds: () => true, number: () => 3 }),
      );
  });
});
