/** What package.json, README and docs promise of the package. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { sampleRecord, sharedPositions } from "../../src/record/index.ts";
import { keepMining, sample, world } from "../world.ts";

const root = new URL("../../", import.meta.url);
const text = (path: string) => readFile(new URL(path, root), "utf8");
const pack = JSON.parse(await text("package.json")) as { exports: Record<string, unknown>; files: string[] };

describe("package: exports", () => {
  for (const [subpath, target] of Object.entries(pack.exports)) {
    const name = subpath.replace(/^\./, "diptych");
    if (typeof target === "string")
      it(`${name} is that file`, () => {
        expect(fileURLToPath(import.meta.resolve(name))).to.equal(fileURLToPath(new URL(target, root)));
      });
    else
      it(`${name} is its barrel under the source condition, and its build is named after it`, async () => {
        const conditions = target as Record<string, string>;
        const source = conditions["diptych-source"]!;
        expect(import.meta.resolve(name)).to.equal(new URL(source, root).href);
        expect(existsSync(new URL(source, root))).to.equal(true);
        const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
        expect(conditions).to.deep.equal({
          "diptych-source": source,
          types: `${built}.d.ts`,
          default: `${built}.js`,
        });
        expect(Object.keys(conditions)).to.deep.equal(["diptych-source", "types", "default"]);
        expect(Object.keys(await import(name))).not.to.deep.equal([]);
      });
  }

  it("every layer that is usable alone has its subpath", async () => {
    for (const layer of ["core", "policy", "abe", "ces", "seal", "record", "cloud", "ledger", "services"])
      expect(pack.exports).to.have.property(`./${layer}`);
  });

  it("the root gives the roles", async () => {
    const { Authority, Doctor, Patient, Requester, memoryKeyStore } = await import("diptych");
    for (const each of [Authority, Doctor, Patient, Requester, memoryKeyStore])
      expect(each).to.be.a("function");
  });

  it("the files that npm packs are there", () => {
    for (const file of pack.files.filter((each) => each !== "dist"))
      expect(existsSync(new URL(file, root)), file).to.equal(true);
  });
});

describe("package: README", () => {
  it("its SDK snippet runs as it stands, and reads the shared parts of the sample", async () => {
    const blocks = [
      ...(await text("README.md")).matchAll(/^```(?:ts|js)\n(\/\/ readme: sdk\n[\s\S]*?)^```$/gm),
    ];
    expect(blocks).to.have.length(1);
    const code = blocks[0]![1]!;
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

describe("package: docs/errors.md", () => {
  it("has a row for every code in src/core/errors.ts, in the order of the union, and for no other", async () => {
    const union = [...(await text("src/core/errors.ts")).matchAll(/^ {2}\| "([a-z0-9-]+)"/gm)].map(
      (match) => match[1],
    );
    const rows = [...(await text("docs/errors.md")).matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(
      (match) => match[1],
    );
    expect(union.length).to.be.greaterThan(40);
    expect(rows).to.deep.equal(union);
  });

  it("names the codes that clients take over from services as src/cloud/http.ts has them", async () => {
    const list = /passedOn: readonly ErrorCode\[\] = \[([^\]]+)\]/.exec(await text("src/cloud/http.ts"))![1]!;
    const passed = [...list.matchAll(/"([a-z-]+)"/g)].map((match) => match[1]);
    const docs = await text("docs/errors.md");
    const start = docs.indexOf("turn these codes back into the same error");
    const sentence = docs.slice(start, docs.indexOf(". Every other", start));
    expect([...sentence.matchAll(/`([a-z-]+)`/g)].map((match) => match[1])).to.have.members(passed);
  });
});
