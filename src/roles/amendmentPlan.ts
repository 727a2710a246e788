/** What taking an amendment comes to: the sides of the next revision, and what of it is to be published. */
import { equal, hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Revised } from "../record/index.ts";
import { type BegunChange, isSameGoal, readBegun } from "./begunChange.ts";
import { takeUp } from "./carrying.ts";
import type { DraftOnItsWay } from "./keptDraft.ts";
import type { Owner } from "./owner.ts";
import { type OwnRecord, type ViewName, viewNames } from "./ownRecord.ts";
import { checkSharedSide, type Plan } from "./redefinition.ts";

/** What the patient wants of an amendment. */
export type AmendmentWishes = {
  /** Appended parts that go to the shared side; the others are private. Old parts keep their sides. */
  share?: readonly number[];
  /** The parts that were to be replaced: an amendment that replaces another is refused. Any, where left out. */
  only?: readonly number[];
  /** Views that were closed and are to be published again, under new keys. */
  reopen?: readonly ViewName[];
};

/** The next revision, with what stands of the one before, and which parts differ. */
export type Revision = { next: OwnRecord; revised: Revised };

/** How an amendment is published; `draft` where one was begun and still can be carried out as it was made. */
type PlannedAmendment = {
  plan: Plan;
  begun: BegunChange | undefined;
  draft: DraftOnItsWay | undefined;
};

/**
 * Holds an amendment against the wishes and what was begun before; undefined where nothing is published yet, so that nothing is to be.
 *
 * @throws DiptychError `argument-invalid`, `amendment-invalid`, `record-stored`, `record-move-forbidden`, `change-unfinished`
 */
export async function planAmendment(
  owner: Owner,
  record: OwnRecord,
  revision: Revision,
  wishes: AmendmentWishes,
): Promise<PlannedAmendment | undefined> {
  const plan = planRevision(record, revision, wishes);
  const begun = await readBegun(owner.journal, record.header.emrId);
  if (begun === undefined)
    return record.views.full === undefined ? undefined : { plan, begun, draft: undefined };
  if (begun.amendment !== amendmentNameOf(revision.next) || !isSameGoal(plan, begun.plan))
    throw new DiptychError(
      "change-unfinished",
      "Another change of this record was begun and not finished: finish it first (finish), then amend it.",
    );
  return { plan, begun, draft: await takeUp(owner, record, begun) };
}

/** Both views are published anew, in the epochs that run: the signature changes all of it. Throws as `planAmendment`. */
export function planRevision(record: OwnRecord, { next, revised }: Revision, wishes: AmendmentWishes): Plan {
  const shared = sharedAfter(record, next, revised, wishes);
  const views: Plan["views"] = equal(record.signature, next.signature)
    ? {}
    : { full: "same", shared: "same" };
  const rotate = [...revised.replaced, ...revised.appended];
  return { shared, rights: record.rights, block: [], rotate, views };
}

/** What of a begun plan is still to be published. */
export function whatIsLeft(record: OwnRecord, plan: Plan, { indexes }: BegunChange): Plan {
  const views = { ...plan.views };
  for (const view of viewNames)
    if (indexes[view] !== undefined && record.views[view]?.index === indexes[view]) delete views[view];
  return { ...plan, views };
}

/** What tells one amendment from every other: hash of the doctor's signature, hex. */
export function amendmentNameOf({ signature }: OwnRecord): string {
  return hex(sha256(signature));
}

/** The shared side of the next revision. */
function sharedAfter(
  record: OwnRecord,
  next: OwnRecord,
  { replaced, appended }: Revised,
  { share = [], only }: AmendmentWishes,
): number[] {
  const stands = equal(record.signature, next.signature);
  const odd = share.find((position) => !(stands ? record.shared : appended).includes(position));
  if (odd !== undefined)
    throw new DiptychError(
      stands ? "record-stored" : "argument-invalid",
      stands
        ? "This revision stands already, with other sides: change them instead."
        : `Part ${odd} is none of the appended parts: old ones keep their sides.`,
    );
  const unasked = stands || only === undefined ? undefined : replaced.find((each) => !only.includes(each));
  if (unasked !== undefined)
    throw new DiptychError(
      "amendment-invalid",
      `This amendment replaces part ${unasked}, which wasn't to be replaced: don't take it, and ask the doctor.`,
    );
  const shared = [...new Set([...record.shared, ...share])].sort((a, b) => a - b);
  if (record.views.full !== undefined) checkSharedSide(shared, next);
  return shared;
}
