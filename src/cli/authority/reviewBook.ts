/** Enrolments and applications at an authority, kept sealed in its key store: a restart loses none of them. */
import { hex, randomBytes, utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Address } from "../../ledger/chain.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { ReviewState } from "../../services/wire.ts";

/** Something that a person at the authority decides on, or has decided. Times in Unix seconds, bytes in hex. */
export type KeptReview = {
  id: string;
  state: ReviewState;
  /** Why it was refused; empty otherwise. */
  reason: string;
  /** What the applicant brings forward. */
  evidence: string;
  received: number;
  decided?: number;
  /** The officer who decided; none where it was this machine's operator. */
  decidedBy?: Address;
} & (
  | {
      kind: "enrolment";
      /** The name to certify, as RFC 4514 writes it. */
      subject: string;
      /** PKCS#10. */
      request: string;
      certificate?: string;
    }
  | { kind: "application"; account: Address; attributes: string[] }
  | {
      /** A doctor asks for the end of a key; evidence tells why. */
      kind: "revocation";
      subject: string;
      /** Of the certificate to revoke. */
      fingerprint: string;
    }
);

type Submission = KeptReview extends infer Review
  ? Review extends KeptReview
    ? Omit<Review, "id" | "state" | "reason" | "received" | "decided" | "decidedBy">
    : never
  : never;

/** Undecided ones of a kind that are kept; more are refused, so that a flood can't fill the disk. */
const mostPending = 1_000;
/** Decided ones that are kept for whoever asks for the outcome; the oldest go first. */
const mostDecided = 10_000;
const shortestPrefix = 4;

/** What decides on each kind. */
const whatToDo: Record<KeptReview["kind"], string> = {
  enrolment: "a doctor's enrolment: `diptych authority certify`",
  application: "an application for attributes: `diptych authority approve`",
  revocation: "a doctor's wish to end a key: `diptych authority revoke-certificate`",
};

const indexName = "authority/reviews";
const nameOf = (id: string) => `authority/review/${id}`;

export class ReviewBook {
  private readonly store: KeyStore;
  /** Oldest first. */
  private readonly reviews: Map<string, KeptReview>;
  private writing: Promise<void> = Promise.resolve();

  private constructor(store: KeyStore, reviews: Map<string, KeptReview>) {
    this.store = store;
    this.reviews = reviews;
  }

  /** Opens the book in a key store. */
  static async open(store: KeyStore): Promise<ReviewBook> {
    const index = await store.get(indexName);
    const ids = index === undefined ? [] : (JSON.parse(utf8Decode(index)) as string[]);
    const reviews = new Map<string, KeptReview>();
    for (const id of ids) {
      const kept = await store.get(nameOf(id));
      if (kept !== undefined) reviews.set(id, JSON.parse(utf8Decode(kept)) as KeptReview);
    }
    return new ReviewBook(store, reviews);
  }

  /** Takes a submission in; `kept` resolves when it is on disk. @throws DiptychError `rate-limited` when too many wait */
  take(submission: Submission): { id: string; kept: Promise<void> } {
    const waiting = this.list("pending").filter(({ kind }) => kind === submission.kind);
    if (waiting.length >= mostPending)
      throw new DiptychError(
        "rate-limited",
        "The authority has too many applications to review: try again later.",
      );
    const id = hex(randomBytes(16)).slice(2);
    const review: KeptReview = { ...submission, id, state: "pending", reason: "", received: now() };
    this.reviews.set(id, review);
    return { id, kept: this.write(review) };
  }

  /** Those in this state, or all, oldest first. */
  list(state?: ReviewState): KeptReview[] {
    const all = [...this.reviews.values()];
    return state === undefined ? all : all.filter((review) => review.state === state);
  }

  /** The one of exactly this id; for whoever handed it in. @throws DiptychError `application-unknown` */
  get<K extends KeptReview["kind"]>(id: string, ...kinds: K[]): Extract<KeptReview, { kind: K }> {
    const review = this.reviews.get(id);
    if (review === undefined || !(kinds as string[]).includes(review.kind)) throw unknownReview(id);
    return review as Extract<KeptReview, { kind: K }>;
  }

  /**
   * The one whose id begins so, if there is one only, or "next" for the oldest that waits (of a kind, where one is given); for the
   * authority's people. @throws DiptychError `application-unknown`
   */
  find(prefix: string, kind?: KeptReview["kind"]): KeptReview {
    if (prefix === "next") return this.next(kind);
    const exact = this.reviews.get(prefix);
    if (exact !== undefined) return exact;
    const fits = prefix.length < shortestPrefix ? [] : this.list().filter(({ id }) => id.startsWith(prefix));
    if (fits.length === 1) return fits[0]!;
    throw unknownReview(prefix);
  }

  private next(kind: KeptReview["kind"] | undefined): KeptReview {
    const [oldest] = this.list("pending").filter((review) => kind === undefined || review.kind === kind);
    if (oldest !== undefined) return oldest;
    throw new DiptychError(
      "application-unknown",
      `${kind === undefined ? "Nothing" : `No ${kind}`} waits for a decision: look at \`diptych authority requests --all\`.`,
    );
  }

  /** The same of a kind, while it waits for a decision. @throws DiptychError `application-unknown` */
  undecided<K extends KeptReview["kind"]>(prefix: string, kind: K): Extract<KeptReview, { kind: K }> {
    const review = this.find(prefix, kind);
    if (review.kind !== kind)
      throw new DiptychError(
        "application-unknown",
        `${prefix} is ${whatToDo[review.kind]} decides on those.`,
      );
    demandPending(review);
    return review as Extract<KeptReview, { kind: K }>;
  }

  /** Notes a decision, and the officer whose it is. */
  async decide(
    review: KeptReview,
    outcome: { state: "approved"; certificate?: string } | { state: "refused"; reason: string },
    officer?: Address,
  ): Promise<void> {
    demandPending(this.reviews.get(review.id) ?? review);
    const by = officer === undefined ? {} : { decidedBy: officer };
    const decided = { ...review, ...outcome, decided: now(), ...by } as KeptReview;
    this.reviews.set(review.id, decided);
    await this.write(decided);
  }

  /** Resolves when all that was taken in is on disk. */
  async settled(): Promise<void> {
    await this.writing;
  }

  /** One write at a time: the review first, so that the list never names one that isn't there. */
  private write(review: KeptReview): Promise<void> {
    const dropped = this.dropOldest();
    const written = this.writing.then(async () => {
      await this.store.set(nameOf(review.id), utf8(JSON.stringify(review)));
      await this.store.set(indexName, utf8(JSON.stringify([...this.reviews.keys()])));
      for (const id of dropped) await this.store.delete(nameOf(id));
    });
    this.writing = written.catch(() => undefined);
    return written;
  }

  private dropOldest(): string[] {
    const decided = this.list().filter(({ state }) => state !== "pending");
    const old = decided.slice(0, Math.max(0, decided.length - mostDecided)).map(({ id }) => id);
    for (const id of old) this.reviews.delete(id);
    return old;
  }
}

function demandPending({ state, id }: KeptReview): void {
  if (state !== "pending")
    throw new DiptychError(
      "application-unknown",
      `${id} has been ${state} already: look at \`diptych authority requests --all\`.`,
    );
}

function unknownReview(id: string): DiptychError {
  return new DiptychError(
    "application-unknown",
    `There is no such application, ${JSON.stringify(id.slice(0, 64))}: look at the list of those that wait.`,
  );
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
