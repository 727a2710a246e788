/**
 * Asking several services of which some are enough: the first few at once, others as soon as one fails or is slow, so that nobody
 * waits for a dead one and the rest are spared.
 */

/** What came of one ask: `at` is its place among them. */
export type Answered<T> = { at: number; outcome: PromiseSettledResult<T> };

/** Asks that are started a few at a time. */
export class Hedge<T> {
  private readonly asks: readonly (() => Promise<T>)[];
  private readonly patience: number;
  private readonly waiting = new Map<number, Promise<Answered<T>>>();
  private started = 0;

  /** @param patience milliseconds without an answer after which as many more are started as are waited for */
  constructor(asks: readonly (() => Promise<T>)[], patience: number) {
    this.asks = asks;
    this.patience = patience;
  }

  /** How many are started and have not answered. */
  get open(): number {
    return this.waiting.size;
  }

  /** Starts up to `count` more. */
  start(count: number): void {
    const end = Math.min(this.asks.length, this.started + count);
    for (; this.started < end; this.started++) {
      const at = this.started;
      const settled = this.asks[at]!().then(
        (value): Answered<T> => ({ at, outcome: { status: "fulfilled", value } }),
        (reason: unknown): Answered<T> => ({ at, outcome: { status: "rejected", reason } }),
      );
      this.waiting.set(at, settled);
    }
  }

  /** The next answer; undefined when all have been started and have answered. */
  async next(): Promise<Answered<T> | undefined> {
    if (this.waiting.size === 0) this.start(1);
    while (this.waiting.size > 0) {
      const answered = await this.nextWithin();
      if (answered === undefined) {
        this.start(this.waiting.size);
        continue;
      }
      this.waiting.delete(answered.at);
      return answered;
    }
    return undefined;
  }

  private async nextWithin(): Promise<Answered<T> | undefined> {
    const answers = this.waiting.values();
    if (this.started === this.asks.length) return Promise.race(answers);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.patience);
    });
    try {
      return await Promise.race([...answers, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
