/**
 * The patient of this browser, and acts on their records: what the patient's desks work with. It stands on no desk itself, so the page
 * can't have an act of its own run with the patient's keys.
 */
import type { ActOptions, Patient } from "diptych";
import type { Office } from "./office.ts";
import { openPractice } from "./patientPractice.ts";
import type { Practice } from "./patientRecords.ts";
import { Turn } from "./patientTurn.ts";
import { nameOfWorld } from "./world.ts";

const role = "patient";

export class PatientActs {
  private readonly office: Office;
  private readonly turn: Turn;

  constructor(office: Office) {
    this.office = office;
    this.turn = new Turn(`diptych/patient/${nameOfWorld(office.world.config)}`);
  }

  /** Whether an act runs in this window. */
  get busy(): boolean {
    return this.turn.busy;
  }

  practice(): Promise<Practice> {
    return this.office.open(role, () => openPractice(this.office));
  }

  /** Forgets what this window knows of the records: they are found anew, as they stand by then. */
  reopen(): void {
    this.office.reopen(role);
  }

  /** One act on a record: in this window alone, and what it changed is no surprise afterwards. */
  run(
    actId: string,
    id: string,
    act: (patient: Patient, options: ActOptions) => Promise<unknown>,
  ): Promise<void> {
    return this.office.acts.run(actId, (options) =>
      this.turn.take(async () => {
        const practice = await this.practice();
        try {
          await act(practice.patient, options);
        } finally {
          practice.seen.delete(id);
        }
      }),
    );
  }
}
