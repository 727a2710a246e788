/** P's own copy: all that P needs to manage a record again from the seed alone; sealed by the caller to P's record key. */
import { Reader, Writer } from "../core/encoding.ts";
import { readCertificateChain } from "./certificateChain.ts";
import type { Side } from "./side.ts";

/** What the own copy holds of one part. */
export interface OwnPart {
  position: number;
  label: string;
  side: Side;
  /** K_i, 32 bytes: a secret. */
  key: Uint8Array;
  /** g_i, from 1. */
  generation: number;
  /** Bytes of the CID of C_mi. */
  cid: Uint8Array;
  /** c_i, 32 bytes. */
  commitment: Uint8Array;
}

/** What the own copy holds of one view. */
export interface OwnView {
  /** "full", "shared" or another name. */
  name: string;
  ledger: "storage" | "shared";
  /** The policy's text. */
  policy: string;
  /** Codes of the purposes that the view may be asked for, where it doesn't allow any. */
  purposes?: readonly string[];
  /** Positions the view opens; ascending. */
  positions: number[];
  /** The random handle of the view's pin set, 32 bytes, where it has one. */
  tag?: Uint8Array;
}

/** P's own copy: with it and the seed the patient gets everything back from the cloud. */
export interface OwnCopy {
  /** 32 bytes. */
  emrId: Uint8Array;
  header: Uint8Array;
  signature: Uint8Array;
  certificateChain: Uint8Array[];
  /** All n parts; ascending. */
  parts: OwnPart[];
  views: OwnView[];
  /** Of a record that was taken over from another person: what this seed can't derive. */
  takenOver?: TakenOver;
  /** Of an amended record: from which version on each view, in their order, has this revision. */
  since?: number[];
}

/** What comes with a record from another person's seed. */
export interface TakenOver {
  /** The Ed25519 seed behind the header's pseudonym, 32 bytes: a secret. */
  emrKey: Uint8Array;
  /** Of each view, in their order; 32 bytes each. */
  ledgerRecordIds: Uint8Array[];
}

const sides: readonly Side[] = ["private", "shared"];
const ledgers = ["storage", "shared"] as const;

/**
 * u8 format version 1, EMR id (32), bytes header, bytes signature, list of bytes certificate, list of (u16 position, text
 * label, u8 side (0 private, 1 shared), key (32), u32 generation, bytes cid, commitment (32)), list of (text name, u8
 * ledger (0 storage, 1 shared), text policy, list of text purpose, list of u16 position, bytes tag (0 or 32)). Of a record
 * that was taken over from another person format version 2: the same, then EMR key (32), and each view's ledger record id (32).
 * Of an amended record format version 3: what version 1 has, u8 1 and what version 2 adds or u8 0, then of each view u64 since.
 */
export function encodeOwnCopy(copy: OwnCopy): Uint8Array {
  const { takenOver, since } = copy;
  const writer = new Writer()
    .u8(since !== undefined ? 3 : takenOver === undefined ? 1 : 2)
    .fixed(copy.emrId)
    .bytes(copy.header)
    .bytes(copy.signature)
    .list(copy.certificateChain, (writer, certificate) => writer.bytes(certificate))
    .list(copy.parts, (writer, part) =>
      writer
        .u16(part.position)
        .text(part.label)
        .u8(sides.indexOf(part.side))
        .fixed(part.key)
        .u32(part.generation)
        .bytes(part.cid)
        .fixed(part.commitment),
    )
    .list(copy.views, (writer, view) =>
      writer
        .text(view.name)
        .u8(ledgers.indexOf(view.ledger))
        .text(view.policy)
        .list(view.purposes ?? [], (each, purpose) => each.text(purpose))
        .list(view.positions, (each, position) => each.u16(position))
        .bytes(view.tag ?? new Uint8Array()),
    );
  if (since !== undefined) writer.u8(takenOver === undefined ? 0 : 1);
  if (takenOver !== undefined) {
    writer.fixed(takenOver.emrKey);
    for (const id of takenOver.ledgerRecordIds) writer.fixed(id);
  }
  for (const version of since ?? []) writer.u64(version);
  return writer.finish();
}

/** The own copy in these bytes; throws `encoding-invalid`. */
export function decodeOwnCopy(bytes: Uint8Array): OwnCopy {
  const format = bytes[0] === 3 || bytes[0] === 2 ? bytes[0] : 1;
  const reader = new Reader(bytes, "own copy").version(format);
  const choice = <T>(choices: readonly T[]): T => {
    const chosen = choices[reader.u8()];
    if (chosen === undefined) throw reader.invalid("it has an unknown side or ledger");
    return chosen;
  };
  const emrId = reader.fixed(32);
  const header = reader.bytes();
  const signature = reader.bytes(2048);
  const certificateChain = readCertificateChain(reader);
  const parts = reader.list((each) => ({
    position: each.u16(),
    label: each.text(256),
    side: choice(sides),
    key: each.fixed(32),
    generation: each.u32(),
    cid: each.bytes(128),
    commitment: each.fixed(32),
  }));
  if (parts.length === 0 || parts.some((part, at) => part.position !== at + 1))
    throw reader.invalid("its parts aren't all there in order");
  const views = reader.list((each): OwnView => {
    const named = { name: each.text(256), ledger: choice(ledgers), policy: each.text(65_536) };
    const purposes = each.list((item) => item.text(16), 255);
    const view = purposes.length === 0 ? named : { ...named, purposes };
    const positions = each.list((item) => item.u16());
    if (positions.some((position, at) => position <= (positions[at - 1] ?? 0) || position > parts.length))
      throw each.invalid("a view has positions that aren't in order");
    const tag = each.bytes(32);
    if (tag.length !== 0 && tag.length !== 32) throw each.invalid("a tag has 32 bytes");
    return tag.length === 0 ? { ...view, positions } : { ...view, positions, tag };
  });
  const taken = format === 3 ? reader.u8() : format - 1;
  if (taken > 1) throw reader.invalid("it says neither that it was taken over nor that it wasn't");
  const takenOver =
    taken === 1
      ? { takenOver: { emrKey: reader.fixed(32), ledgerRecordIds: views.map(() => reader.fixed(32)) } }
      : {};
  const since = format === 3 ? { since: views.map(() => Number(reader.u64())) } : {};
  reader.end();
  return { emrId, header, signature, certificateChain, parts, views, ...takenOver, ...since };
}
