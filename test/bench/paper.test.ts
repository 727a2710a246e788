import { expect } from "chai";
import { chapters } from "../../bench/paper/chapters.ts";
import type { Result } from "../../bench/paper/results.ts";
import { committedRatio, holds } from "../../bench/paper/sample.ts";
import { sections } from "../../bench/paper/sections.ts";
import { measureEach, pageOf, provenance } from "./measuring.ts";
import { sampled } from "./sampled.ts";

/** The quick ones; the deep tests measure all. */
const quick = ["security", "steps", "ablations", "growth"];

describe("bench: the paper's evaluation", () => {
  const outcomes = measureEach(quick);

  it("makes a page of what was measured, and says what wasn't", () => {
    const page = pageOf(outcomes);
    for (const [name, { title }] of Object.entries(chapters))
      expect(page).to.contain(`## ${title}`).and.contain(`npm run bench:paper -- ${name}`);
    for (const name of quick)
      for (const picture of outcomes.get(name)!.pictures)
        expect(page).to.contain(`./${name}-${picture.name}.svg`);
    expect(page).not.to.match(/NaN|undefined|Infinity/);
    expect(page.match(/Not measured yet/g)).to.have.length(sections.length - quick.length);
    expect(pageOf(new Map()).match(/Not measured yet/g)).to.have.length(sections.length);
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
