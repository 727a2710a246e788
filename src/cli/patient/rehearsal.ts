/** A patient's `--dry-run`: acts that stop where they would send a transaction, and tell what it would cost. Nothing is sent or kept. */
import type { Signer } from "ethers";
import type { Chain, Side } from "../../ledger/chain.ts";
import { IndexLedger } from "../../ledger/indexLedger.ts";
import type { Journal } from "../../roles/journal.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { OwnerKeys } from "../../roles/ownerKeys.ts";
import { readPatientSeed } from "../../roles/patientSeed.ts";
import { printableUrl } from "../config/check.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import type { DryRun } from "../frame/dryRun.ts";
import { gasInWords } from "../frame/printing.ts";

/** A transaction that would be sent; `gas` undefined where it rests on one before it. */
export type Planned = { side: Side; act: string; gas?: bigint };

/** A patient's stores and accounts for a rehearsal: they read what is kept, and keep nothing. */
export async function rehearse(
  store: KeyStore,
  journal: Journal,
  chains: Record<Side, Chain>,
  run: DryRun,
): Promise<{ keyStore: KeyStore; journal: Journal; accounts: Record<Side, Signer> }> {
  const keyStore = forgetful(store);
  const seed = await readPatientSeed(keyStore);
  const keys = await OwnerKeys.derive(seed!);
  const account = (side: Side) => run.account(keys.account(chains[side]));
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

/** What the last publish of a ledger record cost: the next one costs about as much. */
export async function lastPublishCost(chain: Chain, ledgerRecordId: string): Promise<{ gas?: bigint }> {
  const events = await new IndexLedger(chain).history(ledgerRecordId);
  const last = events.findLast(({ kind }) => kind === "published");
  const receipt = last && (await chain.provider.getTransactionReceipt(last.transaction));
  return receipt ? { gas: receipt.gasUsed } : {};
}

/** What `--dry-run` prints. */
export function dryRun(
  { output, relayer }: Context,
  planned: readonly Planned[],
  facts: object = {},
): Result {
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
      ...(relayer === undefined ? {} : { relayer: printableUrl(relayer) }),
      transactions: planned.map(({ side, act, gas }) => ({ side, act, gas: gas ?? null })),
    },
    text: [
      none
        ? "A dry run: there is nothing to send."
        : "A dry run: nothing has been sent. These transactions would be:",
      ...output.table(rows).map((line) => `  ${line}`),
      ...(none || relayer === undefined
        ? []
        : [
            `The relayer at ${printableUrl(relayer)} pays for what you sign; you pay for sharing out index keys.`,
          ]),
    ],
  };
}
