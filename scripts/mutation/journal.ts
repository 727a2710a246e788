import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Verdict } from "./runner.ts";

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
  readonly #contracts: string;
  readonly #tests: string;
  readonly #known = new Map<string, Verdict>();

  constructor(path: string, contracts: string, tests: string) {
    [this.#path, this.#contracts, this.#tests] = [path, contracts, tests];
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

  add(name: string, verdict: Verdict): void {
    this.#known.set(name, verdict);
    const line: Line = { contracts: this.#contracts, tests: this.#tests, name, verdict };
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}
