/** The patient's back-up file: made, tried, and moved in from. The command line reads and writes the same file. */
import {
  DiptychError,
  decodePatientBackup,
  encodePatientBackup,
  type KeyStore,
  type PatientBackup,
  readPatientSeed,
  writePatientSeed,
} from "diptych";
import { equal, wipe } from "diptych/core";
import type { Papers } from "./patientPapers.ts";
import { openWithPassphrase, sealWithPassphrase } from "./vault.ts";

/** What a back-up file was found to hold when it was opened again. */
export type BackupTrial = {
  /** The seed in it is the one in this browser. */
  sameKeys: boolean;
  /** Records as they came from doctors. */
  records: number;
  invitations: number;
};

/** The back-up file, sealed under a passphrase. @throws DiptychError `key-missing` before there is a seed */
export async function makeBackup(store: KeyStore, papers: Papers, passphrase: string): Promise<Uint8Array> {
  const seed = await readPatientSeed(store);
  if (seed === undefined)
    throw new DiptychError("key-missing", "This browser keeps no keys of a patient yet.");
  const nicknames = await papers.nicknames();
  const invitations = (await papers.invitations()).map(({ invitation }) => invitation);
  const body = encodePatientBackup({ seed, nicknames, invitations, copies: await papers.copies() });
  const sealed = await sealWithPassphrase(body, passphrase);
  wipe(seed, body);
  return sealed;
}

/**
 * Opens a back-up file and compares it with what is here. That a back-up of these keys opened is noted.
 *
 * @throws DiptychError `passphrase-wrong`, `encoding-invalid`
 */
export async function tryBackup(
  store: KeyStore,
  papers: Papers,
  sealed: Uint8Array,
  passphrase: string,
): Promise<BackupTrial> {
  const { seed, copies, invitations } = await openBackup(sealed, passphrase);
  const here = await readPatientSeed(store);
  const sameKeys = here !== undefined && equal(here, seed);
  wipe(seed, ...(here === undefined ? [] : [here]));
  if (sameKeys) await papers.noteBackupTried();
  return { sameKeys, records: copies.length, invitations: invitations.length };
}

/**
 * Moves in from a back-up file. What is here of the same seed stays; another seed's takes its place only with `replace`.
 *
 * @throws DiptychError `passphrase-wrong`, `encoding-invalid`; `home-mismatch` where another seed's records are here
 */
export async function moveIn(
  store: KeyStore,
  papers: Papers,
  sealed: Uint8Array,
  passphrase: string,
  replace: boolean,
): Promise<PatientBackup["copies"]> {
  const { seed, nicknames, invitations, copies } = await openBackup(sealed, passphrase);
  const here = await readPatientSeed(store);
  const same = here !== undefined && equal(here, seed);
  if (here !== undefined && !same) {
    if (!replace)
      throw new DiptychError(
        "home-mismatch",
        "This browser keeps other keys: they would be lost without a back-up.",
      );
    await papers.clear();
  }
  if (!same) await writePatientSeed(store, seed);
  wipe(seed, ...(here === undefined ? [] : [here]));
  for (const [emrId, name] of Object.entries(nicknames)) await papers.nickname(emrId, name);
  for (const invitation of invitations) await papers.keepInvitation(invitation);
  for (const copy of copies) await papers.keepCopy(copy);
  await papers.noteBackupTried();
  return copies;
}

async function openBackup(sealed: Uint8Array, passphrase: string): Promise<PatientBackup> {
  let body: Uint8Array;
  try {
    body = await openWithPassphrase(sealed, passphrase);
  } catch (cause) {
    throw new DiptychError(
      "passphrase-wrong",
      "The passphrase doesn't open this file, or it is no back-up.",
      { cause },
    );
  }
  try {
    return decodePatientBackup(body);
  } finally {
    wipe(body);
  }
}
