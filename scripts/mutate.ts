/**
 * Changes the contracts in small ways, one at a time, and looks whether the contracts' tests notice.
 *
 *   node scripts/mutate.ts [--only File.sol] [--match TEXT] [--since COMMIT] [--at COMMIT] [--workers N] [--every N] [--fresh] [--min PERCENT] [--list]
 *
 * --only   mutants of one source; may be given again
 * --match  mutants whose names have that in them; may be given again
 * --since  mutants on lines that changed since that commit
 * --at     the project as it stood at that commit, not as it lies here
 * --every  only each Nth of them, for a first impression
 * --fresh  forgets what earlier runs found
 * --list   names the mutants, and ends
 *
 * Ends with status 1 when the score is below the minimum (95), a survivor isn't explained in scripts/mutation/survivors.json,
 * or an explanation is out of date. All results: cache/mutation/report.json.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readSources } from "./audit/compiler.ts";
import { digestOfTexts, Journal } from "./mutation/journal.ts";
import { type Closures, type Mutant, makeMutants } from "./mutation/mutants.ts";
import { Worker } from "./mutation/pool.ts";
import { print, readExplanations, summarise, type Tried } from "./mutation/report.ts";
import type { Verdict } from "./mutation/runner.ts";
import { copyTree } from "./mutation/tree.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, "cache", "mutation");
const tree = join(home, "tree");

/** These look at the build as it is committed or shipped: they tell nothing of what the contracts do. */
const leftOut = /^(abi|deployment)\.test\.ts$/;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    match: { type: "string", multiple: true },
    since: { type: "string" },
    at: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    every: { type: "string", default: "1" },
    fresh: { type: "boolean", default: false },
    min: { type: "string", default: "95" },
    list: { type: "boolean", default: false },
  },
});

/** Lines of each source that differ from a commit's. */
function changedLines(commit: string): (mutant: Mutant) => boolean {
  const diff = execFileSync("git", ["diff", "-U0", commit, "--", "contracts"], {
    cwd: root,
    encoding: "utf8",
  });
  const lines = new Set<string>();
  let file = "";
  for (const text of diff.split("\n")) {
    file = /^\+\+\+ b\/(.*)$/.exec(text)?.[1] ?? file;
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk === null) continue;
    for (let i = 0; i < Number(hunk[2] ?? 1); i++) lines.add(`${file}:${Number(hunk[1]) + i}`);
  }
  return ({ file: of, line }) => lines.has(`${of}:${line}`);
}

const isTarget = (file: string) =>
  file.startsWith("contracts/") &&
  !file.startsWith("contracts/interfaces/") &&
  (options.only === undefined || options.only.some((name) => file.endsWith(`/${name}`)));

/** Where a mutant is: its source and function. */
const placeOf = ({ name }: Mutant) => name.slice(0, name.indexOf(": ["));

/**
 * Test files by how often they killed mutants of this function, then of this source, most often first; before that, the
 * short ones first.
 */
function orderFor(
  mutant: Mutant,
  tests: readonly string[],
  kills: ReadonlyMap<string, number>,
  lasted: Readonly<Record<string, number>>,
): string[] {
  const { file } = mutant;
  const name = /([^/]+)\.sol$/.exec(file)?.[1]?.toLowerCase() ?? "";
  const rank = (test: string) =>
    1000 * (kills.get(`${placeOf(mutant)} ${test}`) ?? 0) +
    (kills.get(`${file} ${test}`) ?? 0) +
    (test.toLowerCase().includes(`/${name}.`) ? 0.5 : 0);
  return [...tests].sort((a, b) => rank(b) - rank(a) || (lasted[a] ?? 0) - (lasted[b] ?? 0));
}

/** Tries all that the journal doesn't know, side by side. */
async function tryAll(mutants: readonly Mutant[], journal: Journal, closures: Closures): Promise<void> {
  const tests = readdirSync(join(tree, "test", "contracts"))
    .filter((name) => name.endsWith(".test.ts") && !leftOut.test(name))
    .map((name) => `test/contracts/${name}`);
  const setup = {
    root: tree,
    testFiles: tests.map((file) => join(tree, file)),
    closures: [...closures].map(([file, needs]): [string, string[]] => [file, [...needs]]),
  };
  const kills = new Map<string, number>();
  const seen: Record<string, string> = {};
  const note = (mutant: Mutant, { killer, digest }: Verdict) => {
    if (killer !== undefined)
      for (const key of [`${mutant.file} ${killer}`, `${placeOf(mutant)} ${killer}`])
        kills.set(key, (kills.get(key) ?? 0) + 1);
    if (digest !== undefined) seen[digest] ??= mutant.name;
  };
  const open: Mutant[] = [];
  for (const mutant of mutants) {
    const known = journal.get(mutant.name);
    if (known === undefined) open.push(mutant);
    else note(mutant, known);
  }
  // In no order at all, so that a run that is cut off has tried a fair sample; but what is known to live comes last, since
  // each of these takes the whole suite.
  const explained = readExplanations();
  const lot = ({ name }: Mutant) => `${explained.has(name) ? 1 : 0} ${digestOfTexts({ name })}`;
  open.sort((a, b) => (lot(a) < lot(b) ? -1 : 1));
  const total = open.length;
  if (total === 0) return;
  let done = 0;
  const work = async (worker: Worker, lasted: Record<string, number>) => {
    for (let mutant = open.shift(); mutant !== undefined; mutant = open.shift()) {
      const { file, content } = mutant;
      const verdict = await worker.attempt({
        file,
        content,
        order: orderFor(mutant, tests, kills, lasted),
        seen,
      });
      note(mutant, verdict);
      journal.add(mutant.name, verdict);
      done++;
      if (verdict.fate === "survived") console.error(`survived: line ${mutant.line}: ${mutant.name}`);
      if (done % 50 === 0) console.error(`${done} of ${total} ...`);
    }
    worker.stop();
  };
  const workers = Array.from({ length: Math.min(total, Number(options.workers)) }, () => new Worker(setup));
  const baseline = journal.baseline() ?? (await workers[0]?.start());
  if (baseline !== undefined) journal.keepBaseline(baseline);
  await Promise.all(
    workers.map(async (worker) => {
      if (!worker.isRunning()) await worker.start(baseline);
      await work(worker, baseline?.lasted ?? {});
    }),
  );
}

/** Runs the Solidity tests against what mocha let live and nothing explains, where they can tell. */
function trySolidityTests(survivors: readonly Tried[], journal: Journal, closures: Closures): void {
  const hardhat = join(tree, "node_modules", "hardhat", "dist", "src", "cli.js");
  const pass = () => spawnSync(process.execPath, [hardhat, "test", "solidity"], { cwd: tree }).status === 0;
  const isSeen = ({ mutant }: Tried) =>
    [...closures].some(([file, needs]) => file.endsWith(".t.sol") && needs.has(mutant.file));
  const explained = readExplanations();
  const open = survivors.filter(
    (each) => isSeen(each) && each.verdict.by === undefined && !explained.has(each.mutant.name),
  );
  if (open.length === 0) return;
  if (!pass()) throw new Error("the Solidity tests don't pass on the contracts as they are");
  for (const { mutant, verdict } of open) {
    const path = join(tree, mutant.file);
    const original = readSources(tree, ["contracts"])[mutant.file] ?? "";
    writeFileSync(path, mutant.content);
    const lives = pass();
    writeFileSync(path, original);
    const next: Verdict = lives
      ? { ...verdict, by: "nothing, not even Solidity tests" }
      : { ...verdict, fate: "killed", by: "the Solidity tests" };
    journal.add(mutant.name, next);
  }
}

const start = Date.now();
// To be named they needn't be copied, which would spoil a run that is under way.
const from = options.list && options.at === undefined ? root : tree;
if (from === tree) copyTree(root, tree, options.at);
const sources = readSources(from, ["contracts", "test/contracts"]);
const { mutants: all, closures } = makeMutants(from, sources, isTarget);
const isWanted = ({ name }: Mutant) => options.match?.some((text) => name.includes(text)) ?? true;
const mutants = (options.since === undefined ? all : all.filter(changedLines(options.since)))
  .filter(isWanted)
  .filter((_, i) => i % Number(options.every) === 0);
if (options.list) {
  for (const { line, name } of mutants) console.log(`line ${line}: ${name}`);
  process.exit();
}
const journalPath = join(home, "journal.jsonl");
if (options.fresh) rmSync(journalPath, { force: true });
const texts = (folder: string) =>
  Object.fromEntries(
    readdirSync(join(tree, folder))
      .filter((name) => /\.(ts|sol)$/.test(name))
      .map((name) => [name, readFileSync(join(tree, folder, name), "utf8")]),
  );
const journal = new Journal(
  journalPath,
  digestOfTexts(readSources(tree, ["contracts"])),
  digestOfTexts(texts("test/contracts")),
);
console.error(`${mutants.length} mutants`);
const tried = (): Tried[] =>
  mutants.flatMap((mutant) => {
    const verdict = journal.get(mutant.name);
    return verdict === undefined ? [] : [{ mutant, verdict }];
  });
await tryAll(mutants, journal, closures);
trySolidityTests(
  tried().filter(({ verdict }) => verdict.fate === "survived"),
  journal,
  closures,
);
const report = summarise(
  tried(),
  mutants.length === all.length && options.only === undefined,
  Date.now() - start,
);
writeFileSync(join(home, "report.json"), `${JSON.stringify(report, undefined, 2)}\n`);
print(report);
const unexplained = report.survivors.some(({ why }) => why === null);
if (100 * report.score < Number(options.min) || unexplained || report.stale.length > 0) process.exitCode = 1;
