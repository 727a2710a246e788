/** What an earlier run began and did not bring to an end, as the journal tells it. */
import { isDiptychError } from "../core/errors.ts";
import { forgetAmendment } from "./amendmentNotes.ts";
import { type BegunAct, readBegunActs } from "./begunActs.ts";
import { readBegun } from "./begunChange.ts";
import { readAccepted } from "./info1.ts";
import { notedEmrs, unlistEmrs } from "./journal.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord, ViewName } from "./ownRecord.ts";
import type { Plan } from "./redefinition.ts";

/** A publish on both ledgers: its plan, and the hashes of the indexes that its views were to get. */
export type BegunPublish = {
  act: "store" | "change" | "amend";
  plan: Plan;
  indexes: Partial<Record<ViewName, string>>;
};

/** An act that was begun and not finished: the same act again, or `finish`, does what is left. */
export type Unfinished = { emrId: Uint8Array } & (BegunPublish | BegunAct);

export async function listUnfinished(owner: Owner): Promise<Unfinished[]> {
  const found: Unfinished[] = [];
  for (const emrId of await notedEmrs(owner.journal)) {
    const begun = await readBegun(owner.journal, emrId);
    if (begun !== undefined) {
      const again = begun.first === true ? "store" : "change";
      const { plan, indexes } = begun;
      found.push({ emrId, act: begun.amendment === undefined ? again : "amend", plan, indexes });
    }
    for (const act of await readBegunActs(owner.journal, emrId)) found.push({ emrId, ...act });
  }
  return found;
}

/** Records that were accepted and not published yet. Takes records off the journal's list that nothing is noted of any more. */
export async function readUnpublished(owner: Owner): Promise<OwnRecord[]> {
  const { journal } = owner;
  const records: OwnRecord[] = [];
  const done: Uint8Array[] = [];
  for (const emrId of await notedEmrs(journal)) {
    const record = await readKept(owner, emrId);
    if (record === "unreadable") continue;
    if (record !== undefined) records.push(record);
    else if (
      (await readBegun(journal, emrId)) === undefined &&
      (await readBegunActs(journal, emrId)).length === 0
    )
      done.push(emrId);
  }
  for (const emrId of done) await forgetAmendment(journal, emrId);
  await unlistEmrs(journal, done);
  return records;
}

/** One note that can't be read keeps no other record away, and stays: it may be read another time. */
async function readKept(owner: Owner, emrId: Uint8Array): Promise<OwnRecord | "unreadable" | undefined> {
  try {
    return await readAccepted(owner, emrId);
  } catch (error) {
    if (!isDiptychError(error)) throw error;
    owner.notice(`A record that was accepted earlier can't be read here, accept it again: ${error.message}`);
    return "unreadable";
  }
}
