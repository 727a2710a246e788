/**
 * The long run of contracts against their model: a hundred thousand calls, `DIPTYCH_MODEL_CALLS=N` for another number. A
 * failure names its seed, and `DIPTYCH_MODEL_SEED=s` runs that again.
 */
import { expect } from "chai";
import { checkAgreement, openChains } from "../contracts/model/agreement.ts";
import type { Step } from "../contracts/model/play.ts";

const CALLS = 100_000;
/** Chains keep what was taken back: new ones now and then. */
const CALLS_PER_CHAIN = 5_000;

function readNumber(name: string, otherwise: number): number {
  const text = process.env[name] ?? "";
  if (text === "") return otherwise;
  if (!/^[0-9]{1,10}$/.test(text)) throw new Error(`${name} has to be a number, not ${text}`);
  return Number(text);
}

/** What came of a call, in short. */
function nameEnding(step: Step): string | undefined {
  if ("view" in step) return undefined;
  const { call, outcome } = step;
  const relayed = "mandate" in call && call.mandate !== undefined;
  return `${call.name}${relayed ? "For" : ""}: ${"refused" in outcome ? outcome.refused.error : "done"}`;
}

describe("Contracts and a plain model of them, the long run", () => {
  it("agree on each call and on all that can be seen", async function () {
    this.timeout(0);
    const wanted = readNumber("DIPTYCH_MODEL_CALLS", CALLS);
    const first = readNumber("DIPTYCH_MODEL_SEED", Math.floor(Math.random() * 2 ** 31));
    console.log(`      ${wanted} calls, DIPTYCH_MODEL_SEED=${first}`);
    const endings = new Map<string, number>();
    let looks = 0;
    const onPlay = (steps: readonly Step[]) => {
      for (const step of steps) {
        const ending = nameEnding(step);
        if (ending === undefined) ++looks;
        else endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
    };
    const watch = { everythingEvery: 200, requests: 3 };
    const start = performance.now();
    let calls = 0;
    for (let round = 0; calls < wanted; ++round) {
      const chains = await openChains();
      const left = Math.min(CALLS_PER_CHAIN, wanted - calls);
      // Further from one another than the rounds within.
      const seed = (first + 1_000 * round) % 2 ** 31;
      calls += await checkAgreement(chains, { calls: left, seed, acts: 400, watch, onPlay });
      await Promise.all([chains.storage.close(), chains.shared.close()]);
      console.log(
        `      ${calls} calls, ${looks} looks, ${Math.round((performance.now() - start) / 1000)} s`,
      );
    }
    for (const [ending, times] of [...endings].sort())
      console.log(`      ${String(times).padStart(9)}  ${ending}`);
    expect(calls).to.be.at.least(wanted);
  });
});
