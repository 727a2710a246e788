/** The code in README and docs works as it stands: in an empty project that has the packed package, and by its types. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { sampleRecord, sharedPositions } from "../../src/record/index.ts";
import { keepMining, sample, world } from "../world.ts";
import { type Consumer, consumer, entries, runIn } from "./consumer.ts";
import { alone, snippets } from "./snippets.ts";

/** What README says of `world`, for its types: the snippet comes from nowhere that the package knows. */
const worldTypes = `
  import type { Authority, Chain, Side } from "diptych";
  declare const world: {
    chains: Record<Side, Chain>; authority: Authority; authorityUrl: string; gatewayUrl: string;
    gates: Record<Side, string[]>; fund: (address: string) => Promise<void>;
  };`;

/** An ABI that has lost its literal types finds no such function here. */
const abiTypes = `
  import { indexLedgerAbi } from "diptych/ledger/abi";
  type Publish = Extract<(typeof indexLedgerAbi)[number], { type: "function"; name: "publish" }>;
  export const found: Publish["name"] = "publish";`;

const wrongCall = `import { satisfies } from "diptych/policy"; satisfies(1);`;

/** What a strict compiler says of these files of the project; declarations of the package are checked too. */
function complaints({ folder }: Consumer, files: string[], resolution: "nodenext" | "bundler"): string[] {
  const program = ts.createProgram({
    rootNames: files.map((file) => join(folder, file)),
    options: {
      target: ts.ScriptTarget.ES2022,
      module: resolution === "nodenext" ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
      moduleResolution:
        resolution === "nodenext" ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      types: [],
    },
  });
  const ours = (file: string) => file.startsWith(folder) && !/node_modules\/(?!diptych\/)/.test(file);
  return program
    .getSourceFiles()
    .filter(({ fileName }) => ours(fileName))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}

describe("package: snippets", () => {
  let project: Consumer;
  before(async function () {
    this.timeout(120_000);
    project = await consumer();
  });

  it("README or docs show the roles, and abe and ces each alone", () => {
    expect(snippets.map(({ name }) => name)).to.include.members(["sdk", "abe", "ces"]);
  });

  for (const { name, document, code, prints } of alone)
    it(`${name} in ${document} prints in Node what it says`, async () => {
      expect(prints).not.to.deep.equal([]);
      const told = await runIn(project, `${name}.mjs`, code);
      expect(told.trim().split("\n")).to.deep.equal(prints);
    });

  for (const resolution of ["nodenext", "bundler"] as const)
    it(`all of them and every subpath have types, with module resolution "${resolution}"; a wrong call would show`, async function () {
      this.timeout(120_000);
      const files = snippets.map(({ name, code }, at) => {
        const text = name === "sdk" ? `${worldTypes}\n${code}` : code;
        return { name: `snippet${at}.ts`, text: `${text}\nexport {};\n` };
      });
      const all = entries.map((entry, at) => `export * as entry${at} from "${entry}";\n`).join("");
      files.push(
        { name: "everything.ts", text: all },
        { name: "abi.ts", text: abiTypes },
        { name: "wrong.ts", text: wrongCall },
      );
      for (const { name, text } of files) await writeFile(join(project.folder, name), text);
      const told = complaints(
        project,
        files.map(({ name }) => name),
        resolution,
      );
      const isWrongCall = (complaint: string) => complaint.startsWith(join(project.folder, "wrong.ts: "));
      expect(told.filter((complaint) => !isWrongCall(complaint))).to.deep.equal([]);
      expect(told.filter(isWrongCall)).not.to.deep.equal([]);
    });

  it("the SDK's runs on two chains, and reads the shared parts of the sample", async function () {
    this.timeout(120_000);
    const sdk = snippets.filter(({ name }) => name === "sdk");
    expect(sdk).to.have.length(1);
    const { code } = sdk[0]!;
    expect(code.split("\n").length, "about 30 lines of code").to.be.lessThan(50);

    const told: string[][] = [];
    const page = { log: (...words: string[]) => told.push(words) };
    const load = (name: string) => import(name);
    const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
    const run = new AsyncFunction(
      "world",
      "console",
      "load",
      code.replaceAll("await import(", "await load("),
    );
    const here = await world();
    const stop = keepMining(Object.values(here.chains));
    await run(here, page, load).finally(stop);

    const shared = sample().parts.filter((part) => sharedPositions(sample()).includes(part.position));
    expect(told).to.deep.equal(
      shared.map(({ label, content }) => [label, Buffer.from(content).toString("utf8")]),
    );
    for (const [label, content] of told) expect(sampleRecord).to.contain(`"${label}": ${content}`);
  });
});
