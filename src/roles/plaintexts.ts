/** The plaintext of a patient's own parts: in memory after accepting, else fetched from the cloud and decrypted. */
import { commit, type Extraction } from "../ces/index.ts";
import { decodeManifest } from "../cloud/manifest.ts";
import { equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { partContext } from "../record/index.ts";
import { openPart } from "./openView.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord } from "./ownRecord.ts";
import { fetchOwnRoot } from "./ownRoots.ts";
import type { Course } from "./progress.ts";

/** The whole record as an extraction of all its parts. */
export async function wholeRecord(owner: Owner, record: OwnRecord, course: Course): Promise<Extraction> {
  await fetchPlaintexts(owner, record, course);
  const parts = record.parts.map(({ position, plaintext }) => ({ position, ...plaintext! }));
  return { header: record.headerBytes, signature: record.signature, parts, proof: [] };
}

/** Puts the plaintext of every part into `record`, each checked against its commitment. */
export async function fetchPlaintexts(owner: Owner, record: OwnRecord, course: Course): Promise<void> {
  if (record.parts.every((part) => part.plaintext !== undefined)) return;
  if (record.views.full === undefined)
    throw new DiptychError(
      "record-unknown",
      "This record lies neither here nor in the cloud: ask the doctor to send it again.",
    );
  const { emrId } = record.header;
  const ledgerRecordId = await owner.ledgerRecordId(emrId, "full");
  const { view, blocks } = await fetchOwnRoot(owner, "full", ledgerRecordId, course);
  const { parts: links } = decodeManifest(blocks.get(view.root.toString())!);
  const missing = record.parts.filter((part) => part.plaintext === undefined);
  course.tell("decrypt", 0, missing.length);
  for (const [at, part] of missing.entries()) {
    const { key, generation, cid } = part.stored!;
    if (!links.some((link) => link.equals(cid)))
      throw new DiptychError(
        "block-missing",
        `The cloud's manifest lacks part ${part.position}: restore, then try again.`,
      );
    const plaintext = await openPart(cid, blocks, key, partContext(emrId, part.position, generation));
    if (!equal(await commit(emrId, part.position, plaintext), part.commitment))
      throw new DiptychError(
        "ces-verification-failed",
        `Part ${part.position} in the cloud is not what the doctor signed: restore it from a back-up.`,
      );
    part.plaintext = plaintext;
    course.tell("decrypt", at + 1, missing.length);
  }
}
