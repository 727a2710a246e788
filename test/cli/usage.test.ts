/** What the command line says to what it can't take, and that a stopped run leaves nothing. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { demo } from "../../src/cli/demo/demo.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";
import { putOff, runInTurn, scratch } from "./run.ts";
import { describeStopped } from "./stopped.ts";

describe("cli: what it refuses", () => {
  const folder = scratch();
  const file = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  const patient = `{"resourceType":"Patient","id":"1"}`;
  const condition = `{"resourceType":"Condition","id":"2"}`;
  const bundleOf = (...resources: string[]) =>
    `{"resourceType":"Bundle","entry":[${resources.map((each) => `{"resource":${each}}`).join(",")}]}`;
  const bad: Record<string, [content: string | Uint8Array, code: ErrorCode]> = {
    "an empty file": ["", "record-not-json"],
    "white space": [" \n", "record-not-json"],
    "no JSON": ["name: x", "record-not-json"],
    "a byte order mark": ["\ufeff{}", "record-not-json"],
    "UTF-16": [Buffer.from(bundleOf(patient), "utf16le"), "record-not-json"],
    comments: ["{} // ha", "record-not-json"],
    "another JSON": ["[1]", "record-unknown-schema"],
    "one resource without a Bundle": [patient, "record-unknown-schema"],
    "a Bundle without resources": [bundleOf(), "record-unknown-schema"],
    "a Bundle with an empty shared side": [bundleOf(patient), "record-one-sided"],
    "an emr9 object with an unknown key": [`{"name":"x","nickname":"y"}`, "record-keys"],
  };
  for (const [what, [content, code]] of Object.entries(bad))
    it(`${what}: ${code}, before anything is started`, async () => {
      const record = await file("bad.json", content);
      const error = await expectCode(code, () => demo({ record }));
      expect(error.message).to.match(/^[^\n]{20,400}$/);
    });

  it("a table of sides that empties one side, or is none", async () => {
    const record = await file("good.json", bundleOf(patient, condition));
    const tables: [string, ErrorCode][] = [
      [`{"fhir": {"Condition": "private"}}`, "record-one-sided"],
      [`{"fhir": {"Condition": "public"}}`, "record-side-table"],
      [`{"hl7": {}}`, "record-side-table"],
      [`{"fhir": {"envelope": "shared"}}`, "record-side-table"],
      ["[]", "record-side-table"],
      ["not json", "record-side-table"],
    ];
    for (const [table, code] of tables) {
      const sides = await file("sides.json", table);
      await expectCode(code, () => demo({ record, sides }));
    }
    await expectCode("usage", () => demo({ record, sides: join(folder, "nowhere.json") }));
  });

  describe("as a process", () => {
    const refused: [what: string, args: () => Promise<string[]>, status: number, code: ErrorCode][] = [
      ["a file that isn't there", async () => ["demo", "--record", join(folder, "none.json")], 2, "usage"],
      ["a folder as file", async () => ["demo", "--record", folder], 2, "usage"],
      ["nothing on stdin", async () => ["demo", "--record", "-"], 4, "record-not-json"],
      ["an output folder that isn't empty", async () => ["demo", "--out", await fullFolder()], 2, "usage"],
      [
        "a byte order mark",
        async () => ["demo", "--record", await file("bom.json", "\ufeff{}")],
        4,
        "record-not-json",
      ],
    ];
    const fullFolder = async () => {
      await mkdir(join(folder, "full", "x"), { recursive: true });
      return join(folder, "full");
    };
    const misspelt = [
      ["demo", "--json", "--recrod", "x"],
      ["--record", "x"],
      ["demo", "--json", "--out"],
      ["demo", "again"],
      ["what", "--json"],
      ["config", "chek"],
      ["completion", "cmd", "--json"],
    ];

    for (const [what, args, status, code] of refused) {
      const ended = putOff(async () => [...(await args()), "--json"]);
      it(`${what}: one sentence with its code, exit status ${status}, and the same as JSON`, async () => {
        const outcome = await ended();
        expect(outcome).to.include({ status, signal: null, running: false });
        expect(outcome.folders).to.deep.equal([]);
        const { ok, error, ...rest } = JSON.parse(outcome.stdout);
        expect([ok, rest, Object.keys(error)]).to.deep.equal([false, {}, ["code", "message"]]);
        expect(error.code).to.equal(code);
        expect(outcome.stderr).to.equal(`diptych: ${error.message} [${code}]\n`);
      });
    }

    it("what is misspelt: one sentence, exit status 2, and the same as JSON when that was asked for", async () => {
      const ended = await runInTurn(misspelt);
      expect(ended).to.have.length(misspelt.length);
      for (const [at, { status, stdout, stderr }] of ended.entries()) {
        const args = misspelt[at]!;
        expect(status, args.join(" ")).to.equal(2);
        const [, message] = /^diptych: ([^\n]+) \[usage\]\n$/.exec(stderr)!;
        const json = args.includes("--json")
          ? `${JSON.stringify({ error: { code: "usage", message } })}\n`
          : "";
        expect(stdout, args.join(" ")).to.equal(json);
      }
    });

    const help = putOff(async () => ["demo", "--help"]);
    it("--help tells the options and ends well", async () => {
      const { status, stdout, stderr } = await help();
      expect([status, stderr]).to.deep.equal([0, ""]);
      for (const option of ["--record <file>", "--sides <file>", "--json", "--out <dir>"])
        expect(stdout).to.contain(option);
    });

    const nothing = putOff(async () => []);
    it("without a word: help, and all is well", async () => {
      const { status, stdout, stderr } = await nothing();
      expect([status, stderr]).to.deep.equal([0, ""]);
      expect(stdout).to.match(/^Usage: diptych /);
    });
  });
});

describe("cli: stopped in the middle", () => {
  describeStopped([
    ["SIGINT", "Everything below is real"],
    ["SIGTERM", "started  services"],
  ]);
});
