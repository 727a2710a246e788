/**
 * A relayer: pays for what owners signed (EIP-712, see ../ledger/mandates.ts) to be carried to the ledgers. It can't change an act
 * or use one twice; it sees who acts and when, and can leave an act lying.
 */
import type { BaseWallet } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";
import { contractRefusal } from "../ledger/reverts.ts";
import { askNode, type Confirmations } from "./finality.ts";
import { RelayAccount, type RelayAccountState } from "./relayAccount.ts";
import {
  type KeptRelay,
  memoryRelayJournal,
  type Relay,
  RelayBook,
  type RelayJournal,
  type RelayLimits,
} from "./relayBook.ts";
import { type RelayedAct, readAct } from "./relayedAct.ts";
import type { RelayPrices } from "./relayPricing.ts";

/** What a relayer carries, for whom, and what it pays. */
export type RelayerOptions = {
  /** The chains it serves, one or both, and the account that pays on each. */
  accounts: Partial<Record<Side, { chain: Chain; wallet: BaseWallet }>>;
  /** Where it notes what it sends; in memory unless said, which a restart forgets. */
  journal?: RelayJournal;
  /** Limits in any 24 hours; `usualRelayLimits` for those left out. */
  limits?: Partial<RelayLimits>;
  /** What it pays at most; `usualRelayPrices` for those left out. */
  prices?: Partial<RelayPrices>;
  /**
   * Seconds after which an act that is in no block is offered at the price of the moment, on chains where what is offered is paid
   * (without a base fee); 30 unless said.
   */
  raiseAfter?: number;
  /** The most gas that one act may take; 2,500,000 unless said. */
  gasPerAct?: number;
  /** The owners it pays for; everybody unless said. */
  owners?: readonly Address[];
  /** When a transaction counts as final; 3 blocks unless said. */
  confirmations?: Confirmations;
};

/** An act as it is asked for: for which chain and ledger, and the call that carries it. */
export type RelayOrder = { side: Side; chainId: number; ledger: Address; data: string };

/** The transaction that carries an act. */
export type RelayAnswer = { hash: string; nonce: number; account: Address };

/** 100 acts or 30 million gas an owner, a billion gas for all. */
export const usualRelayLimits: RelayLimits = {
  actsPerOwner: 100,
  gasPerOwner: 30_000_000,
  gasPerDay: 1_000_000_000,
};

/** 100 gwei for a gas, and a hundredth of the chain's coin stays. */
export const usualRelayPrices: RelayPrices = { maxFeePerGas: 100n * 10n ** 9n, floor: 10n ** 16n };

/** Gas is estimated on a block that another one follows: so much more is allowed, in hundredths. */
const margin = 120;
/** What is to be mined in time must have so many seconds left. */
const leastPatience = 30;
/** How long an act waits for one of the same owner before it, in milliseconds, and how often it looks. */
const queue = 8000;
const pause = 200;
/** Acts in handling at a time that name one owner: nobody's waiting keeps all others out. */
const mostOfOwner = 8;

/** Carries owners' signed acts to the ledgers of one or both chains, within limits. */
export class Relayer {
  private readonly accounts: Partial<Record<Side, RelayAccount>>;
  private readonly book: RelayBook;
  private readonly gasPerAct: number;
  private readonly owners: ReadonlySet<string> | undefined;
  readonly limits: RelayLimits;
  readonly prices: RelayPrices;
  /** The end of the last act of each owner that is being handled. */
  private readonly turns = new Map<string, Promise<unknown>>();
  /** How many of each owner are being handled. */
  private readonly handled = new Map<string, number>();

  private constructor(options: RelayerOptions, book: RelayBook, limits: RelayLimits, prices: RelayPrices) {
    this.book = book;
    this.limits = limits;
    this.prices = prices;
    this.gasPerAct = options.gasPerAct ?? 2_500_000;
    this.owners =
      options.owners === undefined ? undefined : new Set(options.owners.map((each) => each.toLowerCase()));
    this.accounts = {};
    for (const side of ["storage", "shared"] as const) {
      const given = options.accounts[side];
      if (given !== undefined)
        this.accounts[side] = new RelayAccount(
          given.chain,
          given.wallet,
          book,
          prices,
          options.confirmations ?? 3,
          options.raiseAfter ?? 30,
        );
    }
  }

  /** Opens a relayer and goes on with what its journal says is under way. To be closed by whoever opened it. */
  static async open(options: RelayerOptions): Promise<Relayer> {
    const limits = { ...usualRelayLimits, ...options.limits };
    const prices = { ...usualRelayPrices, ...options.prices };
    const book = await RelayBook.open(options.journal ?? memoryRelayJournal(), limits);
    return new Relayer(options, book, limits, prices);
  }

  /** The chains that it serves. */
  get sides(): Side[] {
    return (["storage", "shared"] as const).filter((side) => this.accounts[side] !== undefined);
  }

  /** The account that pays on a chain. @throws DiptychError `chain-mismatch` */
  account(side: Side): RelayAccount {
    const account = this.accounts[side];
    if (account !== undefined) return account;
    throw new DiptychError("chain-mismatch", `This relayer doesn't serve the ${side} chain.`);
  }

  /** How its account on a chain stands. @throws DiptychError `chain-unreachable` */
  state(side: Side): Promise<RelayAccountState> {
    return this.account(side).state();
  }

  /** Gas of the last day on a chain. */
  gasToday(side: Side): number {
    return this.book.gasToday(side);
  }

  /** The transactions that carry an owner's acts and stand in no block yet. */
  async underWay(side: Side, owner: Address): Promise<RelayAnswer[]> {
    const account = this.account(side);
    await this.turns.get(nameOf(side, owner));
    return (await account.waitingOf(owner)).map((relay) => answerOf(relay, account.address));
  }

  /**
   * Sends an act. The same act again gets the same answer, as long as its transaction is mined or can be: nothing is paid twice.
   *
   * @throws DiptychError `service-refused`, `chain-mismatch`, `relay-refused` and what else a ledger refuses with (`not-owner`,
   * `record-unknown`, `version-moved`, ...), `rate-limited`, `relay-unaffordable`, `service-busy`, `node-behind`, `chain-unreachable`
   */
  async relay(order: RelayOrder): Promise<RelayAnswer> {
    const account = this.account(order.side);
    const { chainId, ledger } = account.chain;
    if (order.chainId !== chainId || order.ledger.toLowerCase() !== ledger.toLowerCase())
      throw new DiptychError(
        "chain-mismatch",
        `This relayer carries acts to the ledger ${ledger} on chain ${chainId} only.`,
      );
    const act = readAct(order.data);
    if (this.owners !== undefined && !this.owners.has(act.owner.toLowerCase()))
      throw new DiptychError(
        "service-refused",
        `This relayer doesn't pay for ${act.owner}: ask its operator, or pay yourself.`,
      );
    return this.inTurnOf(nameOf(order.side, act.owner), async () => {
      const known = this.book.find(order.side, act.owner, act.nonce);
      if (known?.digest === act.digest) return answerOf(await this.asMined(account, known), account.address);
      await this.awaitTurn(account, act);
      const gas = await this.rehearse(account, act);
      return answerOf(await account.send(act, gas), account.address);
    });
  }

  /** Stops; what is under way is gone on with by whoever opens a relayer on the same journal. */
  async close(): Promise<void> {
    await Promise.allSettled(this.turns.values());
    await Promise.all(Object.values(this.accounts).map((account) => account.close()));
  }

  /** Of an act that was sent at several prices, the one that a block holds; else the last. */
  private async asMined(account: RelayAccount, known: KeptRelay): Promise<Relay> {
    return (known.replaces === undefined ? undefined : await account.minedOf(known)) ?? known;
  }

  /** An owner's acts stand one after the other: the ledger takes the next nonce only. */
  private async awaitTurn(account: RelayAccount, act: RelayedAct): Promise<void> {
    const until = Date.now() + queue;
    while ((await account.waitingOf(act.owner)).length > 0) {
      if (Date.now() > until)
        throw new DiptychError(
          "service-busy",
          "Another act of this owner is on its way and in no block yet: wait for it, then try again.",
        );
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** The gas that an act may take. What the ledger would refuse isn't sent. */
  private async rehearse(account: RelayAccount, act: RelayedAct): Promise<number> {
    const { chain } = account;
    if (act.deadline < Math.floor(Date.now() / 1000) + leastPatience)
      throw new DiptychError(
        "relay-refused",
        "The act's deadline has passed, or is too near for it to be mined: sign it anew.",
      );
    const call = { from: account.address, to: chain.ledger, data: act.data };
    const estimate = await askNode(() => chain.provider.estimateGas(call)).catch((error) => {
      throw refusalOf(error);
    });
    const gas = Number((estimate * BigInt(margin)) / 100n);
    if (gas <= this.gasPerAct) return gas;
    throw new DiptychError(
      "relay-refused",
      `The act takes ${estimate} gas, which is more than this relayer pays for one: pay yourself.`,
    );
  }

  private inTurnOf<T>(name: string, work: () => Promise<T>): Promise<T> {
    const handled = this.handled.get(name) ?? 0;
    if (handled >= mostOfOwner)
      throw new DiptychError("service-busy", "Many acts of this owner wait already: try again.");
    this.handled.set(name, handled + 1);
    const before = this.turns.get(name) ?? Promise.resolve();
    const mine = before.then(work);
    const over = mine
      .catch(() => undefined)
      .then(() => {
        const left = this.handled.get(name)! - 1;
        if (left > 0) this.handled.set(name, left);
        else this.handled.delete(name);
        if (this.turns.get(name) === over) this.turns.delete(name);
      });
    this.turns.set(name, over);
    return mine;
  }
}

function nameOf(side: Side, owner: Address): string {
  return `${side} ${owner.toLowerCase()}`;
}

function answerOf({ hash, transactionNonce }: Relay, account: Address): RelayAnswer {
  return { hash, nonce: transactionNonce, account };
}

/** What a caller may know of why the ledger would refuse; a silent node stays one. */
function refusalOf(error: unknown): unknown {
  const cause = (error as { cause?: unknown }).cause;
  const refusal = contractRefusal(cause, "take this act");
  if (refusal === undefined) {
    const reverted = (cause as { code?: unknown } | undefined)?.code === "CALL_EXCEPTION";
    return reverted ? new DiptychError("relay-refused", "The ledger would refuse this act.") : error;
  }
  const { name, args, error: known } = refusal;
  // The owner's own node is ahead of this one.
  if (name === "IndexLedgerNonceMismatch" && (args[1] as bigint) > (args[0] as bigint))
    return new DiptychError("node-behind", "The relayer's node hasn't seen the owner's last act: try again.");
  return known.code === "transaction-reverted" ? new DiptychError("relay-refused", known.message) : known;
}
