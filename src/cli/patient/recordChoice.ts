/** Which record a command is about: by its nickname, which never leaves the home, or by the beginning of its EMR id. */
import { hex, unhex, utf8, utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import type { Desk } from "./desk.ts";

/** The option of commands about one record. */
export type RecordChoice = { record?: string };

/** Nicknames by EMR id (hex). */
export type Nicknames = Readonly<Record<string, string>>;

const kept = "cli/nicknames";
const nickname = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;
/** Fewer hex digits don't count as the beginning of an EMR id. */
const shortestPrefix = 4;

export async function readNicknames(store: KeyStore): Promise<Nicknames> {
  const bytes = await store.get(kept);
  return bytes === undefined ? {} : (JSON.parse(utf8Decode(bytes)) as Nicknames);
}

/** Gives a record a nickname. @throws DiptychError `usage` for one that can't be, or is another record's */
export async function nameRecord(store: KeyStore, emrId: Uint8Array, name: string): Promise<void> {
  const known = await readNicknames(store);
  if (!nickname.test(name))
    throw new DiptychError(
      "usage",
      `${JSON.stringify(name.slice(0, 70))} can't be a nickname: take up to 64 letters, digits, spaces, dots and dashes.`,
    );
  const other = Object.entries(known).find(([id, each]) => each === name && id !== hex(emrId));
  if (other !== undefined)
    throw new DiptychError(
      "usage",
      `"${name}" is the nickname of record ${shortId(other[0])}: take another.`,
    );
  await store.set(kept, utf8(JSON.stringify({ ...known, [hex(emrId)]: name })));
}

/** The first digits of an EMR id, as lists show it. */
export function shortId(emrId: string | Uint8Array): string {
  return (typeof emrId === "string" ? emrId : hex(emrId)).slice(0, 10);
}

/** A record in words: its nickname, or the first digits of its EMR id. */
export function titleOf(emrId: Uint8Array, names: Nicknames): string {
  const name = names[hex(emrId)];
  return name === undefined ? `record ${shortId(emrId)}` : `"${name}" (${shortId(emrId)})`;
}

/**
 * The EMR id of the record that is meant; the only one where none is named.
 *
 * @throws DiptychError `record-unknown` when there is none such, `usage` when there are several
 */
export async function chooseRecord({ patient, store }: Desk, { record }: RecordChoice): Promise<Uint8Array> {
  return pickRecord(patient.list(), await readNicknames(store), record);
}

/** As `chooseRecord`, among these. */
export function pickRecord(ids: readonly Uint8Array[], names: Nicknames, wanted?: string): Uint8Array {
  const all = ids.map((id) => hex(id));
  const found = wanted === undefined ? all : matching(all, names, wanted);
  const [only] = found;
  if (only === undefined)
    throw new DiptychError(
      "record-unknown",
      wanted === undefined
        ? "There is no record here yet: invite a doctor (`diptych patient invite`), then accept what comes back."
        : `No record here is called ${JSON.stringify(wanted.slice(0, 70))}: \`diptych patient list\` shows all.`,
    );
  if (found.length > 1)
    throw new DiptychError(
      "usage",
      `Several records could be meant: say --record with one of ${found.map((id) => names[id] ?? shortId(id)).join(", ")}.`,
    );
  return unhex(only);
}

function matching(ids: readonly string[], names: Nicknames, wanted: string): string[] {
  const named = ids.filter((id) => names[id] === wanted);
  if (named.length > 0) return named;
  const digits = wanted.toLowerCase().replace(/^0x/, "");
  if (digits.length < shortestPrefix || !/^[0-9a-f]+$/.test(digits)) return [];
  return ids.filter((id) => id.slice(2).startsWith(digits));
}
