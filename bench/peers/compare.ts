import { loadGroup } from "../../src/abe/group.ts";
import { compileLsss, findCombination, parseAttributes } from "../../src/policy/index.ts";
import { type Row, round } from "../report.ts";
import { type Duration, summarise, time } from "../timing.ts";
import { setupBsw } from "./bsw.ts";
import { type CpaScheme, countOperations, measureBytes } from "./cpa.ts";
import { setupFabeo } from "./fabeo.ts";
import { setupFame } from "./fame.ts";
import { setupWaters } from "./waters.ts";

/** Attributes: as many as all schemes' tables fit for. */
const SIZES = [10, 20];

/**
 * FABEO, FAME, Waters 2011 and BSW 2007 in their plain form on our group: for each operation its time with tables filled,
 * its operations in the groups, and the bytes of what it makes. Rounds of all schemes alternate.
 */
export async function compareSchemes(runs: number): Promise<Row[]> {
  const { group, counts } = countOperations(await loadGroup());
  const rows: Row[] = [];
  for (const n of SIZES) {
    const attributes = parseAttributes(Array.from({ length: n }, (_, i) => `label${i}:value${i}`));
    const lsss = compileLsss(attributes.join(" and "));
    const weights = findCombination(lsss, attributes)!;
    const contests = [setupFabeo, setupFame, setupWaters, setupBsw].map((setup) => {
      const scheme: CpaScheme = setup(group);
      const key = scheme.keygen(attributes);
      const { ciphertext } = scheme.encrypt(lsss);
      const operations = {
        keygen: () => scheme.keygen(attributes),
        encrypt: () => scheme.encrypt(lsss),
        decrypt: () => scheme.decrypt(key, lsss, weights, ciphertext),
      };
      return { scheme, operations, bytes: { keygen: measureBytes(key), encrypt: measureBytes(ciphertext) } };
    });
    for (const operation of ["keygen", "encrypt", "decrypt"] as const) {
      const times = contests.map((): Duration[] => []);
      // The first rounds fill the tables, four a call; FAME hashes 12 points an attribute.
      for (let run = -3 * n; run < runs; run++)
        for (const [i, { operations }] of contests.entries()) {
          const taken = await time(operations[operation]);
          if (run >= 0) times[i]!.push(taken);
        }
      contests.forEach(({ scheme, operations, bytes }, i) => {
        Object.assign(counts, { g1: 0, g2: 0, gt: 0, pairings: 0 });
        operations[operation]();
        const size = operation === "decrypt" ? {} : { bytes: bytes[operation] };
        rows.push({
          measure: "scheme",
          implementation: scheme.name,
          operation,
          n,
          processorMs: round(summarise(times[i]!).processorMs),
          clockMs: round(summarise(times[i]!).clockMs),
          runs,
          ...size,
          ...counts,
        });
      });
    }
  }
  return rows;
}
