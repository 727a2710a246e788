/**
 * What officers signed at the desk, kept sealed in the authority's key store: who decided what and when, with the signature that
 * shows it, and which messages were used, so that none counts twice, not even after a restart.
 */
import { utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { SignedDecision, SignedSession } from "../../services/deskWire.ts";

/** Something that an officer signed. */
export type KeptOrder = {
  /** Unix seconds. */
  time: number;
  /** Whether a decision was carried out in full. */
  done: boolean;
} & ({ opened: SignedSession } | { decision: SignedDecision });

/**
 * So many are kept; of those that can't be used again the oldest go first, openings of the desk before decisions: who opens it often
 * makes nobody's decision forgotten.
 */
const mostOrders = 10_000;

const rangeName = "authority/desk";
const nameOf = (number: number) => `authority/desk/${number}`;

export class DecisionBook {
  private readonly store: KeyStore;
  /** By number, oldest first. */
  private readonly orders: Map<number, KeptOrder>;
  private readonly most: number;
  private next: number;
  private writing: Promise<void> = Promise.resolve();

  private constructor(store: KeyStore, orders: Map<number, KeptOrder>, next: number, most: number) {
    this.store = store;
    this.orders = orders;
    this.next = next;
    this.most = most;
  }

  /** Opens the book in a key store. */
  static async open(store: KeyStore, most = mostOrders): Promise<DecisionBook> {
    const range = await store.get(rangeName);
    const { first, next } =
      range === undefined
        ? { first: 0, next: 0 }
        : (JSON.parse(utf8Decode(range)) as { first: number; next: number });
    const orders = new Map<number, KeptOrder>();
    for (let number = first; number < next; number++) {
      const kept = await store.get(nameOf(number));
      if (kept !== undefined) orders.set(number, JSON.parse(utf8Decode(kept)) as KeptOrder);
    }
    return new DecisionBook(store, orders, next, most);
  }

  /** Keeps what an officer signed; resolves to its number when it is on disk. @throws DiptychError `signature-invalid` when it was used before */
  async add(order: KeptOrder): Promise<number> {
    const name = nonceOf(order);
    for (const kept of this.orders.values())
      if (nonceOf(kept) === name)
        throw new DiptychError(
          "signature-invalid",
          "This signed message has been used before: sign a new one.",
        );
    const number = this.next++;
    this.orders.set(number, order);
    await this.write(number);
    return number;
  }

  /** Notes that a decision was carried out. */
  async finish(number: number): Promise<void> {
    const order = this.orders.get(number);
    if (order === undefined) return;
    this.orders.set(number, { ...order, done: true });
    await this.write(number);
  }

  /** Everything, oldest first. */
  list(): KeptOrder[] {
    return [...this.orders.values()];
  }

  /** One write at a time: what was signed first, so that the range never names one that isn't there. */
  private write(number: number): Promise<void> {
    const dropped = this.dropOldest();
    const [first = this.next] = this.orders.keys();
    const range = utf8(JSON.stringify({ first, next: this.next }));
    const order = this.orders.get(number);
    const written = this.writing.then(async () => {
      if (order !== undefined) await this.store.set(nameOf(number), utf8(JSON.stringify(order)));
      await this.store.set(rangeName, range);
      for (const each of dropped) await this.store.delete(nameOf(each));
    });
    this.writing = written.catch(() => undefined);
    return written;
  }

  private dropOldest(): number[] {
    const surplus = this.orders.size - this.most;
    if (surplus <= 0) return [];
    const now = Date.now() / 1000;
    const over = [...this.orders].filter(([, order]) => signedIn(order).expiry < now);
    const openings = over.filter(([, order]) => "opened" in order);
    const decisions = over.filter(([, order]) => "decision" in order);
    const old = [...openings, ...decisions].slice(0, surplus).map(([number]) => number);
    for (const number of old) this.orders.delete(number);
    return old;
  }
}

function signedIn(order: KeptOrder): SignedSession | SignedDecision {
  return "opened" in order ? order.opened : order.decision;
}

function nonceOf(order: KeptOrder): string {
  const { officer, nonce } = signedIn(order);
  return `${officer.toLowerCase()} ${nonce}`;
}
