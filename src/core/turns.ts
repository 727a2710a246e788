/** Works that must not run beside each other. */

/** One work after the other, in the order in which they were asked for; one that fails keeps none from its turn. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Does the work when all that were asked for before are over. What it throws is its caller's alone. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when all that was asked for before this call is over, done or failed. */
  async settled(): Promise<void> {
    await this.last;
  }
}
