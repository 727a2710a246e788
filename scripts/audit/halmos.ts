/**
 * Proves the theorems of scripts/audit/proofs.ts (written in Solidity in test/halmos) with Halmos, a symbolic executor, for
 * all arguments within their bounds; then breaks the contracts, and demands that each theorem is refuted.
 *
 *   node scripts/audit/halmos.ts [--only PART-OF-NAME] [--at COMMIT] [--deep]
 *
 * --deep goes further: minutes become hours.
 *
 * Halmos comes from PyPI; without it nothing is proven and the status is 0, unless DIPTYCH_AUDIT_REQUIRED is set. Halmos
 * expects a Foundry project: it gets a folder that looks like one, with what solc makes of our sources.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyTree } from "../mutation/tree.ts";
import { compileSound, readSources, type Sources } from "./compiler.ts";
import { type Theorem, theorems } from "./proofs.ts";
import { commandsOf } from "./python.ts";

const VERSION = "0.3.3";
/** A theorem takes seconds, on a busy machine minutes: what takes longer than this hangs. */
const LIMIT_MS = 15 * 60_000;
const project = fileURLToPath(new URL("../..", import.meta.url));
const { values: options } = parseArgs({
  options: { only: { type: "string" }, at: { type: "string" }, deep: { type: "boolean", default: false } },
});
const home = join(project, "cache", "audit");
const scratch = join(home, "halmos");
/** Runs at a time: Halmos keeps one core busy. */
const width = Math.max(1, Math.min(4, availableParallelism()));
const root = options.at === undefined ? project : join(home, "tree");
if (options.at !== undefined) copyTree(project, root, options.at);

interface Outcome {
  name: string;
  /** 0: proven; 1: refuted; else: neither */
  exitcode: number;
  num_models: number;
  num_bounded_loops: number;
  num_paths: [number, number, number] | null;
}

const running = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    for (const child of running) child.kill();
    process.exit(1);
  });

/** Writes a folder as Foundry leaves it after a build of this contract of test/halmos; its path. */
function writeBuild(sources: Sources, contract: string, name: string): string {
  const source = `test/halmos/${contract}.sol`;
  const wanted = ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"];
  const output = compileSound(root, sources, { [source]: { "*": wanted } });
  const folder = join(scratch, name);
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "foundry.toml"), "");
  writeFileSync(join(folder, "bin", "forge"), "#!/bin/sh\nexit 0\n");
  chmodSync(join(folder, "bin", "forge"), 0o755);
  for (const [path, contracts] of Object.entries(output.contracts)) {
    const out = join(folder, "out", path.split("/").at(-1) ?? path);
    mkdirSync(out, { recursive: true });
    const { ast, id } = trees[path]!;
    for (const [name, { abi, evm, metadata }] of Object.entries(contracts)) {
      const code = (of: "bytecode" | "deployedBytecode") => ({ ...evm[of], object: `0x${evm[of].object}` });
      const artifact = {
        abi,
        bytecode: code("bytecode"),
        deployedBytecode: code("deployedBytecode"),
        methodIdentifiers: evm.methodIdentifiers,
        metadata: metadata === "" ? { compiler: { version: "unknown" } } : JSON.parse(metadata),
        ast,
        id,
      };
      writeFileSync(join(out, `${name}.json`), JSON.stringify(artifact));
    }
  }
  return folder;
}

/** Runs Halmos on one theorem, on what was built in `folder`. */
async function runHalmos(
  folder: string,
  { contract, check, bytes }: Theorem,
  early: boolean,
): Promise<Outcome | undefined> {
  const result = join(folder, `${check}.json`);
  const args = ["--contract", contract, "--function", check, "--no-status", "--json-output", result];
  // Every loop here ends by itself: the bound is only there so that a broken one ends too. A branch that isn't found
  // impossible in time is followed: that costs time and proves no less.
  args.push("--loop", "256", "--solver-timeout-branching", "200ms", "--solver-timeout-assertion", "120s");
  if (bytes !== undefined) {
    const most = options.deep ? bytes.deep : bytes.quick;
    args.push("--array-lengths", `operations={${Array.from({ length: most + 1 }, (_, i) => i).join(",")}}`);
  }
  if (early) args.push("--early-exit");
  const path = [join(folder, "bin"), commands, process.env.PATH].join(delimiter);
  const child = spawn(join(commands, "halmos"), args, {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.deep ? {} : { timeout: LIMIT_MS }),
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  await new Promise((resolve) => child.on("close", resolve).on("error", resolve));
  running.delete(child);
  try {
    const found = JSON.parse(readFileSync(result, "utf8")) as { test_results: Record<string, Outcome[]> };
    const outcome = Object.values(found.test_results).flat()[0];
    if (outcome !== undefined) return outcome;
  } catch {
    // It didn't come as far as a result.
  }
  console.error(said);
  return undefined;
}

/** The sources with the one place changed that refutes a theorem. */
function broken({ check, refutedBy: { file, from, to } }: Theorem): Sources {
  const content = sources[file] ?? "";
  if (content.split(from).length !== 2)
    throw new Error(
      `${check}: "${from}" doesn't stand exactly once in ${file}: scripts/audit/proofs.ts is out of date`,
    );
  return { ...sources, [file]: content.replace(from, () => to) };
}

function say({ contract, check }: Theorem, what: string, start: number): void {
  console.log(`${contract}.${check}: ${what} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

/** Whether the theorem is proven. */
async function prove(theorem: Theorem): Promise<boolean> {
  const start = Date.now();
  const outcome = await runHalmos(join(scratch, theorem.contract), theorem, false);
  const proven = outcome?.exitcode === 0 && outcome.num_bounded_loops === 0;
  const paths = outcome?.num_paths?.[0] ?? 0;
  say(theorem, proven ? `proven over ${paths} paths` : `NOT PROVEN ${JSON.stringify(outcome)}`, start);
  return proven;
}

/** Whether the theorem is refuted on its broken contract. */
async function refute(theorem: Theorem): Promise<boolean> {
  const start = Date.now();
  const folder = writeBuild(broken(theorem), theorem.contract, `broken-${theorem.check}`);
  const outcome = await runHalmos(folder, theorem, true);
  const refuted = outcome?.exitcode === 1 && outcome.num_models > 0;
  say(theorem, refuted ? "refuted when broken" : `NOT REFUTED ${JSON.stringify(outcome)}`, start);
  return refuted;
}

const found = commandsOf(home, "halmos", VERSION);
if (found === undefined) process.exit(process.env.DIPTYCH_AUDIT_REQUIRED === undefined ? 0 : 1);
const commands: string = found;
const chosen = theorems.filter((each) => `${each.contract}.${each.check}`.includes(options.only ?? ""));
if (chosen.length === 0) throw new Error(`no theorem's name has "${options.only}" in it`);
const contracts = readSources(root, ["contracts"]);
const proofs = readSources(project, ["test/halmos"]);
const sources: Sources = { ...contracts, ...proofs };
// Asked for the trees of all together with one's code, the compiler makes the code of all: so they're made apart.
const trees = compileSound(root, sources, { "*": { "": ["ast"] } }).sources;
rmSync(scratch, { recursive: true, force: true });
for (const name of new Set(chosen.map(({ contract }) => contract))) writeBuild(sources, name, name);
const waiting = [
  ...chosen.map((theorem) => () => prove(theorem)),
  ...chosen.map((theorem) => () => refute(theorem)),
];
let failures = 0;
await Promise.all(
  Array.from({ length: width }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      if (!(await next())) failures++;
  }),
);
if (failures > 0) process.exitCode = 1;
