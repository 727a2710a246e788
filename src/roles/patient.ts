/**
 * The patient (P): receives a record, splits it into a private and a shared side, encrypts and publishes it on both chains, decides
 * who may read which side, and changes that (paper, 5.1.2 to 5.3). Everything hangs on one seed in the key store.
 */
import { type Extraction, extract } from "../ces/index.ts";
import { hex, randomBytes, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import type { AuditEvent } from "../ledger/history.ts";
import type { Mined } from "../ledger/transactions.ts";
import { emrPublicKey, joinRecord, pseudonymOf } from "../record/index.ts";
import { type BegunAct, readBegunActs, underNote } from "./begunActs.ts";
import type { ChangeReport } from "./carrying.ts";
import { changeRecord } from "./changing.ts";
import type { Draft } from "./drafting.ts";
import { type LiveGrant, liveGrants } from "./grants.ts";
import {
  type HandOverInvitation,
  type HandOverWishes,
  handOver,
  inviteHandOver,
  takeOver,
} from "./handingOver.ts";
import { acceptInfo1, type EmrInvitation, forgetAccepted } from "./info1.ts";
import { auditOf, overviewOf, type RecordOverview } from "./overview.ts";
import { Owner, type PatientOptions } from "./owner.ts";
import { OwnGates } from "./ownGates.ts";
import { type OwnRecord, type ViewName, viewNames } from "./ownRecord.ts";
import { wholeRecord } from "./plaintexts.ts";
import type { Change, Rights } from "./redefinition.ts";
import { type Restored, restoreRecords } from "./restoring.ts";
import { type Indexes, indexDraft, type PublishedView, publishDraft, uploadDraft } from "./settling.ts";
import { draftFirst, storeRecord } from "./storing.ts";
import { acceptTransfers, offerTransfer, type TakenOver } from "./transferring.ts";
import { listUnfinished, readUnpublished, type Unfinished } from "./unfinished.ts";
import { actOnViews } from "./viewActs.ts";

/** A patient: owns, encrypts, publishes, shares, redefines and revokes records. */
export class Patient {
  private readonly owner: Owner;
  /** Who holds shares of this patient's index keys, and what they have released. */
  readonly gates: OwnGates;
  private readonly records = new Map<string, OwnRecord>();
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(owner: Owner) {
    this.owner = owner;
    const republish = (record: OwnRecord, view: ViewName) =>
      changeRecord(owner, this.record(record.header.emrId), { reopen: [view] }, (progressed) =>
        this.keep(progressed),
      );
    const means = { records: () => [...this.records.values()], republish };
    this.gates = new OwnGates(owner, means, (act) => this.inTurn(act));
  }

  /**
   * Opens a patient with the seed in the key store, drawing and keeping one at the first time. Records that were accepted and not
   * yet published are at hand again; `restore` gets those that were published.
   */
  static async open(options: PatientOptions): Promise<Patient> {
    const patient = new Patient(await Owner.open(options));
    for (const record of await readUnpublished(patient.owner)) patient.keep(record);
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
    return this.inTurn(async () => {
      const { emrId } = invitation;
      this.keep(await acceptInfo1(this.owner, info1, invitation, this.records.get(hex(emrId))));
      return emrId;
    });
  }

  /** EMR ids of the records at hand. */
  list(): Uint8Array[] {
    return [...this.records.keys()].map(unhex);
  }

  /** What the patient has of a record, and where it stands on the ledgers; throws `record-unknown`. */
  async show(emrId: Uint8Array): Promise<RecordOverview> {
    return overviewOf(this.owner, this.record(emrId));
  }

  /**
   * The extraction of some parts (5.1.2), which anybody verifies against the doctor's certificate.
   *
   * @throws DiptychError `ces-subset-forbidden` when the doctor's rule forbids showing just these
   */
  async extract(emrId: Uint8Array, positions: Iterable<number>): Promise<Extraction> {
    return extract(await wholeRecord(this.owner, this.record(emrId)), positions);
  }

  /** The file that the record was made from, byte for byte. */
  async readFile(emrId: Uint8Array): Promise<Uint8Array> {
    const record = this.record(emrId);
    return joinRecord(record.header.schema, (await wholeRecord(this.owner, record)).parts);
  }

  /**
   * Encrypts every part and makes both views (5.1.3): nothing leaves the machine yet.
   *
   * @param shared positions on the shared side
   * @throws DiptychError `record-stored` for a record that stands on a ledger already: change it instead
   */
  async encrypt(emrId: Uint8Array, shared: readonly number[], rights: Rights): Promise<Draft> {
    return draftFirst(this.owner, this.record(emrId), shared, rights);
  }

  /** Puts a draft's blocks into the cloud: one CAR, each root signed by its owner account. Returns its bytes. */
  upload(draft: Draft): Promise<number> {
    return uploadDraft(this.owner, draft);
  }

  /** Makes and signs the indexes of a draft's views (5.1.4). */
  index(draft: Draft): Promise<Indexes> {
    return indexDraft(this.owner, draft);
  }

  /**
   * Publishes indexes, one transaction a ledger (5.1.5). Called again after a stop it publishes only what is not yet there.
   */
  async publish(draft: Draft, indexes: Indexes): Promise<PublishedView[]> {
    const published = await publishDraft(this.owner, draft, indexes, (record) => this.keep(record));
    await forgetAccepted(this.owner.journal, draft.record.header.emrId);
    return published;
  }

  /**
   * Stores a record: encrypts, uploads, publishes on both chains, waits until that is final (5.1.3 to 5.1.5). After a stop the
   * same call goes on with the same ciphertext and transactions; a record that stands just so is left alone.
   *
   * @throws DiptychError `record-stored`, `change-unfinished`, ...
   */
  store(emrId: Uint8Array, shared: readonly number[], rights: Rights): Promise<PublishedView[]> {
    return this.inTurn(() =>
      storeRecord(this.owner, this.record(emrId), shared, rights, (record) => this.keep(record)),
    );
  }

  /**
   * Changes sides and rights (5.3). Narrowing blocks and closes first, so that nothing is granted or released from then on,
   * and rotates what someone loses; widening only wraps keys anew. After a stop, the same change or `finish` does what is left.
   *
   * @throws DiptychError `record-one-sided`, `record-move-forbidden`, `rights-inconsistent`, `change-unfinished`, ...
   */
  change(emrId: Uint8Array, change: Change): Promise<ChangeReport> {
    return this.carryOut(emrId, change);
  }

  /** Finishes all that was begun on a record and stopped; does nothing when there is nothing. */
  async finish(emrId: Uint8Array): Promise<ChangeReport> {
    for (const act of await readBegunActs(this.owner.journal, emrId)) await this.actOn(emrId, act);
    return this.carryOut(emrId, undefined);
  }

  /** What an earlier run of any program over this journal began and didn't bring to an end. */
  unfinished(): Promise<Unfinished[]> {
    return listUnfinished(this.owner);
  }

  /** Ends the running epoch of a view, both unless said: every request is denied until a change reopens it. */
  close(emrId: Uint8Array, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.actOn(emrId, { act: "close", views });
  }

  /**
   * Stops one account, on both ledgers unless said, with one cheap transaction each; keys are rotated by a change with the same
   * `block`. What it was granted in a running epoch comes back when it is unblocked.
   */
  block(emrId: Uint8Array, account: Address, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.actOn(emrId, { act: "block", account, views });
  }

  /** Ends a block on the ledgers of `views`; what the account was granted in a running epoch is live again. */
  unblock(emrId: Uint8Array, account: Address, views: readonly ViewName[] = viewNames): Promise<Mined[]> {
    return this.actOn(emrId, { act: "unblock", account, views });
  }

  /** Grants of a record that are live now, on both ledgers unless said. */
  grants(emrId: Uint8Array, views: readonly ViewName[] = viewNames): Promise<LiveGrant[]> {
    return liveGrants(this.owner, this.record(emrId).header.emrId, views);
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
    return this.actOn(emrId, { act: "revoke-grants", account, views });
  }

  /** Offers a record to other accounts of this seed, an account a ledger; `nobody` takes the offers back. */
  offerTransfer(emrId: Uint8Array, to: Partial<Record<Side, Address>> | "nobody"): Promise<Mined[]> {
    return offerTransfer(this.owner, this.record(emrId).header.emrId, to);
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
  handOver(emrId: Uint8Array, invitation: HandOverInvitation): Promise<Uint8Array> {
    return this.inTurn(() =>
      handOver(this.owner, this.record(emrId), invitation, (record) => this.keep(record)),
    );
  }

  /**
   * Takes a record over from another person: verifies it, takes its ledger records, and publishes it anew under keys of this
   * patient, whose gates must be appointed. Returns its EMR id. After a stop the same call does what is left.
   */
  takeOver(handed: Uint8Array, wishes: HandOverWishes = {}): Promise<Uint8Array> {
    return this.inTurn(() => takeOver(this.owner, handed, wishes, (record) => this.keep(record)));
  }

  /** What happened to a record on each ledger, oldest first (5.3): publishes, closes, blocks, every decision. */
  async audit(emrId: Uint8Array): Promise<Record<Side, AuditEvent[]>> {
    return auditOf(this.owner, this.record(emrId));
  }

  /** Finds all records of this seed on the ledgers and in the cloud again; tells which came back and which didn't. */
  async restore(): Promise<{ restored: Uint8Array[]; failed: Restored["failed"] }> {
    const { records, failed } = await restoreRecords(this.owner);
    for (const record of records) this.keep(record);
    return { restored: records.map((record) => record.header.emrId), failed };
  }

  /** One act after the other: two at once would publish over each other, and forget what the other just uploaded. */
  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(act);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** One act on the views of a record, noted until it is done on all of them. */
  private async actOn(emrId: Uint8Array, act: BegunAct): Promise<Mined[]> {
    this.record(emrId);
    return this.inTurn(() =>
      underNote(this.owner.journal, emrId, act, () => actOnViews(this.owner, emrId, act)),
    );
  }

  private carryOut(emrId: Uint8Array, change: Change | undefined): Promise<ChangeReport> {
    return this.inTurn(() =>
      changeRecord(this.owner, this.record(emrId), change, (record) => this.keep(record)),
    );
  }

  private keep(record: OwnRecord): void {
    this.records.set(hex(record.header.emrId), record);
  }

  private record(emrId: Uint8Array): OwnRecord {
    const record = this.records.get(hex(emrId));
    if (record === undefined)
      throw new DiptychError(
        "record-unknown",
        "This patient has no such record here: accept it, or restore from the seed first.",
      );
    return record;
  }
}
