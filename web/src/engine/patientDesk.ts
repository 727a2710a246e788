/** What a patient does, as the page calls it: plain values in, plain values out. */
import { DiptychError, type Rights, type Side } from "diptych";
import { hex, unhex } from "diptych/core";
import type { Office } from "./office.ts";
import type { PatientActs } from "./patientActs.ts";
import { type BackupTrial, makeBackup, moveIn, tryBackup } from "./patientBackup.ts";
import {
  type Invitation,
  listInvitations,
  listLetters,
  takeFile,
  takeLetter,
  type Waiting,
} from "./patientLetters.ts";
import { type OpenedRecord, openRecord, readPart, usualSides } from "./patientOpening.ts";
import { Papers } from "./patientPapers.ts";
import { missingGates } from "./patientPractice.ts";
import { type Preview, previewChange, type Wish, withEverybodyOf } from "./patientPreview.ts";
import {
  type BegunAct,
  begunActs,
  cardOf,
  factsOf,
  type LostRecord,
  type Practice,
  type RecordCard,
  type RecordFacts,
} from "./patientRecords.ts";
import { type Access, type Happening, Watch } from "./patientWatching.ts";
import type { Reading } from "./reading.ts";

/** The shortest account that somebody can be: 0x and 40 hex digits. */
const account = /^0x[0-9a-fA-F]{40}$/;

export class PatientDesk {
  private readonly office: Office;
  private readonly watch = new Watch();
  private readonly acts: PatientActs;

  constructor(office: Office, acts: PatientActs) {
    this.office = office;
    this.acts = acts;
  }

  /** All records at hand, the newest signed first. The first call finds them on the ledgers. */
  async records(): Promise<{ records: RecordCard[]; lost: LostRecord[]; begun: BegunAct[] }> {
    const practice = await this.practice();
    const records = await Promise.all(practice.patient.list().map((emrId) => cardOf(practice, emrId)));
    records.sort((a, b) => b.signed - a.signed);
    return { records, lost: practice.lost, begun: await begunActs(practice.patient) };
  }

  /** One record, without what its parts say. */
  async record(id: string): Promise<RecordFacts> {
    const practice = await this.practice();
    const facts = await factsOf(practice, id);
    const known = practice.seen.get(id);
    if (this.acts.busy || known === facts.standing) return facts;
    practice.seen.set(id, facts.standing);
    // Another window or device changed it: what this one holds in memory is of before.
    if (known === undefined) return facts;
    this.acts.reopen();
    return this.record(id);
  }

  /** Gives a record, or an invitation's record to come, a name that only this patient sees. */
  async nickname(id: string, name: string): Promise<void> {
    await this.papers().nickname(id, name);
  }

  async invite(nickname: string): Promise<Invitation> {
    const practice = await this.practice();
    const invitation = practice.patient.invite();
    await practice.papers.keepInvitation(invitation);
    const id = hex(invitation.emrId);
    await practice.papers.nickname(id, nickname);
    return (await listInvitations(practice)).find((each) => each.id === id)!;
  }

  invitations(): Promise<Invitation[]> {
    return listInvitations({ papers: this.papers() });
  }

  async withdrawInvitation(id: string): Promise<void> {
    await this.papers().forgetInvitation(id);
    await this.papers().nickname(id, "");
  }

  async letters(): Promise<Waiting[]> {
    return listLetters(this.office.world.config.gateway, await this.papers().invitations());
  }

  /** Takes in the record of a letter; returns its id. */
  takeLetter(actId: string, letter: Pick<Waiting, "invitationId" | "id">): Promise<string> {
    return this.office.acts.run(actId, async ({ signal }) =>
      takeLetter(await this.practice(), this.office.world.config.gateway, letter, signal),
    );
  }

  /** Takes in a record that came as a file; returns its id. */
  takeFile(actId: string, info1: Uint8Array): Promise<string> {
    return this.office.acts.run(actId, async () => takeFile(await this.practice(), info1));
  }

  /** Decrypts and verifies a record. */
  open(actId: string, id: string): Promise<OpenedRecord> {
    return this.office.acts.run(actId, async (options) =>
      openRecord(await this.practice(), this.office.world.config.authority, id, options),
    );
  }

  async part(id: string, position: number): Promise<Reading> {
    return readPart(await this.practice(), id, position);
  }

  /** The file that the record was made from, byte for byte. */
  file(actId: string, id: string): Promise<Uint8Array> {
    return this.office.acts.run(actId, async (options) =>
      (await this.practice()).patient.readFile(unhex(id), options),
    );
  }

  /** Positions that stand on the shared side unless the patient says otherwise, as far as the doctor permits. */
  usualSides(actId: string, id: string): Promise<number[]> {
    return this.office.acts.run(actId, async (options) => usualSides(await this.practice(), id, options));
  }

  /** What a change, or the first publish, would come to. */
  async preview(id: string, wish: Wish): Promise<Preview> {
    const { sides: parts, ceas, rights } = await this.record(id);
    return previewChange({ parts, ceas, ...(rights === undefined ? {} : { rights }) }, wish);
  }

  /** The shared side's rule with everybody in it whom the full one lets in. */
  async widened(full: string, shared: string): Promise<string> {
    return withEverybodyOf(full, shared);
  }

  /** Sides on which this patient has appointed no gates yet. */
  async sidesWithoutGates(): Promise<Side[]> {
    return (await this.practice()).patient.gates.missing();
  }

  /** Stores a record on both chains; appoints gates first where there are none. Called again after a stop it goes on. */
  publish(actId: string, id: string, shared: readonly number[], rights: Rights): Promise<void> {
    return this.acts.run(actId, id, async (patient, options) => {
      const gates = await missingGates({ patient }, this.office.world.config);
      await patient.store(unhex(id), shared, rights, { ...options, gates });
    });
  }

  /**
   * Changes sides and rules, or opens again what was closed.
   *
   * @param shown how the record stood (`standing`) when its patient was shown what would change; throws `version-moved` when it
   * stands otherwise now
   */
  change(actId: string, id: string, wish: Wish, shown?: string): Promise<void> {
    return this.acts.run(actId, id, async (patient, options) => {
      if (shown !== undefined && (await factsOf(await this.practice(), id)).standing !== shown)
        throw new DiptychError("version-moved", "The record was changed since you looked at it: look again.");
      await patient.change(unhex(id), wish, options);
    });
  }

  /** Finishes what was begun on a record. */
  finish(actId: string, id: string): Promise<void> {
    return this.acts.run(actId, id, (patient, options) => patient.finish(unhex(id), options));
  }

  /** Ends everybody's access until the record is opened again. */
  close(actId: string, id: string): Promise<void> {
    return this.acts.run(actId, id, (patient) => patient.close(unhex(id)));
  }

  /** Ends one grant of a record. */
  revoke(actId: string, id: string, side: Side, requestId: string): Promise<void> {
    return this.acts.run(actId, id, (patient) => patient.revokeGrant(side, requestId));
  }

  block(actId: string, id: string, who: string): Promise<void> {
    return this.acts.run(actId, id, (patient) => patient.block(unhex(id), demandAccount(who)));
  }

  unblock(actId: string, id: string, who: string): Promise<void> {
    return this.acts.run(actId, id, (patient) => patient.unblock(unhex(id), demandAccount(who)));
  }

  /** Who may read now: one record, or all. */
  async access(id?: string): Promise<Access[]> {
    const practice = await this.practice();
    return this.watch.access(practice, await this.storedIds(practice, id));
  }

  /** What happened: to one record, or all. */
  async timeline(id?: string): Promise<Happening[]> {
    const practice = await this.practice();
    return this.watch.timeline(practice, await this.storedIds(practice, id));
  }

  makeBackup(passphrase: string): Promise<Uint8Array> {
    return makeBackup(this.store(), this.papers(), passphrase);
  }

  tryBackup(file: Uint8Array, passphrase: string): Promise<BackupTrial> {
    return tryBackup(this.store(), this.papers(), file, passphrase);
  }

  /** When a back-up of the keys of now was last opened, in milliseconds. */
  backupTried(): Promise<number | undefined> {
    return this.papers().backupTried();
  }

  /** Whether anything is here that belongs to the keys of now: records, or invitations that are out. */
  async hasRecords(): Promise<boolean> {
    const { patient, papers } = await this.practice();
    return patient.list().length > 0 || (await papers.invitations()).length > 0;
  }

  /** Moves in from a back-up and finds its records. */
  moveIn(actId: string, file: Uint8Array, passphrase: string, replace: boolean): Promise<void> {
    return this.office.acts.run(actId, async () => {
      const copies = await moveIn(this.store(), this.papers(), file, passphrase, replace);
      this.acts.reopen();
      const { patient } = await this.practice();
      const here = new Set(patient.list().map(hex));
      // What was published came back from the ledgers; what wasn't comes from the copies.
      for (const { invitation, info1 } of copies)
        if (!here.has(hex(invitation.emrId))) await patient.accept(info1, invitation);
    });
  }

  /** Looks for all records on the ledgers again. */
  async findAgain(): Promise<void> {
    this.acts.reopen();
    await this.practice();
  }

  private store() {
    return this.office.vault.store();
  }

  private papers(): Papers {
    return new Papers(this.store());
  }

  private practice(): Promise<Practice> {
    return this.acts.practice();
  }

  private async storedIds({ patient }: Practice, id: string | undefined): Promise<Uint8Array[]> {
    return id === undefined ? patient.list() : [unhex(id)];
  }
}

function demandAccount(text: string): string {
  const trimmed = text.trim();
  if (!account.test(trimmed))
    throw new DiptychError("argument-invalid", "An account is 0x and 40 digits or letters from a to f.");
  return trimmed;
}
