/** How much somebody may take of what is there for all. */
import { BoundedCache } from "./boundedCache.ts";

/** Names that are remembered, some 200 bytes each; whoever was not seen for longest is forgotten first. */
const mostNames = 65_536;

type Used = { amount: number; at: number };

/**
 * An amount for each name, which comes back evenly: who has used all of it has half of it again after half the time. So no moment
 * is better than another, as midnight would be for one that is counted by the day.
 */
export class Allowance {
  private readonly most: number;
  private readonly seconds: number;
  private readonly used: BoundedCache<Used>;

  /** `most` for each name, all of it again after so many seconds. */
  constructor(most: number, seconds: number, names = mostNames) {
    this.most = most;
    this.seconds = seconds;
    this.used = new BoundedCache<Used>(names);
  }

  /**
   * Takes an amount; 0 when that is done. Otherwise nothing is taken, and it is so many seconds until there is as much; Infinity
   * for more than there ever is.
   *
   * @param now Unix seconds
   */
  take(name: string, amount: number, now = Date.now() / 1000): number {
    if (amount > this.most) return Number.POSITIVE_INFINITY;
    const before = this.used.get(name);
    // A clock that was set back gives nothing, and takes nothing.
    const back = before === undefined ? 0 : (Math.max(0, now - before.at) * this.most) / this.seconds;
    const used = Math.max(0, (before?.amount ?? 0) - back) + amount;
    const surplus = used - this.most;
    // What comes back is rounded: a billionth doesn't make anybody wait.
    if (surplus > this.most * 1e-9) return Math.ceil((surplus * this.seconds) / this.most);
    this.used.set(name, { amount: used, at: now });
    return 0;
  }
}
