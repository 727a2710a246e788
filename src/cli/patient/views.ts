/** How the views of a record stand on their ledgers. */
import type { Chain, Side } from "../../ledger/chain.ts";
import { IndexLedger } from "../../ledger/indexLedger.ts";
import type { RecordOverview } from "../../roles/overview.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";

/** How a view stands on its ledger. */
export type ViewState = { version: number; epoch: number; closed: boolean } | undefined;

/** How the views of a record stand on their ledgers now. */
export async function viewsOf(
  { chains }: { chains: Record<Side, Chain> },
  { ledgerRecordIds }: RecordOverview,
): Promise<Record<ViewName, ViewState>> {
  const [full, shared] = await Promise.all(
    viewNames.map(async (view): Promise<ViewState> => {
      const side = ledgerOf[view];
      const found = await new IndexLedger(chains[side]).find(ledgerRecordIds[side]);
      return found && { version: found.version, epoch: found.epoch, closed: found.closed };
    }),
  );
  return { full, shared };
}
