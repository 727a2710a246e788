/** A relayer's account on one chain: signs one transaction after the other, notes each before it is sent, and sees each through. */
import { type BaseWallet, Transaction, type TransactionRequest } from "ethers";
import { DiptychError } from "../core/errors.ts";
import { Turns } from "../core/turns.ts";
import type { Chain } from "../ledger/chain.ts";
import { chainError } from "../ledger/reverts.ts";
import { askNode, blockToRead, type Confirmations } from "./finality.ts";
import type { KeptRelay, Relay, RelayBook, RelayEnd } from "./relayBook.ts";
import type { RelayedAct } from "./relayedAct.ts";
import { feesNow, type NowFees, type OfferedFees, type RelayPrices, raisedPrice } from "./relayPricing.ts";

/** How an account stands. */
export type RelayAccountState = { balance: bigint; feePerGas: bigint; underWay: number };

/** How often what is under way is looked after, and sent again when it vanished, in milliseconds. */
const round = 1000;
const resend = 10_000;
/** How often another program may take the nonce in between. */
const attempts = 5;

/** A relayer's account on one chain. Whoever opened the relayer closes it. */
export class RelayAccount {
  readonly chain: Chain;
  private readonly wallet: BaseWallet;
  private readonly book: RelayBook;
  private readonly prices: RelayPrices;
  private readonly confirmations: Confirmations;
  private readonly turns = new Turns();
  private nextNonce: number | undefined;
  private readonly raiseAfter: number;
  private readonly sentAt = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    chain: Chain,
    wallet: BaseWallet,
    book: RelayBook,
    prices: RelayPrices,
    confirmations: Confirmations,
    raiseAfter: number,
  ) {
    this.chain = chain;
    this.wallet = wallet;
    this.book = book;
    this.prices = prices;
    this.confirmations = confirmations;
    this.raiseAfter = raiseAfter;
    this.watchSoon();
  }

  /** Who pays. */
  get address(): string {
    return this.wallet.address;
  }

  /** Balance, what a gas costs now, and how many transactions are under way. */
  async state(): Promise<RelayAccountState> {
    const [balance, { feePerGas }] = await Promise.all([this.balance(), this.feesNow()]);
    return { balance, feePerGas, underWay: this.book.standing(this.chain.side).length };
  }

  /**
   * Sends an act that was found good, if limits, price and money allow it.
   *
   * @throws DiptychError `rate-limited`, `relay-unaffordable`, `chain-unreachable`
   */
  send(act: RelayedAct, gasLimit: number): Promise<Relay> {
    return this.turns.take(async () => {
      this.book.demandRoom(this.chain.side, act.owner, gasLimit);
      const { feePerGas, fees } = await this.feesNow();
      if (feePerGas > this.prices.maxFeePerGas)
        throw unaffordable("Gas costs more than the relayer pays for it now: try again later");
      await this.demandMoney(BigInt(gasLimit) * this.prices.maxFeePerGas);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const relay = await this.sign(act, gasLimit, fees);
        await this.book.note(relay).catch((error) => {
          this.nextNonce = undefined;
          throw error;
        });
        if (await this.offer(relay)) return relay;
        this.nextNonce = undefined;
      }
      throw new DiptychError(
        "service-busy",
        "Another program sends from the relayer's account: try again, or tell its operator.",
      );
    });
  }

  /** Looks now what became of the relays under way of an owner; those that no block holds yet. */
  async waitingOf(owner: string): Promise<KeptRelay[]> {
    const standing = this.book.standing(this.chain.side, owner);
    const waiting = await Promise.all(
      standing.map(async (each) => ((await this.minedOf(each)) === undefined ? [each] : [])),
    );
    return waiting.flat();
  }

  /** The relay in whose transaction a block holds what this one carries: this one, or one whose place it took. */
  async minedOf(relay: KeptRelay): Promise<KeptRelay | undefined> {
    for (const each of this.book.priced(relay))
      if (each.end?.outcome === "mined" || (await this.receiptOf(each)) !== null) return each;
    return undefined;
  }

  /** Looks after what is under way once, now. */
  async watch(): Promise<void> {
    const open = this.book.open(this.chain.side);
    if (open.length === 0) return;
    const final = await blockToRead(this.chain.provider, this.confirmations).catch(() => -1);
    let asked: Promise<NowFees> | undefined;
    const feesNow = () => (asked ??= this.feesNow());
    for (const relay of open) await this.lookAfter(relay, final, feesNow);
  }

  /** Stops looking after what is under way; a relayer that is started again goes on with it. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.turns.settled();
  }

  private watchSoon(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      // A node that is silent now is asked again.
      void this.watch()
        .catch(() => undefined)
        .finally(() => this.watchSoon());
    }, round);
    (this.timer as { unref?: () => void }).unref?.();
  }

  private async lookAfter(relay: KeptRelay, final: number, feesNow: () => Promise<NowFees>): Promise<void> {
    if (relay.end !== undefined) return;
    const receipt = await this.receiptOf(relay);
    if (receipt !== null) {
      if (receipt.blockNumber > final) return;
      const outcome = receipt.status === 1 ? "mined" : "reverted";
      return this.finish(relay, { outcome, gasUsed: Number(receipt.gasUsed) });
    }
    const over = final < 0 ? 0 : await this.nonceAt(final, senderOf(relay));
    if (over > relay.transactionNonce) {
      // Looked for once more: it may have been mined just now.
      if ((await this.receiptOf(relay)) !== null) return;
      return this.finish(relay, { outcome: "lost", gasUsed: 0 });
    }
    if (this.book.isReplaced(relay)) return;
    const dearer = await this.raise(relay, feesNow);
    if (dearer !== undefined) await this.offer(dearer, true);
    else if (Date.now() - (this.sentAt.get(relay.hash) ?? 0) >= resend) await this.offer(relay, true);
  }

  private async finish(relay: Relay, end: RelayEnd): Promise<void> {
    this.sentAt.delete(relay.hash);
    await this.book.finish(relay.hash, end);
  }

  /**
   * The same act at the chain's price of now, noted, where what was offered is no longer enough: else nothing of this account would
   * be mined any more.
   */
  private async raise(relay: KeptRelay, feesNow: () => Promise<NowFees>): Promise<Relay | undefined> {
    if (now() - relay.time < this.raiseAfter) return undefined;
    const { type, gasPrice, to, data } = Transaction.from(relay.raw);
    if (type !== 0 || senderOf(relay) !== this.address) return undefined;
    const { feePerGas, fees } = await feesNow();
    const raised = raisedPrice(gasPrice!, feePerGas, this.prices.maxFeePerGas);
    if (raised === undefined || fees.type !== 0 || (await this.minedOf(relay)) !== undefined)
      return undefined;
    return this.turns.take(async () => {
      if (this.closed || relay.end !== undefined || this.book.isReplaced(relay)) return undefined;
      const { end: _, ...act } = relay;
      const { gasLimit, transactionNonce: nonce } = relay;
      const { raw, hash } = await this.signed({ type: 0, gasPrice: raised, to, data, nonce, gasLimit });
      const dearer: Relay = { ...act, raw, hash, time: now(), replaces: relay.hash };
      await this.book.note(dearer);
      return dearer;
    });
  }

  private async sign(act: RelayedAct, gasLimit: number, fees: OfferedFees): Promise<Relay> {
    const { side, ledger } = this.chain;
    this.nextNonce ??= await this.freeNonce();
    const nonce = this.nextNonce++;
    const { raw, hash } = await this.signed({ ...fees, to: ledger, data: act.data, nonce, gasLimit });
    const cost = BigInt(gasLimit) * this.prices.maxFeePerGas;
    return {
      side,
      method: act.method,
      owner: act.owner,
      nonce: String(act.nonce),
      digest: act.digest,
      hash,
      transactionNonce: nonce,
      raw,
      gasLimit,
      cost: String(cost),
      time: now(),
    };
  }

  private async signed(request: TransactionRequest): Promise<{ raw: string; hash: string }> {
    const { chainId } = this.chain;
    const raw = await this.wallet.signTransaction({ ...request, chainId, value: 0n });
    return { raw, hash: Transaction.from(raw).hash! };
  }

  /** Gives a transaction to the node; false when it never will be mined, since its nonce is another's. */
  private async offer(relay: Relay, again = false): Promise<boolean> {
    const { provider } = this.chain;
    this.sentAt.set(relay.hash, Date.now());
    try {
      await askNode(() => provider.broadcastTransaction(relay.raw));
      return true;
    } catch (error) {
      const cause = (error as { cause?: unknown }).cause;
      // Without an answer nobody knows: it goes again until it is mined or can't be any more.
      if (again || !isRefusal(cause)) return true;
      // Nodes also refuse what they have already, and some tell a revert when they have mined it.
      if ((await askNode(() => provider.getTransaction(relay.hash))) !== null) return true;
      await this.finish(relay, { outcome: "lost", gasUsed: 0 });
      this.nextNonce = undefined;
      if (isNonceTaken(cause)) return false;
      if ((cause as { code?: string }).code === "INSUFFICIENT_FUNDS") throw poor();
      throw chainError(cause, "take what the relayer sent");
    }
  }

  private async freeNonce(): Promise<number> {
    const pending = await askNode(() => this.chain.provider.getTransactionCount(this.address, "pending"));
    // A journal outlives a change of the seed: what another account sent takes none of this one's nonces.
    const noted = this.book
      .open(this.chain.side)
      .filter((each) => senderOf(each) === this.address)
      .map(({ transactionNonce }) => transactionNonce + 1);
    return Math.max(pending, ...noted);
  }

  private nonceAt(block: number, account: string): Promise<number> {
    return askNode(() => this.chain.provider.getTransactionCount(account, block));
  }

  private receiptOf({ hash }: Relay) {
    return askNode(() => this.chain.provider.getTransactionReceipt(hash));
  }

  private balance(): Promise<bigint> {
    return askNode(() => this.chain.provider.getBalance(this.address));
  }

  private feesNow(): Promise<NowFees> {
    return feesNow(this.chain.provider, this.prices.maxFeePerGas);
  }

  private async demandMoney(cost: bigint): Promise<void> {
    const promised = this.book.standing(this.chain.side).reduce((sum, each) => sum + BigInt(each.cost), 0n);
    if ((await this.balance()) - promised - cost < this.prices.floor) throw poor();
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function unaffordable(sentence: string): DiptychError {
  return new DiptychError("relay-unaffordable", `${sentence}, or pay yourself.`);
}

function poor(): DiptychError {
  return unaffordable("The relayer has too little money on this chain: tell its operator");
}

function isNonceTaken(error: unknown): boolean {
  return ["NONCE_EXPIRED", "REPLACEMENT_UNDERPRICED"].includes((error as { code?: string }).code ?? "");
}

/** Whether the node answered and took nothing. */
function isRefusal(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code ?? "";
  return (
    isNonceTaken({ code }) ||
    ["INSUFFICIENT_FUNDS", "CALL_EXCEPTION", "UNKNOWN_ERROR", "UNSUPPORTED_OPERATION"].includes(code)
  );
}

/** Senders of what was read back: recovering one takes milliseconds. */
const senders = new WeakMap<Relay, string>();

/** The account that signed a relay's transaction. */
function senderOf(relay: Relay): string {
  const known = senders.get(relay) ?? Transaction.from(relay.raw).from!;
  senders.set(relay, known);
  return known;
}
