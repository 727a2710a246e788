/** What a relayer has sent in the last day: for answering the same act alike, for limits, and for going on after a restart. */
import { DiptychError } from "../core/errors.ts";
import { Turns } from "../core/turns.ts";
import type { Address, Side } from "../ledger/chain.ts";

/** One transaction that carries one act. */
export type Relay = {
  side: Side;
  method: string;
  owner: Address;
  /** Of the mandate, in decimal. */
  nonce: string;
  /** Which act it is. */
  digest: string;
  hash: string;
  /** The relayer's own nonce. */
  transactionNonce: number;
  /** Signed and ready to be sent again; empty once its end is known. */
  raw: string;
  /** What it can cost at most: gas, and wei for all of it. */
  gasLimit: number;
  cost: string;
  /** When it was signed, seconds since 1970. */
  time: number;
  /** The relay whose place it is to take, by its hash: the same act, under the same nonce, for more money. */
  replaces?: string;
};

/** What became of a relay; `lost`: another transaction has its nonce, so it never will be mined. */
export type RelayEnd = { outcome: "mined" | "reverted" | "lost"; gasUsed: number };

/** A relay and its end, once that is final. */
export type KeptRelay = Relay & { end?: RelayEnd };

/** Where a relayer notes what it sends, before it sends it: lines of text, kept in order and over restarts. */
export type RelayJournal = {
  /** All lines. What was cut off by a stop may be missing its end. */
  read(): Promise<string[]>;
  /** Adds a line; it is kept when this resolves. */
  append(line: string): Promise<void>;
  /** Puts these lines in the place of all. */
  replace(lines: readonly string[]): Promise<void>;
};

/** How much a relayer pays for, in any 24 hours. */
export type RelayLimits = {
  /** Acts of one owner on one chain. */
  actsPerOwner: number;
  /** Gas of one owner's acts on one chain. */
  gasPerOwner: number;
  /** Gas of all acts on one chain. */
  gasPerDay: number;
};

const day = 86_400;
/** After so many lines the journal is written anew with what still counts. */
const longestTail = 2000;

/** A journal that a restart forgets. */
export function memoryRelayJournal(): RelayJournal {
  let kept: string[] = [];
  return {
    read: async () => [...kept],
    append: async (line) => {
      kept.push(line);
    },
    replace: async (lines) => {
      kept = [...lines];
    },
  };
}

export class RelayBook {
  private readonly journal: RelayJournal;
  private readonly limits: RelayLimits;
  /** By transaction hash, oldest first. */
  private readonly relays = new Map<string, KeptRelay>();
  /** Hashes of those whose place another is to take. */
  private readonly replaced = new Set<string>();
  private readonly writing = new Turns();
  private tail = 0;

  private constructor(journal: RelayJournal, limits: RelayLimits) {
    this.journal = journal;
    this.limits = limits;
  }

  /** Opens the book with what its journal holds; what is over and older than a day is dropped from both. */
  static async open(journal: RelayJournal, limits: RelayLimits): Promise<RelayBook> {
    const book = new RelayBook(journal, limits);
    for (const line of await journal.read()) book.take(line);
    await book.compact();
    return book;
  }

  /** The newest relay under a mandate's nonce that was mined or still can be; what failed doesn't count. */
  find(side: Side, owner: Address, nonce: bigint): KeptRelay | undefined {
    return this.of(side, owner).findLast(
      (each) => each.nonce === String(nonce) && (each.end === undefined || each.end.outcome === "mined"),
    );
  }

  /** Relays of a chain, or of one owner there, whose end isn't final yet, oldest first. */
  open(side: Side, owner?: Address): KeptRelay[] {
    const all = owner === undefined ? this.on(side) : this.of(side, owner);
    return all.filter(({ end }) => end === undefined);
  }

  /** The same, without those whose place another is to take: each act once. */
  standing(side: Side, owner?: Address): KeptRelay[] {
    return this.open(side, owner).filter((each) => !this.isReplaced(each));
  }

  /** Whether another relay is to take this one's place. */
  isReplaced({ hash }: Relay): boolean {
    return this.replaced.has(hash);
  }

  /** The relay, and those whose place it is to take, the last one first. */
  priced(relay: KeptRelay): KeptRelay[] {
    const before = relay.replaces === undefined ? undefined : this.relays.get(relay.replaces);
    return before === undefined ? [relay] : [relay, ...this.priced(before)];
  }

  /**
   * Demands that one more act of this owner, of so much gas, is within the limits.
   *
   * @throws DiptychError `rate-limited`, with when there is room again
   */
  demandRoom(side: Side, owner: Address, gas: number): void {
    this.prune();
    const own = this.of(side, owner).filter((each) => this.counts(each));
    const { actsPerOwner, gasPerOwner, gasPerDay } = this.limits;
    if (own.length >= actsPerOwner || sumOf(own) + gas > gasPerOwner)
      throw new DiptychError(
        "rate-limited",
        `The relayer pays for ${actsPerOwner} acts or ${gasPerOwner} gas an owner and day: ${inWords(own[0])}, or pay yourself.`,
      );
    const all = this.on(side).filter((each) => this.counts(each));
    if (sumOf(all) + gas > gasPerDay)
      throw new DiptychError(
        "rate-limited",
        `The relayer has paid for all that it pays for in a day: ${inWords(all[0])}, or pay yourself.`,
      );
  }

  /** Notes a relay; it is kept when this resolves. @throws DiptychError `store-failed` */
  async note(relay: Relay): Promise<void> {
    await this.write(relay, () => this.keep({ ...relay }));
  }

  /** Notes what became of a relay. */
  async finish(hash: string, end: RelayEnd): Promise<void> {
    const relay = this.relays.get(hash);
    if (relay === undefined) return;
    relay.end = end;
    relay.raw = "";
    await this.write({ hash, end });
  }

  /** Gas that was paid, or may be, in the last day on a chain. */
  gasToday(side: Side): number {
    this.prune();
    return sumOf(this.on(side).filter((each) => this.counts(each)));
  }

  /** What was lost has cost nothing; of an act that is under way at several prices one can cost. */
  private counts(relay: KeptRelay): boolean {
    return relay.end === undefined ? !this.isReplaced(relay) : relay.end.outcome !== "lost";
  }

  /** One line after the other; what failed to be written once may be written later. */
  private write(line: object, kept: () => void = () => undefined): Promise<void> {
    return this.writing.take(async () => {
      try {
        if (this.tail >= longestTail) await this.compact();
        await this.journal.append(JSON.stringify(line));
      } catch (cause) {
        // Half of the line may stand there: the next one must not be put behind it.
        this.tail = longestTail;
        const message = "The relayer can't write its journal, and sends nothing then: tell its operator.";
        throw new DiptychError("store-failed", message, { cause });
      }
      this.tail += 1;
      kept();
    });
  }

  private async compact(): Promise<void> {
    this.prune();
    await this.journal.replace([...this.relays.values()].map((relay) => JSON.stringify(relay)));
    this.tail = 0;
  }

  private on(side: Side): KeptRelay[] {
    return [...this.relays.values()].filter((each) => each.side === side);
  }

  private of(side: Side, owner: Address): KeptRelay[] {
    return this.on(side).filter((each) => each.owner.toLowerCase() === owner.toLowerCase());
  }

  private take(line: string): void {
    let value: KeptRelay;
    try {
      value = JSON.parse(line) as KeptRelay;
    } catch {
      // Cut off while it was written: nothing was sent yet.
      return;
    }
    const known = this.relays.get(value.hash);
    if (known !== undefined && value.end !== undefined) Object.assign(known, { end: value.end, raw: "" });
    else if (value.raw !== undefined) this.keep(value);
  }

  private keep(relay: KeptRelay): void {
    this.relays.set(relay.hash, relay);
    if (relay.replaces !== undefined) this.replaced.add(relay.replaces);
  }

  private prune(): void {
    const since = now() - day;
    for (const { hash, time, end } of this.relays.values())
      if (end !== undefined && time < since) {
        this.relays.delete(hash);
        this.replaced.delete(hash);
      }
  }
}

function sumOf(relays: readonly KeptRelay[]): number {
  return relays.reduce((sum, { end, gasLimit }) => sum + (end === undefined ? gasLimit : end.gasUsed), 0);
}

function inWords(oldest: KeptRelay | undefined): string {
  if (oldest === undefined) return "this act is too large";
  const minutes = Math.max(1, Math.ceil((oldest.time + day - now()) / 60));
  return `try again in ${minutes < 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`}`;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
