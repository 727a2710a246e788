/** Two thousand times the hostile input of the suite, and whether memory stays where it was: `npm run test:deep`. */
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import fc from "fast-check";
import { utf8 } from "../../src/core/bytes.ts";
import { joinRecord, splitRecord } from "../../src/record/index.ts";
import { attempts, bombs, perform } from "../hostile/edits.ts";
import { inspectParsers } from "../hostile/inspectParsers.ts";
import { judge } from "../hostile/judge.ts";
import { outerParsers } from "../hostile/outerParsers.ts";
import { innerParsers, type Parser } from "../hostile/parsers.ts";

/** Attempts in all; DIPTYCH_ATTEMPTS sets another number. */
const total = Number(process.env.DIPTYCH_ATTEMPTS ?? 1_000_000);
const round = Math.min(total, 50_000);
/** Bytes that may be there afterwards and weren't before: caches that fill up to their bounds. */
const slack = 64 << 20;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes in use, on the heap and beside it. */
async function inUse(): Promise<number> {
  collect();
  // What is freed beside the heap is counted off a little later, and what a promise held only then.
  await pause(100);
  collect();
  await pause(100);
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** In a function of its own, so that the input is gone when it returns. */
async function judgeBombs(parsers: readonly Parser[]): Promise<void> {
  for (const [name, bytes] of bombs(4 << 20)) for (const parser of parsers) await judge(parser, bytes, name);
}

for (const [layer, list] of [
  ["core, policy, abe, ces, seal", innerParsers],
  ["record, cloud, ledger", outerParsers],
  ["diptych inspect", inspectParsers],
] as const)
  describe(`hostile bytes, at length: ${layer}`, function () {
    this.timeout(0);
    let parsers: Awaited<ReturnType<typeof list>>;
    before(async () => {
      parsers = await list();
    });

    it(`${total} edits of valid input are taken or refused, in no more memory at the end`, async () => {
      let settled: number | undefined;
      for (let done = 0; done < total; done += round) {
        await fc.assert(
          fc.asyncProperty(attempts, async (attempt) => {
            for (const parser of parsers)
              if (attempt.turn % (parser.cost ?? 1) === 0)
                await judge(parser, perform(attempt, parser.samples));
          }),
          { numRuns: round },
        );
        settled ??= await inUse();
      }
      expect((await inUse()) - settled!).to.be.below(slack);
    });

    it("four megabytes of one thing are taken or refused, and let go of", async () => {
      const before = await inUse();
      await judgeBombs(parsers);
      expect((await inUse()) - before).to.be.below(slack);
    });
  });

describe("hostile bytes, at length: files of records", () => {
  it("65,535 parts are taken, and come back byte for byte", () => {
    const letter = (number: number) => String.fromCharCode(97 + (number % 26));
    const types = Array.from(
      { length: 65_533 },
      (_, at) => `T${[17_576, 676, 26, 1].map((size) => letter(Math.floor(at / size))).join("")}`,
    );
    const entries = ["Observation", ...types].map((type) => `{"resource":{"resourceType":"${type}"}}`);
    const file = utf8(`{"resourceType":"Bundle","entry":[${entries.join()}]}`);
    const record = splitRecord(file);
    expect(record.parts).to.have.length(65_535);
    expect(Buffer.compare(joinRecord(record.schema, record.parts), file)).to.equal(0);
  }).timeout(60_000);
});
