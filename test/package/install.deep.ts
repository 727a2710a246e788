/** The packed package installed by npm itself, with all that it depends on from the registry or npm's cache. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { consumer, entries, npm, runIn } from "./consumer.ts";

const run = promisify(execFile);

describe("package: installed by npm", () => {
  it("loads by every subpath", async function () {
    this.timeout(300_000);
    const packed = await consumer();
    const folder = await mkdtemp(join(tmpdir(), "diptych-install-"));
    try {
      await writeFile(
        join(folder, "package.json"),
        `{ "name": "project", "private": true, "type": "module" }\n`,
      );
      const [command, ...first] = npm();
      const args = ["install", packed.archive, "--prefer-offline", "--no-audit", "--no-fund"];
      await run(command, [...first, ...args], { cwd: folder, shell: command.endsWith(".cmd") });
      const code = `for (const name of ${JSON.stringify(entries)}) await import(name); console.log("loaded");`;
      expect(await runIn({ ...packed, folder }, "load.mjs", code)).to.equal("loaded\n");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
