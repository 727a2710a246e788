/** What `npm pack` makes, looked at and used from an empty project. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { build } from "esbuild";
import { type Consumer, consumer, entries, manifest, root, runIn } from "./consumer.ts";

const run = promisify(execFile);

/** Runs a checker from node_modules; what it says goes into the failure. */
async function check(tool: string, args: string[]): Promise<void> {
  await run(process.execPath, [join(root, "node_modules", tool), ...args]).catch(
    (error: { stdout: string; stderr: string }) => expect.fail(`${error.stdout}${error.stderr}`),
  );
}

describe("package: packed", () => {
  let project: Consumer;
  before(async function () {
    this.timeout(120_000);
    project = await consumer();
  });

  it("has what every export names, the Solidity sources and the licence, and nothing that isn't meant to ship", () => {
    const { files } = project;
    for (const target of Object.values(manifest.exports))
      for (const [condition, path] of typeof target === "string" ? [] : Object.entries(target))
        if (condition !== "diptych-source") expect(files).to.include(path.slice(2));
    expect(files).to.include.members(["package.json", "README.md", "LICENSE", "contracts/IndexLedger.sol"]);
    const top = new Set(files.map((path) => path.split("/")[0]));
    const wanted = [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "contracts",
      "dist",
      "package.json",
      "src",
    ];
    expect([...top].sort()).to.deep.equal(wanted.sort());
    // The command's first file runs under any Node, so it isn't compiled.
    expect(files.filter((path) => path.startsWith("src/"))).to.deep.equal([manifest.bin.diptych]);
    const odd = files.filter(
      (path) => !/^src\/|\.(js|js\.map|d\.ts|sol|md)$|^LICENSE$|^package\.json$/.test(path),
    );
    expect(odd).to.deep.equal([]);
    expect(files.filter((path) => /^dist\/cli\/world|\.test\./.test(path))).to.deep.equal([]);
    expect(manifest.scripts.prepack).to.equal("npm run build");
  });

  it("has source maps that carry their sources, for they aren't in the package", async () => {
    const map = JSON.parse(
      await readFile(join(project.folder, "node_modules/diptych/dist/index.js.map"), "utf8"),
    );
    expect(map.sourcesContent).to.have.length(map.sources.length);
  });

  it("publint finds nothing", async () => {
    await check("publint/src/cli.js", ["run", project.archive, "--strict"]);
  });

  it("attw finds nothing, for a package of ES modules only", async () => {
    const args = [project.archive, "--profile", "esm-only", "--no-color", "--no-emoji"];
    await check("@arethetypeswrong/cli/dist/index.js", args);
  });

  it("imports every package that it depends on, and no other", async () => {
    const diptych = join(project.folder, "node_modules", "diptych");
    const { metafile } = await build({
      entryPoints: project.files
        .filter((path) => /^dist\/.*\.js$/.test(path))
        .map((path) => join(diptych, path)),
      bundle: true,
      write: false,
      outdir: "out",
      format: "esm",
      platform: "node",
      packages: "external",
      metafile: true,
    });
    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external, path }) => external === true && !path.startsWith("node:"))
      .map(({ path }) => /^(@[^/]+\/)?[^/]+/.exec(path)![0]);
    expect([...new Set(imported)].sort()).to.deep.equal(Object.keys(manifest.dependencies).sort());
  });

  it("loads by every subpath under plain Node", async () => {
    const code = `for (const name of ${JSON.stringify(entries)}) console.log(name, Object.keys(await import(name)).length > 0);`;
    const told = await runIn(project, "load.mjs", code);
    expect(told.trim().split("\n")).to.deep.equal(entries.map((name) => `${name} true`));
  });

  it("gives the contracts by their subpath, and their ABIs without a client", async () => {
    const code = `
      import * as abis from "diptych/ledger/abi";
      const contracts = import.meta.resolve("diptych/contracts/interfaces/IIndexLedger.sol");
      console.log(JSON.stringify({ contracts, abis: Object.fromEntries(Object.entries(abis).map(([name, abi]) => [name, abi.length])) }));`;
    const { contracts, abis } = JSON.parse(await runIn(project, "abi.mjs", code));
    expect(existsSync(fileURLToPath(contracts))).to.equal(true);
    expect(Object.keys(abis)).to.have.members([
      "indexLedgerAbi",
      "attributeRegistryAbi",
      "keyRegistryAbi",
      "timelockAbi",
    ]);
    for (const length of Object.values(abis)) expect(length).to.be.greaterThan(5);
  });
});
