/** Many may hold it shared, or one alone; whoever waits for it alone goes before later sharers. */
export class SharedLock {
  private sharers = 0;
  private alone = false;
  private readonly waiting: { exclusive: boolean; start: () => void }[] = [];

  /** Runs `act` beside other sharers. */
  async shared<T>(act: () => Promise<T>): Promise<T> {
    await this.enter(false);
    try {
      return await act();
    } finally {
      this.sharers--;
      this.admit();
    }
  }

  /** Runs `act` alone. */
  async exclusive<T>(act: () => Promise<T>): Promise<T> {
    await this.enter(true);
    try {
      return await act();
    } finally {
      this.alone = false;
      this.admit();
    }
  }

  private enter(exclusive: boolean): Promise<void> {
    return new Promise((start) => {
      this.waiting.push({ exclusive, start });
      this.admit();
    });
  }

  private admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.alone || (next.exclusive && this.sharers > 0)) return;
      this.waiting.shift();
      if (next.exclusive) this.alone = true;
      else this.sharers++;
      next.start();
    }
  }
}
