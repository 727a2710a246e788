/** Looks at each share that a gate is dealt when the dealing becomes final, so that a bad one is known before it is needed. */
import { isDiptychError } from "../core/errors.ts";
import type { KeySet } from "../ledger/keyRegistry.ts";
import { askNode, hashOf, reorganised } from "./finality.ts";
import type { Gate } from "./gate.ts";

/** Blocks looked through at a time, as long as the node doesn't refuse so many. */
const blocksAtATime = 2000;
/** Key sets read at a time. */
const setsAtATime = 32;
/** Blocks before the newest final one at which a gate that starts begins, unless said. */
const blocksBack = 10_000;
/** Blocks gone back when the one reached was taken back. */
const blocksAgain = 1000;

/** A share that was found good or bad. */
export type CheckedShare = { keySet: string; generation: number; state: "good" | "bad" };

/** A walk over the chain's dealings. Where it stands is all its state: who starts it there again misses nothing. */
export class ShareWatch {
  private readonly gate: Gate;
  /** The last block whose dealings were looked at. */
  private reached: { number: number; hash: string | undefined } | undefined;
  private pageSize = blocksAtATime;

  /** Starts at the block `from`; ten thousand blocks before the newest final one unless said. */
  constructor(gate: Gate, from?: number) {
    this.gate = gate;
    if (from !== undefined) this.reached = { number: from - 1, hash: undefined };
  }

  /** The next block whose dealings it will look at. */
  get next(): number | undefined {
    return this.reached && this.reached.number + 1;
  }

  /**
   * Looks at all shares dealt to the gate in blocks that became final since the last call, and after a reorganisation at those
   * of the blocks before once more. Complaints about bad ones are the gate's. `afterPage` is told what was found so far, and
   * waited for, after each few blocks.
   *
   * @throws DiptychError `node-behind`, `chain-unreachable` and what the node may be besides; it goes on from there next time
   */
  async scan(
    signal?: AbortSignal,
    afterPage?: (checked: readonly CheckedShare[]) => Promise<void>,
  ): Promise<CheckedShare[]> {
    const { blocks, chain } = this.gate;
    const block = await blocks.newest();
    this.reached ??= { number: Math.max(-1, block.number - blocksBack - 1), hash: undefined };
    const { number, hash } = this.reached;
    if (hash !== undefined && (await hashOf(chain.provider, number)) !== hash)
      this.reached = { number: Math.max(-1, number - blocksAgain), hash: undefined };
    const checked: CheckedShare[] = [];
    while (this.reached.number < block.number && signal?.aborted !== true) {
      const { to, keySets } = await this.dealtFrom(this.reached.number + 1, block.number);
      const toHash = to === block.number ? block.hash : await hashOf(chain.provider, to);
      if (toHash === undefined) throw reorganised();
      const found = await this.look(keySets, block.number);
      await blocks.still(block);
      this.reached = { number: to, hash: toHash };
      checked.push(...found);
      await afterPage?.(found);
    }
    // What a node refused once it may allow another time.
    this.pageSize = Math.min(2 * this.pageSize, blocksAtATime);
    return checked;
  }

  /** The key sets dealt from this block on, and up to which: as far as the node answers at once, and not beyond `end`. */
  private async dealtFrom(from: number, end: number): Promise<{ to: number; keySets: string[] }> {
    for (;;) {
      const to = Math.min(from + this.pageSize - 1, end);
      try {
        const keySets = await askNode(() => this.dealtIn(from, to));
        return { to, keySets };
      } catch (error) {
        // Engines have limits of their own for blocks and for events, and each says so otherwise; some are merely too slow.
        if (to === from) throw error;
        this.pageSize = Math.ceil((to - from + 1) / 2);
        if (!isDiptychError(error, "transaction-reverted")) throw error;
      }
    }
  }

  private async dealtIn(fromBlock: number, toBlock: number): Promise<string[]> {
    const dealt = new Set<string>();
    for await (const { keySet } of this.gate.registry.dealings({ fromBlock, toBlock })) dealt.add(keySet);
    return [...dealt];
  }

  /** The shares of these key sets as they stand at the block `at`. */
  private async look(ids: readonly string[], at: number): Promise<CheckedShare[]> {
    const { registry } = this.gate;
    const checked: CheckedShare[] = [];
    for (let start = 0; start < ids.length; start += setsAtATime) {
      const some = ids.slice(start, start + setsAtATime);
      const sets = await Promise.all(some.map((id) => askNode(() => registry.keySet(id, at))));
      for (const [i, set] of sets.entries()) checked.push(...(await this.check(some[i]!, set)));
    }
    return checked;
  }

  private async check(keySet: string, set: KeySet): Promise<CheckedShare[]> {
    const checked: CheckedShare[] = [];
    for (const identity of this.gate.identities) {
      if (identity.placeIn(set) === 0) continue;
      checked.push({ keySet, generation: set.generation, state: await identity.checkShareOf(keySet, set) });
    }
    return checked;
  }
}
