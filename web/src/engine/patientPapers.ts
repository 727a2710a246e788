/**
 * What a patient's browser keeps besides the seed: invitations that are out, records as they came from the doctor, and what the
 * patient calls each. All of it sealed like the seed.
 */
import {
  type EmrInvitation,
  type KeyStore,
  parseInvitation,
  printInvitation,
  type SealedRecord,
} from "diptych";
import { hex, Reader, utf8, utf8Decode, Writer } from "diptych/core";
import { alone } from "./alone.ts";

/** An invitation that no record has come back for. */
export type PendingInvitation = { invitation: EmrInvitation; made: number };

const names = {
  invitations: "patient/page/invitations",
  nicknames: "patient/page/nicknames",
  copies: "patient/page/copies",
  backupTried: "patient/page/backup-tried",
};
const copyOf = (emrId: string) => `patient/page/copy/${emrId.slice(2)}`;
const longestName = 80;

export class Papers {
  private readonly store: KeyStore;

  constructor(store: KeyStore) {
    this.store = store;
  }

  /** The newest first. */
  async invitations(): Promise<PendingInvitation[]> {
    const kept = await this.read<{ text: string; made: number }[]>(names.invitations, []);
    return kept.map(({ text, made }) => ({ invitation: parseInvitation(text), made }));
  }

  keepInvitation(invitation: EmrInvitation): Promise<void> {
    return alone(async () => {
      const known = await this.invitations();
      if (known.some((each) => hex(each.invitation.emrId) === hex(invitation.emrId))) return;
      await this.putInvitations([{ invitation, made: Date.now() }, ...known]);
    });
  }

  forgetInvitation(emrId: string): Promise<void> {
    return alone(async () => {
      const known = await this.invitations();
      await this.putInvitations(known.filter(({ invitation }) => hex(invitation.emrId) !== emrId));
    });
  }

  /** What the patient calls records, by EMR id (hex). */
  nicknames(): Promise<Record<string, string>> {
    return this.read(names.nicknames, {});
  }

  /** Gives a record a name that only this patient sees; an empty one takes it away. */
  nickname(emrId: string, name: string): Promise<void> {
    return alone(async () => {
      const { [emrId]: _, ...others } = await this.nicknames();
      const given = name.trim().slice(0, longestName).toWellFormed();
      await this.write(names.nicknames, given === "" ? others : { ...others, [emrId]: given });
    });
  }

  /** Keeps a record as it came: u8 format version 1, text invitation, bytes Info1. */
  keepCopy({ invitation, info1 }: SealedRecord): Promise<void> {
    return alone(async () => {
      const emrId = hex(invitation.emrId);
      const copy = new Writer().u8(1).text(printInvitation(invitation)).bytes(info1).finish();
      await this.store.set(copyOf(emrId), copy);
      const known = await this.read<string[]>(names.copies, []);
      if (!known.includes(emrId)) await this.write(names.copies, [...known, emrId]);
    });
  }

  /** Keeps the next revision of a record in the place of the one before. */
  async keepNext(emrId: string, info1: Uint8Array): Promise<void> {
    const known = (await this.copies()).find(({ invitation }) => hex(invitation.emrId) === emrId);
    if (known !== undefined) await this.keepCopy({ invitation: known.invitation, info1 });
  }

  async copies(): Promise<SealedRecord[]> {
    const found: SealedRecord[] = [];
    for (const emrId of await this.read<string[]>(names.copies, [])) {
      const bytes = await this.store.get(copyOf(emrId));
      if (bytes === undefined) continue;
      const reader = new Reader(bytes, "kept record").version(1);
      const invitation = parseInvitation(reader.text());
      found.push({ invitation, info1: reader.bytes() });
      reader.end();
    }
    return found;
  }

  /** When a back-up of these keys was last opened, in milliseconds. */
  async backupTried(): Promise<number | undefined> {
    return (await this.read<number | null>(names.backupTried, null)) ?? undefined;
  }

  async noteBackupTried(): Promise<void> {
    await this.write(names.backupTried, Date.now());
  }

  /** Forgets all of it: before another person's seed moves in. */
  async clear(): Promise<void> {
    for (const emrId of await this.read<string[]>(names.copies, [])) await this.store.delete(copyOf(emrId));
    for (const name of Object.values(names)) await this.store.delete(name);
  }

  private putInvitations(invitations: readonly PendingInvitation[]): Promise<void> {
    const kept = invitations.map(({ invitation, made }) => ({ text: printInvitation(invitation), made }));
    return this.write(names.invitations, kept);
  }

  private async read<T>(name: string, otherwise: T): Promise<T> {
    const bytes = await this.store.get(name);
    return bytes === undefined ? otherwise : (JSON.parse(utf8Decode(bytes)) as T);
  }

  private write(name: string, value: unknown): Promise<void> {
    return this.store.set(name, utf8(JSON.stringify(value)));
  }
}
