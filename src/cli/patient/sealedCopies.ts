/**
 * What a home keeps of a patient's records so that they can be published again on new chains: Info1 as it came, which is sealed to
 * the patient's record key, and how the record stood.
 */
import { equal, hex, unhex, utf8, utf8Decode } from "../../core/bytes.ts";
import { Reader, Writer } from "../../core/encoding.ts";
import type { Address } from "../../ledger/chain.ts";
import type { EmrInvitation } from "../../roles/info1.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";
import type { Patient } from "../../roles/patient.ts";
import type { Rights } from "../../roles/redefinition.ts";

/** How a published record stood; `handedOver`: it is offered to another person, who may have taken it. */
export type Standing = {
  handedOver?: "offered" | "taken";
  shared: number[];
  rights: Rights;
  closed: ViewName[];
  blocked: Record<ViewName, Address[]>;
};

export type SealedCopy = { invitation: EmrInvitation; info1: Uint8Array };

const list = "cli/copies";
const copyOf = (emrId: Uint8Array) => `cli/copy/${hex(emrId).slice(2)}`;
const standingOf = (emrId: Uint8Array) => `cli/standing/${hex(emrId).slice(2)}`;

/** EMR ids of the records that there are copies of. */
export async function listCopies(store: KeyStore): Promise<Uint8Array[]> {
  const bytes = await store.get(list);
  return bytes === undefined ? [] : (JSON.parse(utf8Decode(bytes)) as string[]).map(unhex);
}

/** Keeps a record that was accepted: u8 format version 1, record key (65), pseudonym (32), Info1. */
export async function keepCopy(store: KeyStore, { invitation, info1 }: SealedCopy): Promise<void> {
  const { emrId, recordKey, pseudonym } = invitation;
  await store.set(copyOf(emrId), new Writer().u8(1).fixed(recordKey).fixed(pseudonym).fixed(info1).finish());
  const known = await listCopies(store);
  if (!known.some((each) => equal(each, emrId)))
    await store.set(list, utf8(JSON.stringify([...known, emrId].map(hex))));
}

export async function readCopy(store: KeyStore, emrId: Uint8Array): Promise<SealedCopy | undefined> {
  const bytes = await store.get(copyOf(emrId));
  if (bytes === undefined) return undefined;
  const reader = new Reader(bytes, "sealed copy").version(1);
  const invitation = { emrId, recordKey: reader.fixed(65), pseudonym: reader.fixed(32) };
  return { invitation, info1: reader.rest() };
}

/** How a record stood when it was last changed from here; undefined when it never was published. */
export async function readStanding(store: KeyStore, emrId: Uint8Array): Promise<Standing | undefined> {
  const bytes = await store.get(standingOf(emrId));
  return bytes === undefined ? undefined : (JSON.parse(utf8Decode(bytes)) as Standing);
}

/** Keeps how a record stands on the ledgers now. */
export async function noteStanding(store: KeyStore, patient: Patient, emrId: Uint8Array): Promise<void> {
  const { parts, rights } = await patient.show(emrId);
  const events = await patient.audit(emrId);
  const standing: Standing = {
    shared: parts.filter(({ side }) => side === "shared").map(({ position }) => position),
    rights,
    closed: [],
    blocked: { full: [], shared: [] },
  };
  for (const view of viewNames) {
    let closed = false;
    const blocked = new Set<Address>();
    for (const event of events[ledgerOf[view]]) {
      if (event.kind === "published") closed = false;
      else if (event.kind === "closed") closed = true;
      else if (event.kind === "blocked") blocked.add(event.account);
      else if (event.kind === "unblocked") blocked.delete(event.account);
    }
    if (closed) standing.closed.push(view);
    standing.blocked[view] = [...blocked];
  }
  await store.set(standingOf(emrId), utf8(JSON.stringify(standing)));
}

/** Notes that a record is offered to another person, or that they took it. */
export async function noteHandedOver(
  store: KeyStore,
  emrId: Uint8Array,
  handedOver: "offered" | "taken",
): Promise<void> {
  const standing = await readStanding(store, emrId);
  if (standing === undefined || standing.handedOver === handedOver) return;
  await store.set(standingOf(emrId), utf8(JSON.stringify({ ...standing, handedOver })));
}
