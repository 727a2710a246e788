/**
 * The paper's evaluation (section 6), done again: every section in a process of its own, each result kept as soon as it is there,
 * at the end the page of it all, docs/evaluation.md. Some 20 minutes on two cores.
 *
 *   npm run bench:paper                  what isn't measured yet, and the page
 *   npm run bench:paper -- storage       one section, anew
 *   npm run bench:paper -- --full        the long forms
 *   npm run bench:paper -- --smoke       whether everything runs: seconds, nothing to quote, nothing kept
 *   npm run bench:paper -- --page        the page alone, from the results that stand
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openBed } from "./paper/bed.ts";
import { makePage } from "./paper/page.ts";
import { isMeasured, readResult, resultsFolder, sourcesNow, writeResult } from "./paper/results.ts";
import type { Form } from "./paper/section.ts";
import { counted, sections } from "./paper/sections.ts";
import { printFigures } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    out: { type: "string" },
    /** One section in this very process: how the others are run. */
    here: { type: "boolean", default: false },
  },
});
const form: Form = values.smoke ? "smoke" : values.full ? "full" : "usual";
const out = values.out ?? (values.smoke ? mkdtempSync(join(tmpdir(), "diptych-bench-")) : resultsFolder);

const unknown = positionals.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no section ${unknown.join(", ")}; there are ${sections.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

if (values.here) await measureHere(positionals[0]!);
else {
  const failed = values.page ? [] : await measureAll();
  // The page is of the committed results; others are for looking at.
  const page = out === resultsFolder ? join("docs", "evaluation.md") : join(out, "evaluation.md");
  writeFileSync(
    page,
    makePage((name) => readResult(out, name), out === resultsFolder ? "../bench/results/paper" : "."),
  );
  console.error(`The page is ${page}, the results are in ${out}.`);
  if (failed.length > 0) console.error(`These sections failed: ${failed.join(", ")}.`);
  process.exit(failed.length > 0 ? 1 : 0);
}

/** Measures one section after the other, and beside them, one after the other too, those that count; sections that failed. */
async function measureAll(): Promise<string[]> {
  const failed: string[] = [];
  const sources = sourcesNow();
  const wanted = sections.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const lanes = [true, false].map(async (beside) => {
    for (const section of wanted.filter((each) => counted.has(each) === beside))
      if (!(await measureApart(section.name, sources))) failed.push(section.name);
  });
  await Promise.all(lanes);
  return failed;
}

/** Measures a section in a process of its own, unless its result stands; whether it went well. */
async function measureApart(name: string, sources: string): Promise<boolean> {
  // Counting tests takes no time, and they aren't among the sources.
  const anew = values.fresh || positionals.includes(name) || name === "security";
  if (!anew && isMeasured(readResult(out, name), form, sources)) {
    console.error(`${name}: measured already.`);
    return true;
  }
  const flags = [...(values.full ? ["--full"] : []), ...(values.smoke ? ["--smoke"] : [])];
  const program = ["--conditions=diptych-source", fileURLToPath(import.meta.url)];
  const command = [...program, name, "--here", "--out", out, ...flags];
  const [status] = await once(spawn(process.execPath, command, { stdio: "inherit" }), "exit");
  return status === 0;
}

async function measureHere(name: string): Promise<never> {
  const section = sections.find((each) => each.name === name)!;
  const started = performance.now();
  // As they are now: they may change while this runs.
  const sources = sourcesNow();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const say = (progress: string) => console.error(`${name} ${seconds()} s: ${progress}`);
  const outcome = await section.measure({ form, say, openBed });
  const command = `npm run bench:paper -- ${name}${form === "usual" ? "" : ` --${form}`}`;
  await writeResult(out, name, outcome, { command, form, seconds: seconds(), sources });
  console.log(`${name}, ${seconds()} s`);
  printFigures(outcome.figures);
  process.exit(0);
}
