/** What a record is written for: a patient's invitation, or a record that a patient wants amended. */
import type { ToAmend } from "../engine/doctorAmending.ts";
import type { ReadInvitation } from "../engine/doctorDesk.ts";

export type Occasion = { kind: "new"; invitation: ReadInvitation } | { kind: "amend"; record: ToAmend };

/** The EMR id, hex. */
export function idOf(occasion: Occasion): string {
  return occasion.kind === "new" ? occasion.invitation.id : occasion.record.id;
}
