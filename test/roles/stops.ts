/**
 * Stopping a patient's program after any of its effects: what it wrote into its store, sent to a chain or had a gateway do. Points
 * are found by counting, so a new effect is a new point.
 */
import type { Provider, Signer, TransactionRequest } from "ethers";
import { utf8Decode } from "../../src/core/bytes.ts";
import type { Chain, Side } from "../../src/ledger/index.ts";
import { Patient, type PatientOptions } from "../../src/roles/index.ts";
import type { KeyStore } from "../../src/roles/keyStore.ts";
import { sides, surroundings, through } from "../world.ts";

/** A program that stops right after its `at`-th effect: from then on nothing it does has any. */
export class Program {
  effects = 0;
  stopped = false;
  /** Roots that it uploaded. */
  readonly roots: string[] = [];
  private at = Number.POSITIVE_INFINITY;

  /** Counts from here on. */
  stopAfter(effects: number): void {
    this.effects = 0;
    this.at = effects;
  }

  async effect<T>(run: () => Promise<T>): Promise<T> {
    if (this.stopped) throw new Error("this program was stopped");
    const done = await run();
    if (++this.effects < this.at) return done;
    this.stopped = true;
    throw new Error("this program was stopped");
  }

  store(store: KeyStore): KeyStore {
    return {
      get: (name) => store.get(name),
      set: (name, secret) => this.effect(() => store.set(name, secret)),
      delete: (name) => this.effect(() => store.delete(name)),
    };
  }

  chain(chain: Chain): Chain {
    const { provider } = chain;
    const broadcastTransaction: Provider["broadcastTransaction"] = (raw) =>
      this.effect(() => provider.broadcastTransaction(raw));
    return through(chain, { broadcastTransaction });
  }

  /** A wallet that sends by itself. */
  private wallet(account: Signer): Signer {
    return new Proxy(account, {
      get: (target, name) => {
        if (name === "sendTransaction")
          return (request: TransactionRequest) => this.effect(() => target.sendTransaction(request));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** Opens a patient in this program. Several programs can be open, one after the other: the last one has the gateway. */
  async open(keyStore: KeyStore, options: Partial<PatientOptions> = {}): Promise<Patient> {
    const found = await surroundings();
    const chains = Object.fromEntries(
      sides.map((side) => [side, this.chain((options.chains ?? found.chains)[side])]),
    ) as Record<Side, Chain>;
    const accounts = Object.fromEntries(
      Object.entries(options.accounts ?? {}).map(([side, account]) => [side, this.wallet(account as Signer)]),
    );
    globalThis.fetch = (input, init) => this.fetch(String(input), init);
    return Patient.open({
      ...found,
      confirmations: 0,
      ...options,
      chains,
      accounts,
      keyStore: this.store(keyStore),
    });
  }

  private async fetch(url: string, init?: RequestInit): Promise<Response> {
    if (!/\/v1\/(uploads|keeps|relays)$/.test(url)) return realFetch(url, init);
    return this.effect(async () => {
      const answer = await realFetch(url, init);
      const roots = new Headers(init?.headers).get("diptych-roots");
      if (answer.ok && roots !== null)
        for (const { cid } of JSON.parse(utf8Decode(Buffer.from(roots, "base64url"))) as { cid: string }[])
          this.roots.push(cid);
      return answer;
    });
  }
}

const realFetch = globalThis.fetch;

/** Gives `fetch` back as it was. */
export function restoreFetch(): void {
  globalThis.fetch = realFetch;
}

/** A key store whose names can be looked at. */
export function openStore(): KeyStore & { names: () => string[] } {
  const secrets = new Map<string, Uint8Array>();
  return {
    get: async (name) => secrets.get(name)?.slice(),
    set: async (name, secret) => {
      secrets.set(name, secret.slice());
    },
    delete: async (name) => {
      secrets.delete(name);
    },
    names: () => [...secrets.keys()],
  };
}
