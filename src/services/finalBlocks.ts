/** The newest final block of a gate's chain, looked up once for all releases that need it at the same moment. */
import type { Block } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";
import { BoundedCache } from "./boundedCache.ts";
import { type Confirmations, findDepth, hashOf, reorganised } from "./finality.ts";
import { OwnNode } from "./ownNode.ts";
import { sharing } from "./sharedAnswer.ts";

/** A block that counts as final, by the chain's head of the moment. Times are Unix seconds. */
export type FinalBlock = { number: number; hash: string; headNumber: number; headTime: number };

/** How far ahead of this machine's clock a head may be, in seconds. */
const maxHeadLead = 30;
/** Blocks whose hash may be asked for at a time. */
const blocksAtATime = 16;

/** Looks for final blocks on a gate's own node. */
export class FinalBlocks {
  /** The one that was found last. */
  last: FinalBlock | undefined;
  /** The hash of the head at which it was found. */
  private lastHead: string | null | undefined;
  private readonly chain: Chain;
  private readonly confirmations: Confirmations;
  private readonly node: OwnNode;
  private readonly find: () => Promise<FinalBlock>;
  private readonly hashes = new BoundedCache<() => Promise<string | undefined>>(blocksAtATime);

  constructor(chain: Chain, confirmations: Confirmations) {
    this.chain = chain;
    this.confirmations = confirmations;
    this.node = new OwnNode(chain);
    this.find = sharing(() => this.look());
  }

  /**
   * The newest final block, asked for after this call.
   *
   * @throws DiptychError as `findDepth`; `chain-mismatch` or `contract-missing` when the node is another's
   */
  newest(): Promise<FinalBlock> {
    return this.find();
  }

  /** Demands that the block still stands where it stood; throws `node-behind` after a reorganisation. */
  async still(block: FinalBlock): Promise<void> {
    const name = String(block.number);
    let ask = this.hashes.get(name);
    if (ask === undefined) {
      ask = sharing(() => hashOf(this.chain.provider, block.number), turnEnd);
      this.hashes.set(name, ask);
    }
    if ((await ask()) !== block.hash) throw reorganised();
  }

  private async look(): Promise<FinalBlock> {
    const [{ head, final }] = await Promise.all([
      findDepth(this.chain.provider, this.confirmations),
      this.node.demandRight(),
    ]);
    if (head.timestamp - Date.now() / 1000 > maxHeadLead)
      throw new DiptychError(
        "node-behind",
        "This service's clock is behind its chain's by more than 30 s: tell its operator.",
      );
    const hash = this.known(head, final) ?? (await hashOf(this.chain.provider, final));
    if (hash === undefined) throw reorganised();
    this.last = { number: final, hash, headNumber: head.number, headTime: head.timestamp };
    this.lastHead = head.hash;
    return this.last;
  }

  /** The hash of the final block, where the head is the one of the last look: a block's hash fixes all blocks below it. */
  private known(head: Block, final: number): string | undefined {
    const { last } = this;
    const isSame = last?.headNumber === head.number && head.hash !== null && head.hash === this.lastHead;
    return isSame && last.number === final ? last.hash : undefined;
  }
}

/** Reads that were answered together are looked after together: all of them come to their question within a turn. */
function turnEnd(): Promise<void> {
  return new Promise((wake) => setTimeout(wake));
}
