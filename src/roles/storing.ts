/** Storing a record for the first time (paper, 5.1.3 to 5.1.5). */
import { DiptychError } from "../core/errors.ts";
import { demandNoAmendment, isSameGoal, readBegun } from "./begunChange.ts";
import { begin, carryOut, takeUp } from "./carrying.ts";
import { changeRecord, checkDoable } from "./changing.ts";
import { type Draft, draftRecord } from "./drafting.ts";
import type { GateChoices } from "./gateAppointment.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord } from "./ownRecord.ts";
import type { ActOptions, Course } from "./progress.ts";
import { checkRights, checkSharedSide, type Plan, type Rights } from "./redefinition.ts";
import { upToDate } from "./restoring.ts";
import { indexDraft, type PublishedView } from "./settling.ts";

/** How a record is stored: its act's options, and the gates for chains on which this patient has appointed none yet. */
export type StoreOptions = ActOptions & { gates?: GateChoices };

/** Encrypts every part and makes both views of a record that stands on no ledger yet; throws `record-stored` for others. */
export async function draftFirst(
  owner: Owner,
  record: OwnRecord,
  shared: readonly number[],
  rights: Rights,
  course: Course,
  gates: GateChoices = {},
): Promise<Draft> {
  checkSharedSide(shared, record);
  checkRights(rights);
  await checkDoable(owner, rights, gates);
  if (await stands(owner, record))
    throw new DiptychError(
      "record-stored",
      "This record is published already: change it, so that who loses something is stopped.",
    );
  const { abePublicKey } = await owner.credentials();
  const goal = { ...record, shared: [...shared].sort((a, b) => a - b), rights };
  const all = record.parts.map((part) => part.position);
  return draftRecord(owner, goal, all, { full: "same", shared: "same" }, abePublicKey, course);
}

/**
 * Stores a record, or goes on with storing it after a stop; one that stands so already is left alone. What is asked of an owner's
 * wallet goes back and forth between the chains as little as can be: gates and index on each, uploads, the entry on each.
 *
 * @param course keeps the record as it stands after each ledger's publish
 * @throws DiptychError `record-stored` when it stands otherwise, `change-unfinished` when storing it otherwise was begun
 */
export async function storeRecord(
  owner: Owner,
  held: OwnRecord,
  shared: readonly number[],
  rights: Rights,
  course: Course,
  gates: GateChoices = {},
): Promise<PublishedView[]> {
  course.demandWanted();
  await owner.settleAll();
  const plan: Plan = {
    shared: [...new Set(shared)].sort((a, b) => a - b),
    rights,
    block: [],
    rotate: held.parts.map((part) => part.position),
    views: { full: "same", shared: "same" },
  };
  const begun = await readBegun(owner.journal, held.header.emrId);
  demandNoAmendment(begun);
  if (begun !== undefined) {
    if (!isSameGoal(plan, begun.plan))
      throw new DiptychError(
        "change-unfinished",
        "This record was begun to be stored or changed otherwise: finish that first (finish), then change it.",
      );
    const begunDraft = await takeUp(owner, held, begun);
    if (begunDraft !== undefined) return (await carryOut(owner, begunDraft, course)).published;
    if (await stands(owner, held)) return (await changeRecord(owner, held, undefined, course)).published;
  } else if (await standsSo(owner, held, plan, course)) return [];
  const draft = await draftFirst(owner, held, shared, rights, course, gates);
  const indexes = await indexDraft(owner, draft, course, gates);
  await begin(owner, { plan, first: true }, { plan, draft, indexes });
  const way = { plan, draft, indexes, uploaded: false };
  return (await carryOut(owner, way, course, begun === undefined)).published;
}

async function stands(owner: Owner, { header }: OwnRecord): Promise<boolean> {
  const id = await owner.ledgerRecordId(header.emrId, "full");
  return (await owner.ledgers.storage.find(id)) !== undefined;
}

/** Whether both views stand, with just these sides and rights. */
async function standsSo(owner: Owner, held: OwnRecord, plan: Plan, course: Course): Promise<boolean> {
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const { full, shared } = record.views;
  if (full === undefined || shared === undefined || shared.stale === true) return false;
  return isSameGoal(plan, { ...plan, shared: record.shared, rights: record.rights });
}
