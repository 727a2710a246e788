/** What goes between a thread and its workers. Keys go as bytes, the first time only: workers keep the last few. */
import { DiptychError, type ErrorCode } from "../core/errors.ts";

export type KeyKind = "publicKey" | "masterKey" | "secretKey";

/** A key, by the number that its own thread gave it; with its bytes when the worker doesn't have it yet. */
export interface KeyMessage {
  readonly kind: KeyKind;
  readonly number: number;
  readonly bytes?: Uint8Array;
}

/** One call; its keys travel beside it. */
export type Task =
  | { readonly name: "setup" }
  | { readonly name: "keygen"; readonly attributes: readonly string[] }
  | { readonly name: "checkSecretKey" }
  | { readonly name: "encapsulate"; readonly policy: string; readonly associatedData: Uint8Array }
  | { readonly name: "decapsulate"; readonly capsule: Uint8Array; readonly associatedData: Uint8Array }
  | { readonly name: "check"; readonly kind: KeyKind; readonly bytes: Uint8Array };

export interface TaskMessage {
  readonly task: Task;
  /** In the order of the function's arguments. */
  readonly keys: readonly KeyMessage[];
}

/** The byte strings that the call gave, in the order in which the function names them; or why it failed. */
export type AnswerMessage = { readonly results: readonly Uint8Array[] } | { readonly failure: Failure };

interface Failure {
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

export function packFailure(error: unknown): Failure {
  const code = error instanceof DiptychError ? error.code : undefined;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

export function unpackFailure({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new DiptychError(code, message);
}

/** Keys that a worker keeps at most. */
const KEPT_KEYS = 16;

/**
 * The keys that a worker has, by number. The thread that sends and the worker that receives each keep one and use it in
 * the same order, so that both always know the same numbers.
 */
export class KeptKeys<T> {
  readonly #kept = new Map<number, T>();
  readonly #drop: (value: T) => void;

  constructor(drop: (value: T) => void = () => undefined) {
    this.#drop = drop;
  }

  /** What is kept under the number, which thereby becomes the last to go. */
  use(number: number): T | undefined {
    const value = this.#kept.get(number);
    if (value === undefined) return undefined;
    this.#kept.delete(number);
    this.#kept.set(number, value);
    return value;
  }

  add(number: number, value: T): T {
    this.#kept.set(number, value);
    for (const [oldest, dropped] of this.#kept) {
      if (this.#kept.size <= KEPT_KEYS) break;
      this.#kept.delete(oldest);
      this.#drop(dropped);
    }
    return value;
  }
}
