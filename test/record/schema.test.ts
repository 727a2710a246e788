import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { utf8, utf8Decode } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  emr9Keys,
  joinRecord,
  movablePart,
  parseSides,
  type SideOverrides,
  type SplitRecord,
  sampleRecord,
  splitRecord,
} from "../../src/record/index.ts";
import { expectCode } from "../expectCode.ts";

const bundle = (name: string) =>
  new Uint8Array(readFileSync(new URL(`vectors/${name}.json`, import.meta.url)));
const split = (text: string, sides?: SideOverrides) => splitRecord(utf8(text), sides && { sides });
const join = ({ schema, parts }: SplitRecord) => utf8Decode(joinRecord(schema, parts));
const sidesOf = ({ parts }: SplitRecord) => Object.fromEntries(parts.map((part) => [part.label, part.side]));
const contentOf = ({ parts }: SplitRecord, label: string) =>
  utf8Decode(parts.find((part) => part.label === label)!.content);
const refuse = (code: ErrorCode, text: string | Uint8Array, sides?: SideOverrides) =>
  expectCode(code, () => splitRecord(typeof text === "string" ? utf8(text) : text, sides && { sides }));

/** An emr9 object with these values' sources, in this order of keys. */
const emr9 = (values: Record<string, string>, keys: readonly string[] = emr9Keys) =>
  `{${keys.map((key) => `${JSON.stringify(key)}:${values[key] ?? '"-"'}`).join(",")}}`;
const entries = (...resources: string[]) =>
  `{"resourceType":"Bundle","entry":[${resources.map((each) => `{"resource":${each}}`).join(",")}]}`;
const patient = '{"resourceType":"Patient"}';
const finding = '{"resourceType":"Observation"}';

describe("record: emr9", () => {
  it("cuts the sample into nine parts without an envelope", () => {
    const record = split(sampleRecord);
    expect(record.parts.map((part) => part.label)).to.deep.equal([...emr9Keys]);
    const shared = record.parts.filter((part) => part.side === "shared").map((part) => part.position);
    expect(shared).to.deep.equal([2, 3, 4, 5, 6, 7]);
    expect(record.warnings).to.deep.equal([]);
    expect(movablePart(record)).to.equal(8);
    expect(contentOf(record, "gender")).to.equal('"female"');
    expect(contentOf(record, "examinationReport")).to.include("38.20");
    expect(record.ceas.never).to.deep.equal([]);
    expect(join(record)).to.equal(sampleRecord);
  });

  it("keeps any other print byte for byte in a tenth part that no extraction may hold", () => {
    const prints = [
      sampleRecord.slice(0, -1),
      `${sampleRecord}\n`,
      sampleRecord.replaceAll("\n", "\r\n"),
      emr9({ name: "29.0", symptoms: "1e5", diagnosis: "[ ]" }, [...emr9Keys].reverse()),
      emr9({ medicalHistory: '{"a":"\\u00e9\\/\\ud800","a":2}' }).replace('"gender"', '"g\\u0065nder"'),
    ];
    for (const print of prints) {
      const record = split(print);
      expect(record.parts.length).to.equal(10);
      expect(record.parts[9]).to.include({ label: "envelope", side: "private" });
      expect(record.ceas.never).to.deep.equal([10]);
      expect(join(record)).to.equal(print);
    }
  });

  it("comes back byte for byte whatever the values, white space and order", () => {
    const space = fc
      .array(fc.constantFrom(" ", "\n", "\r\n", "\t"), { maxLength: 3 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(
        fc.array(fc.json(), { minLength: 9, maxLength: 9 }),
        fc.shuffledSubarray([...emr9Keys], { minLength: 9 }),
        fc.array(space, { minLength: 40, maxLength: 40 }),
        (values, keys, spaces) => {
          const gap = () => spaces.pop() ?? "";
          const members = keys.map((key, at) => `${gap()}"${key}"${gap()}:${gap()}${values[at]}${gap()}`);
          const print = `${gap()}{${members.join(",")}}${gap()}`;
          const record = split(print);
          expect(join(record)).to.equal(print);
          for (const [at, key] of keys.entries()) expect(contentOf(record, key)).to.equal(values[at]!.trim());
        },
      ),
      { numRuns: 200 },
    );
  });

  it("refuses unknown, missing and repeated keys, without telling values", async () => {
    await refuse("record-keys", emr9({}, emr9Keys.slice(1)));
    await refuse("record-keys", emr9({}, [...emr9Keys, "nickname"]));
    await refuse("record-keys", emr9({}, [...emr9Keys, "name"]));
    await refuse("record-keys", emr9({}).replace('"gender"', '"n\\u0061me"'));
    const error = await refuse("record-keys", emr9({ name: '"Secret"' }, [...emr9Keys, "Nickname"]));
    expect(error.message).not.to.include("Secret").and.not.to.include("Nickname");
  });

  it("warns when the name stands in a shared part, and names the part alone", () => {
    const { warnings } = split(emr9({ name: '"Alma Inventedson"', symptoms: '["ALMA coughs"]' }));
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.include("symptoms").and.not.to.include("Alma");
    expect(split(emr9({ name: '"Alma Inventedson"', symptoms: '"Almanac"' })).warnings).to.deep.equal([]);
    expect(split(emr9({ name: '"王小明"', diagnosis: '"患者王小明肺结核"' })).warnings.length).to.equal(1);
  });
});

describe("record: FHIR", () => {
  for (const name of ["plain", "nasty"])
    it(`brings ${name}.json back byte for byte, parts being slices of it`, () => {
      const bytes = bundle(name);
      const record = splitRecord(bytes);
      expect(joinRecord(record.schema, [...record.parts].reverse())).to.deep.equal(bytes);
      const text = utf8Decode(bytes);
      for (const part of record.parts.slice(0, -1)) {
        const content = utf8Decode(part.content);
        const resources = JSON.parse(content) as { resourceType: string }[];
        expect(resources.every((each) => each.resourceType === part.label)).to.equal(true);
        if (resources.length === 1) expect(text).to.include(content.slice(1, -1));
      }
    });

  it("groups by type in order of first appearance, with default sides", () => {
    const record = splitRecord(bundle("nasty"));
    expect(Object.entries(sidesOf(record))).to.deep.equal([
      ["Patient", "private"],
      ["Observation", "shared"],
      ["Immunization", "private"],
      ["Condition", "shared"],
      ["DiagnosticReport", "shared"],
      ["Nonsense", "private"],
      ["envelope", "private"],
    ]);
    expect(contentOf(record, "Observation")).to.include('"value":29.0,"high":1e5,"low":-0.10E-2');
    expect(record.ceas).to.deep.equal({
      mandatory: [],
      implications: [{ position: 5, needs: 2 }],
      never: [7],
    });
    expect(movablePart(record)).to.equal(3);
  });

  it("needs no method of Map that engines before Node 21 lack", () => {
    const { groupBy } = Map;
    Reflect.deleteProperty(Map, "groupBy");
    try {
      const { parts } = split(entries(patient, finding, patient));
      expect(parts.map(({ label }) => label)).to.deep.equal(["Patient", "Observation", "envelope"]);
    } finally {
      Object.defineProperty(Map, "groupBy", { value: groupBy, writable: true, configurable: true });
    }
  });

  it("warns of a contained Patient and of names in narratives and attachments, without telling them", () => {
    const { warnings } = splitRecord(bundle("nasty"));
    expect(warnings.length).to.equal(3);
    for (const [at, label] of ["Immunization", "Condition", "DiagnosticReport"].entries())
      expect(warnings[at])
        .to.include(label)
        .and.not.match(/testa|syntheticson/i);
    expect(splitRecord(bundle("plain")).warnings).to.deep.equal([]);
  });

  it("refuses what isn't a Bundle of resources", async () => {
    await refuse("record-unknown-schema", patient);
    await refuse("record-unknown-schema", "[]");
    await refuse("record-unknown-schema", "{}");
    await refuse("record-unknown-schema", '"Bundle"');
    await refuse("record-unknown-schema", '{"resourceType":"Bundle"}');
    await refuse("record-unknown-schema", '{"resourceType":"Bundle","entry":{}}');
    await refuse("record-unknown-schema", '{"resourceType":"Bundle","entry":[{}]}');
    await refuse("record-unknown-schema", '{"resourceType":"Bundle","entry":[3]}');
    for (const resource of ["null", "[]", "{}", '{"resourceType":3}', '{"resourceType":"envelope"}'])
      await refuse("record-unknown-schema", entries(patient, finding, resource));
  });

  it("refuses keys there twice where readers would differ on which resource is meant", async () => {
    await refuse("record-keys", entries(patient, '{"resourceType":"Observation","resourceType":"Patient"}'));
    await refuse(
      "record-keys",
      `{"resourceType":"Bundle","entry":[{"resource":${patient},"resource":${finding}}]}`,
    );
    await refuse("record-keys", `{"resourceType":"Bundle","entry":[],"entry":[{"resource":${patient}}]}`);
    await refuse(
      "record-keys",
      `{"resourceType":"Bundle","resourceType":"X","entry":[{"resource":${patient}}]}`,
    );
  });

  it("refuses a one-sided Bundle, saying which side", async () => {
    const error = await refuse("record-one-sided", entries(patient, '{"resourceType":"Claim"}'));
    expect(error.message).to.match(/shared side.*Patient, Claim/);
    const resolved = split(entries(patient, '{"resourceType":"Claim"}'), { fhir: { Claim: "shared" } });
    expect(sidesOf(resolved)).to.deep.equal({ Patient: "private", Claim: "shared", envelope: "private" });
    // Patient and envelope are all that stays private: there is nothing to move.
    expect(movablePart(resolved)).to.equal(undefined);
  });
});

describe("record: strict JSON", () => {
  it("refuses comments, trailing commas, byte order marks, other encodings and rubbish", async () => {
    const good = entries(patient, finding);
    split(good);
    for (const text of [
      "",
      `${good}//`,
      `/**/${good}`,
      good.replace("]}", ",]}"),
      `\ufeff${good}`,
      `${good} 1`,
      "{",
    ])
      await refuse("record-not-json", text);
    await refuse("record-not-json", Uint8Array.of(...utf8(good), 0xff));
    await refuse("record-not-json", good.replace('"Bundle"', "'Bundle'"));
    await refuse("record-not-json", good.replace('"Bundle"', "01"));
  });

  it("refuses endless nesting instead of running out of stack", async () => {
    for (const depth of [600, 200_000]) {
      const bomb = "[".repeat(depth) + "]".repeat(depth);
      await refuse("record-not-json", bomb);
      await refuse("record-not-json", entries(patient, `{"resourceType":"Observation","x":${bomb}}`));
      await refuse("record-not-json", emr9({ name: '{"a":'.repeat(depth) }));
    }
    const deep = "[".repeat(400) + "]".repeat(400);
    expect(join(split(emr9({ name: deep })))).to.equal(emr9({ name: deep }));
  });
});

describe("record: putting together", () => {
  it("refuses parts that are missing, too many, changed in shape, or of another schema", async () => {
    const record = splitRecord(bundle("plain"));
    const fails = (parts: typeof record.parts, schema = "fhir-r4") =>
      expectCode("record-keys", () => joinRecord(schema, parts));
    const withEnvelope = (envelope: object | string) =>
      record.parts.map((part) =>
        part.label === "envelope"
          ? { ...part, content: utf8(typeof envelope === "string" ? envelope : JSON.stringify(envelope)) }
          : part,
      );
    await fails(record.parts.slice(1));
    await fails(record.parts.slice(0, -1));
    await fails([...record.parts, record.parts[0]!]);
    await fails([...record.parts, { ...record.parts[0]!, label: "Goal" }]);
    for (const content of ["{}", "[]", `[${finding}, ${finding}]`, `[${finding},${finding}]`, "rubbish", ""])
      await fails(
        record.parts.map((part) =>
          part.label === "Observation" ? { ...part, content: utf8(content) } : part,
        ),
      );
    const envelope = JSON.parse(contentOf(record, "envelope")) as Record<string, unknown>;
    for (const change of [
      { format: "diptych-envelope/2" },
      { order: [9, 9, 9, 9] },
      { order: [0, 1, 2] },
      { labels: ["Patient", "Patient", "Observation", "DiagnosticReport"] },
      { pieces: [] },
      { extra: 1 },
    ])
      await fails(withEnvelope({ ...envelope, ...change }));
    for (const text of ["null", "[]", "", ` ${JSON.stringify(envelope)}`]) await fails(withEnvelope(text));
    await fails(split(sampleRecord).parts.slice(1), "emr9");
    await fails([...split(sampleRecord).parts, split(sampleRecord).parts[0]!], "emr9");
    await expectCode("record-unknown-schema", () => joinRecord("emr10", record.parts));
  });
});

describe("record: sides", () => {
  it("takes overrides, but an envelope stays private", () => {
    const sides = parseSides({ fhir: { Encounter: "shared" }, emr9: { medicalHistory: "shared" } });
    expect(sidesOf(splitRecord(bundle("plain"), { sides }))).to.include({
      Encounter: "shared",
      Patient: "private",
    });
    const record = split(emr9({}), sides);
    expect(sidesOf(record)).to.include({ medicalHistory: "shared", envelope: "private" });
  });

  it("refuses malformed tables, and tables against the rule on extraction", async () => {
    for (const table of [
      null,
      [],
      { fhir: [] },
      { other: {} },
      { fhir: { Patient: "public" } },
      { fhir: { envelope: "shared" } },
      { emr9: { envelope: "shared" } },
      { emr9: { nickname: "shared" } },
    ])
      await expectCode("record-side-table", () => parseSides(table));
    await refuse("record-side-table", sampleRecord, { emr9: { symptoms: "private" } });
    const all = Object.fromEntries(emr9Keys.map((key) => [key, "shared" as const]));
    await refuse("record-one-sided", sampleRecord, { emr9: all });
  });
});
