/** Whatever bytes come from outside: every parser answers or refuses by a code; never a crash, a hang or endless memory. */
import { expect } from "chai";
import fc from "fast-check";
import { attempts, bombs, perform } from "./edits.ts";
import { inspectParsers } from "./inspectParsers.ts";
import { judge } from "./judge.ts";
import { outerParsers } from "./outerParsers.ts";
import { innerParsers } from "./parsers.ts";

/** In test/deep/hostile.deep.ts it is two thousand times as many. */
const numRuns = 500;

for (const [layer, list] of [
  ["core, policy, abe, ces, seal", innerParsers],
  ["record, cloud, ledger", outerParsers],
  ["diptych inspect", inspectParsers],
] as const)
  describe(`hostile bytes: ${layer}`, function () {
    this.timeout(180_000);
    let parsers: Awaited<ReturnType<typeof list>>;
    before(async () => {
      parsers = await list();
    });

    it("valid input is taken, or nothing behind the door would be tried", async () => {
      for (const parser of parsers)
        for (const sample of parser.samples)
          expect(await judge(parser, sample), `${parser.name} takes its sample`).to.equal(true);
    });

    it(`${numRuns} edits of it are taken or refused by a code`, async () => {
      await fc.assert(
        fc.asyncProperty(attempts, async (attempt) => {
          for (const parser of parsers)
            if (attempt.turn % (parser.cost ?? 1) === 0)
              await judge(parser, perform(attempt, parser.samples));
        }),
        { numRuns },
      );
    });

    it("so is what is nothing but deep, or nothing but long", async () => {
      for (const [name, bytes] of bombs(100_000))
        for (const parser of parsers) await judge(parser, bytes, name);
    });
  });
