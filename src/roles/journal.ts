/**
 * What an act of the patient notes before each effect, so that after a stop at any point the same act goes on with the very same
 * bytes. The notes hold secrets (keys of parts, sigma, records that were accepted and not yet published).
 */
import { equal } from "../core/bytes.ts";
import type { KeyStore } from "./keyStore.ts";

/**
 * Named byte strings, sealed and kept from changes by the implementation, like a key store's, but larger: a note can be as long as
 * a record. One program at a time.
 */
export type Journal = {
  /** The bytes under that name, or undefined. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes under a name, whole or not at all, and durably before it resolves; replaces what was there. */
  set(name: string, bytes: Uint8Array): Promise<void>;
  /** Forgets a name, durably; no error when there is nothing under it. */
  delete(name: string): Promise<void>;
};

/** A journal that lies in a key store. */
export function journalIn(keyStore: KeyStore): Journal {
  return {
    get: (name) => keyStore.get(name),
    set: (name, bytes) => keyStore.set(name, bytes),
    delete: (name) => keyStore.delete(name),
  };
}

const listName = "patient/noted-records";
const idSize = 32;

/** EMR ids of the records of which something was noted. A stop can leave one in it of which nothing is noted any more. */
export async function notedEmrs(journal: Journal): Promise<Uint8Array[]> {
  const kept = (await journal.get(listName)) ?? new Uint8Array();
  return Array.from({ length: Math.floor(kept.length / idSize) }, (_, i) =>
    kept.slice(i * idSize, (i + 1) * idSize),
  );
}

/** Puts an EMR id on the list: before anything else is noted of it, so that no note is ever without. */
export async function listEmr(journal: Journal, emrId: Uint8Array): Promise<void> {
  const listed = await notedEmrs(journal);
  if (!listed.some((each) => equal(each, emrId))) await keepList(journal, [...listed, emrId]);
}

/** Takes EMR ids off the list. */
export async function unlistEmrs(journal: Journal, emrIds: readonly Uint8Array[]): Promise<void> {
  if (emrIds.length === 0) return;
  const listed = await notedEmrs(journal);
  await keepList(
    journal,
    listed.filter((each) => !emrIds.some((gone) => equal(gone, each))),
  );
}

async function keepList(journal: Journal, emrIds: readonly Uint8Array[]): Promise<void> {
  if (emrIds.length === 0) return journal.delete(listName);
  const bytes = new Uint8Array(emrIds.length * idSize);
  emrIds.forEach((each, i) => {
    bytes.set(each, i * idSize);
  });
  await journal.set(listName, bytes);
}
