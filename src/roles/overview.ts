/** A record as its patient sees it: public values, where it stands, and what happened to it. */
import type { Header } from "../ces/index.ts";
import type { Side } from "../ledger/chain.ts";
import type { AuditEvent } from "../ledger/history.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type OwnRecord, type ViewName } from "./ownRecord.ts";
import type { Rights } from "./redefinition.ts";

/** A record as its patient sees it. */
export type RecordOverview = {
  header: Header;
  parts: { position: number; label: string; side: "private" | "shared" }[];
  rights: Rights;
  ledgerRecordIds: Record<Side, string>;
  /** DER; the doctor's first: what an extraction is verified against. */
  certificateChain: readonly Uint8Array[];
  /** Why others would no longer trust the doctor's signature, if so. */
  distrust?: string;
};

/** What the patient has of a record, and where it stands on the ledgers. */
export async function overviewOf(owner: Owner, record: OwnRecord): Promise<RecordOverview> {
  const { header, parts, shared, rights, distrust, certificateChain } = record;
  return {
    header,
    certificateChain,
    parts: parts.map(({ position, label }) => ({
      position,
      label,
      side: shared.includes(position) ? "shared" : "private",
    })),
    rights,
    ledgerRecordIds: {
      storage: await owner.ledgerRecordId(header.emrId, "full"),
      shared: await owner.ledgerRecordId(header.emrId, "shared"),
    },
    ...(distrust === undefined ? {} : { distrust }),
  };
}

/** What happened to a record on each ledger, oldest first (5.3). */
export async function auditOf(owner: Owner, { header }: OwnRecord): Promise<Record<Side, AuditEvent[]>> {
  const history = async (view: ViewName) =>
    owner.ledgers[ledgerOf[view]].history(await owner.ledgerRecordId(header.emrId, view));
  return { storage: await history("full"), shared: await history("shared") };
}
