/** Questions on a terminal: a pseudo-terminal that `script` of util-linux opens. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { Home } from "../../src/cli/home/home.ts";
import { makeIdentity } from "../../src/cli/home/roleKeys.ts";
import { scratch } from "./run.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ctrlC = "\u0003";

/** What a terminal shows, and the status of the command in it; each answer is typed when its question has come. */
async function onTerminal(
  command: string,
  answers: readonly (readonly [question: string, typed: string])[],
): Promise<{ status: number; words: string }> {
  const { DIPTYCH_PASSPHRASE: _, DIPTYCH_PASSPHRASE_FILE: __, ...env } = process.env;
  const child = spawn("script", ["-qec", command, "/dev/null"], { env: { ...env, TERM: "xterm" } });
  let [words, seen] = ["", 0];
  const left = [...answers];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    words += text;
    const next = left[0];
    if (next === undefined || !words.slice(seen).includes(next[0])) return;
    seen = words.length;
    left.shift();
    // A person types when the question stands there: the line before may still be read.
    setTimeout(() => child.stdin.write(next[1]), 300);
  });
  const [status] = (await once(child, "close")) as [number];
  expect(left, words).to.deep.equal([]);
  return { status, words };
}

describe("cli: questions on a terminal", function () {
  this.timeout(120_000);
  const folder = scratch();
  const node = `"${process.execPath}"`;
  const diptych = `${node} "${file("../../src/cli/diptych.mjs")}" --home "${join(folder, "home")}"`;

  before(async function () {
    if (process.platform !== "linux" || spawnSync("script", ["--version"]).status !== 0) {
      console.warn("    skipped: there is no `script` of util-linux here");
      this.skip();
    }
    await makeIdentity(await Home.make(join(folder, "home")), "patient", "correct horse battery", 4);
  });

  const source = pathToFileURL(file("../../src/cli/frame/passphrase.ts")).href;
  const asks = `${node} --input-type=module -e "import { readPassphrase } from '${source}'; console.log('got', await readPassphrase('the keys', true).catch((error) => error.code))"`;

  it("a new passphrase is asked for twice, never shown, and refused at once when it is short", async () => {
    const [first, again] = ["New passphrase for the keys", "The same again"];
    const good = await onTerminal(asks, [
      [first, "correct horse\r"],
      [again, "correct horse\r"],
    ]);
    expect(good.words).to.contain("got correct horse");
    expect(good.words.match(/correct horse/g), "shown once, by this test").to.have.length(1);
    const other = await onTerminal(asks, [
      [first, "correct horse\r"],
      [again, "correct house\r"],
    ]);
    expect(other.words).to.contain("got passphrase-wrong");
    const short = await onTerminal(asks, [[first, "short\r"]]);
    expect(short.words).to.contain("got usage");
    expect(short.words).not.to.contain(again);
  });

  it("a wrong passphrase is told; Ctrl-C at the question ends with 130 and blames nobody", async () => {
    const question = "Passphrase for the keys of patient";
    const command = `${diptych} patient export "${join(folder, "backup")}"`;
    const wrong = await onTerminal(command, [[question, "battery horse\r"]]);
    expect(wrong.status).to.equal(7);
    expect(wrong.words).to.contain("[passphrase-wrong]");
    const right = await onTerminal(command, [[question, "correct horse battery\r"]]);
    expect(right.words).to.contain("[key-missing]");
    const stopped = await onTerminal(command, [[question, ctrlC]]);
    expect(stopped.status, stopped.words).to.equal(130);
    expect(stopped.words).not.to.match(/fault|\[[a-z-]+\]\s*$/);
  });
});
