/**
 * Carrying a draft out, from the first effect to the last: stop whoever loses something, upload, publish, wait for finality, forget
 * the old. Called again after a stop it passes over what was done.
 */

import { equal } from "../core/bytes.ts";
import { keySetIdOf } from "../ledger/ids.ts";
import type { Mined } from "../ledger/transactions.ts";
import { forgetAmendment } from "./amendmentNotes.ts";
import { type BegunChange, forgetBegun, keepBegun } from "./begunChange.ts";
import { setBlocked } from "./blocking.ts";
import type { Draft } from "./drafting.ts";
import { currentIndexKey } from "./indexKeys.ts";
import { forgetAccepted } from "./info1.ts";
import { type DraftOnItsWay, forgetDraft, keepDraft, noteUploaded, readDraft } from "./keptDraft.ts";
import type { Owner } from "./owner.ts";
import { indexHash, type OwnRecord, viewNames } from "./ownRecord.ts";
import type { Course } from "./progress.ts";
import type { DraftView } from "./publishing.ts";
import type { Plan } from "./redefinition.ts";
import {
  awaitFinal,
  closeView,
  forgetOldRoots,
  type Indexes,
  type PublishedView,
  publishDraft,
  uploadDraft,
} from "./settling.ts";

/**
 * What a change did, in the order in which it was done; what an earlier run did before it was stopped is left out, but for
 * publishes that nobody was told of.
 */
export type ChangeReport = {
  plan: Plan;
  blocked: Mined[];
  closed: Mined[];
  draft: Draft;
  uploadedBytes: number;
  published: PublishedView[];
};

/** Notes a draft and the act that it belongs to: from here on the act can be taken up again. */
export async function begin(
  owner: Owner,
  begun: Omit<BegunChange, "indexes">,
  { plan, draft, indexes }: Omit<DraftOnItsWay, "uploaded">,
  earlier: BegunChange["indexes"] = {},
): Promise<void> {
  await keepDraft(owner.journal, plan, draft, indexes);
  const hashes = Object.fromEntries([...indexes].map(([view, call]) => [view, indexHash(call.index)]));
  await keepBegun(owner.journal, draft.record.header.emrId, { ...begun, indexes: { ...earlier, ...hashes } });
}

/**
 * The draft of a begun act, if all of it is published or still can be. It can't when something else came in between: another
 * version, a close by hand, a new index key.
 */
export async function takeUp(
  owner: Owner,
  held: OwnRecord,
  begun: BegunChange,
): Promise<DraftOnItsWay | undefined> {
  const found = await readDraft(owner, held);
  if (found === undefined) return undefined;
  for (const view of found.draft.views) {
    const { index, indexKey } = found.indexes.get(view.name)!;
    if (begun.indexes[view.name] !== indexHash(index)) return undefined;
    const { side } = view.chain;
    const standing = await owner.ledgers[side].find(view.ledgerRecordId);
    if (standing !== undefined && equal(standing.index, index)) continue;
    const ends = standing === undefined || standing.closed || found.plan.views[view.name] === "next";
    const fits =
      view.version === (standing?.version ?? 0) + 1 &&
      view.epoch === (standing?.epoch ?? 0) + (ends ? 1 : 0) &&
      keySetIdOf(await owner.address(side), indexKey) === (await currentIndexKey(owner, side)).keySet;
    if (!fits) return undefined;
  }
  return found;
}

/**
 * Carries out what was begun, and strikes it out at the end. `course` keeps the record as it stands after each ledger's publish.
 *
 * @param fresh nothing of this record has ever left the machine, so that the cloud has nothing old to forget
 */
export async function carryOut(
  owner: Owner,
  { plan, draft, indexes, uploaded }: DraftOnItsWay,
  course: Course,
  fresh = false,
): Promise<ChangeReport> {
  const { emrId } = draft.record.header;
  const blocked: Mined[] = [];
  const closed: Mined[] = [];
  const closing = draft.views.filter((view) => plan.views[view.name] === "next");
  const stops = plan.block.length + closing.length;
  let stopped = 0;
  if (stops > 0) course.tell("stop", 0, stops);
  for (const account of plan.block) {
    blocked.push(...(await setBlocked(owner, emrId, account, viewNames, true)));
    course.tell("stop", ++stopped, stops);
  }
  for (const view of closing) {
    if (!(await isPublished(owner, view, indexes))) {
      const mined = await closeView(owner, emrId, view.name);
      if (mined !== undefined) closed.push(mined);
    }
    course.tell("stop", ++stopped, stops);
  }
  let uploadedBytes = 0;
  if (draft.views.length > 0 && !uploaded) {
    uploadedBytes = await uploadDraft(owner, draft, course);
    await noteUploaded(owner.journal, emrId);
  }
  let current = draft.record;
  const noting = course.keepingAlso((record) => {
    current = record;
  });
  const published = await publishDraft(owner, draft, indexes, noting);
  await awaitFinal(owner, current, draft, indexes, course);
  if (!fresh) await forgetOldRoots(owner, current, course);
  await forgetAccepted(owner.journal, emrId);
  await forgetDraft(owner.journal, emrId);
  await forgetBegun(owner.journal, emrId);
  await forgetAmendment(owner.journal, emrId);
  return { plan, blocked, closed, draft, uploadedBytes, published };
}

async function isPublished(owner: Owner, view: DraftView, indexes: Indexes): Promise<boolean> {
  const { side } = view.chain;
  await owner.settle(side);
  const standing = await owner.ledgers[side].find(view.ledgerRecordId);
  return standing !== undefined && equal(standing.index, indexes.get(view.name)!.index);
}
