/** Plays by chance, until contracts and model have agreed on so many calls. */
import fc from "fast-check";
import { sides } from "./calls.ts";
import { ChainSide } from "./chainSide.ts";
import { plays } from "./drawActs.ts";
import { type Chains, play, type Step, type Watch } from "./play.ts";

export interface Wanted {
  readonly calls: number;
  readonly seed: number;
  /** Acts a play, at the most; on the average half as many. */
  readonly acts: number;
  readonly watch: Watch;
  readonly onPlay?: (steps: readonly Step[]) => void;
}

export async function openChains(): Promise<Chains> {
  const [storage, shared] = await Promise.all(sides.map(ChainSide.open));
  return { storage: storage!, shared: shared! };
}

/** Plays until so many calls were made; throws, with the shortest play found, where contracts and model disagree. */
export async function checkAgreement(chains: Chains, wanted: Wanted): Promise<number> {
  const { seed, acts, watch, onPlay } = wanted;
  const agrees = fc.asyncProperty(plays(chains.storage.cast.people, acts), async (list) => {
    if (calls >= wanted.calls) return;
    const steps = await play(chains, list, watch);
    calls += steps.filter((step) => "call" in step).length;
    onPlay?.(steps);
  });
  let calls = 0;
  for (let round = 0; calls < wanted.calls; ++round)
    await fc.assert(agrees, { seed: seed + round, unbiased: true, numRuns: 100 });
  return calls;
}
