import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Baseline, Verdict } from "./runner.ts";

interface Line {
  contracts: string;
  tests: string;
  name: string;
  verdict: Verdict;
}

export const digestOfTexts = (texts: Readonly<Record<string, string>>): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex");

/**
 * What earlier runs found, kept line by line so that a run that was cut off goes on. A kill holds for the same contracts,
 * whatever became of the tests (a whole run afresh is what counts in the end); any other verdict for the same tests too.
 */
export class Journal {
  readonly #path: string;
  readonly #baselinePath: string;
  readonly #contracts: string;
  readonly #tests: string;
  readonly #known = new Map<string, Verdict>();

  constructor(path: string, contracts: string, tests: string) {
    [this.#path, this.#contracts, this.#tests] = [path, contracts, tests];
    this.#baselinePath = join(dirname(path), "baseline.json");
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const text of readFileSync(path, "utf8").split("\n")) {
      if (!text.endsWith("}")) continue;
      const line = JSON.parse(text) as Line;
      if (line.contracts !== contracts) continue;
      const holds = line.tests === tests || !["survived", "timeout"].includes(line.verdict.fate);
      if (holds) this.#known.set(line.name, line.verdict);
      else this.#known.delete(line.name);
    }
  }

  get(name: string): Verdict | undefined {
    return this.#known.get(name);
  }

  /** What the suite showed on these contracts with these tests, if it ran. */
  baseline(): Baseline | undefined {
    if (!existsSync(this.#baselinePath)) return undefined;
    const { contracts, tests, baseline } = JSON.parse(readFileSync(this.#baselinePath, "utf8"));
    return contracts === this.#contracts && tests === this.#tests ? baseline : undefined;
  }

  keepBaseline(baseline: Baseline): void {
    const kept = { contracts: this.#contracts, tests: this.#tests, baseline };
    writeFileSync(this.#baselinePath, JSON.stringify(kept));
  }

  add(name: string, verdict: Verdict): void {
    this.#known.set(name, verdict);
    const line: Line = { contracts: this.#contracts, tests: this.#tests, name, verdict };
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}
