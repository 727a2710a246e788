/**
 * Demands that the contracts' tests run every line and take every branch of contracts/.
 *
 *   node scripts/audit/coverage.ts [--at COMMIT]
 *
 * Hardhat counts statements and lines, not branches. So a copy is measured in which each `if` without an `else` gets one,
 * on a line of its own: a line that no test reaches is then a branch that none takes. Operands of && and || and the sides
 * of ?: are held by the mutation run, which forces each of them to true and to false.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { copyTree } from "../mutation/tree.ts";
import { type AstNode, compileSound, readSources, walk } from "./compiler.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const tree = join(project, "cache", "audit", "coverage");
const { values: options } = parseArgs({ options: { at: { type: "string" } } });
const marker = "else { 0; }";

/** Gives each `if` without an `else` one that does nothing. */
function addBranches(content: string, ast: AstNode): string {
  const ends: number[] = [];
  walk(ast, ({ nodeType, trueBody, falseBody }) => {
    if (nodeType !== "IfStatement" || falseBody) return;
    const [start = 0, length = 0] = (trueBody as AstNode).src.split(":").map(Number);
    ends.push(start + length);
  });
  let bytes = Buffer.from(content);
  for (const end of ends.sort((a, b) => b - a)) {
    // A statement's range ends before its semicolon.
    const after = /^\s*;/.exec(bytes.subarray(end).toString())?.[0].length ?? 0;
    const at = bytes[end - 1] === 0x7d ? end : end + after;
    const isLast = at + 1 >= bytes.length || bytes[at] === 0x0a;
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(`\n${marker}${isLast ? "" : "\n"}`),
      bytes.subarray(at),
    ]);
  }
  return bytes.toString();
}

copyTree(project, tree, options.at);
const sources = readSources(tree, ["contracts"]);
const { sources: parsed } = compileSound(tree, sources, { "*": { "": ["ast"] } });
for (const [file, content] of Object.entries(sources)) {
  const ast = parsed[file]?.ast;
  if (ast !== undefined) writeFileSync(join(tree, file), addBranches(content, ast));
}
const hardhat = join(tree, "node_modules", "hardhat", "dist", "src", "cli.js");
// The status isn't looked at: sizes, ABIs and times differ in an instrumented build. The suite itself tells of failures.
spawnSync(process.execPath, [hardhat, "test", "--coverage"], {
  cwd: tree,
  stdio: "ignore",
});

let measured = 0;
const missed: string[] = [];
let file = "";
for (const line of readFileSync(join(tree, "coverage", "lcov.info"), "utf8").split("\n")) {
  file = /^SF:(.*)$/.exec(line)?.[1] ?? file;
  const hit = /^DA:(\d+),(\d+)/.exec(line);
  if (hit === null || !file.startsWith("contracts/")) continue;
  measured++;
  if (hit[2] !== "0") continue;
  const lines = readFileSync(join(tree, file), "utf8").split("\n");
  const at = Number(hit[1]) - 1;
  const isBranch = lines[at]?.trim() === marker;
  missed.push(
    `${file}: ${isBranch ? "nothing goes past" : "nothing runs"}: ${(lines[isBranch ? at - 1 : at] ?? "").trim()}`,
  );
}
for (const each of missed) console.log(each);
console.log(`${measured - missed.length} of ${measured} lines and branches are taken`);
if (measured === 0 || missed.length > 0) process.exitCode = 1;
