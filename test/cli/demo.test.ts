/** The main job from outside: two whole runs, side by side, on records of these tests' own. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { checkReport, type Report } from "./report.ts";
import { type Outcome, putOff, scratch } from "./run.ts";

type Name = "fhir" | "emr9";

// Numbers, escapes, white space and repeated types that a parse and print would change.
const patient = `{ "resourceType" : "Patient", "id": "p-1", "name": [{"family": "Synthetic\\u00e9", "given": ["Test\\/Person"]}] }`;
const conditions = [
  `{"resourceType":"Condition","id":"c-1","note":[{"text":"an invented finding of thirty letters"}],"onsetAge":{"value":29.0}}`,
  `{\r\n\t"resourceType": "Condition",\r\n\t"id": "c-2", "recordedDate": "2020-02-30T00:00:00+00:00"}`,
];
const observations = [
  `{"resourceType":"Observation","valueQuantity":{"value":1.50e+2,"unit":"µg"}}`,
  `{"resourceType":"Observation","valueQuantity":{"value":-0,"unit":"\\ud83d\\ude00"}}`,
];
const report = `{"resourceType":"DiagnosticReport","conclusion":"invented conclusion of this test"}`;
const entry = (resource: string, more = "") => `{ "fullUrl": "urn:uuid:0${more}", "resource":${resource} }`;
const bundle = `\n{"resourceType": "Bundle", "type":"collection" , "entry" : [
  ${entry(patient)},${entry(conditions[0]!)},
    ${entry(observations[0]!, "1")}, {"fullUrl":"urn:without:resource"},\t${entry(report)} ,
  ${entry(conditions[1]!)},${entry(observations[1]!)}  ] , "total": 6.0 }  \r\n`;

const values = {
  medicalHistory: `[ "invented history that only some may read" ]`,
  name: `"Synthetic \\"Person\\" of these tests"`,
  gender: `"other"`,
  dateOfBirth: `"1970-01-01"`,
  idNumber: `12345678901234567890.10`,
  symptoms: `[ "invented symptom one",\n "two" ]`,
  diagnosis: `{"text":"invented diagnosis of this test","code":null}`,
  prescription: `"\\u0041 "`,
  examinationReport: `{ }`,
};
const emr9 = `  {${Object.entries(values)
  .map(([key, value]) => `"${key}":\t${value}`)
  .join(" ,\n")}}`;

describe("cli: the main job", () => {
  const runs = {} as Record<Name, Outcome & { report: Report; out: string; input: string }>;
  const folder = scratch();

  /** Plays a record; what it holds and what the run says of it. */
  function play(name: Name, input: string, more: () => Promise<string[]>) {
    const out = join(folder, name);
    const outcome = putOff(async () => {
      const file = join(folder, `${name}.json`);
      await writeFile(file, input);
      return ["demo", "--json", "--record", file, "--out", out, ...(await more())];
    });
    return async () => {
      const ended = await outcome();
      expect(ended.status, ended.stderr.slice(-2000)).to.equal(0);
      const report: unknown = JSON.parse(ended.stdout);
      checkReport(report);
      runs[name] = { ...ended, report, out, input };
    };
  }

  const played = [
    play("fhir", bundle, async () => []),
    play("emr9", emr9, async () => {
      const sides = join(folder, "sides.json");
      await writeFile(sides, `{"emr9": {"gender": "private"}, "fhir": {}}`);
      return ["--sides", sides];
    }),
  ];

  before(async function () {
    this.timeout(240_000);
    for (const each of played) await each();
  });

  const contents = async (out: string) => {
    const names = (await readdir(join(out, "general"))).sort();
    return Promise.all(names.map(async (name) => [name, await readFile(join(out, "general", name), "utf8")]));
  };
  const partyOf = (report: Report, name: string, when: "parties" | "after" = "parties") =>
    report[when].find((party) => party.name === name)!;

  for (const name of ["fhir", "emr9"] as const) {
    it(`${name}: patient and privileged requester hold the file byte for byte`, async () => {
      const { out, input } = runs[name];
      for (const party of ["patient", "privileged"])
        expect(await readFile(join(out, party, "record.json"), "utf8")).to.equal(input);
      expect((await readdir(out)).sort()).to.deep.equal(["cloud", "general", "patient", "privileged"]);
    });

    it(`${name}: the cloud holds ciphertext only`, async () => {
      const { out, input } = runs[name];
      const words = [...new Set(input.match(/[A-Za-z ]{14,}/g))];
      expect(words.length).to.be.greaterThan(1);
      const entries = await readdir(join(out, "cloud"), { recursive: true, withFileTypes: true });
      const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
      expect(files.filter((file) => file.startsWith(join(out, "cloud", "blocks"))).length).to.be.greaterThan(
        5,
      );
      for (const file of files) {
        const bytes = await readFile(file, "latin1");
        expect(words.filter((word) => bytes.includes(word))).to.deep.equal([]);
      }
    });

    it(`${name}: every section of the paper has its step, and denials are told by name`, () => {
      const { report } = runs[name];
      expect(new Set(report.steps.map(({ step }) => step))).to.deep.equal(
        new Set([
          "5.1.1",
          "5.1.2",
          "5.1.3",
          "5.1.4",
          "5.1.5",
          "5.2.1",
          "5.2.2",
          "5.2.3",
          "5.3",
          "5.3.1",
          "5.3.2",
        ]),
      );
      const decisions = (when: "parties" | "after") =>
        report[when].map(({ name: who, decision, reason }) => [who, reason ?? decision]);
      expect(decisions("parties")).to.deep.equal([
        ["patient", "owner"],
        ["privileged", "granted"],
        ["general", "granted"],
        ["general-on-storage", "policy-not-satisfied"],
        ["stranger", "policy-not-satisfied"],
        ["expired", "policy-not-satisfied"],
      ]);
      expect(decisions("after")).to.deep.equal([
        ["patient", "owner"],
        ["privileged", "blocked"],
        ["general", "granted"],
        ["general-on-storage", "granted"],
        ["stranger", "policy-not-satisfied"],
        ["expired", "policy-not-satisfied"],
      ]);
      const { parts } = report.record;
      const all = parts.map(({ index }) => index);
      for (const [who, when] of [
        ["patient"],
        ["patient", "after"],
        ["privileged"],
        ["general-on-storage", "after"],
      ] as const)
        expect(partyOf(report, who, when).parts).to.deep.equal(all);
      const shared = parts.filter(({ side }) => side === "shared").map(({ index }) => index);
      expect(partyOf(report, "general").parts).to.deep.equal(shared);
    });

    it(`${name}: stdout holds one JSON object, stderr the story, and nothing is left`, () => {
      const { stdout, stderr, folders, running, report } = runs[name];
      expect(stdout).to.equal(`${JSON.stringify(report, null, 2)}\n`);
      expect(stderr).to.contain("5.2  Sharing it").and.contain("All of it held");
      expect(stderr).not.to.match(/\bat .*\.[tj]s:\d+/);
      expect(folders).to.deep.equal([]);
      expect(running).to.equal(false);
    });
  }

  it("fhir: parts are the slices of the source, grouped by type; with nothing to move 5.3.1 is skipped", async () => {
    const { report: told, out } = runs.fhir;
    const parts = told.record.parts.map(({ label, side }) => `${label} ${side}`);
    expect(parts).to.deep.equal([
      ...[
        "Patient private",
        "Condition shared",
        "Observation shared",
        "DiagnosticReport shared",
        "envelope private",
      ],
    ]);
    expect(await contents(out)).to.deep.equal([
      ["02-Condition.json", `[${conditions.join(",")}]`],
      ["03-Observation.json", `[${observations.join(",")}]`],
      ["04-DiagnosticReport.json", `[${report}]`],
    ]);
    expect(told.steps.filter(({ step }) => step === "5.3.1").map(({ skipped }) => skipped)).to.deep.equal([
      true,
    ]);
    expect(partyOf(told, "general", "after").parts).to.deep.equal([2, 3, 4]);
    for (const { index, bytes } of told.record.parts.slice(1, 4)) {
      const [, content] = (await contents(out))[index - 2]!;
      expect(Buffer.byteLength(content!)).to.equal(bytes);
    }
  });

  it("emr9: the odd print is a tenth part; the table of sides counts; part 8 moves", async () => {
    const { report: told, out } = runs.emr9;
    expect(told.record.parts.map(({ side }) => side)).to.deep.equal([
      ...[
        "private",
        "private",
        "shared",
        "shared",
        "shared",
        "shared",
        "shared",
        "private",
        "private",
        "private",
      ],
    ]);
    expect(told.record.parts[9]!.label).to.equal("envelope");
    expect(await contents(out)).to.deep.equal([
      ["03-dateOfBirth.json", values.dateOfBirth],
      ["04-idNumber.json", values.idNumber],
      ["05-symptoms.json", values.symptoms],
      ["06-diagnosis.json", values.diagnosis],
      ["07-prescription.json", values.prescription],
    ]);
    const moves = told.steps.filter(({ step }) => step === "5.3.1");
    expect(moves.length).to.be.greaterThan(1);
    expect(moves.some(({ skipped }) => skipped)).to.equal(false);
    expect(partyOf(told, "general", "after").parts).to.deep.equal([3, 4, 5, 6, 7, 8]);
  });
});
