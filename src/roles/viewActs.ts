/** Acts on the views of a record that publish nothing: blocking, closing, revoking. Done again they do what is left. */
import type { Mined } from "../ledger/transactions.ts";
import type { BegunAct } from "./begunActs.ts";
import { setBlocked } from "./blocking.ts";
import { revokeGrants } from "./grants.ts";
import type { Owner } from "./owner.ts";
import { closeView } from "./settling.ts";

/** Carries an act out on each of its views; one transaction where something is to be done. */
export async function actOnViews(owner: Owner, emrId: Uint8Array, act: BegunAct): Promise<Mined[]> {
  if (act.act === "revoke-grants") return revokeGrants(owner, emrId, act.account, act.views);
  if (act.act !== "close") return setBlocked(owner, emrId, act.account, act.views, act.act === "block");
  const mined: Mined[] = [];
  for (const view of act.views) {
    const closed = await closeView(owner, emrId, view);
    if (closed !== undefined) mined.push(closed);
  }
  return mined;
}
