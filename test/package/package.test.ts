/** What package.json and docs promise of the package. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = new URL("../../", import.meta.url);
const text = (path: string) => readFile(new URL(path, root), "utf8");
const pack = JSON.parse(await text("package.json")) as { exports: Record<string, unknown>; files: string[] };

describe("package: exports", () => {
  for (const [subpath, target] of Object.entries(pack.exports)) {
    const name = subpath.replace(/^\./, "diptych");
    if (subpath.includes("*"))
      it(`${name} is what stands in that folder`, () => {
        expect(target).to.equal(subpath);
        expect(existsSync(new URL(subpath.replace("*", ""), root))).to.equal(true);
      });
    else if (typeof target === "string")
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

  it("the reference covers every entry", async () => {
    const { entryPoints } = JSON.parse(await text("typedoc.json")) as { entryPoints: string[] };
    for (const target of Object.values(pack.exports))
      if (typeof target !== "string") {
        const source = (target as Record<string, string>)["diptych-source"]!.slice(2);
        expect(
          entryPoints.some((glob) => matchesGlob(source, glob)),
          source,
        ).to.equal(true);
      }
  });

  it("the files that npm packs are there", () => {
    for (const file of pack.files.filter((each) => !/^!?dist/.test(each)))
      expect(existsSync(new URL(file, root)), file).to.equal(true);
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
