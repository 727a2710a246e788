/** Files that aren't records, or are at the edge of what a record can be: each a code and a sentence, none a crash. */
import { expect } from "chai";
import { type Part, sign } from "../../src/ces/index.ts";
import { concat, randomBytes, utf8 } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { emr9Keys, joinRecord, sampleRecord, splitRecord } from "../../src/record/index.ts";
import { doctor, inventFields, inventParts } from "../ces/invented.ts";
import { expectCode } from "../expectCode.ts";

const bundle = (...resources: string[]) =>
  `{"resourceType":"Bundle","entry":[${resources.map((each) => `{"resource":${each}}`).join(",")}]}`;
const resource = (type: string, rest = "") => `{"resourceType":"${type}"${rest}}`;
const [patient, finding] = [resource("Patient"), resource("Observation")];
const named = (names: string) => bundle(resource("Patient", `,"name":[${names}]`), finding);
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const emr9 = (value: string, keys: readonly string[] = emr9Keys) =>
  `{${keys.map((key) => `"${key}":${value}`).join(",")}}`;

/** Different names of resource types. */
function types(count: number): string[] {
  const letter = (number: number) => String.fromCharCode(97 + (number % 26));
  return Array.from(
    { length: count },
    (_, at) => `T${[17_576, 676, 26, 1].map((size) => letter(Math.floor(at / size))).join("")}`,
  );
}

describe("hostile bytes: files of records", () => {
  const refused: [what: string, file: string | Uint8Array, code: ErrorCode, said: RegExp][] = [
    ["nothing", "", "record-not-json", /syntax/],
    ["white space", " \n\t", "record-not-json", /syntax/],
    ["a word", "Secret", "record-not-json", /syntax/],
    ["half a record", sampleRecord.slice(0, 90), "record-not-json", /syntax/],
    ["two records", sampleRecord + sampleRecord, "record-not-json", /syntax/],
    ["XML", "<Bundle><entry/></Bundle>", "record-not-json", /syntax/],
    ["a trailing comma", sampleRecord.replace("\n}", ",\n}"), "record-not-json", /trailing commas/],
    ["a comment", `${sampleRecord}// Secret`, "record-not-json", /comments/],
    ["a number that isn't one", emr9("NaN"), "record-not-json", /syntax/],
    ["a byte order mark", `\ufeff${sampleRecord}`, "record-not-json", /byte order mark/],
    ["UTF-16", new Uint8Array(Buffer.from(sampleRecord, "utf16le")), "record-not-json", /./],
    ["Latin-1", concat(utf8('{"name":"'), Uint8Array.of(0xe9), utf8('"}')), "record-not-json", /UTF-8/],
    ["a NUL", emr9('"a\u0000b"'), "record-not-json", /syntax/],
    ["513 levels", emr9(deep(512)), "record-not-json", /deeper than 512/],
    ["a million levels", "[".repeat(1_000_000), "record-not-json", /deeper than 512/],
    ["a text", '"Secret"', "record-unknown-schema", /neither/],
    ["null", "null", "record-unknown-schema", /neither/],
    ["a list", `[${sampleRecord}]`, "record-unknown-schema", /neither/],
    ["another object", '{"Secret":1}', "record-unknown-schema", /neither/],
    [
      "another object's prototype",
      '{"__proto__":{"resourceType":"Bundle"}}',
      "record-unknown-schema",
      /neither/,
    ],
    ["one resource", patient, "record-unknown-schema", /Bundle/],
    ["a resourceType that is no text", '{"resourceType":["Bundle"]}', "record-unknown-schema", /Bundle/],
    ["a Bundle of nothing", '{"resourceType":"Bundle"}', "record-unknown-schema", /no entry/],
    ["no parts", '{"resourceType":"Bundle","entry":[]}', "record-unknown-schema", /no entry/],
    [
      "entries without resources",
      '{"resourceType":"Bundle","entry":[{},{}]}',
      "record-unknown-schema",
      /no entry/,
    ],
    [
      "an entry that is no object",
      '{"resourceType":"Bundle","entry":[1]}',
      "record-unknown-schema",
      /entry 1/,
    ],
    ["a resource that is no object", bundle(patient, "7"), "record-unknown-schema", /entry 2/],
    [
      "a type with a control character",
      bundle(resource("Pa\\u0000tient")),
      "record-unknown-schema",
      /a word/,
    ],
    ["a type with a line break", bundle(resource("Patient\\n")), "record-unknown-schema", /a word/],
    [
      "a type with a direction mark",
      bundle(resource("\\u202eObservation")),
      "record-unknown-schema",
      /a word/,
    ],
    ["a type of 65 letters", bundle(resource("A".repeat(65))), "record-unknown-schema", /a word/],
    ["an empty type", bundle(resource("")), "record-unknown-schema", /a word/],
    [
      "two Bundles in one",
      '{"resourceType":"Bundle","resourceType":"Bundle"}',
      "record-keys",
      /resourceType.*twice/,
    ],
    [
      "two lists of entries",
      bundle(patient, finding).replace("{", '{"entry":[],'),
      "record-keys",
      /entry.*twice/,
    ],
    [
      "an entry with two resources",
      bundle(patient).replace('"resource"', `"resource":${finding},"resource"`),
      "record-keys",
      /Entry 1.*twice/,
    ],
    [
      "a resource of two types",
      bundle(resource("Patient", ',"resourceType":"Observation"')),
      "record-keys",
      /twice/,
    ],
    ["a key twice, spelled otherwise", emr9("1", [...emr9Keys, "n\\u0061me"]), "record-keys", /twice: name/],
    ["a key too few", emr9("1", emr9Keys.slice(1)), "record-keys", /missing: name/],
    ["an unknown key", emr9("1", [...emr9Keys, "Secret"]), "record-keys", /1 unknown/],
    ["only private parts", bundle(patient), "record-one-sided", /shared side/],
    [
      "65,536 parts",
      bundle(finding, ...types(65_534).map((type) => resource(type))),
      "record-part-count",
      /65,535/,
    ],
  ];
  for (const [what, file, code, said] of refused)
    it(`${what}: ${code}`, async () => {
      const { message } = await expectCode(code, () =>
        splitRecord(typeof file === "string" ? utf8(file) : file),
      );
      expect(message).to.match(said);
      expect(message, "what stands in the file").not.to.include("Secret");
      expect(message.length).to.be.below(400);
    });

  it("512 levels are taken, and come back byte for byte; so are 65,535 parts in the deep tests", () => {
    const file = utf8(emr9(deep(511)));
    const record = splitRecord(file);
    expect(Buffer.compare(joinRecord(record.schema, record.parts), file)).to.equal(0);
  });

  it("names too long or too many to look for are said, not looked for without end", () => {
    for (const names of [
      `{"family":"${"a".repeat(500_000)}"}`,
      `{"given":[${Array.from({ length: 5000 }, (_, at) => `"name${at}"`).join(",")}]}`,
    ])
      expect(splitRecord(utf8(named(names))).warnings.join()).to.match(/names that were not looked for/);
    const given = Array.from({ length: 60 }, (_, at) => `"name${at}"`).join(",");
    expect(splitRecord(utf8(named(`{"given":[${given}]}`))).warnings).to.deep.equal([]);
  });

  it("a record of no parts, or of 65,536, isn't signed", async () => {
    const many = inventParts(1);
    for (const parts of [[], Array<Part>(65_536).fill(many[0]!)])
      await expectCode("ces-header-invalid", () => sign(inventFields(), parts, doctor.privateKey));
  });

  for (const [what, label] of [
    ["nothing", ""],
    ["a NUL", "na\u0000me"],
    ["a line break", "name\n"],
    ["an escape sequence", "\u001b[2Jname"],
    ["a direction mark", "\u202ename"],
    ["a line separator", "na\u2028me"],
    ["half a character", "\ud83dname"],
    ["257 bytes", "a".repeat(257)],
    ["86 characters of three bytes", "名".repeat(86)],
  ] as const)
    it(`a label of ${what} isn't signed, whoever cut the record`, async () => {
      const parts = [...inventParts(1), { label, salt: randomBytes(32), content: utf8("1") }];
      await expectCode("record-label-invalid", () => sign(inventFields(), parts, doctor.privateKey));
    });
});
