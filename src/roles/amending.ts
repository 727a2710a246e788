/**
 * Amending a record: the patient gives a doctor the record as it stands, the doctor signs its next revision, and the patient holds
 * that against what stands before publishing it. Untouched parts stay where they lie; replaced and new ones are encrypted under new
 * keys. Nobody loses anything, so epochs and grants go on.
 */
import { decodeHeader, type Header, type RevealedPart } from "../ces/index.ts";
import { equal, wipe } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import {
  amendmentRequestInfo,
  type CheckedCertificate,
  checkFreshSalts,
  checkRecord,
  compareRevisions,
  decodeInfo1,
  encodeAmendmentRequest,
  isSameRule,
  makeAmendmentRequest,
  type Revised,
  readAmendmentInvitation,
  type Trust,
} from "../record/index.ts";
import { isPublicKey, open, sealTo } from "../seal/index.ts";
import { forgetAmendment, keepAmendment, readAmendment } from "./amendmentNotes.ts";
import {
  type AmendmentWishes,
  amendmentNameOf,
  planAmendment,
  planRevision,
  type Revision,
  whatIsLeft,
} from "./amendmentPlan.ts";
import { type BegunChange, demandNoAmendment, forgetBegun, readBegun } from "./begunChange.ts";
import { begin, type ChangeReport, carryOut, takeUp } from "./carrying.ts";
import { checkDoable, withUnpublished } from "./changing.ts";
import { draftRecord } from "./drafting.ts";
import { info1Info, keepAccepted, recordIn } from "./info1.ts";
import { forgetDraft } from "./keptDraft.ts";
import type { Owner } from "./owner.ts";
import type { OwnPart, OwnRecord, ViewName } from "./ownRecord.ts";
import { fetchPlaintexts, wholeRecord } from "./plaintexts.ts";
import type { Course } from "./progress.ts";
import type { Plan } from "./redefinition.ts";
import { upToDate } from "./restoring.ts";
import { indexDraft } from "./settling.ts";

/**
 * An amendment against the record that stands: its header, all that it says, and which parts of it are replaced and appended. `newRule`:
 * the doctor rules otherwise on what of the old parts may be shown.
 */
export type Amendment = Revised & { header: Header; parts: readonly RevealedPart[]; newRule: boolean };

/** An amendment as it would be taken. `plan`: what would be published yet, and how; missing where the record isn't published. */
export type AmendmentPreview = Amendment & { plan?: Plan };

/** What an amendment did. `change` is missing where the record isn't published yet: then it stands as it is accepted. */
export type AmendmentReport = Amendment & { change?: ChangeReport };

/** Who asks for a record to amend: a doctor whose certificate holds now. Throws `amendment-invalid`, `certificate-invalid`. */
export async function readAmendmentInviter(
  owner: Owner,
  invitation: Uint8Array,
): Promise<CheckedCertificate> {
  const { trust } = await owner.credentials();
  return (await readAmendmentInvitation(invitation, trust)).certificate;
}

/** The record as it stands, whole, sealed to the doctor who wrote the invitation. Throws as `readAmendmentInviter`. */
export async function requestAmendment(
  owner: Owner,
  held: OwnRecord,
  bytes: Uint8Array,
  course: Course,
): Promise<Uint8Array> {
  const { trust } = await owner.credentials();
  const { invitation } = await readAmendmentInvitation(bytes, trust);
  const { requestKey } = invitation;
  if (!isPublicKey(requestKey))
    throw new DiptychError(
      "amendment-invalid",
      "The key in this invitation is not a point of P-256: ask the doctor for another.",
    );
  demandNoAmendment(await readBegun(owner.journal, held.header.emrId));
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const extraction = await wholeRecord(owner, record, course);
  const info1 = { extraction, certificateChain: record.certificateChain };
  const recordKey = owner.keys.record.publicKey;
  const request = makeAmendmentRequest(owner.emrKey(record.header.emrId), requestKey, { info1, recordKey });
  const plain = encodeAmendmentRequest(request);
  const sealed = await sealTo(requestKey, amendmentRequestInfo, plain);
  wipe(plain);
  return sealed;
}

/**
 * What an amendment would change, all of it verified, and nothing kept; throws as `amendRecord`, for `wishes` and what was begun only
 * where there are wishes.
 */
export async function reviewAmendment(
  owner: Owner,
  held: OwnRecord,
  info1: Uint8Array,
  wishes: AmendmentWishes | undefined,
  course: Course,
): Promise<AmendmentPreview> {
  // No chain is asked about what isn't of this record at all.
  await open(owner.keys.record.privateKey, info1Info(held.header), info1);
  const record = await upToDate(owner, held, course);
  const { trust } = await owner.credentials();
  const revision = await openAmendment(owner, record, info1, course, trust);
  const amendment = describe(record, revision);
  if (wishes === undefined) return amendment;
  const planned = await planAmendment(owner, record, revision, wishes);
  if (planned === undefined) return amendment;
  const { plan, begun, draft } = planned;
  if (begun !== undefined && draft !== undefined)
    return { ...amendment, plan: whatIsLeft(record, draft.plan, begun) };
  const left = await withUnpublished(owner, revision.next, plan, wishes.reopen ?? []);
  await checkDoable(owner, left.rights);
  return { ...amendment, plan: left };
}

/**
 * Verifies an amendment, holds it against what stands, and publishes it. After a stop the same call, or `finishAmendment`, goes on with
 * the same ciphertext and transactions; one that stands already is left alone.
 *
 * @throws DiptychError `seal-open-failed`, `info1-invalid`, `certificate-invalid`, `ces-verification-failed`, `amendment-invalid`,
 * `amendment-stale`, `record-move-forbidden` when the new rule forbids the shared side, `change-unfinished`, ...
 */
export async function amendRecord(
  owner: Owner,
  held: OwnRecord,
  info1: Uint8Array,
  wishes: AmendmentWishes,
  course: Course,
): Promise<AmendmentReport> {
  course.demandWanted();
  await owner.settleAll();
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const { trust } = await owner.credentials();
  const revision = await openAmendment(owner, record, info1, course, trust);
  const { next } = revision;
  const planned = await planAmendment(owner, record, revision, wishes);
  const report: AmendmentReport = describe(record, revision);
  if (planned === undefined) {
    await keepAccepted(owner.journal, info1, next.header);
    course.keep(next);
    return report;
  }
  const { plan, begun, draft } = planned;
  if (draft !== undefined) return { ...report, change: await carryOut(owner, draft, course) };
  const { reopen = [] } = wishes;
  return { ...report, change: await publishRevision(owner, { next, plan, begun, info1, reopen }, course) };
}

/** Finishes an amendment that was begun. One that can no longer be, for what another device did meanwhile, is struck out. */
export async function finishAmendment(
  owner: Owner,
  held: OwnRecord,
  { begun, reopen }: Pick<Way, "reopen"> & { begun: BegunChange },
  course: Course,
): Promise<ChangeReport> {
  course.demandWanted();
  await owner.settleAll();
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const draft = await takeUp(owner, record, begun);
  if (draft !== undefined) return carryOut(owner, draft, course);
  const { emrId } = record.header;
  const info1 = await readAmendment(owner.journal, emrId);
  try {
    // It was verified before it was kept.
    const revision = await openAmendment(owner, record, info1, course);
    // What another device moved meanwhile stays where it moved it: taking it back would need new keys.
    const share = begun.plan.shared.filter((position) => revision.revised.appended.includes(position));
    const { next } = revision;
    const plan = planRevision(record, revision, { share });
    return await publishRevision(owner, { next, plan, begun, info1, reopen }, course);
  } catch (error) {
    if (isDiptychError(error, "amendment-stale") || isDiptychError(error, "record-move-forbidden")) {
      await forgetDraft(owner.journal, emrId);
      await forgetBegun(owner.journal, emrId);
      await forgetAmendment(owner.journal, emrId);
    }
    throw error;
  }
}

function describe(before: OwnRecord, { next, revised }: Revision): Amendment {
  const parts = next.parts.map(({ position, plaintext }) => ({ position, ...plaintext! }));
  return { ...revised, header: next.header, parts, newRule: !isSameRule(before.header, next.header) };
}

/** Opens an amendment and holds it against `record`; without `trust` the doctor's certificate is taken for checked. */
async function openAmendment(
  owner: Owner,
  record: OwnRecord,
  info1: Uint8Array,
  course: Course,
  trust?: Trust,
): Promise<Revision> {
  const opened = decodeInfo1(await open(owner.keys.record.privateKey, info1Info(record.header), info1));
  if (trust !== undefined) await checkRecord(opened, trust);
  const found = await recordIn(opened, decodeHeader(opened.extraction.header), record.header);
  if (equal(found.signature, record.signature) && equal(found.headerBytes, record.headerBytes))
    return { next: merge(record, found), revised: { replaced: [], appended: [] } };
  const revised = compareRevisions(record, found);
  if (revised.replaced.length > 0) await fetchPlaintexts(owner, record, course);
  const before = record.parts.map(({ plaintext }, i) => plaintext ?? found.parts[i]!.plaintext!);
  checkFreshSalts(
    before,
    found.parts.map(({ plaintext }) => plaintext!),
    revised,
  );
  return { next: merge(record, found), revised };
}

/** The next revision, with what stands of the one before: what is untouched lies where it lay. */
function merge(record: OwnRecord, found: OwnRecord): OwnRecord {
  const parts = found.parts.map((part, i): OwnPart => {
    const old = record.parts[i];
    if (old === undefined) return part;
    if (equal(old.commitment, part.commitment)) return { ...old, plaintext: part.plaintext! };
    const generationBefore = old.stored?.generation ?? old.generationBefore;
    return generationBefore === undefined ? part : { ...part, generationBefore };
  });
  return { ...found, parts, shared: record.shared, rights: record.rights, views: record.views };
}

type Way = {
  next: OwnRecord;
  plan: Plan;
  begun: BegunChange | undefined;
  info1: Uint8Array;
  reopen: readonly ViewName[];
};

async function publishRevision(
  owner: Owner,
  { next, plan: wanted, begun, info1, reopen }: Way,
  course: Course,
): Promise<ChangeReport> {
  const plan = await withUnpublished(owner, next, wanted, reopen);
  await checkDoable(owner, plan.rights);
  const { abePublicKey } = await owner.credentials();
  const goal: OwnRecord = { ...next, shared: plan.shared };
  const draft = await draftRecord(owner, goal, plan.rotate, plan.views, abePublicKey, course);
  const indexes = await indexDraft(owner, draft, course);
  if (draft.views.length > 0) {
    await keepAmendment(owner.journal, next.header.emrId, info1);
    const note = begun ?? { plan, amendment: amendmentNameOf(next) };
    await begin(owner, note, { plan, draft, indexes }, begun?.indexes);
  }
  return carryOut(owner, { plan, draft, indexes, uploaded: false }, course);
}
