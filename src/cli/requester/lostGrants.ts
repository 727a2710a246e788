/** Grants that stand on a ledger and not in the home: the command that asked for them was stopped before it could note them. */
import { isDiptychError } from "../../core/errors.ts";
import { IndexLedger } from "../../ledger/indexLedger.ts";
import type { Decided } from "../../ledger/request.ts";
import { purposeNumber } from "../../policy/index.ts";
import type { FoundRecord } from "../../roles/recordLink.ts";
import { type OpenRequester, readRequests } from "./requesterRole.ts";

/** A live grant of this requester for that record and purpose which isn't noted, and whose answer key is here. */
export async function findLostGrant(
  { requester, store, chains }: OpenRequester,
  { side, ledgerRecordId }: FoundRecord,
  purpose: string,
): Promise<Decided | undefined> {
  const ledger = new IndexLedger(chains[side]);
  const noted = new Set((await readRequests(store)).map(({ decided }) => decided.requestId));
  const own = (await requester.decisions(side, ledgerRecordId)).filter(
    (each) =>
      each.decision === "granted" && each.purpose === purposeNumber(purpose) && !noted.has(each.requestId),
  );
  for (const decided of own.reverse()) {
    if (!(await hasAnswerKey(requester, decided))) continue;
    if ((await ledger.status(decided.requestId)) === "live") return decided;
  }
  return undefined;
}

async function hasAnswerKey(
  requester: OpenRequester["requester"],
  { responseKey }: Decided,
): Promise<boolean> {
  try {
    (await requester.responseKey(responseKey)).fill(0);
    return true;
  } catch (error) {
    if (isDiptychError(error, "key-missing")) return false;
    throw error;
  }
}
