/** Applications and enrolments that wait for a person at the authority, or have been decided. */
import { hex, randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address } from "../ledger/chain.ts";
import type { ReviewState } from "../services/wire.ts";

/** What a person decides on. */
export type Review = {
  id: string;
  state: ReviewState;
  reason: string;
  /** What the applicant brings forward. */
  evidence: string;
} & (
  | { kind: "enrolment"; subject: string; request: Uint8Array; certificate: Uint8Array | undefined }
  | { kind: "application"; account: Address; attributes: string[] }
);

export type ReviewOf<K extends Review["kind"]> = Extract<Review, { kind: K }>;
type Submission<K extends Review["kind"]> = Omit<ReviewOf<K>, "id" | "state" | "reason">;

/** Undecided ones of a kind that are kept; more are refused, so that a flood can't fill the memory. */
const mostPending = 1_000;
/** Decided ones of a kind that are kept for whoever asks for the outcome; the oldest go first. */
const mostDecided = 10_000;

export class Reviews {
  private readonly reviews = new Map<string, Review>();

  /** Takes a submission in for review; returns its id. Throws `rate-limited` when too many wait. */
  take(submission: Submission<"enrolment"> | Submission<"application">): string {
    const sameKind = [...this.reviews.values()].filter((each) => each.kind === submission.kind);
    const decided = sameKind.filter((each) => each.state !== "pending");
    if (sameKind.length - decided.length >= mostPending)
      throw new DiptychError(
        "rate-limited",
        "The authority has too many applications to review: try again later.",
      );
    for (const old of decided.slice(0, Math.max(0, decided.length - mostDecided)))
      this.reviews.delete(old.id);
    const id = hex(randomBytes(16)).slice(2);
    this.reviews.set(id, { ...submission, id, state: "pending", reason: "" });
    return id;
  }

  /** The review of that id and kind, decided or not; throws `application-unknown`. */
  get<K extends Review["kind"]>(id: string, kind: K): ReviewOf<K> {
    const review = this.reviews.get(id);
    if (review?.kind !== kind) throw unknownReview();
    return review as ReviewOf<K>;
  }

  /** The same, only while it waits for a decision. */
  undecided<K extends Review["kind"]>(id: string, kind: K): ReviewOf<K> {
    const review = this.get(id, kind);
    if (review.state !== "pending") throw unknownReview();
    return review;
  }

  /** Everything that waits for a decision, oldest first. */
  pending(): Review[] {
    return [...this.reviews.values()].filter((review) => review.state === "pending");
  }

  refuse(id: string, reason: string): void {
    const review = this.reviews.get(id);
    if (review?.state !== "pending") throw unknownReview();
    review.state = "refused";
    review.reason = reason;
  }
}

function unknownReview(): DiptychError {
  return new DiptychError(
    "application-unknown",
    "There is no such application waiting: look at the list of pending ones.",
  );
}
