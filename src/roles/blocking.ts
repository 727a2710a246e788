/** Stopping one account on the ledgers of a record, whatever its attributes, and letting it in again. */
import type { Address } from "../ledger/chain.ts";
import type { Mined } from "../ledger/transactions.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type ViewName } from "./ownRecord.ts";

/** One transaction a view; a ledger that has it so already costs nothing. Throws `record-unknown` for an unpublished view. */
export async function setBlocked(
  owner: Owner,
  emrId: Uint8Array,
  account: Address,
  views: readonly ViewName[],
  blocked: boolean,
): Promise<Mined[]> {
  const mined: Mined[] = [];
  for (const view of views) {
    const side = ledgerOf[view];
    const id = await owner.ledgerRecordId(emrId, view);
    await owner.settle(side);
    if ((await owner.ledgers[side].isBlocked(id, account)) === blocked) continue;
    mined.push(await (await owner.acts(side)).setBlocked(id, account, blocked));
  }
  return mined;
}
