/**
 * Proves the theorems of scripts/audit/proofs.ts (written in Solidity in test/halmos) with Halmos, a symbolic executor, for
 * all arguments within their bounds; then breaks the contracts, and demands that each theorem is refuted.
 *
 *   node scripts/audit/halmos.ts [--only NAMEBEGINNING] [--at COMMIT] [--deep]
 *
 * --deep goes further: minutes become hours.
 *
 * Halmos comes from PyPI; without it nothing is proven and the status is 0, unless DIPTYCH_AUDIT_REQUIRED is set. Halmos
 * expects a Foundry project: it gets a folder that looks like one, with what solc makes of our sources.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyTree } from "../mutation/tree.ts";
import { compileSound, readSources, type Sources } from "./compiler.ts";
import { type Theorem, theorems } from "./proofs.ts";
import { commandsOf } from "./python.ts";

const VERSION = "0.3.3";
const project = fileURLToPath(new URL("../..", import.meta.url));
const { values: options } = parseArgs({
  options: { only: { type: "string" }, at: { type: "string" }, deep: { type: "boolean", default: false } },
});
const home = join(project, "cache", "audit");
const scratch = join(home, "halmos");
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

/** Writes a folder as Foundry leaves it after a build of these contracts of test/halmos and what they make. */
function writeBuild(sources: Sources, names: readonly string[]): void {
  const wanted = ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"];
  const selection = Object.fromEntries(names.map((name) => [`test/halmos/${name}.sol`, { "*": wanted }]));
  const output = compileSound(root, sources, { "*": { "": ["ast"] }, ...selection });
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(join(scratch, "bin"), { recursive: true });
  writeFileSync(join(scratch, "foundry.toml"), "");
  writeFileSync(join(scratch, "bin", "forge"), "#!/bin/sh\nexit 0\n");
  chmodSync(join(scratch, "bin", "forge"), 0o755);
  for (const [path, contracts] of Object.entries(output.contracts)) {
    const folder = join(scratch, "out", path.split("/").at(-1) ?? path);
    mkdirSync(folder, { recursive: true });
    const { ast, id } = output.sources[path]!;
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
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(artifact));
    }
  }
}

/** Runs Halmos on one theorem, on what was built last. */
function runHalmos(bin: string, { contract, check, bytes }: Theorem, early: boolean): Outcome | undefined {
  const result = join(scratch, "result.json");
  rmSync(result, { force: true });
  const args = ["--contract", contract, "--function", check, "--no-status", "--json-output", result];
  // Every loop here ends by itself: the bound is only there so that a broken one ends too.
  args.push("--loop", "256", "--solver-timeout-branching", "10s", "--solver-timeout-assertion", "60s");
  if (bytes !== undefined) {
    const most = options.deep ? bytes.deep : bytes.quick;
    args.push("--array-lengths", `operations={${Array.from({ length: most + 1 }, (_, i) => i).join(",")}}`);
  }
  if (early) args.push("--early-exit");
  const path = [join(scratch, "bin"), bin, process.env.PATH].join(delimiter);
  const run = spawnSync(join(bin, "halmos"), args, {
    cwd: scratch,
    env: { ...process.env, PATH: path },
    encoding: "utf8",
  });
  try {
    const found = JSON.parse(readFileSync(result, "utf8")) as { test_results: Record<string, Outcome[]> };
    const outcome = Object.values(found.test_results).flat()[0];
    if (outcome !== undefined) return outcome;
  } catch {
    // It didn't come as far as a result.
  }
  console.error(`${run.stdout}${run.stderr}`);
  return undefined;
}

/** The sources with the one place changed that refutes a theorem. */
function broken(sources: Sources, { check, refutedBy: { file, from, to } }: Theorem): Sources {
  const content = sources[file] ?? "";
  if (content.split(from).length !== 2)
    throw new Error(
      `${check}: "${from}" doesn't stand exactly once in ${file}: scripts/audit/proofs.ts is out of date`,
    );
  return { ...sources, [file]: content.replace(from, () => to) };
}

const bin = commandsOf(home, "halmos", VERSION);
if (bin === undefined) {
  process.exit(process.env.DIPTYCH_AUDIT_REQUIRED === undefined ? 0 : 1);
}
const sources = {
  ...readSources(root, ["contracts"]),
  ...readSources(project, ["test/halmos"]),
};
const chosen = theorems.filter(({ check }) => check.startsWith(options.only ?? ""));
const say = (theorem: Theorem, what: string, start: number) =>
  console.log(
    `${theorem.contract}.${theorem.check}: ${what} (${((Date.now() - start) / 1000).toFixed(1)} s)`,
  );
let failures = 0;
writeBuild(sources, [...new Set(chosen.map(({ contract }) => contract))]);
for (const theorem of chosen) {
  const start = Date.now();
  const outcome = runHalmos(bin, theorem, false);
  const proven = outcome?.exitcode === 0 && outcome.num_bounded_loops === 0;
  if (!proven) failures++;
  const paths = outcome?.num_paths?.[0] ?? 0;
  say(theorem, proven ? `proven over ${paths} paths` : `NOT PROVEN ${JSON.stringify(outcome)}`, start);
}
for (const theorem of chosen) {
  const start = Date.now();
  writeBuild(broken(sources, theorem), [theorem.contract]);
  const outcome = runHalmos(bin, theorem, true);
  const refuted = outcome?.exitcode === 1 && outcome.num_models > 0;
  if (!refuted) failures++;
  say(theorem, refuted ? "refuted when broken" : `NOT REFUTED ${JSON.stringify(outcome)}`, start);
}
if (failures > 0) process.exitCode = 1;
