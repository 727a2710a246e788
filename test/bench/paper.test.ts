import { expect } from "chai";
import { chapters } from "../../bench/paper/chapters.ts";
import { makePage } from "../../bench/paper/page.ts";
import { type Result, sourcesNow } from "../../bench/paper/results.ts";
import { committedRatio, holds, measureSample } from "../../bench/paper/sample.ts";
import type { Outcome } from "../../bench/paper/section.ts";
import { sections } from "../../bench/paper/sections.ts";
import { describeMachine, draw, formatCsv } from "../../bench/report.ts";
import { sharedBed } from "./bed.ts";

describe("bench: the paper's evaluation", () => {
  const outcomes = new Map<string, Outcome>();

  for (const { name, measure } of sections)
    it(`measures ${name}`, async () => {
      // What a section closes is its own; here all have one.
      const openBed = async () => ({ ...(await sharedBed()), close: async () => undefined });
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

  it("measures the sample of bench:check", async () => {
    const openBed = async () => ({ ...(await sharedBed()), close: async () => undefined });
    const ratios = await measureSample({ form: "smoke", say: () => undefined, openBed });
    expect(ratios.map(({ section, what }) => ({ section, what }))).to.deep.equal(sampled);
    for (const { what, value } of ratios)
      expect(value, what).to.be.greaterThan(0).and.satisfy(Number.isFinite);
  });

  it("makes a page of what was measured, and says what wasn't", () => {
    const read = (name: string): Result | undefined => {
      const outcome = outcomes.get(name);
      return outcome && { ...outcome, ...provenance, name, command: `npm run bench:paper -- ${name}` };
    };
    const page = makePage(read, ".");
    for (const [name, { title }] of Object.entries(chapters)) {
      expect(page).to.contain(`## ${title}`).and.contain(`npm run bench:paper -- ${name}`);
      for (const picture of outcomes.get(name)!.pictures)
        expect(page).to.contain(`./${name}-${picture.name}.svg`);
    }
    expect(page).not.to.match(/NaN|undefined|Infinity|ot measured yet/);
    expect(makePage(() => undefined, ".").match(/Not measured yet/g)).to.have.length(sections.length);
  });

  it("tells ratios that hold from those that don't", () => {
    expect(holds(2.01, 2, 0.01)).to.equal(true);
    expect(holds(1.97, 2, 0.01)).to.equal(false);
    expect(holds(2.03, 2, 0.01)).to.equal(false);
    expect(holds(Number.NaN, 2, 0.01)).to.equal(false);
  });

  it("finds each ratio of the sample in results", () => {
    const rows = [
      ...["traditional", "literal", "diptych", "bpds-batched", "diptych-one-chain"].flatMap((scheme, at) => [
        { series: "size", recordBytes: 1_000_000, scheme, total: 10 + at },
        { act: "store", shared: 6, scheme, gas: 20 + at },
        { act: "share", shared: 6, scheme, gas: 30 + at },
        { part: "time", scheme, ms: 40 + at },
        { part: "mix", storageShare: 0.5, scheme, perSecond: 50 + at },
        { act: "share one part more", recordBytes: 1_000_000, scheme, newBytes: 60 + at },
        { act: "take one part back", recordBytes: 1_000_000, scheme, newBytes: 70 + at },
      ]),
    ];
    const read = (name: string): Result => ({
      ...provenance,
      name,
      command: "",
      rows,
      figures: {},
      pictures: [],
    });
    const found = sampled.map((what) => committedRatio(read, { ...what, value: 0, within: 0 }));
    expect(found).to.deep.equal([10 / 12, 11 / 12, 23 / 22, 33 / 32, 43 / 42, 60 / 62, 70 / 72, 52 / 54]);
    expect(committedRatio(() => undefined, { ...sampled[0]!, value: 0, within: 0 })).to.equal(undefined);
  });

  it("has a chapter for each section", () => {
    expect(Object.keys(chapters)).to.deep.equal(sections.map(({ name }) => name));
  });
});

/** The ratios of the sample, in its order. */
const sampled = [
  { section: "storage", what: "bytes of traditional / diptych, 1 MB" },
  { section: "storage", what: "bytes of literal / diptych, 1 MB" },
  { section: "chain", what: "gas of bpds-batched / diptych to store, 6 parts" },
  { section: "chain", what: "gas of bpds-batched / diptych to share, 6 parts" },
  { section: "steps", what: "work of bpds-batched / diptych, 6 parts" },
  { section: "changes", what: "new bytes of traditional / diptych, share one part more, 1 MB" },
  { section: "changes", what: "new bytes of traditional / diptych, take one part back, 1 MB" },
  { section: "saturation", what: "throughput of two chains / one, even mix" },
];

const provenance = {
  form: "smoke",
  commit: "none",
  sources: sourcesNow(),
  machine: describeMachine(),
  networks: { storage: "simulated", shared: "simulated" },
  seconds: 0,
} as const;
