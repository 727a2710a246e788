/** Nonces of signed messages that were taken: each is good once. */
import { DiptychError } from "../core/errors.ts";

export class UsedNonces {
  private readonly until = new Map<string, number>();
  private readonly most: number;

  /** Remembers at most `most` nonces at a time (some 200 bytes each) and refuses messages beyond. */
  constructor(most: number) {
    this.most = most;
  }

  /**
   * Takes a signer's nonce, remembered until `expiry` (Unix seconds). To be called after the signature was checked, so that
   * nobody can use up the nonce of somebody else.
   *
   * @throws DiptychError `signature-invalid` when it was used before, `rate-limited` when there is no room
   */
  take(signer: string, nonce: string, expiry: number): void {
    const name = `${signer.toLowerCase()} ${nonce}`;
    if (this.until.has(name))
      throw new DiptychError(
        "signature-invalid",
        "This signed message has been used before: sign a new one.",
      );
    if (this.until.size >= this.most) this.forgetExpired();
    if (this.until.size >= this.most)
      throw new DiptychError(
        "rate-limited",
        "There are too many messages to remember: try again in a few minutes.",
      );
    this.until.set(name, expiry);
  }

  private forgetExpired(): void {
    const now = Date.now() / 1000;
    for (const [name, until] of this.until) if (until < now) this.until.delete(name);
  }
}
