/** `--dry-run`: accounts that say what they would send and what gas it would take, and send nothing. */
import {
  type Provider,
  type Signer,
  type TransactionRequest,
  type TransactionResponse,
  VoidSigner,
} from "ethers";
import { DiptychError } from "../../core/errors.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import { chainError } from "../../ledger/reverts.ts";
import { DivertedSigner } from "../../roles/divertedSigner.ts";

/** A transaction that would be sent. */
export type Estimate = { side: Side; from: Address; to: Address; gas: bigint; bytes: number };

/** Ends an act at the point where it would send. */
class Estimated extends DiptychError {
  constructor() {
    super("usage", "Nothing has been sent: this was a dry run.");
  }
}

/** A dry run: its accounts, and what they would have sent. */
export class DryRun {
  private readonly chains: Record<Side, Chain>;
  private readonly estimates: Estimate[] = [];
  /** An act on two chains ends with one of its outcomes only, so refusals are kept too. */
  private readonly refusals: unknown[] = [];

  constructor(chains: Record<Side, Chain>) {
    this.chains = chains;
  }

  /** The account that estimates in the place of `signer`; of an address alone, one that can't sign messages. */
  account(signer: Signer | Address): Signer {
    const { provider } = this.chains.storage;
    return new DivertedSigner(typeof signer === "string" ? new VoidSigner(signer, provider) : signer, this);
  }

  /** Estimates instead of sending. */
  async send(signer: Signer, request: TransactionRequest): Promise<TransactionResponse> {
    const chain = this.chainOf(signer.provider);
    const from = await signer.getAddress();
    let gas: bigint;
    try {
      gas = await chain.provider.estimateGas({ ...request, from });
    } catch (error) {
      this.refusals.push(error);
      throw error;
    }
    const bytes = String(request.data ?? "0x").length / 2 - 1;
    this.estimates.push({ side: chain.side, from, to: String(request.to), gas, bytes });
    throw new Estimated();
  }

  /**
   * Runs `act` as far as it goes without sending: what it would have sent first, on each chain that it sends to at once. However it
   * ends once something was estimated for it, that is no failure.
   */
  async of(act: () => Promise<unknown>): Promise<Estimate[]> {
    const before = this.estimates.length;
    const refused = this.refusals.length;
    try {
      await act();
    } catch (error) {
      const ended = error instanceof Estimated || this.estimates.length > before;
      if (!ended) throw error;
    }
    if (this.refusals.length > refused) throw chainError(this.refusals[refused], "do this");
    return this.estimates
      .slice(before)
      .sort((a, b) => (a.side === b.side ? 0 : a.side === "storage" ? -1 : 1));
  }

  /** What the transaction that `act` would send first would cost; undefined when it would send none. */
  async gasOf(act: () => Promise<unknown>): Promise<bigint | undefined> {
    return (await this.of(act))[0]?.gas;
  }

  private chainOf(provider: Provider | null): Chain {
    const { storage, shared } = this.chains;
    return provider === shared.provider ? shared : storage;
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
