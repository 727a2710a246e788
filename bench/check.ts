/**
 * Whether the committed ratios of the paper's evaluation still hold: a sample of them is measured again, some minutes, and each must be
 * within its bound of the committed one.
 *
 *   npm run bench:check
 */
import { openBed } from "./paper/bed.ts";
import { readResult, resultsFolder } from "./paper/results.ts";
import { committedRatio, holds, measureSample } from "./paper/sample.ts";
import { printTable, round } from "./report.ts";

const read = (section: string) => readResult(resultsFolder, section);
const ratios = await measureSample({ form: "usual", say: (progress) => console.error(progress), openBed });
let wrong = 0;
printTable(
  ratios.map((ratio) => {
    const committed = committedRatio(read, ratio);
    const right = committed !== undefined && holds(ratio.value, committed, ratio.within);
    if (!right) wrong++;
    return {
      section: ratio.section,
      ratio: ratio.what,
      committed: committed === undefined ? "none" : round(committed),
      now: round(ratio.value),
      within: `${100 * ratio.within}%`,
      holds: right ? "yes" : "NO",
    };
  }),
);
console.log(
  wrong === 0
    ? "The committed ratios hold."
    : `${wrong} of ${ratios.length} ratios don't hold or aren't committed; measure them anew: npm run bench:paper -- SECTION`,
);
process.exit(wrong === 0 ? 0 : 1);
