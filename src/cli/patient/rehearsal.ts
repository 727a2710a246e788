/** `--dry-run`: acts that stop where they would send a transaction, and tell what it would cost. Nothing is sent or kept. */
import type { BaseWallet, Signer } from "ethers";
import type { Chain, Side } from "../../ledger/chain.ts";
import { DivertedSigner } from "../../roles/divertedSigner.ts";
import type { Journal } from "../../roles/journal.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { OwnerKeys } from "../../roles/ownerKeys.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { gasInWords } from "./printing.ts";

/** A transaction that would be sent; `gas` undefined where it rests on one before it. */
export type Planned = { side: Side; act: string; gas?: bigint };

/** What a rehearsal has seen so far. */
export type Rehearsal = { estimates: { side: Side; gas: bigint }[] };

/** Thrown in the place of sending. */
class Rehearsed extends Error {}

/** An account that estimates what it is to send, and sends nothing. */
function rehearsing(wallet: BaseWallet, side: Side, rehearsal: Rehearsal): Signer {
  return new DivertedSigner(wallet, {
    send: async (signer, request) => {
      rehearsal.estimates.push({ side, gas: await signer.estimateGas(request) });
      throw new Rehearsed();
    },
  });
}

/** A patient's stores and accounts for a rehearsal: they read what is kept, and keep nothing. */
export async function rehearse(
  store: KeyStore,
  journal: Journal,
  chains: Record<Side, Chain>,
  rehearsal: Rehearsal,
): Promise<{ keyStore: KeyStore; journal: Journal; accounts: Record<Side, Signer> }> {
  const keyStore = forgetful(store);
  const seed = await keyStore.get("patient/seed");
  const keys = await OwnerKeys.derive(seed!);
  const account = (side: Side) => rehearsing(keys.account(chains[side]), side, rehearsal);
  return {
    keyStore,
    journal: forgetful(journal),
    accounts: { storage: account("storage"), shared: account("shared") },
  };
}

/** Reads from `store` and writes to memory. */
function forgetful(store: KeyStore): KeyStore {
  const changed = new Map<string, Uint8Array | undefined>();
  return {
    get: async (name) => (changed.has(name) ? changed.get(name)?.slice() : store.get(name)),
    set: async (name, bytes) => {
      changed.set(name, bytes.slice());
    },
    delete: async (name) => {
      changed.set(name, undefined);
    },
  };
}

/** The gas of the transaction that `act` would send first; undefined when it would send none. */
export async function estimate(
  rehearsal: Rehearsal,
  act: () => Promise<unknown>,
): Promise<bigint | undefined> {
  const before = rehearsal.estimates.length;
  try {
    await act();
  } catch (error) {
    if (rehearsal.estimates.length === before) throw error;
  }
  return rehearsal.estimates[before]?.gas;
}

/** What `--dry-run` prints. */
export function dryRun({ output }: Context, planned: readonly Planned[], facts: object = {}): Result {
  const rows = planned.map(({ side, act, gas }) => [
    `${side} chain`,
    act,
    gas === undefined ? "cost not known yet" : `about ${gasInWords(gas)}`,
  ]);
  const none = planned.length === 0;
  return {
    json: {
      dryRun: true,
      ...facts,
      transactions: planned.map(({ side, act, gas }) => ({ side, act, gas: gas ?? null })),
    },
    text: [
      none
        ? "A dry run: there is nothing to send."
        : "A dry run: nothing has been sent. These transactions would be:",
      ...output.table(rows).map((line) => `  ${line}`),
    ],
  };
}
