import { readFileSync } from "node:fs";
import type { Mutant } from "./mutants.ts";
import type { Fate, Verdict } from "./runner.ts";

/** Survivors that are known, each with the reason why no test can or need kill it. */
const explanations = new URL("./survivors.json", import.meta.url);

/** Why each known survivor lives, by its name. */
export function readExplanations(): Map<string, string> {
  const known = JSON.parse(readFileSync(explanations, "utf8")) as { mutant: string; why: string }[];
  return new Map(known.map(({ mutant, why }) => [mutant, why]));
}

export interface Tried {
  mutant: Mutant;
  verdict: Verdict;
}

export interface Report {
  /** Share of the mutants that some test noticed, of those that change anything; 0 to 1. */
  score: number;
  counts: Record<Fate, number>;
  files: Record<string, { killed: number; survived: number }>;
  operators: Record<string, { killed: number; survived: number }>;
  survivors: { name: string; line: number; why: string | null }[];
  /** Explanations of what isn't a survivor (any more). */
  stale: string[];
  milliseconds: number;
}

/** With `whole`, every mutant was tried, so an explanation that nothing needs is out of date. */
export function summarise(tried: readonly Tried[], whole: boolean, milliseconds: number): Report {
  const whys = readExplanations();
  const counts: Report["counts"] = {
    killed: 0,
    timeout: 0,
    survived: 0,
    equivalent: 0,
    duplicate: 0,
    invalid: 0,
  };
  const files: Report["files"] = {};
  const operators: Report["operators"] = {};
  for (const { mutant, verdict } of tried) {
    counts[verdict.fate]++;
    if (!["killed", "timeout", "survived"].includes(verdict.fate)) continue;
    for (const [table, key] of [
      [files, mutant.file],
      [operators, mutant.operator],
    ] as const) {
      table[key] ??= { killed: 0, survived: 0 };
      table[key][verdict.fate === "survived" ? "survived" : "killed"]++;
    }
  }
  const survivors = tried
    .filter(({ verdict }) => verdict.fate === "survived")
    .map(({ mutant: { name, line } }) => ({ name, line, why: whys.get(name) ?? null }));
  const alive = new Set(survivors.map(({ name }) => name));
  const killed = counts.killed + counts.timeout;
  return {
    score: killed / Math.max(1, killed + counts.survived),
    counts,
    files,
    operators,
    survivors,
    stale: whole ? [...whys.keys()].filter((name) => !alive.has(name)) : [],
    milliseconds,
  };
}

export function print(report: Report): void {
  const { counts, files, survivors, stale } = report;
  const percent = (killed: number, survived: number) =>
    `${((100 * killed) / Math.max(1, killed + survived)).toFixed(1)}%`;
  for (const [file, { killed, survived }] of Object.entries(files))
    console.log(
      `${file.padEnd(42)} ${String(killed).padStart(4)} killed ${String(survived).padStart(4)} survived  ${percent(killed, survived)}`,
    );
  const unexplained = survivors.filter(({ why }) => why === null);
  for (const { name, line, why } of survivors)
    console.log(
      `${why === null ? "UNEXPLAINED" : "explained  "} line ${line}: ${name}${why === null ? "" : `\n            ${why}`}`,
    );
  for (const name of stale) console.log(`OUT OF DATE: scripts/mutation/survivors.json explains ${name}`);
  console.log(
    `${counts.killed} killed, ${counts.timeout} killed by time, ${counts.survived} survived (${unexplained.length} unexplained); ` +
      `${counts.equivalent} change nothing, ${counts.duplicate} are others again, ${counts.invalid} don't compile; ` +
      `score ${(100 * report.score).toFixed(1)}% in ${Math.round(report.milliseconds / 1000)} s`,
  );
}
