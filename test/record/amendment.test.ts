/** What a doctor may change from one revision to the next, and how a changed file keeps its places. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  commit,
  decodeHeader,
  type Header,
  headerDigest,
  makeSalt,
  type Part,
  sign,
} from "../../src/ces/index.ts";
import { utf8 } from "../../src/core/bytes.ts";
import {
  type AmendedFile,
  checkFreshSalts,
  compareRevisions,
  joinRecord,
  type Revision,
  type SplitRecord,
  sampleRecord,
  splitAmendment,
  splitRecord,
} from "../../src/record/index.ts";
import { doctor, inventFields, inventRecord } from "../ces/invented.ts";
import { expectCode } from "../expectCode.ts";

const fileOf = ({ schema, ceas, parts }: SplitRecord): AmendedFile => ({ header: { schema, ceas }, parts });
const labels = ({ parts }: Pick<SplitRecord, "parts">) => parts.map(({ label }) => label);
const bundle = (...resources: string[]) =>
  utf8(
    `{"resourceType":"Bundle","entry":[${resources.map((type) => `{"resource":{"resourceType":"${type}"}}`).join(",")}]}`,
  );

describe("record: the file of an amendment", () => {
  it("keeps every label at its place, whatever the order, and puts new ones behind", () => {
    const types = ["Patient", "Observation", "Encounter", "DiagnosticReport", "Claim", "Condition"];
    const some = fc
      .subarray(types, { minLength: 2 })
      .chain((each) => fc.shuffledSubarray(each, { minLength: 2 }));
    const twoSides = (each: string[]) =>
      each.some((type) => type === "Observation" || type === "Condition" || type === "DiagnosticReport");
    fc.assert(
      fc.property(some.filter(twoSides), some.filter(twoSides), (first, second) => {
        const before = splitRecord(bundle(...first));
        const file = bundle(...second);
        const after = splitAmendment(file, fileOf(before));
        expect(labels(after).slice(0, before.parts.length)).to.deep.equal(labels(before));
        expect(after.parts.map(({ position }) => position)).to.deep.equal(after.parts.map((_, i) => i + 1));
        expect(joinRecord("fhir-r4", after.parts)).to.deep.equal(file);
        expect(after.ceas.never).to.deep.equal([before.parts.length]);
        const rule = (split: SplitRecord) =>
          split.ceas.implications.map(({ position, needs }) => [
            split.parts[position - 1]!.label,
            split.parts[needs - 1]!.label,
          ]);
        const both = (each: string[]) => each.includes("Observation") && each.includes("DiagnosticReport");
        expect(rule(after)).to.deep.equal(
          both(first) || both(second) ? [["DiagnosticReport", "Observation"]] : [],
        );
      }),
    );
  });

  it("a kind of resource that comes back is ruled on like a new one", () => {
    const first = splitRecord(bundle("Claim", "DiagnosticReport"));
    const second = splitAmendment(bundle("Claim", "Observation"), fileOf(first));
    expect(labels(second)).to.deep.equal(["Claim", "DiagnosticReport", "envelope", "Observation"]);
    expect(second.ceas.implications).to.deep.equal([]);
    const third = splitAmendment(bundle("Observation", "DiagnosticReport", "Claim"), fileOf(second));
    expect(labels(third)).to.deep.equal(labels(second));
    expect(third.ceas.implications).to.deep.equal([{ position: 2, needs: 4 }]);
  });

  it("a part that was emptied before is ruled on once", () => {
    const emptied = utf8(sampleRecord.replace(/"prescription": \[[^\]]*\]/, '"prescription": []'));
    const first = splitAmendment(emptied, fileOf(splitRecord(utf8(sampleRecord))));
    const again = splitAmendment(utf8(sampleRecord), fileOf(first));
    expect(again.ceas).to.deep.equal(splitRecord(utf8(sampleRecord)).ceas);
    const kinds = ["Patient", "Encounter", "DiagnosticReport", "Observation"];
    const whole = splitRecord(bundle(...kinds));
    const less = splitAmendment(bundle("Patient", "Observation"), fileOf(whole));
    expect(splitAmendment(bundle(...kinds), fileOf(less)).ceas).to.deep.equal(whole.ceas);
  });

  it("keeps the doctor's rule and the envelope, and gives one where the new print needs it", async () => {
    const canonical = splitRecord(utf8(sampleRecord));
    const odd = splitRecord(utf8(sampleRecord.trimEnd()));
    const rule = { mandatory: [2], implications: [{ position: 5, needs: 3 }], never: [9] };
    const given = (split: SplitRecord): AmendedFile => ({
      header: { schema: "emr9", ceas: rule },
      parts: split.parts,
    });
    const gets = splitAmendment(utf8(sampleRecord.trimEnd()), given(canonical));
    expect([gets.parts.length, gets.ceas]).to.deep.equal([10, { ...rule, never: [9, 10] }]);
    const keeps = splitAmendment(utf8(sampleRecord), given(odd));
    expect([keeps.parts.length, keeps.ceas]).to.deep.equal([10, rule]);
    expect(joinRecord("emr9", keeps.parts)).to.deep.equal(utf8(sampleRecord));
    await expectCode("amendment-invalid", () => splitAmendment(bundle("Patient", "Observation"), given(odd)));
    await expectCode("record-keys", () => splitAmendment(utf8('{"name":1}'), given(odd)));
  });

  it("leaves no value out: a real Bundle comes back byte for byte", () => {
    const file = new Uint8Array(readFileSync(new URL("vectors/plain.json", import.meta.url)));
    const before = fileOf(splitRecord(bundle("Claim", "Condition", "DiagnosticReport")));
    expect(joinRecord("fhir-r4", splitAmendment(file, before).parts)).to.deep.equal(file);
  });
});

describe("record: one revision against the next", () => {
  type Whole = Revision & { full: Part[] };
  async function revisionOf(fields: Omit<Header, "n">, parts: Part[]): Promise<Whole> {
    const { header: headerBytes } = await sign(fields, parts, doctor.privateKey);
    const commitments = await Promise.all(parts.map((part, i) => commit(fields.emrId, i + 1, part)));
    return {
      header: decodeHeader(headerBytes),
      headerBytes,
      parts: parts.map(({ label }, i) => ({ label, commitment: commitments[i]! })),
      full: parts,
    };
  }

  async function prepare() {
    const { parts } = await inventRecord(5);
    const fields = inventFields();
    const full = parts.map(({ label, salt, content }) => ({ label, salt, content }));
    const before = await revisionOf(fields, full);
    const next = { ...fields, revision: 2, amends: headerDigest(before.headerBytes) };
    return { before, next, full };
  }
  const fresh = (part: Part, text: string): Part => ({ ...part, content: utf8(text), salt: makeSalt() });

  it("names what is replaced and what is appended", async () => {
    const { before, next, full } = await prepare();
    const more = fresh({ ...full[0]!, label: "more" }, "more");
    const after = await revisionOf(next, [...full.slice(0, 3), fresh(full[3]!, "new"), full[4]!, more]);
    const revised = compareRevisions(before, after);
    expect(revised).to.deep.equal({ replaced: [4], appended: [6] });
    checkFreshSalts(before.full, after.full, revised);
    expect(compareRevisions(before, await revisionOf(next, full))).to.deep.equal({
      replaced: [],
      appended: [],
    });
  });

  it("refuses another revision, whichever it is", async () => {
    const { before, next, full } = await prepare();
    const twice = await revisionOf(next, full);
    const third = { ...next, revision: 3, amends: headerDigest(twice.headerBytes) };
    for (const [from, to] of [
      [before, await revisionOf({ ...next, revision: 3 }, full)],
      [before, await revisionOf({ ...next, amends: headerDigest(twice.headerBytes) }, full)],
      [before, before],
      [twice, before],
      [before, await revisionOf(third, full)],
    ] as const)
      await expectCode("amendment-stale", () => compareRevisions(from, to));
  });

  it("refuses moved, dropped and relabelled parts, and salts that were used", async () => {
    const { before, next, full } = await prepare();
    const [a, b, ...rest] = full;
    for (const parts of [
      [b!, a!, ...rest],
      full.slice(1),
      full.slice(0, -1),
      [{ ...a!, label: "another" }, b!, ...rest],
    ]) {
      const after = await revisionOf(next, parts);
      await expectCode("amendment-invalid", () => compareRevisions(before, after));
    }
    for (const parts of [
      [{ ...a!, content: utf8("new") }, b!, ...rest],
      [{ ...a!, salt: makeSalt() }, b!, ...rest],
      [{ ...a!, content: b!.content, salt: b!.salt }, { ...b!, content: a!.content, salt: a!.salt }, ...rest],
    ]) {
      const after = await revisionOf(next, parts);
      const revised = compareRevisions(before, after);
      await expectCode("amendment-invalid", () => checkFreshSalts(full, after.full, revised));
    }
  });
});
