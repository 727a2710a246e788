/** docs/walkthrough.md, as it stands: every command in it, in order, in one home. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { scratch } from "../cli/run.ts";
import { Running } from "../cli/running.ts";

const page = readFileSync(new URL("../../docs/walkthrough.md", import.meta.url), "utf8");
const entry = fileURLToPath(new URL("../../src/cli/diptych.mjs", import.meta.url));

type Block = { info: string; lines: string[] };

const blocks: Block[] = [...page.matchAll(/^```sh ?(.*)\n([\s\S]*?)^```$/gm)].map(([, info, text]) => ({
  info: info!,
  lines: text!.trimEnd().split("\n"),
}));

describe("cli: docs/walkthrough.md", function () {
  this.timeout(600_000);
  // Each command stands on those before it.
  this.bail(true);
  const folder = scratch();
  const work = join(folder, "work");
  let world: Running | undefined;
  let setup = "";

  before(() => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    mkdirSync(work);
    writeFileSync(join(bin, "diptych"), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`);
    chmodSync(join(bin, "diptych"), 0o755);
  });
  after(() => world?.end("SIGKILL"));

  /** One command as a shell runs it, after the lines that every terminal starts with. */
  async function run(line: string): Promise<{ status: number | null; words: string }> {
    const path = [join(folder, "bin"), join(process.execPath, ".."), process.env.PATH].join(delimiter);
    const child = spawn("sh", ["-c", `${setup}\n${line}`], {
      cwd: work,
      env: { ...process.env, PATH: path, DIPTYCH_PASSPHRASE: "correct horse battery", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let words = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        words += text;
      });
    const [status] = (await once(child, "close")) as [number | null];
    return { status, words };
  }

  it("names every kind of block that this test knows", () => {
    expect(blocks.length).to.be.greaterThan(15);
    for (const { info } of blocks) expect(info).to.match(/^(|setup|terminal-1|refused \d)$/);
    expect(blocks.filter(({ info }) => info === "setup").length).to.equal(1);
  });

  for (const { info, lines } of blocks) {
    const [kind, expected] = info.split(" ");
    if (kind === "setup")
      it("sets a terminal up", () => {
        setup = lines.join("\n");
      });
    else if (kind === "terminal-1")
      it(`terminal 1: ${lines.join("; ")}`, async () => {
        // Ctrl-C in terminal 1, if it runs.
        if (world !== undefined) expect(await world.end("SIGINT")).to.equal(0);
        const [, ...args] = lines[0]!.split(" ");
        world = new Running("--home", join(work, "home"), ...args);
        await world.event(({ event }) => event === "ready");
      });
    else
      for (const line of lines)
        it(line, async () => {
          const { status, words } = await run(line);
          expect(status, words).to.equal(Number(expected ?? 0));
        });
  }
});
