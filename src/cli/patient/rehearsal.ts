/** `--dry-run`: acts that stop where they would send a transaction, and tell what it would cost. Nothing is sent or kept. */
import {
  AbstractSigner,
  type BaseWallet,
  type Provider,
  type Signer,
  type TransactionRequest,
  type TransactionResponse,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import type { Chain, Side } from "../../ledger/chain.ts";
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

class RehearsingSigner extends AbstractSigner {
  private readonly wallet: BaseWallet;
  private readonly side: Side;
  private readonly rehearsal: Rehearsal;

  constructor(wallet: BaseWallet, side: Side, rehearsal: Rehearsal) {
    super(wallet.provider);
    this.wallet = wallet;
    this.side = side;
    this.rehearsal = rehearsal;
  }

  override async getAddress(): Promise<string> {
    return this.wallet.address;
  }

  override connect(_provider: Provider | null): Signer {
    return this;
  }

  override async sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    const gas = await this.wallet.estimateGas(request);
    this.rehearsal.estimates.push({ side: this.side, gas });
    throw new Rehearsed();
  }

  override signTransaction(): Promise<string> {
    throw new Rehearsed();
  }

  override signMessage(message: string | Uint8Array): Promise<string> {
    return this.wallet.signMessage(message);
  }

  override signTypedData(
    domain: TypedDataDomain,
    fields: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.wallet.signTypedData(domain, fields, value);
  }
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
  const account = (side: Side) => new RehearsingSigner(keys.account(chains[side]), side, rehearsal);
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
