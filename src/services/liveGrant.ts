/** The one question that gates and gateway ask before they do anything: does this request have a live grant? */
import { DiptychError } from "../core/errors.ts";
import type { IndexLedger } from "../ledger/indexLedger.ts";
import type { GrantStatus } from "../ledger/request.ts";

/** Why a grant that was given is no longer live. */
const ended: Partial<Record<GrantStatus, string>> = {
  revoked: "the record's owner has revoked it",
  expired: "it has expired",
  "epoch-ended": "its epoch has ended",
  closed: "the record's owner has closed it",
  blocked: "the record's owner has blocked this account",
  "purpose-not-allowed": "the record may no longer be asked for this purpose",
  "policy-not-satisfied": "the account no longer satisfies the policy",
};

/**
 * Demands that the ledger calls the request releasable at `block`; implements no rule of its own.
 *
 * @throws DiptychError `not-releasable` when no grant was ever given, `grant-ended` with the reason when one was,
 * `node-behind` when one was given after `block`
 */
export async function demandLive(ledger: IndexLedger, requestId: string, block: number): Promise<void> {
  const status = await ledger.status(requestId, block);
  if (status === "live") return;
  demandNotEnded(status);
  if ((await ledger.status(requestId)) === "live")
    throw new DiptychError("node-behind", "The grant is not final yet: try again in a moment.");
  throw new DiptychError("not-releasable", "The ledger has granted no such request: ask the ledger first.");
}

/**
 * Demands it at the newest block as well, so that an end of the grant counts at once, and not only when it is final.
 *
 * @throws DiptychError as `demandLive`
 */
export async function demandStillLive(ledger: IndexLedger, requestId: string): Promise<void> {
  const status = await ledger.status(requestId);
  if (status === "live") return;
  demandNotEnded(status);
  throw new DiptychError("node-behind", "The chain was reorganised, and the grant is gone: try again.");
}

function demandNotEnded(status: GrantStatus): void {
  const why = ended[status];
  if (why !== undefined)
    throw new DiptychError("grant-ended", `The grant of this request is over: ${why}. Ask the ledger again.`);
}
