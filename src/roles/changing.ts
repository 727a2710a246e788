/**
 * Changing sides and rights (paper, 5.3), in an order that leaves nothing half-done: check that all of it can be done, make it,
 * note that it has begun, carry it out.
 */

import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { compileProgram } from "../policy/index.ts";
import { type BegunChange, demandNoAmendment, isSameGoal, readBegun } from "./begunChange.ts";
import { begin, type ChangeReport, carryOut, takeUp } from "./carrying.ts";
import { draftRecord } from "./drafting.ts";
import { demandAppointed, type GateChoices } from "./gateAppointment.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type OwnRecord, positionsOf, type ViewName, viewNames } from "./ownRecord.ts";
import { fetchPlaintexts } from "./plaintexts.ts";
import type { Course } from "./progress.ts";
import { type Change, type Plan, planChange, purposesOf, type Rights } from "./redefinition.ts";
import { upToDate } from "./restoring.ts";
import { indexDraft } from "./settling.ts";

/** The longest policy text that a ledger takes, in bytes. */
const longestPolicy = 4096;

/**
 * Carries a change out, or finishes the one that was begun before.
 *
 * @param change undefined to finish only
 * @param course keeps the record as it stands after each ledger's publish
 * @throws DiptychError `change-unfinished` when another change was begun, or a view was closed and `change.reopen` doesn't name it
 */
export async function changeRecord(
  owner: Owner,
  held: OwnRecord,
  change: Change | undefined,
  course: Course,
): Promise<ChangeReport> {
  course.demandWanted();
  const { emrId } = held.header;
  await owner.settleAll();
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const begun = await readBegun(owner.journal, emrId);
  demandNoAmendment(begun);
  const wanted = change === undefined ? undefined : wish(record, change);
  if (begun !== undefined) {
    if (wanted !== undefined && !isSameGoal(wanted, begun.plan))
      throw new DiptychError(
        "change-unfinished",
        "Another change of this record was begun and not finished: finish it first (finish), then make this one.",
      );
    const begunDraft = await takeUp(owner, record, begun);
    if (begunDraft !== undefined) return carryOut(owner, begunDraft, course);
  }
  const plan = await planOf(owner, record, wanted, change?.reopen ?? [], begun);
  await checkDoable(owner, plan.rights);
  if (plan.rotate.length > 0) await fetchPlaintexts(owner, record, course);
  const { abePublicKey } = await owner.credentials();
  const goal: OwnRecord = { ...record, shared: plan.shared, rights: plan.rights };
  const draft = await draftRecord(owner, goal, plan.rotate, plan.views, abePublicKey, course);
  const indexes = await indexDraft(owner, draft, course);
  if (draft.views.length > 0) await begin(owner, begun ?? { plan }, { plan, draft, indexes }, begun?.indexes);
  return carryOut(owner, { plan, draft, indexes, uploaded: false }, course);
}

function wish(record: OwnRecord, change: Change): Plan {
  if (record.views.full === undefined) throw notStored();
  return planChange(record, change, record);
}

function notStored(): DiptychError {
  return new DiptychError(
    "record-unknown",
    "This record is not published yet: store it first, then change it.",
  );
}

/** The plan of a new change, or what is left of one that was begun. */
async function planOf(
  owner: Owner,
  record: OwnRecord,
  wanted: Plan | undefined,
  reopen: readonly ViewName[],
  begun: BegunChange | undefined,
): Promise<Plan> {
  if (record.views.full === undefined) throw notStored();
  return begun === undefined
    ? withUnpublished(owner, record, wanted ?? planChange(record, {}, record), reopen)
    : whatIsLeft(owner, record, begun, reopen);
}

/**
 * Views that got just the index they were to get need nothing more; once the full view has, all rotated keys stand in the own
 * copy. What else came in between counts too: whoever gained by it and is to lose it again is stopped as by any change. A view that
 * was closed meanwhile, and not by the plan itself, is only reopened when `reopen` names it.
 */
async function whatIsLeft(
  owner: Owner,
  record: OwnRecord,
  { plan, indexes }: BegunChange,
  reopen: readonly ViewName[],
): Promise<Plan> {
  const { shared, rights } = plan;
  const since = planChange(record, { shared, rights }, record);
  const isDone = (view: ViewName) =>
    indexes[view] !== undefined && record.views[view]?.index === indexes[view];
  const views: Plan["views"] = {};
  for (const view of viewNames) {
    const rules = [isDone(view) ? undefined : plan.views[view], since.views[view]];
    const rule = rules.includes("next") ? "next" : (rules[0] ?? rules[1]);
    if (rule !== undefined) views[view] = rule;
  }
  const before = isDone("full") ? [] : plan.rotate;
  const left = { ...plan, rotate: [...new Set([...before, ...since.rotate])], views };
  const closedByPlan = viewNames.filter((view) => views[view] === "next");
  return withUnpublished(owner, record, left, reopen, closedByPlan);
}

/**
 * Adds views that a stop left unpublished or stale. A view that its owner closed stays closed unless `reopen` names it; then all
 * its parts are rotated, since those who were to be stopped may have kept keys. `expected` are closed by the plan itself.
 */
export async function withUnpublished(
  owner: Owner,
  record: OwnRecord,
  plan: Plan,
  reopen: readonly ViewName[],
  expected: readonly ViewName[] = [],
): Promise<Plan> {
  const views = { ...plan.views };
  const rotate = new Set(plan.rotate);
  const closed: ViewName[] = [];
  for (const view of viewNames) {
    const id = await owner.ledgerRecordId(record.header.emrId, view);
    const standing = await owner.ledgers[ledgerOf[view]].find(id);
    if (standing === undefined) {
      if (plan.block.length > 0)
        throw new DiptychError(
          "change-unfinished",
          `The ${view} view was never published, so nobody can be blocked there: finish storing (finish), then block.`,
        );
      views[view] ??= "same";
    } else if (record.views[view]?.stale === true) views[view] = "next";
    else if (standing.closed && reopen.includes(view)) {
      views[view] = "next";
      for (const position of positionsOf({ ...record, shared: plan.shared }, view)) rotate.add(position);
    } else if (standing.closed && !expected.includes(view)) closed.push(view);
  }
  if (rotate.size > 0) views.full ??= "same";
  if (plan.shared.some((position) => rotate.has(position))) views.shared ??= "same";
  const inTheWay = closed.find((view) => views[view] !== undefined);
  if (inTheWay !== undefined)
    throw new DiptychError(
      "change-unfinished",
      `The ${inTheWay} view is closed: name it in reopen to publish it again under new keys.`,
    );
  return { ...plan, rotate: [...rotate].sort((a, b) => a - b), views };
}

/** Everything that could still refuse a publish, asked before anybody is stopped. `gates` are those still to be appointed. */
export async function checkDoable(owner: Owner, rights: Rights, gates: GateChoices = {}): Promise<void> {
  for (const view of viewNames) {
    compileProgram(rights[view], purposesOf(rights, view));
    if (utf8(rights[view]).length > longestPolicy)
      throw new DiptychError(
        "policy-limit",
        `The ${view} view's policy has more than ${longestPolicy} bytes: a ledger takes no more.`,
      );
  }
  await demandAppointed(owner, gates);
}
