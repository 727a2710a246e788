/** `--dry-run`: accounts that say what they would send and what gas it would take, and send nothing. */
import {
  AbstractSigner,
  type Provider,
  type TransactionRequest,
  type TransactionResponse,
  VoidSigner,
} from "ethers";
import { DiptychError } from "../../core/errors.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import { chainError } from "../../ledger/reverts.ts";

/** A transaction that would be sent. */
export type Estimate = { side: Side; from: Address; to: Address; gas: bigint; bytes: number };

/** Ends an act at the point where it would send. */
class Estimated extends DiptychError {
  constructor() {
    super("usage", "Nothing has been sent: this was a dry run.");
  }
}

/**
 * Runs `act` with an account that estimates instead of sending: what it would have sent. `act` may end in any way once
 * something was estimated for it.
 */
export async function estimate(
  chains: Record<Side, Chain>,
  account: Address,
  act: (account: EstimatingSigner) => Promise<unknown>,
): Promise<Estimate[]> {
  const book: Book = { estimates: [], refusals: [] };
  try {
    await act(new EstimatingSigner(account, chains, book, chains.storage.provider));
  } catch (error) {
    if (!(error instanceof Estimated)) throw error;
  }
  const [refusal] = book.refusals;
  if (refusal !== undefined) throw chainError(refusal, "do this");
  return book.estimates.sort((a, b) => (a.side === b.side ? 0 : a.side === "storage" ? -1 : 1));
}

/** What one dry run has come to. An act on two chains ends with one of its outcomes only, so refusals are kept too. */
type Book = { estimates: Estimate[]; refusals: unknown[] };

/** An account that estimates what it is to send, and sends nothing. */
export class EstimatingSigner extends AbstractSigner {
  private readonly account: Address;
  private readonly chains: Record<Side, Chain>;
  private readonly book: Book;

  constructor(account: Address, chains: Record<Side, Chain>, book: Book, provider: Provider | null) {
    super(provider);
    this.account = account;
    this.chains = chains;
    this.book = book;
  }

  /** The same for another account. */
  as(account: Address): EstimatingSigner {
    return new EstimatingSigner(account, this.chains, this.book, this.provider);
  }

  override async getAddress(): Promise<Address> {
    return this.account;
  }

  override connect(provider: Provider | null): EstimatingSigner {
    return new EstimatingSigner(this.account, this.chains, this.book, provider);
  }

  override async sendTransaction(transaction: TransactionRequest): Promise<TransactionResponse> {
    const [side, chain] =
      (Object.entries(this.chains) as [Side, Chain][]).find(([, each]) => each.provider === this.provider) ??
      (["storage", this.chains.storage] as const);
    let gas: bigint;
    try {
      gas = await chain.provider.estimateGas({ ...transaction, from: this.account });
    } catch (error) {
      this.book.refusals.push(error);
      throw error;
    }
    const data = String(transaction.data ?? "0x");
    this.book.estimates.push({
      side,
      from: this.account,
      to: String(transaction.to),
      gas,
      bytes: data.length / 2 - 1,
    });
    throw new Estimated();
  }

  override signTransaction(transaction: TransactionRequest): Promise<string> {
    return new VoidSigner(this.account).signTransaction(transaction);
  }

  override signMessage(message: string | Uint8Array): Promise<string> {
    return new VoidSigner(this.account).signMessage(message);
  }

  override signTypedData(...given: Parameters<VoidSigner["signTypedData"]>): Promise<string> {
    return new VoidSigner(this.account).signTypedData(...given);
  }
}

/** Estimates for people. */
export function printEstimates(estimates: readonly Estimate[]): string[] {
  if (estimates.length === 0) return ["Nothing would be sent: it stands like that on the chains already."];
  return [
    "Nothing has been sent. This would be:",
    ...estimates.map(
      ({ side, from, to, gas, bytes }) =>
        `  ${side.padEnd(7)}  ${from} -> ${to}, ${bytes} bytes of data, about ${gas.toLocaleString("en")} gas`,
    ),
  ];
}
