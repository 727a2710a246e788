/** Making everything of a publish on the patient's machine, before anything leaves it (paper, 5.1.3). */
import type { PublicKey } from "../abe/index.ts";
import type { Block, CID } from "../cloud/blocks.ts";
import { objectToBlocks } from "../cloud/objects.ts";
import { DiptychError } from "../core/errors.ts";
import { ownCopyInfo } from "../record/index.ts";
import { sealTo } from "../seal/index.ts";
import type { Owner } from "./owner.ts";
import { indexHash, ledgerOf, type OwnRecord, ownCopyOf, type ViewName, viewNames } from "./ownRecord.ts";
import type { Course } from "./progress.ts";
import { type DraftView, draftView, encryptPart } from "./publishing.ts";
import type { Plan } from "./redefinition.ts";

/** A publish that is made, of which nothing has left the machine. */
export type Draft = {
  /** The record as it will be. */
  record: OwnRecord;
  views: DraftView[];
  /** New blocks: C_mi that were encrypted, and P's own copy. Manifests stand in the views. */
  blocks: Block[];
  /** Positions that were encrypted, and how many bytes that made. */
  encrypted: { positions: number[]; bytes: number };
};

/**
 * Encrypts the parts at `positions` under fresh keys and makes the views that `views` names, as the next versions of what stands
 * on the ledgers. A view that is closed, or narrows ("next"), starts the next epoch.
 */
export async function draftRecord(
  owner: Owner,
  record: OwnRecord,
  positions: readonly number[],
  views: Plan["views"],
  abePublicKey: PublicKey,
  course: Course,
): Promise<Draft> {
  const { emrId } = record.header;
  const next: OwnRecord = {
    ...record,
    parts: record.parts.map((part) => ({ ...part })),
    views: { ...record.views },
  };
  const blocks: Block[] = [];
  let bytes = 0;
  if (positions.length > 0) course.tell("encrypt", 0, positions.length);
  for (const [at, position] of positions.entries()) {
    const part = next.parts[position - 1]!;
    const encrypted = await encryptPart(part, emrId);
    part.stored = encrypted.stored;
    blocks.push(...encrypted.blocks);
    bytes += encrypted.blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    course.tell("encrypt", at + 1, positions.length);
  }
  let own: CID | undefined;
  if (views.full !== undefined) {
    const copy = await objectToBlocks(
      await sealTo(
        owner.keys.record.publicKey,
        ownCopyInfo,
        ownCopyOf(next, owner.takenOver(emrId), sinceOf(record, views)),
      ),
    );
    blocks.push(...copy.blocks);
    own = copy.cid;
  }
  const secrets = { keys: owner.keys, emrKey: owner.emrKey(emrId) };
  const drafted: DraftView[] = [];
  const names = viewNames.filter((name) => views[name] !== undefined);
  for (const name of names) {
    const rule = views[name];
    const side = ledgerOf[name];
    course.tell("wrap", drafted.length, names.length, side);
    const ledgerRecordId = await owner.ledgerRecordId(emrId, name);
    const standing = await owner.ledgers[side].find(ledgerRecordId);
    if (standing !== undefined && indexHash(standing.index) !== record.views[name]?.index)
      throw new DiptychError(
        "version-moved",
        `The ${name} view was published meanwhile, from another device? Look at it, then change again.`,
      );
    const newEpoch = standing === undefined || rule === "next" || standing.closed;
    const place = {
      chain: owner.chains[side],
      ledgerRecordId,
      version: (standing?.version ?? 0) + 1,
      epoch: (standing?.epoch ?? 0) + (newEpoch ? 1 : 0),
    };
    drafted.push(
      await draftView(name, next, place, secrets, abePublicKey, name === "full" ? own : undefined),
    );
    course.tell("wrap", drafted.length, names.length, side);
  }
  return { record: next, views: drafted, blocks, encrypted: { positions: [...positions], bytes } };
}

/**
 * From which version on each view has the revision of `record`, once `views` are published. The shared view's manifest doesn't tell:
 * after a stop between both ledgers it can link just the parts that the new revision left alone.
 */
function sinceOf(record: OwnRecord, views: Plan["views"]): Record<ViewName, number> | undefined {
  if (record.header.revision === 1) return undefined;
  const since = (name: ViewName) => (record.views[name]?.version ?? 0) + (views[name] === undefined ? 0 : 1);
  return { full: since("full"), shared: since("shared") };
}
