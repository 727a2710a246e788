/** What a part says for eyes: whatever stands in a record stays text, however much and however odd. */
import { expect } from "chai";
import { utf8 } from "diptych/core";
import { sampleRecord, splitRecord } from "diptych/record";
import fc from "fast-check";
import { readContent, summarise } from "../../web/src/engine/reading.ts";
import { readSubject } from "../../web/src/engine/subject.ts";

const read = (value: unknown, schema = "emr9") => readContent(utf8(JSON.stringify(value)), schema);
const texts = (value: unknown, schema?: string) =>
  read(value, schema).entries.flatMap(({ lines }) => lines.map(({ text }) => text));

describe("web: what a part says", () => {
  it("is the text of a field, without quotes", () => {
    const { parts } = splitRecord(utf8(sampleRecord));
    const name = parts.find(({ label }) => label === "name")!;
    const said = JSON.parse(sampleRecord).name as string;
    expect(readContent(name.content, "emr9").entries).to.deep.equal([{ lines: [{ text: said, level: 0 }] }]);
    expect(summarise(name.content, "emr9")).to.equal(said);
  });

  it("is every field of an object, under its name", () => {
    expect(
      read({ pulse: 72, drugs: ["a", "b"], seen: { by: "x", on: "y" } }).entries[0]!.lines,
    ).to.deep.equal([
      { name: "pulse", text: "72", level: 0 },
      { name: "drugs", level: 0 },
      { text: "a", level: 1 },
      { text: "b", level: 1 },
      { name: "seen", level: 0 },
      { name: "by", text: "x", level: 1 },
      { name: "on", text: "y", level: 1 },
    ]);
  });

  it("keeps the entries of a list apart: one does not run into the next", () => {
    const { parts } = splitRecord(utf8(sampleRecord));
    const prescription = parts.find(({ label }) => label === "prescription")!;
    const { entries } = readContent(prescription.content, "emr9");
    const drugs = JSON.parse(sampleRecord).prescription as { drug: string }[];
    expect(entries.map(({ lines }) => lines.find(({ name }) => name === "drug")?.text)).to.deep.equal(
      drugs.map(({ drug }) => drug),
    );
    expect(entries.map(({ lines }) => lines.filter(({ name }) => name === "drug").length)).to.deep.equal([
      1, 1,
    ]);
    // Deeper ones begin with their number.
    const doses = [
      { dose: "1", at: "noon" },
      { dose: "2", at: "night" },
    ];
    expect(read({ doses }).entries[0]!.lines).to.deep.equal([
      { name: "doses", level: 0 },
      { number: 1, level: 1 },
      { name: "dose", text: "1", level: 2 },
      { name: "at", text: "noon", level: 2 },
      { number: 2, level: 1 },
      { name: "dose", text: "2", level: 2 },
      { name: "at", text: "night", level: 2 },
    ]);
    const [visit] = read(
      [
        {
          resourceType: "X",
          given: [
            { use: "a", text: "one" },
            { use: "b", text: "two" },
          ],
        },
      ],
      "fhir-r4",
    ).entries;
    expect(visit!.lines.filter(({ number }) => number !== undefined)).to.deep.equal([]);
  });

  it("is one entry a FHIR resource, named by what it is about", () => {
    const resource = (display: string) => ({
      resourceType: "Condition",
      id: "7",
      code: { coding: [{ system: "http://snomed.info/sct", code: "1", display }], text: display },
    });
    const content = utf8(JSON.stringify([resource("Asthma"), resource("Hay fever")]));
    const { entries } = readContent(content, "fhir-r4");
    expect(entries.map(({ title }) => title)).to.deep.equal(["Asthma", "Hay fever"]);
    expect(summarise(content, "fhir-r4")).to.equal("Asthma, Hay fever");
    // Ids and systems say nothing to people; they stand in the source.
    expect(texts([resource("Asthma")], "fhir-r4")).not.to.include("7");
  });

  it("leaves scripts, markup and right-to-left text as the characters that they are", () => {
    const hostile = "<img src=x onerror=alert(1)>\u202Eevil\u2066";
    expect(texts(hostile)).to.deep.equal([hostile]);
    expect(summarise(utf8(JSON.stringify(hostile)), "emr9")).to.equal(hostile);
  });

  it("tells what it doesn't show, and cuts what no screen takes", () => {
    const many = read(Array.from({ length: 500 }, (_, i) => ({ n: i })));
    expect(many.entries[0]!.lines.length + many.more).to.equal(500);
    const long = "x".repeat(300_000);
    expect(texts(long)[0]!.length).to.be.below(3_000);
    expect(read(long).sourceCut).to.equal(true);
    const resources = readContent(utf8(JSON.stringify(Array(1_000).fill({ id: "a" }))), "fhir-r4");
    expect(resources.entries.length + resources.more).to.equal(1_000);
    const binary = readContent(new Uint8Array([0xff, 0xfe, 0]), "emr9");
    expect(binary).to.deep.equal({ entries: [], more: 0, source: "0xfffe00", sourceCut: false });
  });

  it("takes any JSON, and keys that objects come with", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("emr9", "fhir-r4", "other"), (value, schema) => {
        const reading = read(value, schema);
        const lines = reading.entries.flatMap((entry) => entry.lines);
        expect(
          lines.every(({ text, name, number }) => [text, name, number].some((each) => each !== undefined)),
        ).to.equal(true);
        expect(typeof summarise(utf8(JSON.stringify(value)), schema)).to.equal("string");
      }),
    );
    expect(summarise(utf8('[{"resourceType":"X","__proto__":{"code":"y"}}]'), "fhir-r4")).to.equal("");
  });
});

describe("web: names in a certificate's subject", () => {
  it("are read as they were written", () => {
    expect(readSubject("CN=Dr. Li,O=A hospital")).to.deep.equal({
      name: "Dr. Li",
      organisation: "A hospital",
    });
    expect(readSubject("CN=Li\\, Na\\+,O=A\\\\B")).to.deep.equal({ name: "Li, Na+", organisation: "A\\B" });
    expect(readSubject("CN=A\\,O=B")).to.deep.equal({ name: "A,O=B" });
    expect(readSubject("somebody")).to.deep.equal({ name: "somebody" });
  });
});
