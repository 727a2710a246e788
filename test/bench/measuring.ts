/** Sections of the paper's evaluation, measured in their smallest form: whether they run, and what they say, not how fast. */
import { expect } from "chai";
import { makePage } from "../../bench/paper/page.ts";
import { type Result, sourcesNow } from "../../bench/paper/results.ts";
import type { Outcome } from "../../bench/paper/section.ts";
import { sections } from "../../bench/paper/sections.ts";
import { describeMachine, draw, formatCsv } from "../../bench/report.ts";
import { sharedBed } from "./bed.ts";

/** Where results of these tests come from. */
export const provenance = {
  form: "smoke",
  commit: "none",
  sources: sourcesNow(),
  machine: describeMachine(),
  networks: { storage: "simulated", shared: "simulated" },
  seconds: 0,
} as const;

/** The bed that all tests share: what a section closes is its own. */
export const openBed = async () => ({ ...(await sharedBed()), close: async () => undefined });

/** A test for each of these sections; what they measured stands in the map when they are through. */
export function measureEach(names: readonly string[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const { name, measure } of sections.filter((section) => names.includes(section.name)))
    it(`measures ${name}`, async () => {
      const outcome = await measure({ form: "smoke", say: () => undefined, openBed });
      outcomes.set(name, outcome);
      expect(outcome.rows).not.to.deep.equal([]);
      expect(Object.keys(outcome.figures)).not.to.deep.equal([]);
      for (const [figure, { value }] of Object.entries(outcome.figures))
        expect(Number.isFinite(value), figure).to.equal(true);
      expect(formatCsv(outcome.rows).trimEnd().split("\n")).to.have.length(outcome.rows.length + 1);
      for (const { title, spec } of outcome.pictures)
        expect(await draw({ title, ...spec }, outcome.rows), title)
          .to.contain("<svg")
          .and.contain("<path");
    });
  return outcomes;
}

/** The page that is made of what was measured. */
export function pageOf(outcomes: ReadonlyMap<string, Outcome>): string {
  const read = (name: string): Result | undefined => {
    const outcome = outcomes.get(name);
    return outcome && { ...outcome, ...provenance, name, command: `npm run bench:paper -- ${name}` };
  };
  return makePage(read, ".");
}
