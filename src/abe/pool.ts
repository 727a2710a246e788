/** Workers that take tasks from one queue, each one at a time. They are started when there is something to do. */
import { DiptychError } from "../core/errors.ts";
import { demandKey, type MasterKey, type PublicKey, type SecretKey } from "./keys.ts";
import { startThread, type Thread } from "./thread.ts";
import {
  type AnswerMessage,
  KeptKeys,
  type KeyKind,
  type KeyMessage,
  type Task,
  unpackFailure,
} from "./workerMessages.ts";

export interface KeyArgument {
  readonly kind: KeyKind;
  readonly key: PublicKey | MasterKey | SecretKey;
}

interface Job {
  readonly task: Task;
  readonly keys: readonly KeyArgument[];
  /** Byte strings of the task, made for it alone, to be handed over. */
  readonly transfer: ArrayBuffer[];
  resolve(results: readonly Uint8Array[]): void;
  reject(reason: unknown): void;
}

/** A place for a worker. */
interface Seat {
  thread: Thread | undefined;
  known: KeptKeys<true>;
  /** What the worker is at; its caller may have gone. */
  job: Job | undefined;
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

export class Pool {
  readonly #seats: Seat[];
  readonly #url: string | URL | undefined;
  #queue: Job[] = [];
  #closed = false;

  constructor(count: number, url: string | URL | undefined) {
    this.#seats = Array.from({ length: count }, () => emptySeat());
    this.#url = url;
  }

  get count(): number {
    return this.#seats.length;
  }

  /**
   * Runs a task and gives its results. `signal` takes it out of the queue, or, when a worker is at it already, out of the
   * caller's way. Throws what the task throws, the signal's reason, `worker-failed`, `argument-invalid` once closed.
   */
  async run(
    task: Task,
    keys: readonly KeyArgument[],
    transfer: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Uint8Array[]> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    for (const { kind, key } of keys) demandKey(kind, key);
    const buffers = transfer.map(({ buffer }) => buffer as ArrayBuffer);
    let abort: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        const job: Job = { task, keys, transfer: buffers, resolve, reject };
        abort = () => {
          this.#queue = this.#queue.filter((each) => each !== job);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort, { once: true });
        this.#queue.push(job);
        this.#work();
      });
    } finally {
      if (abort) signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends all workers; what they were at, and what waits, is rejected with `argument-invalid`. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = this.#queue.splice(0);
    const ends = this.#seats.map((seat) => {
      if (seat.job) waiting.push(seat.job);
      return vacate(seat);
    });
    for (const job of waiting) job.reject(closed());
    await Promise.all(ends);
  }

  /** Gives waiting jobs to idle workers, and starts more of them where there are none. */
  #work(): void {
    const idle = this.#seats.filter((seat) => !seat.job);
    for (const seat of [...idle.filter(({ thread }) => thread), ...idle.filter(({ thread }) => !thread)]) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#give(seat, job);
    }
  }

  #give(seat: Seat, job: Job): void {
    seat.job = job;
    try {
      seat.thread ??= this.#start(seat);
      const keys = job.keys.map((argument) => packKey(seat, argument));
      const own = keys.flatMap(({ bytes }) => (bytes ? [bytes.buffer as ArrayBuffer] : []));
      seat.thread.hold(true);
      seat.thread.post({ task: job.task, keys }, [...own, ...job.transfer]);
    } catch (error) {
      // A key may have been wiped while the job waited. What the worker knows is uncertain now.
      void vacate(seat);
      job.reject(error instanceof DiptychError ? error : failed(error));
      this.#work();
    }
  }

  #start(seat: Seat): Thread {
    const thread: Thread = startThread(
      {
        answer: (message) => {
          if (seat.thread === thread) this.#finish(seat, message);
        },
        fail: (cause) => {
          if (seat.thread !== thread) return;
          const { job } = seat;
          void vacate(seat);
          job?.reject(failed(cause));
          this.#work();
        },
      },
      this.#url,
    );
    return thread;
  }

  #finish(seat: Seat, message: AnswerMessage): void {
    const { job } = seat;
    seat.job = undefined;
    seat.thread?.hold(false);
    if ("failure" in message) job?.reject(unpackFailure(message.failure));
    else job?.resolve(message.results);
    this.#work();
  }
}

function emptySeat(): Seat {
  return { thread: undefined, known: new KeptKeys<true>(), job: undefined };
}

/** Ends the seat's worker and forgets it. */
async function vacate(seat: Seat): Promise<void> {
  const { thread } = seat;
  Object.assign(seat, emptySeat());
  await thread?.stop();
}

function packKey(seat: Seat, { kind, key }: KeyArgument): KeyMessage {
  let number = numbers.get(key);
  if (number === undefined) numbers.set(key, (number = ++lastNumber));
  if (seat.known.use(number)) return { kind, number };
  const bytes = key.toBytes();
  seat.known.add(number, true);
  return { kind, number, bytes };
}

function failed(cause: unknown): DiptychError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DiptychError(
    "worker-failed",
    `A worker of the ABE stopped: ${why}. Call again, for another takes its place. If none starts, see that worker.js is ` +
      "served beside the program or at the url given, and that the page's content security policy allows it.",
    { cause },
  );
}

function closed(): DiptychError {
  return new DiptychError("argument-invalid", "These workers are closed; open others.");
}
