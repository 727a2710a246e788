/** Getting everything back with the seed alone: the ledgers tell where the records lie, the cloud has P's own copies. */
import { capsulePolicy } from "../abe/index.ts";
import { type CID, decodeCid } from "../cloud/blocks.ts";
import { decodeManifest, type Manifest } from "../cloud/manifest.ts";
import { readObject } from "../cloud/objects.ts";
import { equal, hex } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { purposeCodes } from "../ledger/policyText.ts";
import { compileProgram, readProgram } from "../policy/index.ts";
import {
  checkCommittedRecord,
  decodeOwnCopy,
  type OwnCopy,
  ownCopyInfo,
  type Trust,
} from "../record/index.ts";
import { open } from "../seal/index.ts";
import { findIndexKey } from "./indexKeys.ts";
import { longestPart } from "./openView.ts";
import type { Owner } from "./owner.ts";
import {
  fromOwnCopy,
  indexHash,
  ledgerOf,
  type OwnRecord,
  type OwnView,
  type ViewName,
  viewNames,
} from "./ownRecord.ts";
import { fetchOwnRoot } from "./ownRoots.ts";
import type { Course } from "./progress.ts";
import { rightsOf } from "./redefinition.ts";

/** What came back, and what didn't and why: one damaged record doesn't keep the others away. */
export type Restored = {
  records: OwnRecord[];
  failed: { ledgerRecordId: string; error: DiptychError }[];
};

/** Every record that this seed's storage account has published, as it stands on both ledgers now. */
export async function restoreRecords(owner: Owner, course: Course): Promise<Restored> {
  const restored: Restored = { records: [], failed: [] };
  const trust = await fetchTrust(owner);
  await owner.learnArrivals();
  const ids: string[] = [];
  for await (const id of owner.ledgers.storage.recordsOf(await owner.address("storage"))) ids.unshift(id);
  if (ids.length > 0) course.tell("read", 0, ids.length);
  for (const [at, ledgerRecordId] of ids.entries()) {
    try {
      restored.records.push(await restoreRecord(owner, ledgerRecordId, course, trust));
    } catch (error) {
      if (!(error instanceof DiptychError)) throw error;
      restored.failed.push({ ledgerRecordId, error });
    }
    course.tell("read", at + 1, ids.length);
  }
  return restored;
}

/**
 * `record` as it stands on the ledgers now. Memory can be behind: an answer was lost, or another device with the same seed
 * changed the record. Whoever changes it must start from what stands.
 */
export async function upToDate(owner: Owner, record: OwnRecord, course: Course): Promise<OwnRecord> {
  const { emrId } = record.header;
  for (const name of viewNames) {
    const standing = await owner.ledgers[ledgerOf[name]].find(await owner.ledgerRecordId(emrId, name));
    if (standing === undefined ? record.views[name] === undefined : isCurrent(record, name, standing.index))
      continue;
    const fresh = await restoreRecord(
      owner,
      await owner.ledgerRecordId(emrId, "full"),
      course,
      await fetchTrust(owner),
    );
    const parts = fresh.parts.map((part, i) => {
      const known = record.parts[i];
      return known?.plaintext !== undefined && equal(known.commitment, part.commitment)
        ? { ...part, plaintext: known.plaintext }
        : part;
    });
    return { ...fresh, parts };
  }
  return record;
}

function isCurrent(record: OwnRecord, name: ViewName, index: Uint8Array): boolean {
  return record.views[name]?.index === indexHash(index);
}

/** Whether the index that stands is sealed to an index key of this seed: not while another person published it. */
export async function isUnderOwnKey(owner: Owner, name: ViewName, ledgerRecordId: string): Promise<boolean> {
  const side = ledgerOf[name];
  const { keySet } = await owner.ledgers[side].record(ledgerRecordId);
  return (await findIndexKey(owner, side, keySet)) !== undefined;
}

/** A record of this seed, or one that was taken over and published since, as it stands on the ledgers now. */
export async function restoreRecord(
  owner: Owner,
  storageId: string,
  course: Course,
  known?: Trust | string,
): Promise<OwnRecord> {
  const trust = known ?? (await fetchTrust(owner));
  if (!(await isUnderOwnKey(owner, "full", storageId)))
    throw new DiptychError(
      "key-missing",
      "This ledger record came from another person, who published it last: take it over with the package that they gave (takeOver).",
    );
  const full = await openOwn(owner, "full", storageId, course);
  if (full.manifest.own === undefined)
    throw new DiptychError(
      "manifest-invalid",
      "The manifest of this full view links no own copy: restore the record from a back-up.",
    );
  const get = async (cid: CID) => full.blocks.get(cid.toString());
  const sealed = await readObject(full.manifest.own, get, longestPart);
  const copy = decodeOwnCopy(await open(owner.keys.record.privateKey, ownCopyInfo, sealed));
  const base = fromOwnCopy(copy, decodeCid);
  const { emrId } = base.header;
  adoptFrom(owner, copy, storageId);
  if ((await owner.ledgerRecordId(emrId, "full")) !== storageId)
    throw new DiptychError(
      "keyring-invalid",
      "This own copy belongs to another ledger record: don't trust it.",
    );
  const distrust = await checkTrust(trust, copy);
  const policy = capsulePolicy(full.manifest.capsule);
  const shared = await openShared(owner, emrId, course);
  const positions =
    shared?.manifest && hasRevision(copy, shared.view)
      ? positionsUnder(shared.manifest, base.parts)
      : undefined;
  const common = { ...base, ...(distrust === undefined ? {} : { distrust }) };
  if (shared?.manifest !== undefined && positions !== undefined)
    return {
      ...common,
      shared: positions,
      rights: rightsOf(
        { policy, purposes: full.purposes },
        { policy: capsulePolicy(shared.manifest.capsule), purposes: shared.purposes },
      ),
      views: { full: full.view, shared: shared.view },
    };
  const meant = copy.views.find((view) => view.name === "shared");
  return {
    ...common,
    shared: meant?.positions ?? [],
    rights: rightsOf(
      { policy, purposes: full.purposes },
      meant === undefined
        ? { policy, purposes: full.purposes }
        : { policy: meant.policy, purposes: meant.purposes ?? [] },
    ),
    views: { full: full.view, ...(shared === undefined ? {} : { shared: { ...shared.view, stale: true } }) },
  };
}

/** The authority's word on doctors' certificates, or why it can't be had. */
async function fetchTrust(owner: Owner): Promise<Trust | string> {
  try {
    return (await owner.credentials()).trust;
  } catch (error) {
    if (error instanceof DiptychError) return error.message;
    throw error;
  }
}

/**
 * Why others would no longer trust the doctor's signature, if so. The record is the patient's all the same: the own copy came
 * by the patient's own index from the patient's own ledger record.
 */
async function checkTrust(trust: Trust | string, copy: OwnCopy): Promise<string | undefined> {
  if (typeof trust === "string") return trust;
  try {
    const commitments = copy.parts.map((part) => part.commitment);
    await checkCommittedRecord({ ...copy, commitments }, trust);
    return undefined;
  } catch (error) {
    if (isDiptychError(error, "certificate-invalid")) return error.message;
    throw error;
  }
}

/** What this seed can't derive of a record from another one stands in its own copy. */
function adoptFrom(owner: Owner, { emrId, takenOver, views }: OwnCopy, storageId: string): void {
  if (takenOver === undefined) return;
  const idOf = (name: ViewName) => {
    const id = takenOver.ledgerRecordIds[views.findIndex((view) => view.name === name)];
    return id === undefined ? "" : hex(id);
  };
  const ledgerRecordIds = { full: idOf("full"), shared: idOf("shared") };
  if (ledgerRecordIds.full === storageId) owner.adopt(emrId, { emrKey: takenOver.emrKey, ledgerRecordIds });
}

/**
 * The shared view, or undefined when a stop came before its first publish. Without its manifest when another person published
 * it, because a stop came while the record was taken over.
 */
async function openShared(
  owner: Owner,
  emrId: Uint8Array,
  course: Course,
): Promise<Awaited<ReturnType<typeof openOwn>> | { view: OwnView; manifest?: undefined } | undefined> {
  const id = await owner.ledgerRecordId(emrId, "shared");
  const standing = await owner.ledgers.shared.find(id);
  if (standing === undefined || (await isUnderOwnKey(owner, "shared", id)))
    return standing && openOwn(owner, "shared", id, course);
  const { version, epoch, index } = standing;
  return { view: { version, epoch, index: indexHash(index) } };
}

/** Whether the shared view has the revision of the own copy: not when a stop came between both ledgers of an amendment. */
function hasRevision({ since, views }: OwnCopy, { version }: OwnView): boolean {
  return version >= (since?.[views.findIndex(({ name }) => name === "shared")] ?? 0);
}

/**
 * The positions whose C_mi a shared view's manifest links: widening publishes the shared view alone, so it knows its side
 * and rights better than the own copy. Undefined when it links what the own copy no longer knows: then a stop came between
 * both ledgers, and the own copy is the newer one.
 */
function positionsUnder(manifest: Manifest, parts: OwnRecord["parts"]): number[] | undefined {
  const positions = manifest.parts.map(
    (link) => parts.find(({ stored }) => stored!.cid.equals(link))?.position,
  );
  return positions.every((position) => position !== undefined) ? positions : undefined;
}

/** A view of one's own as it stands: its ledger's program and its capsule must have one policy. */
async function openOwn(owner: Owner, name: ViewName, ledgerRecordId: string, course: Course) {
  const { view, program, blocks } = await fetchOwnRoot(owner, name, ledgerRecordId, course);
  const manifest = decodeManifest(blocks.get(view.root.toString())!);
  const purposes = purposeCodes(readProgram(program).purposes);
  // One text serves both locks; the contract's must be the capsule's.
  if (!equal(compileProgram(capsulePolicy(manifest.capsule), purposes), program))
    throw new DiptychError(
      "keyring-invalid",
      `The ${name} view's capsule has another policy than its ledger: change the rights again.`,
    );
  return { view, blocks, manifest, purposes };
}
