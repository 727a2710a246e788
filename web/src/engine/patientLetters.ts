/** How a record comes from a doctor: invitations go out, letters come back through the gateway's letterbox or as a file. */
import { DiptychError, isDiptychError, printInvitation } from "diptych";
import { LetterboxClient, letterboxOf } from "diptych/cloud";
import { hex } from "diptych/core";
import type { PendingInvitation } from "./patientPapers.ts";
import type { Practice } from "./patientRecords.ts";

/** An invitation that is out. */
export type Invitation = {
  id: string;
  nickname?: string;
  /** What goes to the doctor: public values only. */
  text: string;
  /** When it was made, in milliseconds. */
  made: number;
};

/** A letter that waits for an invitation's patient. Times in Unix seconds. */
export type Waiting = { invitationId: string; id: string; size: number; time: number; until: number };

export async function listInvitations({ papers }: Pick<Practice, "papers">): Promise<Invitation[]> {
  const nicknames = await papers.nicknames();
  return (await papers.invitations()).map(({ invitation, made }) => {
    const id = hex(invitation.emrId);
    const nickname = nicknames[id];
    return { id, text: printInvitation(invitation), made, ...(nickname === undefined ? {} : { nickname }) };
  });
}

/** Letters in the boxes of all invitations that are out. */
export async function listLetters(
  gateway: string,
  pending: readonly PendingInvitation[],
): Promise<Waiting[]> {
  const client = new LetterboxClient(gateway);
  const found = await Promise.all(
    pending.map(async ({ invitation }) => {
      const letters = await client.list(letterboxOf(invitation));
      return letters.map((letter) => ({ invitationId: hex(invitation.emrId), ...letter }));
    }),
  );
  return found.flat();
}

/** Takes in a letter's record and empties the letterbox. Returns the EMR id. */
export async function takeLetter(
  practice: Practice,
  gateway: string,
  { invitationId, id }: Pick<Waiting, "invitationId" | "id">,
  signal?: AbortSignal,
): Promise<string> {
  const pending = await practice.papers.invitations();
  const found = pending.find(({ invitation }) => hex(invitation.emrId) === invitationId);
  if (found === undefined)
    throw new DiptychError(
      "info1-invalid",
      "This invitation is no longer there: make a new one for the doctor.",
    );
  const client = new LetterboxClient(gateway);
  const box = letterboxOf(found.invitation);
  const info1 = await client.get(box, id, signal === undefined ? {} : { signal });
  await accept(practice, info1, found);
  // The record is here: a letterbox that can't be emptied empties itself in time.
  await client.remove(box, id).catch(() => undefined);
  return invitationId;
}

/** Takes in a record from a file: it answers one of the invitations that are out. Returns the EMR id. */
export async function takeFile(practice: Practice, info1: Uint8Array): Promise<string> {
  const pending = await practice.papers.invitations();
  for (const each of pending) {
    try {
      await accept(practice, info1, each);
      return hex(each.invitation.emrId);
    } catch (error) {
      if (!isDiptychError(error, "seal-open-failed")) throw error;
    }
  }
  throw new DiptychError(
    "info1-invalid",
    pending.length === 0
      ? "No invitation is out: make one for the doctor first."
      : "This answers none of your invitations: ask the doctor for the file made from yours.",
  );
}

async function accept(
  { patient, papers }: Practice,
  info1: Uint8Array,
  { invitation }: PendingInvitation,
): Promise<void> {
  await patient.accept(info1, invitation);
  await papers.keepCopy({ invitation, info1 });
  await papers.forgetInvitation(hex(invitation.emrId));
}
