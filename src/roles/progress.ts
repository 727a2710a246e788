/** How far a long act is, for whoever shows it, and how it is called off. */
import type { Transferring } from "../cloud/http.ts";
import type { Side } from "../ledger/chain.ts";
import type { OwnRecord } from "./ownRecord.ts";

/** What each step counts, `done` of `total`. */
export const progressUnits = {
  /** Records found on the ledgers are read. */
  read: "records",
  /** Ciphertext comes from the cloud. */
  fetch: "bytes",
  /** Parts are decrypted and checked against what the doctor signed. */
  decrypt: "parts",
  /** Parts are encrypted. */
  encrypt: "parts",
  /** Capsule, keyring and manifest of a view are made. */
  wrap: "views",
  /** Indexes are sealed and signed: a wallet may ask here. */
  sign: "views",
  /** Whoever loses something is stopped: blocks and closes. */
  stop: "acts",
  /** Ledger records are offered, or taken over. */
  transfer: "acts",
  /** Ciphertext goes to the cloud. */
  upload: "bytes",
  /** Indexes go to their ledgers, one transaction each. */
  publish: "views",
  /** What was published becomes final. */
  confirm: "views",
  /** The cloud forgets what is old. */
  forget: "views",
  /** Shares of the index key go to the gates, in one transaction. */
  deal: "gates",
  /** Gates answer with their partials; `total` is how many are needed. */
  release: "gates",
} as const;

/** A step of an act. */
export type ProgressStep = keyof typeof progressUnits;

/** What a step counts. */
export type ProgressUnit = (typeof progressUnits)[ProgressStep];

/**
 * How far a step is. Each step that has something to do is told when it begins (`done` is 0) and when it ends (`done` is `total`);
 * one act can come to the same step several times.
 */
export type Progress = {
  step: ProgressStep;
  /** The ledger that it is about, where it is about one. */
  side?: Side;
  done: number;
  /** Left out where nobody knows before the end. */
  total?: number;
  unit: ProgressUnit;
};

/** What every long act takes besides what it is about. */
export type ActOptions = {
  /** Told how far the act is; called often, so it should be quick. What it throws ends the act as a stop would. */
  progress?: (progress: Progress) => void;
  /**
   * Ends the act before its next step, or while it waits; the act then throws the signal's reason. A transaction that was sent
   * stays sent: the same act again does what is left, as after any stop.
   */
  signal?: AbortSignal;
};

/** An act under way: where it tells how far it is, and whether it is still wanted. */
export class Course {
  /** What the act was asked with. */
  readonly options: ActOptions;
  /** Told the record as it stands after each ledger's publish. */
  readonly keep: (record: OwnRecord) => void;

  constructor(options: ActOptions = {}, keep: (record: OwnRecord) => void = () => undefined) {
    this.options = options;
    this.keep = keep;
  }

  /** Throws the signal's reason once the act has been called off. */
  demandWanted(): void {
    this.options.signal?.throwIfAborted();
  }

  /** Tells how far a step is; throws the signal's reason once the act has been called off. */
  tell(step: ProgressStep, done: number, total?: number, side?: Side): void {
    this.demandWanted();
    this.options.progress?.({
      step,
      ...(side === undefined ? {} : { side }),
      done,
      ...(total === undefined ? {} : { total }),
      unit: progressUnits[step],
    });
  }

  /** What a transfer to or from the cloud takes, to tell its bytes as `step`. */
  transferring(step: "fetch" | "upload"): Transferring {
    const { progress, signal } = this.options;
    const tell = (done: number, total?: number) => this.tell(step, done, total);
    return {
      ...(progress === undefined ? {} : { progress: tell }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** The same act, of which `keep` is told too, before anybody else. */
  keepingAlso(keep: (record: OwnRecord) => void): Course {
    return new Course(this.options, (record) => {
      keep(record);
      this.keep(record);
    });
  }

  /** Waits, in milliseconds, and no longer than the act is wanted. */
  async pause(milliseconds: number): Promise<void> {
    const { signal } = this.options;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(over, milliseconds);
      signal?.addEventListener("abort", over, { once: true });
      function over() {
        clearTimeout(timer);
        signal?.removeEventListener("abort", over);
        resolve();
      }
    });
    this.demandWanted();
  }
}
