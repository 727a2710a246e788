/** How a record on a ledger is named to a requester: by its ledger record id, or by a link that tells the ledger too. */
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, ChainAddresses, Side } from "../ledger/chain.ts";
import { IndexLedger, type LedgerRecord } from "../ledger/indexLedger.ts";

/** What a link or an id says. */
export type RecordTarget = {
  ledgerRecordId: string;
  place?: { side: Side; chainId: number; ledger: Address };
};

/** A record that was found on a ledger. */
export type FoundRecord = { side: Side; ledgerRecordId: string; record: LedgerRecord };

const link = /^diptych:(storage|shared)\/(\d{1,15})\/(0x[0-9a-f]{40})\/(0x[0-9a-f]{64})$/i;

/** `diptych:SIDE/CHAIN ID/LEDGER/LEDGER RECORD ID`: public, like everything that stands on the chain. */
export function printRecordLink(
  chain: Pick<ChainAddresses, "side" | "chainId" | "ledger">,
  ledgerRecordId: string,
): string {
  return `diptych:${chain.side}/${chain.chainId}/${chain.ledger}/${ledgerRecordId}`;
}

/** Reads a link or an id. @throws DiptychError `argument-invalid` */
export function parseRecordTarget(text: string): RecordTarget {
  const trimmed = text.trim();
  if (/^0x[0-9a-f]{64}$/i.test(trimmed)) return { ledgerRecordId: trimmed.toLowerCase() };
  const [, side, chainId, ledger, id] = link.exec(trimmed) ?? [];
  if (id !== undefined)
    return {
      ledgerRecordId: id.toLowerCase(),
      place: { side: side!.toLowerCase() as Side, chainId: Number(chainId), ledger: ledger! },
    };
  throw new DiptychError(
    "argument-invalid",
    `${JSON.stringify(text.slice(0, 100))} names no record: give a ledger record id (0x and 64 hex digits) or a link (diptych:...).`,
  );
}

/**
 * Finds what a link or an id names: on the ledger that the link or `side` names, or on both.
 *
 * @throws DiptychError `argument-invalid`, `record-unknown`, `chain-mismatch` for a link to other chains
 */
export async function findRecord(
  chains: Record<Side, Chain>,
  text: string,
  side?: Side,
): Promise<FoundRecord> {
  const { ledgerRecordId, place } = parseRecordTarget(text);
  if (place !== undefined) demandHere(chains[place.side], place);
  const wanted = side ?? place?.side;
  for (const each of wanted === undefined ? (["storage", "shared"] as const) : [wanted]) {
    const record = await new IndexLedger(chains[each]).find(ledgerRecordId);
    if (record !== undefined) return { side: each, ledgerRecordId, record };
  }
  throw new DiptychError(
    "record-unknown",
    `${wanted === undefined ? "Neither ledger knows" : `The ${wanted} ledger doesn't know`} the record ${ledgerRecordId}: ask its owner for a new link.`,
  );
}

function demandHere(chain: Chain, place: NonNullable<RecordTarget["place"]>): void {
  if (chain.chainId === place.chainId && chain.ledger.toLowerCase() === place.ledger.toLowerCase()) return;
  throw new DiptychError(
    "chain-mismatch",
    `The link is to the ledger ${place.ledger} on chain ${place.chainId}; here it is ${chain.ledger} on chain ${chain.chainId}: open the link where its own chains are used.`,
  );
}
