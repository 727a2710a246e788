/** Invitations that are out, and records that came back: kept in the patient's sealed store until they are needed no more. */
import { equal, utf8, utf8Decode } from "../../core/bytes.ts";
import type { EmrInvitation } from "../../roles/info1.ts";
import { parseInvitation, printInvitation } from "../../roles/invitation.ts";
import type { KeyStore } from "../../roles/keyStore.ts";

const kept = "cli/invitations";

/** The invitations that no record has come back for, the newest first. */
export async function readInvitations(store: KeyStore): Promise<EmrInvitation[]> {
  const bytes = await store.get(kept);
  if (bytes === undefined) return [];
  const texts = JSON.parse(utf8Decode(bytes)) as string[];
  return texts.map(parseInvitation);
}

export async function keepInvitation(store: KeyStore, invitation: EmrInvitation): Promise<void> {
  await keepAll(store, [invitation, ...(await readInvitations(store))]);
}

export async function forgetInvitation(store: KeyStore, { emrId }: EmrInvitation): Promise<void> {
  await keepAll(
    store,
    (await readInvitations(store)).filter((each) => !equal(each.emrId, emrId)),
  );
}

function keepAll(store: KeyStore, invitations: readonly EmrInvitation[]): Promise<void> {
  return store.set(kept, utf8(JSON.stringify(invitations.map(printInvitation))));
}
