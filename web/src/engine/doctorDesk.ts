/** What a doctor does, as the page calls it: plain values in, plain values out. */
import { DiptychError, printInvitation, type RecordToAmend } from "diptych";
import type { Ceas } from "diptych/ces";
import { LetterboxClient, letterboxOf } from "diptych/cloud";
import { hex } from "diptych/core";
import type { SplitRecord } from "diptych/record";
import { amendmentOf, type ToAmend } from "./doctorAmending.ts";
import { type Draft, draftOf, explainRefusal, type Refusal, usualSideAllowed } from "./doctorDraft.ts";
import { type FormValues, printForm } from "./doctorForm.ts";
import { readInvitationText } from "./doctorInvitation.ts";
import { DoctorPapers, type KeptAsking, type SentRecord } from "./doctorPapers.ts";
import { certifiedDoctor, type Enrolling, enrol, type Standing, standingOf } from "./doctorStanding.ts";
import type { Office } from "./office.ts";

/** An invitation that was read. */
export type ReadInvitation = {
  /** The EMR id, hex. */
  id: string;
  /** As it is handed to `sign`. */
  text: string;
  /** What was signed for it before, if anything. */
  before?: SentRecord;
};

/** A form that was begun. */
export type BegunForm = {
  invitation: ReadInvitation;
  values: FormValues;
  /** When it was kept last, in milliseconds. */
  at: number;
};

/** What was signed; where it goes to a letterbox, which. */
type Letter = { box?: string; info1: Uint8Array; record: SentRecord };

export class DoctorDesk {
  private readonly office: Office;
  /** What is being written: plaintext, so only until it is sent or the doctor leaves. */
  private draft: SplitRecord | undefined;
  private letter: Letter | undefined;
  /** What a patient sent to have it amended. */
  private amending: { sealed: Uint8Array; record: RecordToAmend } | undefined;

  constructor(office: Office) {
    this.office = office;
  }

  /** Enrolment and certificate as they stand now. */
  standing(): Promise<Standing> {
    return standingOf(this.store(), this.office.world);
  }

  /** Asks the authority for a certificate; the signing key is made here and stays here. */
  enrol(enrolling: Enrolling): Promise<void> {
    return enrol(enrolling, this.store(), this.office.world);
  }

  /** Keeps what is filled in to ask for a certificate, until it is handed in. */
  async keepAsking(asking: KeptAsking): Promise<void> {
    await this.papers().keepAsking(asking);
  }

  async forgetAsking(): Promise<void> {
    await this.papers().forgetAsking();
  }

  /** Reads an invitation: its text, or a link. @throws DiptychError `encoding-invalid` */
  async invitation(given: string): Promise<ReadInvitation> {
    const read = await this.read(given);
    this.amending = undefined;
    return read;
  }

  /** The form that was begun and isn't signed yet: a closed tab or locked keys lose nothing of it. */
  async begunForm(): Promise<BegunForm | undefined> {
    const kept = await this.papers().form();
    if (kept === undefined) return undefined;
    const { text, values, at } = kept;
    return { invitation: await this.read(text), values, at };
  }

  /** Keeps a form as it is filled in so far, sealed like the keys. */
  async keepForm(invitationText: string, values: FormValues): Promise<void> {
    await this.papers().keepForm({ text: invitationText, values, at: Date.now() });
  }

  async forgetForm(): Promise<void> {
    await this.papers().forgetForm();
  }

  /** What patients need to send a record to be amended: nothing in it is secret. */
  async amendmentInvitation(): Promise<Uint8Array> {
    return (await certifiedDoctor(this.store(), this.office.world)).inviteAmendment();
  }

  /** Opens and verifies what a patient sent to have it amended; what is read from now on is its next revision. */
  readRequest(actId: string, sealed: Uint8Array): Promise<ToAmend> {
    return this.office.acts.run(actId, async () => {
      const doctor = await certifiedDoctor(this.store(), this.office.world);
      const record = await doctor.readAmendmentRequest(sealed);
      this.amending = { sealed, record };
      return amendmentOf(record);
    });
  }

  /** The file of the record to amend, byte for byte. */
  async fileToAmend(): Promise<Uint8Array> {
    return this.demandAmending().record.file;
  }

  /** Cuts a file into parts, or says why it can't be one. */
  readFile(actId: string, file: Uint8Array): Promise<{ draft: Draft } | { refusal: Refusal }> {
    return this.office.acts.run(actId, async () => {
      try {
        return { draft: this.take(file) };
      } catch (error) {
        const refusal = explainRefusal(file, error);
        if (refusal === undefined) throw error;
        return { refusal };
      }
    });
  }

  /** Makes a record of what was filled in. */
  readForm(actId: string, values: FormValues): Promise<Draft> {
    return this.office.acts.run(actId, async () => this.take(printForm(values)));
  }

  /** Whether the parts that are usually shared may be shown together under these rules. */
  async usualSideAllowed(rules: Ceas): Promise<boolean> {
    return usualSideAllowed(this.demandDraft(), rules);
  }

  /** Signs what was read for the patient who invited, and seals it. What travels stays here until it is sent or saved. */
  sign(actId: string, invitationText: string, rules: Ceas): Promise<SentRecord> {
    return this.office.acts.run(actId, async () => {
      const draft = this.demandDraft();
      const invitation = readInvitationText(invitationText);
      const doctor = await certifiedDoctor(this.store(), this.office.world);
      const info1 = await doctor.issue(draft, invitation, rules);
      await this.papers().forgetForm();
      return this.keepLetter(hex(invitation.emrId), draft, info1, letterboxOf(invitation));
    });
  }

  /** Signs what was read as the next revision of what the patient sent, and seals it. It goes back as a file. */
  signAmendment(actId: string, rules: Ceas): Promise<SentRecord> {
    return this.office.acts.run(actId, async () => {
      const draft = this.demandDraft();
      const { sealed, record } = this.demandAmending();
      const doctor = await certifiedDoctor(this.store(), this.office.world);
      const info1 = await doctor.amend(sealed, draft, rules);
      return this.keepLetter(hex(record.header.emrId), draft, info1);
    });
  }

  /** Puts what was signed into the patient's letterbox. The same again changes nothing. */
  send(actId: string): Promise<SentRecord> {
    return this.office.acts.run(actId, async ({ progress, signal }) => {
      const { box, info1 } = this.demandLetter();
      if (box === undefined)
        throw new DiptychError("argument-invalid", "An amended record goes back as a file: save it.");
      const total = info1.length;
      progress?.({ step: "upload", done: 0, total, unit: "bytes" });
      await new LetterboxClient(this.office.world.config.gateway).put(box, info1, {
        progress: (done) => progress?.({ step: "upload", done, total, unit: "bytes" }),
        ...(signal === undefined ? {} : { signal }),
      });
      return this.noteLetter({ sent: Date.now() });
    });
  }

  /** What was signed, sealed to the patient, as a file. */
  async letterFile(): Promise<Uint8Array> {
    const { info1 } = this.demandLetter();
    await this.noteLetter({ saved: Date.now() });
    return info1;
  }

  /** What was signed, the newest first. */
  sent(): Promise<SentRecord[]> {
    return this.papers().sent();
  }

  /** Forgets what is being written. */
  async discard(): Promise<void> {
    this.draft = undefined;
    this.letter = undefined;
    this.amending = undefined;
  }

  private async read(given: string): Promise<ReadInvitation> {
    const invitation = readInvitationText(given);
    const id = hex(invitation.emrId);
    const before = (await this.papers().sent()).find((each) => each.id === id);
    return { id, text: printInvitation(invitation), ...(before === undefined ? {} : { before }) };
  }

  private take(file: Uint8Array): Draft {
    this.letter = undefined;
    const before = this.amending?.record;
    const { split, draft } = draftOf(
      file,
      before && { header: before.header, parts: before.extraction.parts },
    );
    this.draft = split;
    return draft;
  }

  private async keepLetter(
    id: string,
    { schema, parts: { length: parts } }: SplitRecord,
    info1: Uint8Array,
    box?: string,
  ): Promise<SentRecord> {
    const record = { id, schema, parts, size: info1.length, signed: Date.now() };
    this.letter = { info1, record, ...(box === undefined ? {} : { box }) };
    await this.papers().noteSent(record);
    return record;
  }

  private async noteLetter(done: Pick<SentRecord, "sent" | "saved">): Promise<SentRecord> {
    const letter = this.demandLetter();
    letter.record = { ...letter.record, ...done };
    await this.papers().noteSent(letter.record);
    return letter.record;
  }

  private demandDraft(): SplitRecord {
    if (this.draft === undefined)
      throw new DiptychError(
        "argument-invalid",
        "Nothing is being written: choose a file or fill in the form.",
      );
    return this.draft;
  }

  private demandAmending(): NonNullable<typeof this.amending> {
    if (this.amending === undefined)
      throw new DiptychError("argument-invalid", "No record is being amended: take what the patient sent.");
    return this.amending;
  }

  private demandLetter(): Letter {
    if (this.letter === undefined)
      throw new DiptychError("argument-invalid", "Nothing has been signed yet: sign the record first.");
    return this.letter;
  }

  private store() {
    return this.office.vault.store();
  }

  private papers(): DoctorPapers {
    return new DoctorPapers(this.store());
  }
}
