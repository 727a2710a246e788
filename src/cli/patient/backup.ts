/** `diptych patient export` and `import`: the patient's seed in one file, sealed under a passphrase. With it everything comes back. */
import { Decrypter, Encrypter } from "age-encryption";
import { equal, hex, unhex, wipe } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { decodePatientBackup, encodePatientBackup } from "../../roles/patientBackup.ts";
import { readPatientSeed, writePatientSeed } from "../../roles/patientSeed.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { writeNew } from "../frame/newFile.ts";
import { readPassphrase } from "../frame/passphrase.ts";
import type { PatientChoice } from "./desk.ts";
import { keepInvitation, readInvitations } from "./invitations.ts";
import { nameRecord, readNicknames } from "./recordChoice.ts";
import { keepCopy, listCopies, readCopy, type SealedCopy } from "./sealedCopies.ts";

/** log2 of scrypt's N: as for the keys of a home. */
const workFactor = 17;

export type ExportOptions = PatientChoice & { seedOnly?: boolean };

/** Writes the back-up, sealed under a passphrase that is asked for anew. */
export async function exportBackup(context: Context, options: ExportOptions, file: string): Promise<Result> {
  const store = await context.role("patient", options.name);
  const seed = await readPatientSeed(store);
  if (seed === undefined)
    throw new DiptychError(
      "key-missing",
      "This patient has no seed yet: `diptych patient invite` makes one.",
    );
  const copies = options.seedOnly === true ? [] : await readCopies(store);
  const body = encodePatientBackup({
    seed,
    nicknames: await readNicknames(store),
    invitations: await readInvitations(store),
    copies,
  });
  const passphrase = await readPassphrase("the back-up", true, context.signal);
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  const sealed = await encrypter.encrypt(body);
  wipe(seed, body);
  await writeNew(context, file, sealed);
  return {
    json: { file, bytes: sealed.length, records: copies.length },
    text: [
      `${file} holds the patient's seed, and ${copies.length === 1 ? "one record as it was" : `${copies.length} records as they were`} accepted, sealed under the passphrase just given.`,
      "Whoever has both can do all that this patient can: keep them apart, away from this machine.",
    ],
  };
}

/** Makes a patient of a back-up in this home; published records come back from ledgers and cloud. */
export async function importBackup(context: Context, options: PatientChoice, file: string): Promise<Result> {
  const sealed = await readInput(file);
  const passphrase = await readPassphrase("the back-up", false, context.signal);
  const body = await unseal(sealed, passphrase, file);
  const backup = decodePatientBackup(body);
  wipe(body);
  const store = await context.role("patient", options.name, { make: true });
  const known = await readPatientSeed(store);
  if (known !== undefined && !equal(known, backup.seed))
    throw new DiptychError(
      "usage",
      "This home has a patient of that name with another seed: choose another name with --name.",
    );
  await writePatientSeed(store, backup.seed);
  wipe(backup.seed);
  for (const [emrId, name] of Object.entries(backup.nicknames)) await nameRecord(store, unhex(emrId), name);
  const out = (await readInvitations(store)).map(({ emrId }) => hex(emrId));
  for (const invitation of backup.invitations) {
    if (!out.includes(hex(invitation.emrId))) await keepInvitation(store, invitation);
  }
  for (const copy of backup.copies) await keepCopy(store, copy);
  return {
    json: { file, records: backup.copies.length },
    text: [
      "The patient's seed is in this home now, sealed under the passphrase of its keys.",
      "Next: diptych patient list (published records come back from ledgers and cloud)",
    ],
  };
}

async function readCopies(store: KeyStore): Promise<SealedCopy[]> {
  const copies: SealedCopy[] = [];
  for (const emrId of await listCopies(store)) {
    const copy = await readCopy(store, emrId);
    if (copy !== undefined) copies.push(copy);
  }
  return copies;
}

async function unseal(sealed: Uint8Array, passphrase: string, file: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(sealed);
  } catch (cause) {
    throw new DiptychError(
      "passphrase-wrong",
      `The passphrase doesn't open ${nameOfInput(file)}, or it is no back-up of a patient: try again.`,
      { cause },
    );
  }
}
