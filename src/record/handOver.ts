import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { decodeInfo1, encodeInfo1, type Info1 } from "./info1.ts";

/** How one view stood when it was handed over. */
export interface HandedView {
  /** 32 bytes. */
  ledgerRecordId: Uint8Array;
  /** keccak-256 of the index that stood, 32 bytes. */
  indexHash: Uint8Array;
  /** The policy's text. */
  policy: string;
  /** Codes of the purposes that the view may be asked for; none for any. */
  purposes: readonly string[];
}

/** What the owner of a record gives the person who takes it over, sealed by the caller to that person's record key. */
export interface HandOver {
  /** The record as the doctor issued it: every part with its salt, signature, certificates. */
  info1: Info1;
  /** The Ed25519 seed behind the header's pseudonym, 32 bytes: a secret, that its old owner goes on knowing. */
  emrKey: Uint8Array;
  /** g_i of each part, in order: the new owner's encryptions count on from there. */
  generations: number[];
  /** Positions on the shared side; ascending. */
  shared: number[];
  full: HandedView;
  sharedView: HandedView;
}

/**
 * u8 format version 1, bytes Info1, EMR key (32), list of u32 generation, list of u16 shared position, then for the full and
 * the shared view: ledger record id (32), index hash (32), text policy, list of text purpose.
 */
export function encodeHandOver(handOver: HandOver): Uint8Array {
  const writer = new Writer()
    .u8(1)
    .bytes(encodeInfo1(handOver.info1))
    .fixed(handOver.emrKey)
    .list(handOver.generations, (each, generation) => each.u32(generation))
    .list(handOver.shared, (each, position) => each.u16(position));
  for (const view of [handOver.full, handOver.sharedView])
    writer
      .fixed(view.ledgerRecordId)
      .fixed(view.indexHash)
      .text(view.policy)
      .list(view.purposes, (each, purpose) => each.text(purpose));
  return writer.finish();
}

/** What is handed over in these bytes, not verified (see `checkRecord`); throws `hand-over-invalid`. */
export function decodeHandOver(bytes: Uint8Array): HandOver {
  try {
    const reader = new Reader(bytes, "hand-over").version(1);
    const info1 = decodeInfo1(reader.bytes());
    const emrKey = reader.fixed(32);
    const generations = reader.list((each) => each.u32());
    const shared = reader.list((each) => each.u16());
    const view = (): HandedView => ({
      ledgerRecordId: reader.fixed(32),
      indexHash: reader.fixed(32),
      policy: reader.text(65_536),
      purposes: reader.list((each) => each.text(16), 255),
    });
    const [full, sharedView] = [view(), view()];
    reader.end();
    const count = info1.extraction.parts.length;
    if (generations.length !== count) throw reader.invalid("its generations aren't the parts'");
    if (shared.some((position, at) => position <= (shared[at - 1] ?? 0) || position > count))
      throw reader.invalid("its shared side isn't in order");
    return { info1, emrKey, generations, shared, full, sharedView };
  } catch (cause) {
    throw new DiptychError(
      "hand-over-invalid",
      "This is no record that somebody hands over: ask its owner for the package again.",
      { cause },
    );
  }
}
