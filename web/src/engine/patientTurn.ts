/** Acts that send something run in one window at a time: two would publish over each other from one journal. */
import { DiptychError } from "diptych";

export class Turn {
  private readonly name: string;
  private running = 0;
  private held: Promise<void> | undefined;
  private release: (() => void) | undefined;

  /** @param name what all windows of one world agree on */
  constructor(name: string) {
    this.name = name;
  }

  /** Whether something runs in this window. */
  get busy(): boolean {
    return this.running > 0;
  }

  /** Runs an act, beside others of this window. @throws DiptychError `home-locked` while another window runs one */
  async take<T>(act: () => Promise<T>): Promise<T> {
    this.running++;
    try {
      this.held ??= this.acquire();
      await this.held;
      return await act();
    } finally {
      this.running--;
      if (this.running === 0) {
        this.release?.();
        this.release = undefined;
        this.held = undefined;
      }
    }
  }

  private acquire(): Promise<void> {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(this.name, { ifAvailable: true }, (lock) => {
          if (lock === null) {
            reject(
              new DiptychError(
                "home-locked",
                "Another window changes your records just now: let it finish first.",
              ),
            );
            return undefined;
          }
          return new Promise<void>((release) => {
            this.release = release;
            resolve();
          });
        })
        .catch(reject);
    });
  }
}
