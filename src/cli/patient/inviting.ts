/** `diptych patient invite` and `accept`: how a record comes from a doctor to its patient (paper, 5.1.1 and 5.1.2). */
import { hex } from "../../core/bytes.ts";
import { DiptychError, isDiptychError } from "../../core/errors.ts";
import type { EmrInvitation } from "../../roles/info1.ts";
import { printInvitation } from "../../roles/invitation.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { writeNew } from "../frame/newFile.ts";
import { printable, timeInWords } from "../frame/printing.ts";
import { accountsOf, type Desk, openDesk, type PatientChoice, showing } from "./desk.ts";
import { readInvitationFile } from "./invitationFile.ts";
import { forgetInvitation, keepInvitation, readInvitations } from "./invitations.ts";
import { nameRecord, readNicknames, titleOf } from "./recordChoice.ts";
import { keepCopy } from "./sealedCopies.ts";

const largestInvitation = 1 << 16;

export type InviteOptions = PatientChoice & { out: string; as?: string };

/** Draws an EMR id and writes what a doctor needs; makes the patient's keys at the first time. */
export async function invite(context: Context, options: InviteOptions): Promise<Result> {
  const desk = await openDesk(context, options, { make: true, restore: false });
  const invitation = desk.patient.invite();
  if (options.as !== undefined) await nameRecord(desk.store, invitation.emrId, options.as);
  const text = printInvitation(invitation);
  if (options.out !== "-") await writeNew(context, options.out, text);
  await keepInvitation(desk.store, invitation);
  const facts = { invitation: JSON.parse(text) as object, accounts: await accountsOf(desk.patient) };
  if (options.out === "-") return { json: facts, text: text.trimEnd() };
  return {
    json: { ...facts, file: options.out },
    text: [
      `${options.out} is for the doctor who makes the record: nothing in it is secret.`,
      "What comes back goes to: diptych patient accept INFO1",
    ],
  };
}

export type AcceptOptions = PatientChoice & { as?: string; invitation?: string };

/** Verifies what a doctor sent and keeps it sealed in the home until it is published. */
export async function accept(context: Context, options: AcceptOptions, file: string): Promise<Result> {
  const info1 = await readInput(file);
  if (info1.length === 0)
    throw new DiptychError(
      "info1-invalid",
      `${nameOfInput(file)} is empty: ask the doctor to send it again.`,
    );
  const given =
    options.invitation === undefined
      ? undefined
      : readInvitationFile(await readInput(options.invitation, largestInvitation), options.invitation);
  const desk = await openDesk(context, options);
  const open = given === undefined ? await readInvitations(desk.store) : [given];
  if (given === undefined) await demandNoAmendment(desk, info1, file);
  if (open.length === 0)
    throw new DiptychError(
      "info1-invalid",
      "No invitation of this patient is out: name the one that this answers with --invitation FILE.",
    );
  const invitation = await showing(context, "verifying the record", () =>
    acceptFirst(desk, info1, open, file),
  );
  const { emrId } = invitation;
  await keepCopy(desk.store, { invitation, info1 });
  await forgetInvitation(desk.store, invitation);
  if (options.as !== undefined) await nameRecord(desk.store, emrId, options.as);
  const { header, parts } = await desk.patient.show(emrId);
  const title = titleOf(emrId, await readNicknames(desk.store));
  return {
    json: {
      emrId: hex(emrId),
      schema: header.schema,
      revision: header.revision,
      issuer: header.issuer,
      time: header.time,
      parts: parts.map(({ position, label }) => ({ position, label })),
    },
    text: [
      `Accepted ${title}: ${header.schema}, ${parts.length} parts, signed by ${printable(header.issuer)} at ${timeInWords(header.time)}.`,
      "Certificate, commitments, signature, and that it is this patient's: all hold. It lies sealed in the home.",
      "Next: diptych patient publish",
    ],
  };
}

/** What amends a record that is here answers no invitation. @throws DiptychError `record-stored`, `amendment-stale`, ... */
async function demandNoAmendment({ patient }: Desk, info1: Uint8Array, file: string): Promise<void> {
  for (const emrId of patient.list()) {
    try {
      const { header } = await patient.amendments.review(emrId, info1);
      if (header.revision === 1) return;
    } catch (error) {
      if (isDiptychError(error, "seal-open-failed")) continue;
      throw error;
    }
    throw new DiptychError(
      "record-stored",
      `${nameOfInput(file)} amends a record that is here: \`diptych patient amend ${file}\` takes it.`,
    );
  }
}

/** Whatever doesn't open under an invitation may answer another. */
async function acceptFirst(
  { patient }: Desk,
  info1: Uint8Array,
  invitations: readonly EmrInvitation[],
  file: string,
): Promise<EmrInvitation> {
  for (const invitation of invitations) {
    try {
      await patient.accept(info1, invitation);
      return invitation;
    } catch (error) {
      if (!isDiptychError(error, "seal-open-failed")) throw error;
    }
  }
  throw new DiptychError(
    "seal-open-failed",
    `${nameOfInput(file)} answers none of this patient's invitations, or was changed on its way: ask the doctor to send it again, or name the invitation with --invitation FILE.`,
  );
}
