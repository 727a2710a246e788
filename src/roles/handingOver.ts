/**
 * Handing a record to another person, or to another seed of one's own: the old owner offers the ledger records and seals what
 * belongs to the EMR to the new one's record key; the new one takes over, encrypts everything anew, and publishes. From taking
 * over until that publish nothing is granted or releasable.
 */
import { commit, type Header } from "../ces/index.ts";
import { equal, hex, unhex, wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import {
  checkRecord,
  decodeHandOver,
  emrPublicKey,
  encodeHandOver,
  type HandedView,
  handOverInfo,
  pseudonymOf,
} from "../record/index.ts";
import { isPublicKey, open, sealTo } from "../seal/index.ts";
import { forgetBegun, readBegun } from "./begunChange.ts";
import { changeRecord, checkDoable } from "./changing.ts";
import type { Owner } from "./owner.ts";
import { indexHash, ledgerOf, type OwnRecord, type OwnView, type ViewName, viewNames } from "./ownRecord.ts";
import { wholeRecord } from "./plaintexts.ts";
import type { Course } from "./progress.ts";
import { planChange, purposesOf, type Rights, rightsOf } from "./redefinition.ts";
import { isUnderOwnKey, restoreRecord, upToDate } from "./restoring.ts";
import { offerTransfer } from "./transferring.ts";

/** What somebody who takes records over gives their owner: public values only. */
export type HandOverInvitation = {
  /** The new owner's HPKE record key, 65 bytes. */
  recordKey: Uint8Array;
  /** The account that is to own them, on each chain. */
  accounts: Record<Side, Address>;
};

/** What the new owner wants to be different from the start; everything left out stays as it was. */
export type HandOverWishes = { shared?: readonly number[]; rights?: Rights };

/** The invitation of this owner. */
export async function inviteHandOver(owner: Owner): Promise<HandOverInvitation> {
  const accounts = { storage: await owner.address("storage"), shared: await owner.address("shared") };
  return { recordKey: owner.keys.record.publicKey, accounts };
}

function infoFor(owner: Owner, accounts: Record<Side, Address>): Uint8Array {
  return handOverInfo(
    (["storage", "shared"] as const).map((side) => {
      const { chainId, ledger } = owner.chains[side];
      return { chainId, contract: unhex(ledger), account: unhex(accounts[side].toLowerCase()) };
    }),
  );
}

/**
 * Seals the package for the new owner, then offers both ledger records to their accounts. Doing it again makes a new package.
 *
 * @throws DiptychError `change-unfinished` unless both views stand as they were meant
 */
export async function handOver(
  owner: Owner,
  held: OwnRecord,
  invitation: HandOverInvitation,
  course: Course,
): Promise<Uint8Array> {
  if (!isPublicKey(invitation.recordKey))
    throw new DiptychError(
      "argument-invalid",
      "The invitation's record key is not a point of P-256: ask for another.",
    );
  const record = await upToDate(owner, held, course);
  if (record !== held) course.keep(record);
  const { emrId } = record.header;
  const whole = viewNames.every((name) => record.views[name] !== undefined && !record.views[name]?.stale);
  if (!whole || (await readBegun(owner.journal, emrId)) !== undefined)
    throw new DiptychError(
      "change-unfinished",
      "Not all of this record is published as it was meant: finish that (finish), then hand it over.",
    );
  const handed = async (name: ViewName): Promise<HandedView> => ({
    ledgerRecordId: unhex(await owner.ledgerRecordId(emrId, name)),
    indexHash: unhex(record.views[name]!.index),
    policy: record.rights[name],
    purposes: purposesOf(record.rights, name),
  });
  const plain = encodeHandOver({
    info1: {
      extraction: await wholeRecord(owner, record, course),
      certificateChain: record.certificateChain,
    },
    emrKey: owner.emrKey(emrId),
    generations: record.parts.map(({ stored }) => stored!.generation),
    shared: record.shared,
    full: await handed("full"),
    sharedView: await handed("shared"),
  });
  const sealed = await sealTo(invitation.recordKey, infoFor(owner, invitation.accounts), plain);
  wipe(plain);
  course.tell("transfer", 0, viewNames.length);
  await offerTransfer(owner, emrId, invitation.accounts);
  course.tell("transfer", viewNames.length, viewNames.length);
  return sealed;
}

/**
 * Takes a record over: verifies the package as Info1 is verified, takes both ledger records over, then encrypts everything
 * under keys of this owner and publishes. After a stop, the same call does what is left. Returns the EMR id.
 *
 * @param course keeps the record as it stands after each step
 * @throws DiptychError `seal-open-failed` for a package to somebody else, `hand-over-invalid`, `certificate-invalid`,
 * `ces-verification-failed`; `not-owner` when a ledger record isn't offered; `version-moved` when its owner has published
 * since; `key-missing` without gates; `record-stored` for another record under an EMR id of one's own: all before anything is taken over
 */
export async function takeOver(
  owner: Owner,
  sealed: Uint8Array,
  wishes: HandOverWishes,
  course: Course,
): Promise<Uint8Array> {
  const handed = await openPackage(owner, sealed);
  const { emrId } = handed.record.header;
  const rights = wishes.rights ?? handed.record.rights;
  const shared = wishes.shared ?? handed.record.shared;
  planChange(handed.record, { shared, rights }, handed.record);
  await checkDoable(owner, rights);
  await demandNoOther(owner, emrId, hex(handed.views.full.ledgerRecordId));
  const views: OwnRecord["views"] = {};
  const offered: ViewName[] = [];
  for (const name of viewNames) {
    await owner.settle(ledgerOf[name]);
    const { view, mine } = await standingOf(owner, name, handed.views[name]);
    views[name] = view;
    if (!mine) offered.push(name);
  }
  // What was begun before is of a time when this owner had the record already, and is void.
  if (offered.length > 0) await forgetBegun(owner.journal, emrId);
  for (const [at, name] of offered.entries()) {
    course.tell("transfer", at, offered.length, ledgerOf[name]);
    await (await owner.acts(ledgerOf[name])).acceptTransfer(hex(handed.views[name].ledgerRecordId));
    course.tell("transfer", at + 1, offered.length, ledgerOf[name]);
  }
  const [fullId, sharedId] = viewNames.map((name) => hex(handed.views[name].ledgerRecordId));
  owner.adopt(emrId, { emrKey: handed.emrKey, ledgerRecordIds: { full: fullId!, shared: sharedId! } });

  const published = await isUnderOwnKey(owner, "full", fullId!);
  const record = published ? await restoreRecord(owner, fullId!, course) : { ...handed.record, views };
  course.keep(record);
  const begun = (await readBegun(owner.journal, emrId)) !== undefined;
  const change = begun || published ? undefined : { shared, rights, reopen: viewNames };
  await changeRecord(owner, record, change, course);
  return emrId;
}

/** A record that is handed over: what it is, verified, and what is left to do to have it. */
export type HandedRecord = {
  header: Header;
  parts: { position: number; label: string; side: "private" | "shared" }[];
  rights: Rights;
  ledgerRecordIds: Record<Side, string>;
  /** Where it is still to be taken over. */
  offered: Side[];
  /** Where it is still to be published under the new owner's keys. */
  unpublished: Side[];
};

/** Opens what somebody hands over and verifies it as `takeOver` does; takes nothing. */
export async function readHandOver(owner: Owner, sealed: Uint8Array): Promise<HandedRecord> {
  const { record, views } = await openPackage(owner, sealed);
  const offered: Side[] = [];
  const unpublished: Side[] = [];
  for (const name of viewNames) {
    const side = ledgerOf[name];
    await owner.settle(side);
    if (!(await standingOf(owner, name, views[name])).mine) offered.push(side);
    if (!(await isUnderOwnKey(owner, name, hex(views[name].ledgerRecordId)))) unpublished.push(side);
  }
  return {
    header: record.header,
    parts: record.parts.map(({ position, label }) => ({
      position,
      label,
      side: record.shared.includes(position) ? "shared" : "private",
    })),
    rights: record.rights,
    ledgerRecordIds: {
      storage: hex(views.full.ledgerRecordId),
      shared: hex(views.shared.ledgerRecordId),
    },
    offered,
    unpublished,
  };
}

type Opened = {
  record: OwnRecord;
  emrKey: Uint8Array;
  views: Record<ViewName, HandedView>;
};

/** Opens a package and verifies all of it that needs no ledger record. */
async function openPackage(owner: Owner, sealed: Uint8Array): Promise<Opened> {
  const { accounts } = await inviteHandOver(owner);
  const plain = await open(owner.keys.record.privateKey, infoFor(owner, accounts), sealed);
  const handed = decodeHandOver(plain);
  wipe(plain);
  const { extraction, certificateChain } = handed.info1;
  const { trust } = await owner.credentials();
  const { header } = await checkRecord(handed.info1, trust);
  if (!equal(pseudonymOf(emrPublicKey(handed.emrKey)), header.pseudonym))
    throw new DiptychError(
      "hand-over-invalid",
      "The EMR key in this package isn't the one that the doctor's signature names: take nothing over.",
    );
  const parts = await Promise.all(
    extraction.parts.map(async ({ position, ...plaintext }, i) => ({
      position,
      label: plaintext.label,
      commitment: await commit(header.emrId, position, plaintext),
      plaintext,
      generationBefore: handed.generations[i]!,
    })),
  );
  const record: OwnRecord = {
    header,
    headerBytes: extraction.header,
    signature: extraction.signature,
    certificateChain,
    parts,
    shared: handed.shared,
    rights: rightsOf(handed.full, handed.sharedView),
    views: {},
  };
  return { record, emrKey: handed.emrKey, views: { full: handed.full, shared: handed.sharedView } };
}

/** One EMR id is one record: another under the id of this seed's own would hide that. */
async function demandNoOther(owner: Owner, emrId: Uint8Array, fullId: string): Promise<void> {
  const own = await owner.ledgerRecordId(emrId, "full");
  if (own === fullId || (await owner.ledgers.storage.find(own)) === undefined) return;
  throw new DiptychError(
    "record-stored",
    "There is a record of this EMR id here already: don't take this one, and tell the doctor.",
  );
}

/** How a view stands on its ledger, which must be this owner's or offered to it. */
async function standingOf(
  owner: Owner,
  name: ViewName,
  handed: HandedView,
): Promise<{ view: OwnView; mine: boolean }> {
  const side = ledgerOf[name];
  const id = hex(handed.ledgerRecordId);
  const address = (await owner.address(side)).toLowerCase();
  const standing = await owner.ledgers[side].record(id);
  const { version, epoch } = standing;
  const view = { version, epoch, index: indexHash(standing.index) };
  if (standing.owner.toLowerCase() === address) return { view, mine: true };
  if ((await owner.ledgers[side].transferOffer(id))?.toLowerCase() !== address)
    throw new DiptychError(
      "not-owner",
      `The ${name} view's ledger record isn't offered to this account: ask its owner to hand it over again.`,
    );
  if (view.index !== hex(handed.indexHash))
    throw new DiptychError(
      "version-moved",
      `The ${name} view was published again since this package was made: ask its owner for a new one.`,
    );
  return { view, mine: false };
}
