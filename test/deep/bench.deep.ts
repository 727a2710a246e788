/** All of the paper's evaluation in its smallest form, the page that is made of it, and the sample of bench:check. */
import { expect } from "chai";
import { chapters } from "../../bench/paper/chapters.ts";
import { measureSample } from "../../bench/paper/sample.ts";
import { sections } from "../../bench/paper/sections.ts";
import { measureEach, openBed, pageOf } from "../bench/measuring.ts";
import { sampled } from "../bench/sampled.ts";

describe("bench: all of the paper's evaluation", function () {
  this.timeout(300_000);
  const outcomes = measureEach(sections.map(({ name }) => name));

  it("makes a page of what was measured", () => {
    const page = pageOf(outcomes);
    for (const [name, { title }] of Object.entries(chapters)) {
      expect(page).to.contain(`## ${title}`).and.contain(`npm run bench:paper -- ${name}`);
      for (const picture of outcomes.get(name)!.pictures)
        expect(page).to.contain(`./${name}-${picture.name}.svg`);
    }
    expect(page).not.to.match(/NaN|undefined|Infinity|ot measured yet/);
  });

  it("measures the sample of bench:check", async () => {
    const ratios = await measureSample({ form: "smoke", say: () => undefined, openBed });
    expect(ratios.map(({ section, what }) => ({ section, what }))).to.deep.equal(sampled);
    for (const { what, value } of ratios)
      expect(value, what).to.be.greaterThan(0).and.satisfy(Number.isFinite);
  });
});
