/** Storing a record for the first time (paper, 5.1.3). */
import { DiptychError } from "../core/errors.ts";
import { checkDoable } from "./changing.ts";
import { type Draft, draftRecord } from "./drafting.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord } from "./ownRecord.ts";
import { checkRights, checkSharedSide, type Rights } from "./redefinition.ts";

/** Encrypts every part and makes both views of a record that stands on no ledger yet; throws `record-stored` for others. */
export async function draftFirst(
  owner: Owner,
  record: OwnRecord,
  shared: readonly number[],
  rights: Rights,
): Promise<Draft> {
  checkSharedSide(shared, record);
  checkRights(rights);
  await checkDoable(owner, rights);
  const id = await owner.ledgerRecordId(record.header.emrId, "full");
  if ((await owner.ledgers.storage.find(id)) !== undefined)
    throw new DiptychError(
      "record-stored",
      "This record is published already: change it, so that who loses something is stopped.",
    );
  const { abePublicKey } = await owner.credentials();
  const goal = { ...record, shared: [...shared].sort((a, b) => a - b), rights };
  const all = record.parts.map((part) => part.position);
  return draftRecord(owner, goal, all, { full: "same", shared: "same" }, abePublicKey);
}
