/**
 * The whole suite: contract tests under Hardhat and everything else under mocha, in groups of which some run side by side, each
 * in a process of its own. Prints the output of each as a block, then one line with the sums. Exit status 0 only when all ran
 * tests and none failed. Arguments go to mocha, which then runs alone: `npm test -- test/ces/*.test.ts`.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

type Run = { status: number; passed: number; failed: number };

/** The count in the last line such as "12 passing (3s)", if there is one: a runner of runners sums up last. */
function count(output: string, word: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: runners colour their counts
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const found = [...plain.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** How long a runner that has summed up may be silent before it ends, in milliseconds: longer, and a test left something open. */
const ENDING = 180_000;

/** Runs one runner; its output is shown as it comes with `live`, else as one block at its end. */
function run(entry: string[], args: string[], live: boolean): Promise<Run> {
  const child = spawn(process.execPath, [join(root, "node_modules", ...entry), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      // The tests start some hundred processes of the same sources: each but the first is spared the compiling.
      NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "diptych-test"),
      ...process.env,
      FORCE_COLOR: process.stdout.isTTY ? "1" : "0",
    },
  });
  // Mocha's command runs another process, to which it hands on this signal only.
  const stop = () => child.kill("SIGINT");
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  let output = "";
  let ending: NodeJS.Timeout | undefined;
  let hung = false;
  const show = (text: string) => {
    output += text;
    if (live) process.stdout.write(text);
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      show(text);
      clearTimeout(ending);
      if (count(output, "passing") === undefined) return;
      ending = setTimeout(() => {
        hung = true;
        show(
          "test: all has run, but something that a test opened keeps the process alive; it is ended, and counts as failed.\n",
        );
        show("test: run the files of this group one by one to find which.\n");
        stop();
      }, ENDING);
    });
  return new Promise((resolve) => {
    child.on("close", (status) => {
      clearTimeout(ending);
      if (!live) process.stdout.write(output);
      const [passed = 0, failed = 0] = [count(output, "passing"), count(output, "failing")];
      resolve({ status: hung ? 1 : (status ?? 1), passed, failed });
    });
  });
}

const all = (folder: string) => `test/${folder}/**/*.test.ts`;

/**
 * Mocha's groups, the longest first. Folders that need chains and services share them in one process, but where that would take
 * longer than all the rest. What stands in no group makes one more, so that no file is forgotten.
 */
const groups = [
  [all("e2e")],
  [all("cli")],
  ["test/roles/[a-h]*.test.ts"],
  ["test/roles/[i-z]*.test.ts"],
  [all("attacks"), all("hostile"), all("package")],
  [all("ledger"), all("services")],
  [all("abe"), all("bench")],
];
const others = [all("contracts"), ...groups.flat()].flatMap((pattern) => ["--ignore", pattern]);
const mocha = ["mocha", "bin", "mocha.js"];

/** Groups wait for chains and child processes part of the time: two a core keep it busy. */
const atOnce = Math.max(3, 2 * availableParallelism());

const chosen = process.argv.slice(2);
const waiting: (() => Promise<Run>)[] =
  chosen.length > 0
    ? [() => run(mocha, chosen, true)]
    : [
        () => run(mocha, ["test/**/*.test.ts", ...others], true),
        ...groups.map((patterns) => () => run(mocha, patterns, false)),
        () => run(["hardhat", "dist", "src", "cli.js"], ["test"], false),
      ];
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => waiting.splice(0));
const runs: Run[] = [];
async function runWaiting(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) runs.push(await next());
}
await Promise.all(Array.from({ length: atOnce }, runWaiting));
const passed = runs.reduce((sum, each) => sum + each.passed, 0);
const failed = runs.reduce((sum, each) => sum + each.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = runs.every((each) => each.status === 0 && each.passed > 0) ? 0 : 1;
