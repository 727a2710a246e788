/** The next revisions of a patient's records: what a doctor gets to sign one, and taking it. */
import type { CheckedCertificate } from "../record/index.ts";
import {
  type AmendmentPreview,
  type AmendmentReport,
  amendRecord,
  readAmendmentInviter,
  requestAmendment,
  reviewAmendment,
} from "./amending.ts";
import type { AmendmentWishes } from "./amendmentPlan.ts";
import type { Owner } from "./owner.ts";
import type { ActOptions } from "./progress.ts";
import type { RecordsAtHand } from "./recordsAtHand.ts";

/** Amendments of a patient's records. */
export class OwnAmendments {
  private readonly owner: Owner;
  private readonly records: RecordsAtHand;

  constructor(owner: Owner, records: RecordsAtHand) {
    this.owner = owner;
    this.records = records;
  }

  /**
   * Which doctor wrote an invitation: look at it before sending a record. The certificate holds now.
   *
   * @throws DiptychError `amendment-invalid`, `certificate-invalid`
   */
  readInviter(invitation: Uint8Array): Promise<CheckedCertificate> {
    return readAmendmentInviter(this.owner, invitation);
  }

  /**
   * The whole record as it stands, salts included, sealed to the doctor who wrote the invitation, in the word of this EMR's key. That
   * doctor, the same as before or another, can sign its next revision.
   *
   * @throws DiptychError as `readInviter`, and `change-unfinished` while another amendment is under way
   */
  request(emrId: Uint8Array, invitation: Uint8Array, options?: ActOptions): Promise<Uint8Array> {
    const course = this.records.course(options);
    return this.records.inTurn(() =>
      requestAmendment(this.owner, this.records.get(emrId), invitation, course),
    );
  }

  /**
   * What an amendment that a doctor sent would change; verifies all of it, and keeps nothing. With `wishes` it also tells what `accept`
   * with the same would publish (`plan`), or throws as that would; without, only what the doctor wrote is judged.
   */
  review(
    emrId: Uint8Array,
    info1: Uint8Array,
    wishes?: AmendmentWishes,
    options?: ActOptions,
  ): Promise<AmendmentPreview> {
    const course = this.records.course(options);
    return this.records.inTurn(() =>
      reviewAmendment(this.owner, this.records.get(emrId), info1, wishes, course),
    );
  }

  /**
   * Takes the next revision of a record from a doctor and publishes it in both views, in the epochs that run, so grants live on.
   * Only replaced and appended parts are encrypted and uploaded; appended ones are private unless `wishes` say otherwise. After a
   * stop the same call, or `finish`, does what is left. A record that isn't published yet is replaced as it was accepted.
   *
   * @throws DiptychError `amendment-stale` for any but the next revision of what stands, `amendment-invalid` for one that breaks
   * the rules, `seal-open-failed`, `info1-invalid`, `certificate-invalid`, `ces-verification-failed`; `record-move-forbidden` when the
   * new rule forbids the shared side; `change-unfinished` when a view is closed, or something else was begun
   */
  accept(
    emrId: Uint8Array,
    info1: Uint8Array,
    wishes: AmendmentWishes = {},
    options?: ActOptions,
  ): Promise<AmendmentReport> {
    const course = this.records.course(options);
    return this.records.inTurn(() => amendRecord(this.owner, this.records.get(emrId), info1, wishes, course));
  }
}
