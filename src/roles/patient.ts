/**
 * The patient (P): receives a record, splits it into a private and a shared side, encrypts and publishes it on both chains, decides
 * who may read which side, and changes that (paper, 5.1.2 to 5.3). Everything hangs on one seed in the key store.
 */
import { type Extraction, extract } from "../ces/index.ts";
import { randomBytes } from "../core/bytes.ts";
import type { Address, Side } from "../ledger/chain.ts";
import type { AuditEvent } from "../ledger/history.ts";
import type { Mined } from "../ledger/transactions.ts";
import { emrPublicKey, joinRecord, pseudonymOf } from "../record/index.ts";
import { readBegunActs } from "./begunActs.ts";
import type { ChangeReport } from "./carrying.ts";
import type { Draft } from "./drafting.ts";
import { type LiveGrant, liveGrants } from "./grants.ts";
import {
  type HandedRecord,
  type HandOverInvitation,
  type HandOverWishes,
  handOver,
  inviteHandOver,
  readHandOver,
  takeOver,
} from "./handingOver.ts";
import { acceptInfo1, type EmrInvitation, forgetAccepted } from "./info1.ts";
import { auditOf, overviewOf, type RecordOverview } from "./overview.ts";
import { OwnAmendments } from "./ownAmendments.ts";
import { Owner, type PatientOptions } from "./owner.ts";
import { OwnGates } from "./ownGates.ts";
import { type OwnRecord, type ViewName, viewNames } from "./ownRecord.ts";
import { wholeRecord } from "./plaintexts.ts";
import type { ActOptions } from "./progress.ts";
import { RecordsAtHand } from "./recordsAtHand.ts";
import type { Change, Rights } from "./redefinition.ts";
import { type Restored, restoreRecords } from "./restoring.ts";
import { type Indexes, indexDraft, type PublishedView, publishDraft, uploadDraft } from "./settling.ts";
import { draftFirst, type StoreOptions, storeRecord } from "./storing.ts";
import { acceptTransfers, offerTransfer, type TakenOver } from "./transferring.ts";
import { listUnfinished, readUnpublished, type Unfinished } from "./unfinished.ts";

/** A patient: owns, encrypts, publishes, shares, redefines and revokes records. */
export class Patient {
  private readonly owner: Owner;
  /** Who holds shares of this patient's index keys, and what they have released. */
  readonly gates: OwnGates;
  /** The next revisions of this patient's records: asking a doctor for one, and taking it. */
  readonly amendments: OwnAmendments;
  private readonly records: RecordsAtHand;

  private constructor(owner: Owner) {
    this.owner = owner;
    this.records = new RecordsAtHand(owner);
    this.amendments = new OwnAmendments(owner, this.records);
    const republish = ({ header }: OwnRecord, view: ViewName, options: ActOptions) =>
      this.records.changeNow(header.emrId, { reopen: [view] }, this.records.course(options));
    const means = { records: () => this.records.all(), republish };
    this.gates = new OwnGates(owner, means, (act) => this.records.inTurn(act));
  }

  /**
   * Opens a patient with the seed in the key store, drawing and keeping one at the first time. Records that were accepted and not
   * yet published are at hand again; `restore` gets those that were published.
   */
  static async open(options: PatientOptions): Promise<Patient> {
    const patient = new Patient(await Owner.open(options));
    for (const record of await readUnpublished(patient.owner)) patient.records.keep(record);
    return patient;
  }

  /** This patient's account on a chain. */
  address(side: Side): Promise<Address> {
    return this.owner.address(side);
  }

  /** What a doctor needs to issue a record to this patient: public values, new for each EMR. */
  invite(): EmrInvitation {
    const { keys } = this.owner;
    const emrId = randomBytes(32);
    return { emrId, recordKey: keys.record.publicKey, pseudonym: pseudonymOf(emrPublicKey(keys.emr(emrId))) };
  }

  /**
   * Opens Info1, verifies everything in it (certificate and revocation, commitments, signature, pseudonym) and takes the
   * record in (5.1.2). Returns its EMR id.
   *
   * @throws DiptychError `seal-open-failed`, `info1-invalid`, `certificate-invalid`, `ces-verification-failed`, and
   * `record-stored` for another record under the EMR id of one that is here already
   */
  accept(info1: Uint8Array, invitation: EmrInvitation): Promise<Uint8Array> {
    return this.records.inTurn(async () => {
      const { emrId } = invitation;
      this.records.keep(await acceptInfo1(this.owner, info1, invitation, this.records.find(emrId)));
      return emrId;
    });
  }

  /** EMR ids of the records at hand. */
  list(): Uint8Array[] {
    return this.records.all().map(({ header }) => header.emrId);
  }

  /** What the patient has of a record, and where it stands on the ledgers; throws `record-unknown`. */
  async show(emrId: Uint8Array): Promise<RecordOverview> {
    return overviewOf(this.owner, this.records.get(emrId));
  }

  /**
   * The extraction of some parts (5.1.2), which anybody verifies against the doctor's certificate.
   *
   * @throws DiptychError `ces-subset-forbidden` when the doctor's rule forbids showing just these
   */
  async extract(emrId: Uint8Array, positions: Iterable<number>, options?: ActOptions): Promise<Extraction> {
    return extract(
      await wholeRecord(this.owner, this.records.get(emrId), this.records.course(options)),
      positions,
    );
  }

  /** The file that the record was made from, byte for byte. */
  async readFile(emrId: Uint8Array, options?: ActOptions): Promise<Uint8Array> {
    const record = this.records.get(emrId);
    const { parts } = await wholeRecord(this.owner, record, this.records.course(options));
    return joinRecord(record.header.schema, parts);
  }

  /**
   * Encrypts every part and makes both views (5.1.3): nothing leaves the machine yet.
   *
   * @param shared positions on the shared side
   * @throws DiptychError `record-stored` for a record that stands on a ledger already: change it instead
   */
  async encrypt(
    emrId: Uint8Array,
    shared: readonly number[],
    rights: Rights,
    options?: ActOptions,
  ): Promise<Draft> {
    return draftFirst(this.owner, this.records.get(emrId), shared, rights, this.records.course(options));
  }

  /** Puts a draft's blocks into the cloud: one CAR, each root signed by its owner account. Returns its bytes. */
  upload(draft: Draft, options?: ActOptions): Promise<number> {
    return uploadDraft(this.owner, draft, this.records.course(options));
  }

  /** Makes and signs the indexes of a draft's views (5.1.4). */
  index(draft: Draft, options?: ActOptions): Promise<Indexes> {
    return indexDraft(this.owner, draft, this.records.course(options));
  }

  /**
   * Publishes indexes, one transaction a ledger (5.1.5). Called again after a stop it publishes only what is not yet there.
   */
  async publish(draft: Draft, indexes: Indexes, options?: ActOptions): Promise<PublishedView[]> {
    const published = await publishDraft(this.owner, draft, indexes, this.records.course(options));
    await forgetAccepted(this.owner.journal, draft.record.header.emrId);
    return published;
  }

  /**
   * Stores a record: encrypts, uploads, publishes on both chains, waits until that is final (5.1.3 to 5.1.5). After a stop the
   * same call goes on with the same ciphertext and transactions; a record that stands just so is left alone. Gates that `options`
   * names are appointed on a chain that has none of this patient's yet.
   *
   * @throws DiptychError `record-stored`, `change-unfinished`, `key-missing` where no gates are appointed or named, ...
   */
  store(
    emrId: Uint8Array,
    shared: readonly number[],
    rights: Rights,
    options?: StoreOptions,
  ): Promise<PublishedView[]> {
    const course = this.records.course(options);
    return this.records.inTurn(() =>
      storeRecord(this.owner, this.records.get(emrId), shared, rights, course, options?.gates),
    );
  }

  /**
   * Changes sides and rights (5.3). Narrowing blocks and closes first, so that nothing is granted or released from then on,
   * and rotates what someone loses; widening only wraps keys anew. After a stop, the same change or `finish` does what is left.
   *
   * @throws DiptychError `record-one-sided`, `record-move-forbidden`, `rights-inconsistent`, `change-unfinished`, ...
   */
  change(emrId: Uint8Array, change: Change, options?: ActOptions): Promise<ChangeReport> {
    return this.records.change(emrId, change, options);
  }

  /** Finishes all that was begun on a record and stopped; does nothing when there is nothing. */
  async finish(emrId: Uint8Array, options?: ActOptions): Promise<ChangeReport> {
    const acts = await readBegunActs(this.owner.journal, emrId);
    const course = this.records.course(options);
    for (const [at, act] of acts.entries()) {
      course.tell("stop", at, acts.length);
      await this.records.actOn(emrId, act);
      course.tell("stop", at + 1, acts.length);
    }
    return this.records.change(emrId, undefined, options);
  }

  /** What an earlier run of any program over this journal began and didn't bring to an end. */
  unfinished(): Promise<Unfinished[]> {
    return listUnfinished(this.owner);
  }

  /** Ends the running epoch of a view, both unless said: every request is denied until a change reopens it. */
  close(emrId: Uint8Array, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.records.actOn(emrId, { act: "close", views });
  }

  /**
   * Stops one account, on both ledgers unless said, with one cheap transaction each; keys are rotated by a change with the same
   * `block`. What it was granted in a running epoch comes back when it is unblocked.
   */
  block(emrId: Uint8Array, account: Address, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.records.actOn(emrId, { act: "block", account, views });
  }

  /** Ends a block on the ledgers of `views`; what the account was granted in a running epoch is live again. */
  unblock(emrId: Uint8Array, account: Address, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.records.actOn(emrId, { act: "unblock", account, views });
  }

  /** Grants of a record that are live now, on both ledgers unless said. */
  grants(emrId: Uint8Array, views: readonly ViewName[] = viewNames): Promise<LiveGrant[]> {
    return liveGrants(this.owner, this.records.get(emrId).header.emrId, views);
  }

  /** Ends one grant on a ledger, whichever record of this patient it is for. */
  async revokeGrant(side: Side, requestId: string): Promise<Mined> {
    await this.owner.settle(side);
    return (await this.owner.acts(side)).revokeGrant(requestId);
  }

  /** Ends an account's live grants of a record, on both ledgers unless said. It may ask anew, unless it is blocked too. */
  revokeGrants(
    emrId: Uint8Array,
    account: Address,
    views: readonly ViewName[] = viewNames,
  ): Promise<Mined[]> {
    return this.records.actOn(emrId, { act: "revoke-grants", account, views });
  }

  /** Offers a record to other accounts of this seed, an account a ledger; `nobody` takes the offers back. */
  offerTransfer(emrId: Uint8Array, to: Partial<Record<Side, Address>> | "nobody"): Promise<Mined[]> {
    return offerTransfer(this.owner, this.records.get(emrId).header.emrId, to);
  }

  /**
   * Takes over all that stands offered to this patient's accounts. It is closed from then on: appoint gates, restore, and change it
   * with `reopen`, so that everything is encrypted anew and published under keys of these accounts.
   */
  acceptTransfers(): Promise<TakenOver[]> {
    return acceptTransfers(this.owner);
  }

  /** What the owner of a record needs to hand it to this patient: public values. */
  inviteHandOver(): Promise<HandOverInvitation> {
    return inviteHandOver(this.owner);
  }

  /**
   * Hands a record to another person, or to another seed: offers its ledger records, and returns what only they can open. They
   * learn the whole record and its EMR key, which this patient goes on knowing.
   */
  handOver(emrId: Uint8Array, invitation: HandOverInvitation, options?: ActOptions): Promise<Uint8Array> {
    const course = this.records.course(options);
    return this.records.inTurn(() => handOver(this.owner, this.records.get(emrId), invitation, course));
  }

  /** What somebody hands over, opened and verified; nothing is taken. Throws as `takeOver`. */
  readHandOver(handed: Uint8Array): Promise<HandedRecord> {
    return readHandOver(this.owner, handed);
  }

  /**
   * Takes a record over from another person: verifies it, takes its ledger records, and publishes it anew under keys of this
   * patient, whose gates must be appointed. Returns its EMR id. After a stop the same call does what is left.
   */
  takeOver(handed: Uint8Array, wishes: HandOverWishes = {}, options?: ActOptions): Promise<Uint8Array> {
    return this.records.inTurn(() => takeOver(this.owner, handed, wishes, this.records.course(options)));
  }

  /** What happened to a record on each ledger, oldest first (5.3): publishes, closes, blocks, every decision. */
  async audit(emrId: Uint8Array): Promise<Record<Side, AuditEvent[]>> {
    return auditOf(this.owner, this.records.get(emrId));
  }

  /** Finds all records of this seed on the ledgers and in the cloud again; tells which came back and which didn't. */
  async restore(options?: ActOptions): Promise<{ restored: Uint8Array[]; failed: Restored["failed"] }> {
    const { records, failed } = await restoreRecords(this.owner, this.records.course(options));
    for (const record of records) this.records.keep(record);
    return { restored: records.map((record) => record.header.emrId), failed };
  }
}
