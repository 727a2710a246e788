/** A patient's records as the page shows them: plain values, how each stands on the chains, and what may be moved. */
import {
  type Amendment,
  type Chain,
  ledgerOf,
  type Patient,
  type Rights,
  type Side,
  type ViewName,
} from "diptych";
import type { Ceas, Extraction } from "diptych/ces";
import { hex, unhex } from "diptych/core";
import { IndexLedger } from "diptych/ledger";
import { sides } from "./config.ts";
import type { Papers } from "./patientPapers.ts";
import { type Person, readSubject } from "./subject.ts";

/** How a view stands on its chain. */
export type ViewState = { side: Side; version: number; closed: boolean };

/** An act that was begun and not brought to an end. */
export type BegunAct = {
  recordId: string;
  act: "store" | "change" | "amend" | "block" | "unblock" | "revoke-grants" | "close";
};

/** A record in the list. `id` is the EMR id in hex. */
export type RecordCard = {
  id: string;
  nickname?: string;
  doctor: Person;
  /** When it was signed; Unix seconds. */
  signed: number;
  parts: number;
  shared: number;
  /** Accepted and not stored yet; stored; closed to everybody; or stored on one chain only. */
  state: "accepted" | "stored" | "closed" | "half";
  /** Why others would no longer trust the doctor's signature, if so. */
  distrust?: string;
};

/** One record, without what its parts say. */
export type RecordFacts = RecordCard & {
  schema: string;
  revision: number;
  sides: { position: number; label: string; side: "private" | "shared" }[];
  ceas: Ceas;
  /** Missing until it is stored. */
  rights?: Rights;
  views: Partial<Record<ViewName, ViewState>>;
  /** The same in a text that changes with it. */
  standing: string;
  ledgerRecordIds: Record<Side, string>;
  /** Accounts that are blocked on both chains, or one. */
  blocked: string[];
};

const viewNames = ["full", "shared"] as const;

/** A record that stands on the ledgers and couldn't be read. */
export type LostRecord = { ledgerRecordId: string; code: string; message: string };

/** The next revision of a record as it came from a doctor, verified, and what it says. */
export type ReviewedAmendment = { id: string; info1: Uint8Array; amendment: Amendment };

/**
 * A patient at work, and what it works with. `opened`: the record that was opened last, whole. `seen`: how each record's views stood
 * when this window last looked or changed them. `amendment`: the correction that was looked at last.
 */
export type Practice = {
  patient: Patient;
  papers: Papers;
  chains: Record<Side, Chain>;
  seen: Map<string, string>;
  lost: LostRecord[];
  opened?: { id: string; revision: number; extraction: Extraction };
  amendment?: ReviewedAmendment;
};

/** The list's line of one record. */
export async function cardOf(practice: Practice, emrId: Uint8Array): Promise<RecordCard> {
  return (await look(practice, emrId)).card;
}

/** Everything about one record but its contents. @throws DiptychError `record-unknown` */
export async function factsOf(practice: Practice, id: string): Promise<RecordFacts> {
  const emrId = unhex(id);
  const { card, overview, views } = await look(practice, emrId);
  const { header, parts, rights, ledgerRecordIds } = overview;
  const stored = card.state !== "accepted";
  return {
    ...card,
    schema: header.schema,
    revision: header.revision,
    sides: parts,
    ceas: header.ceas,
    ...(stored ? { rights } : {}),
    views,
    standing: standingOf(views),
    ledgerRecordIds,
    blocked: stored ? await blockedOf(practice.patient, emrId) : [],
  };
}

async function look({ patient, papers, chains }: Practice, emrId: Uint8Array) {
  const overview = await patient.show(emrId);
  const { header, parts, distrust, ledgerRecordIds } = overview;
  const views: RecordFacts["views"] = {};
  await Promise.all(
    viewNames.map(async (view) => {
      const side = ledgerOf[view];
      const standing = await new IndexLedger(chains[side]).find(ledgerRecordIds[side]);
      if (standing !== undefined) views[view] = { side, version: standing.version, closed: standing.closed };
    }),
  );
  const nickname = (await papers.nicknames())[hex(emrId)];
  const card: RecordCard = {
    id: hex(emrId),
    ...(nickname === undefined ? {} : { nickname }),
    doctor: readSubject(header.issuer),
    signed: header.time,
    parts: parts.length,
    shared: parts.filter(({ side }) => side === "shared").length,
    state: stateOf(views),
    ...(distrust === undefined ? {} : { distrust }),
  };
  return { card, overview, views };
}

function stateOf({ full, shared }: RecordFacts["views"]): RecordCard["state"] {
  if (full === undefined && shared === undefined) return "accepted";
  if (full === undefined || shared === undefined) return "half";
  return full.closed && shared.closed ? "closed" : full.closed || shared.closed ? "half" : "stored";
}

async function blockedOf(patient: Patient, emrId: Uint8Array): Promise<string[]> {
  const events = await patient.audit(emrId);
  const found = new Set<string>();
  for (const side of sides) {
    const here = new Set<string>();
    for (const event of events[side]) {
      if (event.kind === "blocked") here.add(event.account);
      if (event.kind === "unblocked") here.delete(event.account);
    }
    for (const account of here) found.add(account);
  }
  return [...found];
}

function standingOf(views: RecordFacts["views"]): string {
  const told = ({ version, closed }: ViewState) => `${version}${closed ? " closed" : ""}`;
  return viewNames.map((view) => `${view} ${views[view] === undefined ? "-" : told(views[view])}`).join(", ");
}

/** What was begun and not finished, of all records. */
export async function begunActs(patient: Patient): Promise<BegunAct[]> {
  return (await patient.unfinished()).map(({ emrId, act }) => ({ recordId: hex(emrId), act }));
}
