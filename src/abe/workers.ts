/**
 * The functions of diptych/abe off the thread that calls them: in Web Workers, so that a page never freezes, or in worker
 * threads, so that Node uses all its cores.
 */
import { DiptychError } from "../core/errors.ts";
import { type Policy, printPolicy } from "../policy/index.ts";
import type { Encapsulation } from "./kem.ts";
import { adopt, type MasterKey, type PublicKey, type SecretKey } from "./keys.ts";
import { type KeyArgument, Pool } from "./pool.ts";
import { countProcessors } from "./thread.ts";

/** How workers are opened. */
export interface WorkersOptions {
  /** How many at most; as many as there are processors unless given. Each is started when it is first needed. */
  readonly count?: number;
  /** Where worker.js lies, for programs whose bundler doesn't find it: the file of `diptych/abe/worker`. */
  readonly url?: string | URL;
}

/** What every call takes last. */
export interface CallOptions {
  /** Rejects the call with the signal's reason. What a worker has begun it ends, for nobody. */
  readonly signal?: AbortSignal;
}

/** What `keygenMany` takes last. */
export interface KeygenManyOptions extends CallOptions {
  /** Called after each key with how many there are. */
  readonly onProgress?: (done: number) => void;
}

/** Opens workers; none runs before the first call. `close` them in the end. Throws `argument-invalid`. */
export function openWorkers({ count = countProcessors(), url }: WorkersOptions = {}): Workers {
  if (!Number.isInteger(count) || count < 1 || count > 1024)
    throw new DiptychError("argument-invalid", "count: pass a whole number from 1 to 1024.");
  return new Workers(new Pool(count, url));
}

/**
 * Each function does what its namesake in diptych/abe does, with the same errors; besides, all throw `worker-failed` when
 * a worker crashes (the next call gets another one), and `argument-invalid` after `close`. Idle workers don't keep a Node
 * process alive. A worker keeps the last 16 keys that it used, until it needs the place or is closed.
 */
class Workers {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** As `setup`. */
  async setup({ signal }: CallOptions = {}): Promise<{ publicKey: PublicKey; masterKey: MasterKey }> {
    const [publicKey, masterKey] = await this.#pool.run({ name: "setup" }, [], [], signal);
    return { publicKey: adopt.publicKey(publicKey!), masterKey: adopt.masterKey(masterKey!) };
  }

  /** As `keygen`. */
  async keygen(
    publicKey: PublicKey,
    masterKey: MasterKey,
    attributes: Iterable<string>,
    { signal }: CallOptions = {},
  ): Promise<SecretKey> {
    const keys: KeyArgument[] = [
      { kind: "publicKey", key: publicKey },
      { kind: "masterKey", key: masterKey },
    ];
    const task = { name: "keygen", attributes: listTexts(attributes) } as const;
    const [secretKey] = await this.#pool.run(task, keys, [], signal);
    return adopt.secretKey(secretKey!);
  }

  /**
   * A key for each set of attributes, in their order, by all workers at once. The first that fails ends it: its error says
   * at which place of the list (from 1) it stood.
   */
  async keygenMany(
    publicKey: PublicKey,
    masterKey: MasterKey,
    attributeSets: Iterable<Iterable<string>>,
    { signal, onProgress }: KeygenManyOptions = {},
  ): Promise<SecretKey[]> {
    signal?.throwIfAborted();
    const made: SecretKey[] = [];
    const stop = new AbortController();
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const sets = attributeSets[Symbol.iterator]();
    let taken = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let next = sets.next(); !next.done; next = sets.next()) {
        const place = taken++;
        try {
          made[place] = await this.keygen(publicKey, masterKey, next.value, { signal: stop.signal });
        } catch (error) {
          throw error instanceof DiptychError ? atPlace(error, place + 1) : error;
        }
        onProgress?.(++done);
        stop.signal.throwIfAborted();
      }
    };
    try {
      // Two a worker, so that the next set waits when a worker is done.
      await Promise.all(Array.from({ length: 2 * this.#pool.count }, work));
      return made;
    } catch (error) {
      stop.abort(error);
      sets.return?.();
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** As `checkSecretKey`. */
  async checkSecretKey(
    publicKey: PublicKey,
    secretKey: SecretKey,
    { signal }: CallOptions = {},
  ): Promise<void> {
    const keys: KeyArgument[] = [
      { kind: "publicKey", key: publicKey },
      { kind: "secretKey", key: secretKey },
    ];
    await this.#pool.run({ name: "checkSecretKey" }, keys, [], signal);
  }

  /** As `encapsulate`. */
  async encapsulate(
    publicKey: PublicKey,
    policy: string | Policy,
    associatedData: Uint8Array = new Uint8Array(),
    { signal }: CallOptions = {},
  ): Promise<Encapsulation> {
    const text = typeof policy === "string" ? policy : printPolicy(policy);
    const data = Uint8Array.from(associatedData);
    const task = { name: "encapsulate", policy: text, associatedData: data } as const;
    const [capsule, key] = await this.#pool.run(
      task,
      [{ kind: "publicKey", key: publicKey }],
      [data],
      signal,
    );
    return { capsule: capsule!, key: key! };
  }

  /** As `decapsulate`. */
  async decapsulate(
    publicKey: PublicKey,
    secretKey: SecretKey,
    capsule: Uint8Array,
    associatedData: Uint8Array = new Uint8Array(),
    { signal }: CallOptions = {},
  ): Promise<Uint8Array> {
    const keys: KeyArgument[] = [
      { kind: "publicKey", key: publicKey },
      { kind: "secretKey", key: secretKey },
    ];
    const [sent, data] = [Uint8Array.from(capsule), Uint8Array.from(associatedData)];
    const task = { name: "decapsulate", capsule: sent, associatedData: data } as const;
    const [key] = await this.#pool.run(task, keys, [sent, data], signal);
    return key!;
  }

  /** As `PublicKey.fromBytes`: the checks run in a worker. */
  readPublicKey(bytes: Uint8Array, options: CallOptions = {}): Promise<PublicKey> {
    return this.#read("publicKey", bytes, options);
  }

  /** As `MasterKey.fromBytes`. */
  readMasterKey(bytes: Uint8Array, options: CallOptions = {}): Promise<MasterKey> {
    return this.#read("masterKey", bytes, options);
  }

  /** As `SecretKey.fromBytes`, which takes a millisecond for each element of a key. */
  readSecretKey(bytes: Uint8Array, options: CallOptions = {}): Promise<SecretKey> {
    return this.#read("secretKey", bytes, options);
  }

  /** Ends the workers and wipes nothing: their memory goes with them. Calls that aren't done reject. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #read<K extends keyof typeof adopt>(
    kind: K,
    bytes: Uint8Array,
    { signal }: CallOptions,
  ): Promise<ReturnType<(typeof adopt)[K]>> {
    const own = Uint8Array.from(bytes);
    const sent = own.slice();
    await this.#pool.run({ name: "check", kind, bytes: sent }, [], [sent], signal);
    return adopt[kind](own) as ReturnType<(typeof adopt)[K]>;
  }
}

export type { Workers };

function listTexts(attributes: Iterable<string>): string[] {
  if (typeof attributes === "string")
    throw new DiptychError("argument-invalid", "attributes: pass a list of texts, not one text.");
  return Array.from(attributes, String);
}

function atPlace(error: DiptychError, place: number): DiptychError {
  return new DiptychError(error.code, `Set ${place} of attributes: ${error.message}`, { cause: error });
}
