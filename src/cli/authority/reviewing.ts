/** `diptych authority requests`, `refuse`: looking at what waits for a decision, and saying no. */
import { DiptychError } from "../../core/errors.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { openDesk } from "./opening.ts";
import type { KeptReview } from "./reviewBook.ts";

/** How much of an id is shown: enough to tell them apart. */
const shownOfId = 8;
/** As much as the services take of any text. */
const longestReason = 4096;

export async function listRequests(context: Context, { all }: { all?: boolean }): Promise<Result> {
  const desk = await openDesk(context);
  const reviews = await desk.requests(all === true);
  const rows = reviews.map((review) => [
    review.id.slice(0, shownOfId),
    review.kind,
    ...(all === true ? [review.state] : []),
    timeInWords(review.received),
    shown(whatFor(review), 100),
  ]);
  const nothing = all === true ? "Nothing has been handed in." : "Nothing waits for a decision.";
  return { json: { requests: reviews }, text: rows.length === 0 ? nothing : context.output.table(rows) };
}

export async function showRequest(context: Context, id: string): Promise<Result> {
  const desk = await openDesk(context);
  const review = await desk.request(id);
  const { state, reason, evidence, received, decided, decidedBy } = review;
  return {
    json: review,
    text: [
      ...context.output.table([
        ["id", review.id],
        ["kind", review.kind],
        ...factsOf(review),
        ["evidence", shown(evidence, longestReason)],
        ["received", timeInWords(received)],
        ["state", state === "refused" ? `refused: ${shown(reason)}` : state],
        ...(decided === undefined ? [] : [["decided", timeInWords(decided)]]),
        ...(decidedBy === undefined ? [] : [["officer", decidedBy]]),
      ]),
      ...(state === "pending"
        ? [`Next: diptych authority ${nextFor(review)}, or refuse it with --reason`]
        : []),
    ],
  };
}

export async function refuse(context: Context, { reason }: { reason: string }, id: string): Promise<Result> {
  if (reason.trim() === "" || reason.length > longestReason)
    throw new DiptychError("usage", "--reason takes a sentence that tells the applicant what to do.");
  const desk = await openDesk(context);
  const review = await desk.refuse(id, reason);
  return {
    json: { id: review.id, kind: review.kind, state: review.state, reason },
    text: `Refused. Whoever handed ${review.id.slice(0, shownOfId)} in reads: ${shown(reason)}`,
  };
}

function factsOf(review: KeptReview): string[][] {
  if (review.kind === "application")
    return [
      ["account", review.account],
      ["attributes", shown(review.attributes.join(", "))],
    ];
  const subject = ["subject", shown(review.subject)];
  return review.kind === "enrolment" ? [subject] : [subject, ["certificate", review.fingerprint]];
}

function nextFor(review: KeptReview): string {
  const id = review.id.slice(0, shownOfId);
  if (review.kind === "revocation") return `revoke-certificate ${review.fingerprint}`;
  return review.kind === "enrolment" ? `certify ${id}` : `approve ${id}`;
}

function whatFor(review: KeptReview): string {
  return factsOf(review)
    .map(([, value]) => value)
    .join("  ");
}
