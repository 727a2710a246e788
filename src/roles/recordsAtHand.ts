/** A patient's records as memory has them, and acts on them, one after the other. */
import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { Turns } from "../core/turns.ts";
import type { Mined } from "../ledger/transactions.ts";
import { finishAmendment } from "./amending.ts";
import { type BegunAct, underNote } from "./begunActs.ts";
import { readBegun } from "./begunChange.ts";
import type { ChangeReport } from "./carrying.ts";
import { changeRecord } from "./changing.ts";
import type { Owner } from "./owner.ts";
import type { OwnRecord } from "./ownRecord.ts";
import { type ActOptions, Course } from "./progress.ts";
import type { Change } from "./redefinition.ts";
import { actOnViews } from "./viewActs.ts";

export class RecordsAtHand {
  private readonly owner: Owner;
  private readonly records = new Map<string, OwnRecord>();
  private readonly turns = new Turns();

  constructor(owner: Owner) {
    this.owner = owner;
  }

  all(): OwnRecord[] {
    return [...this.records.values()];
  }

  find(emrId: Uint8Array): OwnRecord | undefined {
    return this.records.get(hex(emrId));
  }

  /** Throws `record-unknown`. */
  get(emrId: Uint8Array): OwnRecord {
    const record = this.find(emrId);
    if (record === undefined)
      throw new DiptychError(
        "record-unknown",
        "This patient has no such record here: accept it, or restore from the seed first.",
      );
    return record;
  }

  keep(record: OwnRecord): void {
    this.records.set(hex(record.header.emrId), record);
  }

  /** An act that keeps each record as it stands after each step. */
  course(options: ActOptions | undefined): Course {
    return new Course(options, (record) => this.keep(record));
  }

  /** One act after the other: two at once would publish over each other, and forget what the other just uploaded. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    return this.turns.take(act);
  }

  /** One act on the views of a record, noted until it is done on all of them. */
  async actOn(emrId: Uint8Array, act: BegunAct): Promise<Mined[]> {
    this.get(emrId);
    return this.inTurn(() =>
      underNote(this.owner.journal, emrId, act, () => actOnViews(this.owner, emrId, act)),
    );
  }

  /** A change, or without one the end of what was begun. */
  change(
    emrId: Uint8Array,
    change: Change | undefined,
    options: ActOptions | undefined,
  ): Promise<ChangeReport> {
    const course = this.course(options);
    return this.inTurn(() => this.changeNow(emrId, change, course));
  }

  /** The same, for whoever has the turn. While an amendment is under way it is finished, with the views to reopen. */
  async changeNow(emrId: Uint8Array, change: Change | undefined, course: Course): Promise<ChangeReport> {
    const record = this.get(emrId);
    const begun = await readBegun(this.owner.journal, emrId);
    const { reopen = [], ...more } = change ?? {};
    if (begun?.amendment === undefined || Object.keys(more).length > 0)
      return changeRecord(this.owner, record, change, course);
    return finishAmendment(this.owner, record, { begun, reopen }, course);
  }
}
