/**
 * The paper's evaluation (section 6), done again: every section in a process of its own, each result kept as soon as it is there,
 * at the end the page of it all, docs/evaluation.md. Less than 20 minutes on two cores.
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
import { sections, untimed } from "./paper/sections.ts";
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

/** Measures one section after the other, beside them those that may be; sections that failed. */
async function measureAll(): Promise<string[]> {
  const failed: string[] = [];
  const beside: Promise<void>[] = [];
  const sources = sourcesNow();
  // Those that run beside others start first.
  const inOrder = [...untimed, ...sections.filter((section) => !untimed.has(section))];
  for (const section of inOrder) {
    const { name } = section;
    const named = positionals.includes(name);
    if (positionals.length > 0 && !named) continue;
    // Counting tests takes no time, and they aren't among the sources.
    if (!named && !values.fresh && name !== "security" && isMeasured(readResult(out, name), form, sources)) {
      console.error(`${name}: measured already.`);
      continue;
    }
    const flags = [...(values.full ? ["--full"] : []), ...(values.smoke ? ["--smoke"] : [])];
    const command = [
      "--conditions=diptych-source",
      fileURLToPath(import.meta.url),
      name,
      "--here",
      "--out",
      out,
      ...flags,
    ];
    const measuring = once(spawn(process.execPath, command, { stdio: "inherit" }), "exit").then(
      ([status]) => {
        if (status !== 0) failed.push(name);
      },
    );
    if (untimed.has(section)) beside.push(measuring);
    else await measuring;
  }
  await Promise.all(beside);
  return failed;
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
