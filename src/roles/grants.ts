/** Ending what one account was granted, without closing the record for the others. */
import type { Address } from "../ledger/chain.ts";
import type { Mined } from "../ledger/transactions.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type ViewName } from "./ownRecord.ts";

/** A grant that is live on a ledger now. */
export type LiveGrant = {
  view: ViewName;
  requestId: string;
  requester: Address;
  purpose: number;
  /** Unix seconds. */
  expiry: number;
};

/** Grants of a record's views that are live now, in the order in which they were given. */
export async function liveGrants(
  owner: Owner,
  emrId: Uint8Array,
  views: readonly ViewName[],
): Promise<LiveGrant[]> {
  const live: LiveGrant[] = [];
  for (const view of views) {
    const ledger = owner.ledgers[ledgerOf[view]];
    for (const event of await ledger.history(await owner.ledgerRecordId(emrId, view))) {
      if (event.kind !== "decided" || event.decision !== "granted") continue;
      const { requestId, requester, purpose, expiry } = event;
      if ((await ledger.status(requestId)) === "live")
        live.push({ view, requestId, requester, purpose, expiry });
    }
  }
  return live;
}

/** Revokes an account's live grants, one transaction each; the account may ask anew, unless it is blocked too. */
export async function revokeGrants(
  owner: Owner,
  emrId: Uint8Array,
  account: Address,
  views: readonly ViewName[],
): Promise<Mined[]> {
  const mined: Mined[] = [];
  for (const view of views) await owner.settle(ledgerOf[view]);
  for (const { view, requestId, requester } of await liveGrants(owner, emrId, views))
    if (requester.toLowerCase() === account.toLowerCase())
      mined.push(await (await owner.acts(ledgerOf[view])).revokeGrant(requestId));
  return mined;
}
