/** `diptych patient export` and `import`: the patient's seed in one file, sealed under a passphrase. With it everything comes back. */
import { Decrypter, Encrypter } from "age-encryption";
import { equal, hex, unhex, utf8, wipe } from "../../core/bytes.ts";
import { Reader, Writer } from "../../core/encoding.ts";
import { DiptychError } from "../../core/errors.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { nameOfInput, readInput } from "../frame/input.ts";
import { readPassphrase } from "../frame/passphrase.ts";
import type { PatientChoice } from "./desk.ts";
import { parseInvitation, printInvitation } from "./invitationFile.ts";
import { keepInvitation, readInvitations } from "./invitations.ts";
import { writeNew } from "./inviting.ts";
import { nameRecord, readNicknames } from "./recordChoice.ts";
import { keepCopy, listCopies, readCopy, type SealedCopy } from "./sealedCopies.ts";

const seedName = "patient/seed";
/** log2 of scrypt's N: as for the keys of a home. */
const workFactor = 17;
const magic = "diptych/patient-backup/v1";

type Backup = {
  seed: Uint8Array;
  nicknames: Readonly<Record<string, string>>;
  /** Files of invitations that are out. */
  invitations: string[];
  copies: SealedCopy[];
};

export type ExportOptions = PatientChoice & { seedOnly?: boolean };

/** Writes the back-up. It is sealed under the passphrase of the patient's keys. */
export async function exportBackup(context: Context, options: ExportOptions, file: string): Promise<Result> {
  const store = await context.role("patient", options.name);
  const seed = await store.get(seedName);
  if (seed === undefined)
    throw new DiptychError(
      "key-missing",
      "This patient has no seed yet: `diptych patient invite` makes one.",
    );
  const copies = options.seedOnly === true ? [] : await readCopies(store);
  const body = encode({
    seed,
    nicknames: await readNicknames(store),
    invitations: (await readInvitations(store)).map(printInvitation),
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
  const backup = decode(await unseal(sealed, passphrase, file), file);
  const store = await context.role("patient", options.name, { make: true });
  const known = await store.get(seedName);
  if (known !== undefined && !equal(known, backup.seed))
    throw new DiptychError(
      "usage",
      "This home has a patient of that name with another seed: choose another name with --name.",
    );
  await store.set(seedName, backup.seed);
  wipe(backup.seed);
  for (const [emrId, name] of Object.entries(backup.nicknames)) await nameRecord(store, unhex(emrId), name);
  const out = (await readInvitations(store)).map(({ emrId }) => hex(emrId));
  for (const text of backup.invitations) {
    const invitation = parseInvitation(utf8(text), file);
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

/** Text magic, seed (32), text nicknames (JSON), list of invitations (text), list of copies (invitation as text, bytes Info1). */
function encode({ seed, nicknames, invitations, copies }: Backup): Uint8Array {
  return new Writer()
    .text(magic)
    .fixed(seed)
    .text(JSON.stringify(nicknames))
    .list(invitations, (writer, each) => writer.text(each))
    .list(copies, (writer, { invitation, info1 }) => writer.text(printInvitation(invitation)).bytes(info1))
    .finish();
}

function decode(body: Uint8Array, file: string): Backup {
  const reader = new Reader(body, "back-up");
  if (reader.text(64) !== magic) throw reader.invalid("it is of another kind or version");
  const seed = reader.fixed(32);
  const nicknames: unknown = JSON.parse(reader.text());
  const invitations = reader.list((each) => each.text());
  const copies = reader.list((each) => ({
    invitation: parseInvitation(utf8(each.text()), file),
    info1: each.bytes(),
  }));
  reader.end();
  if (typeof nicknames !== "object" || nicknames === null)
    throw reader.invalid("its nicknames are no object");
  return { seed, nicknames: nicknames as Backup["nicknames"], invitations, copies };
}
