/**
 * A patient's back-up: the seed, and what only this patient's own devices know besides. With it everything comes back: published
 * records from ledgers and cloud, accepted ones from the copies in it. It is secret: files of it are sealed under a passphrase
 * (age-encryption.org/v1, scrypt with N = 2^17) by whoever writes them.
 */
import { Reader, Writer } from "../core/encoding.ts";
import type { EmrInvitation } from "./info1.ts";
import { parseInvitation, printInvitation } from "./invitation.ts";

/** A record as it came from the doctor, sealed to the patient's record key, and the invitation that it answered. */
export type SealedRecord = { invitation: EmrInvitation; info1: Uint8Array };

/** What a back-up holds. */
export type PatientBackup = {
  /** 32 bytes: all of the patient's keys derive from it. */
  seed: Uint8Array;
  /** What the patient calls records, by EMR id (hex). */
  nicknames: Readonly<Record<string, string>>;
  /** Invitations that no record has come back for. */
  invitations: EmrInvitation[];
  copies: SealedRecord[];
};

const magic = "diptych/patient-backup/v1";

/** Text magic, seed (32), text nicknames (JSON), list of invitations (text), list of copies (invitation as text, bytes Info1). */
export function encodePatientBackup({ seed, nicknames, invitations, copies }: PatientBackup): Uint8Array {
  return new Writer()
    .text(magic)
    .fixed(seed)
    .text(JSON.stringify(nicknames))
    .list(invitations, (writer, each) => writer.text(printInvitation(each)))
    .list(copies, (writer, { invitation, info1 }) => writer.text(printInvitation(invitation)).bytes(info1))
    .finish();
}

/** Reads a back-up. @throws DiptychError `encoding-invalid` */
export function decodePatientBackup(body: Uint8Array): PatientBackup {
  const reader = new Reader(body, "back-up");
  if (reader.text(64) !== magic) throw reader.invalid("it is of another kind or version");
  const seed = reader.fixed(32);
  const nicknames = readNicknames(reader.text()) ?? fail(reader);
  const invitations = reader.list((each) => parseInvitation(each.text()));
  const copies = reader.list((each) => ({ invitation: parseInvitation(each.text()), info1: each.bytes() }));
  reader.end();
  return { seed, nicknames, invitations, copies };
}

/** An object of texts; undefined for anything else. */
function readNicknames(text: string): Record<string, string> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
    const isText = (each: unknown) => typeof each === "string";
    return Object.values(found).every(isText) ? (found as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}

function fail(reader: Reader): never {
  throw reader.invalid("its nicknames are no texts");
}
