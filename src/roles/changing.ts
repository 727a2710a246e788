/**
 * Changing sides and rights (paper, 5.3), in an order that leaves nothing half-done: check that all of it can be done, make it,
 * note that it has begun, stop whoever loses something, upload, publish, wait for finality, forget the old.
 */

import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keySetIdOf } from "../ledger/ids.ts";
import { KeyRegistry } from "../ledger/keyRegistry.ts";
import type { Mined } from "../ledger/transactions.ts";
import { compileProgram } from "../policy/index.ts";
import { type BegunChange, forgetBegun, isSameGoal, keepBegun, readBegun } from "./begunChange.ts";
import { setBlocked } from "./blocking.ts";
import { type Draft, draftRecord } from "./drafting.ts";
import type { Owner } from "./owner.ts";
import { indexHash, ledgerOf, type OwnRecord, positionsOf, type ViewName, viewNames } from "./ownRecord.ts";
import { fetchPlaintexts } from "./plaintexts.ts";
import { type Change, type Plan, planChange, purposesOf, type Rights } from "./redefinition.ts";
import { upToDate } from "./restoring.ts";
import {
  awaitFinal,
  closeView,
  forgetOldRoots,
  indexDraft,
  type PublishedView,
  publishDraft,
  uploadDraft,
} from "./settling.ts";

/** What a change did, in the order in which it was done. */
export type ChangeReport = {
  plan: Plan;
  blocked: Mined[];
  closed: Mined[];
  draft: Draft;
  uploadedBytes: number;
  published: PublishedView[];
};

/** The longest policy text that a ledger takes, in bytes. */
const longestPolicy = 4096;

/**
 * Carries a change out, or finishes the one that was begun before.
 *
 * @param change undefined to finish only
 * @param progress told the record as it stands after each ledger's publish
 * @throws DiptychError `change-unfinished` when another change was begun, or a view was closed and `change.reopen` doesn't name it
 */
export async function changeRecord(
  owner: Owner,
  held: OwnRecord,
  change: Change | undefined,
  progress: (record: OwnRecord) => void,
): Promise<ChangeReport> {
  const { emrId } = held.header;
  const record = await upToDate(owner, held);
  if (record !== held) progress(record);
  const begun = await readBegun(owner.keyStore, emrId);
  const plan = await planOf(owner, record, change, begun);
  await checkDoable(owner, plan.rights);
  if (plan.rotate.length > 0) await fetchPlaintexts(owner, record);
  const { abePublicKey } = await owner.credentials();
  const goal: OwnRecord = { ...record, shared: plan.shared, rights: plan.rights };
  const draft = await draftRecord(owner, goal, plan.rotate, plan.views, abePublicKey);
  const indexes = await indexDraft(owner, draft);

  if (draft.views.length > 0) {
    const hashes = Object.fromEntries([...indexes].map(([view, call]) => [view, indexHash(call.index)]));
    await keepBegun(owner.keyStore, emrId, {
      plan: begun?.plan ?? plan,
      indexes: { ...begun?.indexes, ...hashes },
    });
  }
  const blocked: Mined[] = [];
  for (const account of plan.block)
    blocked.push(...(await setBlocked(owner, emrId, account, viewNames, true)));
  const closed: Mined[] = [];
  for (const view of viewNames) {
    if (plan.views[view] !== "next") continue;
    const mined = await closeView(owner, emrId, view);
    if (mined !== undefined) closed.push(mined);
  }
  const uploadedBytes = draft.views.length === 0 ? 0 : await uploadDraft(owner, draft);
  let current = record;
  const published = await publishDraft(owner, draft, indexes, (progressed) => {
    current = progressed;
    progress(progressed);
  });
  await awaitFinal(owner, current, draft, indexes);
  await forgetBegun(owner.keyStore, emrId);
  await forgetOldRoots(owner, current);
  return { plan, blocked, closed, draft, uploadedBytes, published };
}

/** The plan of a new change, or what is left of one that was begun. */
async function planOf(
  owner: Owner,
  record: OwnRecord,
  change: Change | undefined,
  begun: BegunChange | undefined,
): Promise<Plan> {
  if (record.views.full === undefined)
    throw new DiptychError(
      "record-unknown",
      "This record is not published yet: store it first, then change it.",
    );
  const wanted = change === undefined ? undefined : planChange(record, change, record);
  const reopen = change?.reopen ?? [];
  if (begun === undefined)
    return withUnpublished(owner, record, wanted ?? planChange(record, {}, record), reopen);
  if (wanted !== undefined && !isSameGoal(wanted, begun.plan))
    throw new DiptychError(
      "change-unfinished",
      "Another change of this record was begun and not finished: finish it first (finish), then make this one.",
    );
  return whatIsLeft(owner, record, begun, reopen);
}

/**
 * Views that got just the index they were to get need nothing more; once the full view has, all rotated keys stand in the own
 * copy. A view that was closed meanwhile, and not by the plan itself, is only reopened when `reopen` names it.
 */
async function whatIsLeft(
  owner: Owner,
  record: OwnRecord,
  { plan, indexes }: BegunChange,
  reopen: readonly ViewName[],
): Promise<Plan> {
  const views: Plan["views"] = {};
  for (const view of viewNames) {
    const rule = plan.views[view];
    if (rule === undefined) continue;
    const done = indexes[view] !== undefined && record.views[view]?.index === indexes[view];
    if (!done) views[view] = rule;
  }
  const rotated = plan.views.full !== undefined && views.full === undefined;
  const left = { ...plan, rotate: rotated ? [] : plan.rotate, views };
  const closedByPlan = viewNames.filter((view) => views[view] === "next");
  return withUnpublished(owner, record, left, reopen, closedByPlan);
}

/**
 * Adds views that a stop left unpublished or stale. A view that its owner closed stays closed unless `reopen` names it; then all
 * its parts are rotated, since those who were to be stopped may have kept keys. `expected` are closed by the plan itself.
 */
async function withUnpublished(
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

/** Everything that could still refuse a publish, asked before anybody is stopped. */
export async function checkDoable(owner: Owner, rights: Rights): Promise<void> {
  for (const view of viewNames) {
    compileProgram(rights[view], purposesOf(rights, view));
    if (utf8(rights[view]).length > longestPolicy)
      throw new DiptychError(
        "policy-limit",
        `The ${view} view's policy has more than ${longestPolicy} bytes: a ledger takes no more.`,
      );
    const chain = owner.chains[ledgerOf[view]];
    const address = await owner.address(chain.side);
    const keySet = keySetIdOf(address, owner.keys.index(chain).publicKey);
    if ((await new KeyRegistry(chain).generationOf(keySet)) === 0)
      throw new DiptychError(
        "key-missing",
        `The ${chain.side} chain's gates have no shares of this patient's index key: appoint gates first.`,
      );
  }
}
