/**
 * A draft kept before its first effect, with its indexes: after a stop it is uploaded and published byte for byte, so that no
 * ciphertext lies in the cloud twice and no version is published twice.
 */
import { type Block, DAG_CBOR, decodeCid, makeBlock } from "../cloud/blocks.ts";
import { equal, hex, unhex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { sha256 } from "../core/hash.ts";
import type { PublishCall } from "../ledger/ownerActs.ts";
import { decodeOwnCopy } from "../record/index.ts";
import type { Draft } from "./drafting.ts";
import type { Journal } from "./journal.ts";
import type { Owner } from "./owner.ts";
import {
  fromOwnCopy,
  ledgerOf,
  type OwnRecord,
  type OwnView,
  ownCopyOf,
  type ViewName,
  viewNames,
} from "./ownRecord.ts";
import type { DraftView } from "./publishing.ts";
import type { Plan, Rights } from "./redefinition.ts";
import type { Indexes } from "./settling.ts";

/** A draft on its way, and the plan that it was made for. `uploaded`: its blocks lie in the cloud. */
export type DraftOnItsWay = { plan: Plan; draft: Draft; indexes: Indexes; uploaded: boolean };

const nameOf = (emrId: Uint8Array) => `patient/draft/${hex(emrId).slice(2)}`;
const blocksOf = (emrId: Uint8Array) => `patient/draft-blocks/${hex(emrId).slice(2)}`;

/** As many as a list can count: these blocks are one's own. */
const mostBlocks = 0xffff_ffff;

/** Keeps a draft that nothing has left the machine of. It counts once the note of its act names its indexes. */
export async function keepDraft(journal: Journal, plan: Plan, draft: Draft, indexes: Indexes): Promise<void> {
  const { emrId } = draft.record.header;
  const kept = encodeDraft(plan, draft, indexes);
  // Bound to the draft: a stop between both leaves blocks of this one beside an older draft.
  const blocks = new Writer()
    .u8(1)
    .fixed(sha256(kept))
    .list(draft.blocks, (writer, { cid, bytes }) => writer.bytes(cid.bytes).bytes(bytes));
  await journal.set(blocksOf(emrId), blocks.finish());
  await journal.set(nameOf(emrId), kept);
}

/** Notes that the draft's blocks lie in the cloud, and lets go of them here. */
export function noteUploaded(journal: Journal, emrId: Uint8Array): Promise<void> {
  return journal.delete(blocksOf(emrId));
}

export async function forgetDraft(journal: Journal, emrId: Uint8Array): Promise<void> {
  await journal.delete(blocksOf(emrId));
  await journal.delete(nameOf(emrId));
}

/** The draft that is on its way for a record; undefined when there is none, or its blocks are another's. */
export async function readDraft(owner: Owner, held: OwnRecord): Promise<DraftOnItsWay | undefined> {
  const { emrId } = held.header;
  const kept = await owner.journal.get(nameOf(emrId));
  if (kept === undefined) return undefined;
  const found = await owner.journal.get(blocksOf(emrId));
  let blocks: Block[] = [];
  if (found !== undefined) {
    const reader = new Reader(found, "kept draft").version(1);
    if (!equal(reader.fixed(32), sha256(kept))) return undefined;
    blocks = reader.list((each) => ({ cid: decodeCid(each.bytes(128)), bytes: each.bytes() }), mostBlocks);
    reader.end();
  }
  return { ...(await decodeDraft(owner, held, kept, blocks)), uploaded: found === undefined };
}

/**
 * u8 format version 1, text plan (JSON), text rights (JSON), bytes P's own copy, text distrust, list of standing views (text name,
 * u64 version, u64 epoch, bytes root (empty where another person published it), bytes index hash, u8 stale), list of drafted views (text name, ledger record id (32), u64
 * version, u64 epoch, sigma (32), tag (32), u32 capsule's size, u32 keyring's size, bytes manifest, bytes index key, salt (32),
 * bytes program, bytes index, text policy).
 */
function encodeDraft(plan: Plan, { record, views }: Draft, indexes: Indexes): Uint8Array {
  const standing = viewNames.flatMap((name) => {
    const view = record.views[name];
    return view === undefined ? [] : [{ name, view }];
  });
  return new Writer()
    .u8(1)
    .text(JSON.stringify(plan))
    .text(JSON.stringify(record.rights))
    .bytes(ownCopyOf(record))
    .text(record.distrust ?? "")
    .list(standing, (writer, { name, view }) =>
      writer
        .text(name)
        .u64(view.version)
        .u64(view.epoch)
        .bytes(view.root?.bytes ?? new Uint8Array())
        .bytes(unhex(view.index))
        .u8(view.stale === true ? 1 : 0),
    )
    .list(views, (writer, view) => {
      const call = indexes.get(view.name)!;
      writer
        .text(view.name)
        .fixed(unhex(view.ledgerRecordId))
        .u64(view.version)
        .u64(view.epoch)
        .fixed(view.sigma)
        .fixed(unhex(view.tag))
        .u32(view.sizes.capsule)
        .u32(view.sizes.keyring)
        .bytes(view.manifest.bytes)
        .bytes(call.indexKey)
        .fixed(unhex(call.salt))
        .bytes(call.program)
        .bytes(call.index)
        .text(call.policy);
    })
    .finish();
}

async function decodeDraft(owner: Owner, held: OwnRecord, kept: Uint8Array, blocks: Block[]) {
  const reader = new Reader(kept, "kept draft").version(1);
  const plan = JSON.parse(reader.text()) as Plan;
  const rights = JSON.parse(reader.text()) as Rights;
  const base = fromOwnCopy(decodeOwnCopy(reader.bytes()), decodeCid);
  const distrust = reader.text();
  const standing = reader.list((each): [ViewName, OwnView] => {
    const name = each.text() as ViewName;
    const [version, epoch] = [Number(each.u64()), Number(each.u64())];
    const root = each.bytes(128);
    const index = hex(each.bytes(32));
    const view = { version, epoch, index, ...(root.length === 0 ? {} : { root: decodeCid(root) }) };
    return [name, each.u8() === 1 ? { ...view, stale: true } : view];
  });
  const read = reader.list((each) => {
    const name = each.text() as ViewName;
    const ledgerRecordId = hex(each.fixed(32));
    const [version, epoch] = [Number(each.u64()), Number(each.u64())];
    const [sigma, tag] = [each.fixed(32), hex(each.fixed(32))];
    const sizes = { capsule: each.u32(), keyring: each.u32() };
    const manifest = each.bytes();
    const call: PublishCall = {
      ledgerRecordId,
      version,
      epoch,
      indexKey: each.bytes(),
      salt: hex(each.fixed(32)),
      program: each.bytes(),
      index: each.bytes(),
      policy: each.text(),
    };
    return { view: { name, ledgerRecordId, version, epoch, sigma, tag, sizes }, manifest, call };
  });
  reader.end();
  const parts = base.parts.map((part) => {
    const known = held.parts[part.position - 1];
    const same = known?.plaintext !== undefined && equal(known.commitment, part.commitment);
    return same ? { ...part, plaintext: known.plaintext! } : part;
  });
  const record: OwnRecord = {
    ...base,
    parts,
    shared: plan.shared,
    rights,
    views: Object.fromEntries(standing),
    ...(distrust === "" ? {} : { distrust }),
  };
  const views: DraftView[] = [];
  for (const { view, manifest: bytes } of read) {
    const manifest = await makeBlock(DAG_CBOR, bytes);
    const sizes = { ...view.sizes, manifest: bytes.length };
    views.push({ ...view, chain: owner.chains[ledgerOf[view.name]], root: manifest.cid, manifest, sizes });
  }
  const indexes: Indexes = new Map(read.map(({ view, call }) => [view.name, call]));
  // What is encrypted was encrypted in an earlier run.
  const draft: Draft = { record, views, blocks, encrypted: { positions: [], bytes: 0 } };
  return { plan, draft, indexes };
}
