/** An amendment that was begun to be published, kept as it came, sealed, until it stands: a stop must not lose what it says. */
import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { type Journal, listEmr } from "./journal.ts";

const nameOf = (emrId: Uint8Array) => `patient/begun-amendment/${hex(emrId).slice(2)}`;

/** Keeps the Info1 of an amendment that was opened and verified. */
export async function keepAmendment(journal: Journal, emrId: Uint8Array, info1: Uint8Array): Promise<void> {
  await listEmr(journal, emrId);
  await journal.set(nameOf(emrId), info1);
}

/** The Info1 of the amendment that was begun; throws `record-unknown`. */
export async function readAmendment(journal: Journal, emrId: Uint8Array): Promise<Uint8Array> {
  const kept = await journal.get(nameOf(emrId));
  if (kept === undefined)
    throw new DiptychError(
      "record-unknown",
      "The amendment that was begun is no longer here: amend with what the doctor sent once more.",
    );
  return kept;
}

export async function forgetAmendment(journal: Journal, emrId: Uint8Array): Promise<void> {
  if ((await journal.get(nameOf(emrId))) !== undefined) await journal.delete(nameOf(emrId));
}
