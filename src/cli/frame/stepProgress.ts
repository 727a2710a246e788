/** How far a long act is, in words: its step, how much of it is done, how fast, and how long it still takes. */
import type { Progress, ProgressStep } from "../../roles/progress.ts";

const words: Record<ProgressStep, string> = {
  read: "reading records",
  fetch: "fetching ciphertext",
  decrypt: "decrypting and verifying",
  encrypt: "encrypting",
  wrap: "making capsules and keyrings",
  sign: "sealing and signing indexes",
  stop: "stopping who loses something",
  transfer: "offering or taking over ledger records",
  upload: "uploading",
  publish: "publishing",
  confirm: "waiting until it is final",
  forget: "having the cloud forget what is old",
  deal: "sharing the index key out",
  release: "having the gates release the index",
};

/** Steps that say how fast they are: the others wait for blocks or for people. */
const measured: readonly ProgressStep[] = ["read", "fetch", "decrypt", "encrypt", "upload"];

/** Tells the steps of one act, one after the other. */
export class StepWords {
  private readonly now: () => number;
  private current: ProgressStep | undefined;
  private began = 0;

  /** @param now the time in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** `uploading, 12.3 of 40.0 MB, 4.1 MB/s, 7 s left` */
  tell({ step, side, done, total, unit }: Progress): string {
    if (step !== this.current || done === 0) {
      this.current = step;
      this.began = this.now();
    }
    const where = side === undefined ? "" : ` (${side} chain)`;
    const amount = amountInWords(done, total, unit);
    const seconds = (this.now() - this.began) / 1000;
    const rate = measured.includes(step) ? rateInWords(done, total, seconds, unit) : "";
    return `${words[step]}${where}, ${amount}${rate}`;
  }
}

/** `3 of 9 parts`, `1.2 of 3.4 MB` */
function amountInWords(done: number, total: number | undefined, unit: string): string {
  if (unit !== "bytes") return total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
  const size = sizeOf(total ?? done);
  const of = total === undefined ? "" : ` of ${(total / size.bytes).toFixed(size.digits)}`;
  return `${(done / size.bytes).toFixed(size.digits)}${of} ${size.name}`;
}

/** `, 4.1 MB/s, 7 s left`; nothing in the first second. */
export function rateInWords(done: number, total: number | undefined, seconds: number, unit: string): string {
  if (seconds < 1 || done === 0) return "";
  const rate = done / seconds;
  const left = total === undefined || done >= total ? "" : `, ${Math.ceil((total - done) / rate)} s left`;
  if (unit !== "bytes") return `, ${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} ${unit}/s${left}`;
  const size = sizeOf(rate);
  return `, ${(rate / size.bytes).toFixed(size.digits)} ${size.name}/s${left}`;
}

function sizeOf(bytes: number): { bytes: number; name: string; digits: number } {
  if (bytes < 1000) return { bytes: 1, name: "bytes", digits: 0 };
  if (bytes < 1e6) return { bytes: 1000, name: "kB", digits: 1 };
  return bytes < 1e9 ? { bytes: 1e6, name: "MB", digits: 1 } : { bytes: 1e9, name: "GB", digits: 2 };
}
