/**
 * Runs Slither over the contracts and compares what it finds with the answers in docs/audit.md: a finding without an answer,
 * or an answer to what isn't found any more, is an error.
 *
 *   node scripts/audit/slither.ts [--at COMMIT]
 *
 * Slither comes from PyPI; without it nothing is looked at and the status is 0, unless DIPTYCH_AUDIT_REQUIRED is set.
 * It works on a copy of the project with a Hardhat build of its own.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyTree } from "../mutation/tree.ts";
import { commandsOf } from "./python.ts";

const VERSION = "0.11.6";
const project = fileURLToPath(new URL("../..", import.meta.url));
const home = join(project, "cache", "audit");
const tree = join(home, "slither");
const { values: options } = parseArgs({ options: { at: { type: "string" } } });

interface Element {
  type: string;
  name: string;
  source_mapping: { filename_relative: string; lines: number[] };
  type_specific_fields?: { parent?: Element; signature?: string };
}

interface Finding {
  check: string;
  impact: string;
  description: string;
  elements: Element[];
}

/** `Contract.function(types)`, or as far as the element goes. */
function placeOf(element: Element | undefined): string {
  if (element === undefined) return "-";
  const parent = element.type_specific_fields?.parent;
  if (element.type === "node" || element.type === "variable") {
    if (parent !== undefined && parent.type === "function") return placeOf(parent);
  }
  const name = element.type_specific_fields?.signature ?? element.name;
  return parent?.type === "contract" ? `${parent.name}.${name}` : name;
}

function findAll(bin: string): Finding[] {
  copyTree(project, tree, options.at);
  const hardhat = join(tree, "node_modules", "hardhat", "dist", "src", "cli.js");
  const built = spawnSync(process.execPath, [hardhat, "build", "--quiet", "--no-tests"], {
    cwd: tree,
    stdio: "inherit",
  });
  if (built.status !== 0) throw new Error("the contracts don't compile");
  const result = join(home, "slither.json");
  rmSync(result, { force: true });
  const args = [".", "--ignore-compile", "--compile-force-framework", "hardhat"];
  args.push("--filter-paths", "node_modules|^test", "--json", result);
  const run = spawnSync(join(bin, "slither"), args, {
    cwd: tree,
    // Slither asks Hardhat for its configuration by npx.
    env: { ...process.env, PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter) },
    encoding: "utf8",
  });
  try {
    const report = JSON.parse(readFileSync(result, "utf8")) as {
      success: boolean;
      error: string | null;
      results: { detectors?: Finding[] };
    };
    if (!report.success) throw new Error(report.error ?? "no reason given");
    return report.results.detectors ?? [];
  } catch (error) {
    throw new Error(`Slither failed:\n${run.stdout}${run.stderr}`, { cause: error });
  }
}

/** The rows of the table in docs/audit.md, as "check place". */
function readAnswers(): Set<string> {
  const text = readFileSync(join(project, "docs", "audit.md"), "utf8");
  const rows = text.matchAll(/^\| `([a-z0-9-]+)` \| `([^`]+)` \| ([^|]{10,}) \|$/gm);
  return new Set([...rows].map(([, check, place]) => `${check} ${place}`));
}

const bin = commandsOf(home, "slither-analyzer", VERSION);
if (bin === undefined) process.exit(process.env.DIPTYCH_AUDIT_REQUIRED === undefined ? 0 : 1);
const findings = findAll(bin);
const answers = readAnswers();
const names = new Set<string>();
let unanswered = 0;
for (const { check, impact, description, elements } of findings) {
  const name = `${check} ${placeOf(elements[0])}`;
  names.add(name);
  if (answers.has(name)) continue;
  unanswered++;
  console.log(`UNANSWERED (${impact}): ${name}\n${description.trim()}\n`);
}
const stale = [...answers].filter((name) => !names.has(name));
for (const name of stale)
  console.log(`OUT OF DATE: docs/audit.md answers ${name}, which Slither doesn't find`);
console.log(
  `Slither ${VERSION}: ${findings.length} findings, ${unanswered} unanswered, ${stale.length} answers out of date`,
);
if (unanswered > 0 || stale.length > 0) process.exitCode = 1;
