/** A record as its patient holds it: what the doctor signed, where the parts lie, and the state of both views. */
import { decodeHeader, type Header, type Part } from "../ces/index.ts";
import type { CID } from "../cloud/blocks.ts";
import { hex, unhex } from "../core/bytes.ts";
import { keccak256 } from "../core/hash.ts";
import type { Side as Ledger } from "../ledger/chain.ts";
import { encodeOwnCopy, type OwnCopy } from "../record/index.ts";
import { purposesOf, type Rights } from "./redefinition.ts";

/** The two views of v1, each on its ledger. */
export const ledgerOf = { full: "storage", shared: "shared" } as const satisfies Record<string, Ledger>;
/** A view's name: each has its own ledger. */
export type ViewName = keyof typeof ledgerOf;
export const viewNames: readonly ViewName[] = ["full", "shared"];

/** The view that a ledger holds. */
export function viewOn(ledger: Ledger): ViewName {
  return viewNames.find((name) => ledgerOf[name] === ledger)!;
}

/** A part as its patient keeps it. */
export type OwnPart = {
  position: number;
  label: string;
  /** c_i. */
  commitment: Uint8Array;
  /** Label, salt and m_i; absent in a restored record until it is fetched. */
  plaintext?: Part;
  /** Where C_mi lies and how it is encrypted; absent until the first encryption. */
  stored?: { key: Uint8Array; generation: number; cid: CID };
  /** g_i of the old owner's last encryption, in a record that is being taken over. */
  generationBefore?: number;
};

/**
 * A view as it stands on its ledger: `index` is the keccak hash (hex) of its index bytes, which no other version shares; `stale`
 * when a change stopped before this view was published anew. A view that another person published, before it was taken over, has
 * no root here.
 */
export type OwnView = { version: number; epoch: number; root?: CID; index: string; stale?: true };

/** A record as its patient keeps it: everything of it but the contents. */
export type OwnRecord = {
  header: Header;
  headerBytes: Uint8Array;
  signature: Uint8Array;
  certificateChain: Uint8Array[];
  parts: OwnPart[];
  /** Positions on the shared side. */
  shared: number[];
  rights: Rights;
  views: Partial<Record<ViewName, OwnView>>;
  /** Why the doctor's certificate no longer holds, if it doesn't: the record stays the patient's all the same. */
  distrust?: string;
};

/** What tells one version's index from every other's: the keccak hash of its bytes, hex. */
export function indexHash(index: Uint8Array): string {
  return hex(keccak256(index));
}

/** Positions that a view opens. */
export function positionsOf(record: Pick<OwnRecord, "parts" | "shared">, view: ViewName): number[] {
  return view === "full" ? record.parts.map((part) => part.position) : record.shared;
}

/** What comes with a record from another person's seed: its EMR key, and where its views stand. */
export type TakenRecord = { emrKey: Uint8Array; ledgerRecordIds: Record<ViewName, string> };

/**
 * P's own copy of a record whose parts all have been encrypted. `since`: from which version on each view has this revision, of an
 * amended one.
 */
export function ownCopyOf(
  record: OwnRecord,
  taken?: TakenRecord,
  since?: Record<ViewName, number>,
): Uint8Array {
  const takenOver = taken && {
    emrKey: taken.emrKey,
    ledgerRecordIds: viewNames.map((name) => unhex(taken.ledgerRecordIds[name])),
  };
  return encodeOwnCopy({
    ...(takenOver === undefined ? {} : { takenOver }),
    ...(since === undefined ? {} : { since: viewNames.map((name) => since[name]) }),
    emrId: record.header.emrId,
    header: record.headerBytes,
    signature: record.signature,
    certificateChain: record.certificateChain,
    parts: record.parts.map(({ position, label, commitment, stored }) => ({
      position,
      label,
      side: record.shared.includes(position) ? "shared" : "private",
      key: stored!.key,
      generation: stored!.generation,
      cid: stored!.cid.bytes,
      commitment,
    })),
    views: viewNames.map((name) => ({
      name,
      ledger: ledgerOf[name],
      policy: record.rights[name],
      purposes: purposesOf(record.rights, name),
      positions: positionsOf(record, name),
    })),
  });
}

/** The record that an own copy describes; views and the shared side come from the ledgers, which are newer. */
export function fromOwnCopy(
  copy: OwnCopy,
  readCid: (bytes: Uint8Array) => CID,
): Omit<OwnRecord, "shared" | "rights" | "views"> {
  return {
    header: decodeHeader(copy.header),
    headerBytes: copy.header,
    signature: copy.signature,
    certificateChain: copy.certificateChain,
    parts: copy.parts.map(({ position, label, key, generation, cid, commitment }) => ({
      position,
      label,
      commitment,
      stored: { key, generation, cid: readCid(cid) },
    })),
  };
}
