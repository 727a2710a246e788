/** What a verifier gets: the header, the signature, some parts with their salts, and hashes for the rest. */
import { Reader, Writer } from "../core/encoding.ts";
import type { Part } from "./commitment.ts";

export interface RevealedPart extends Part {
  /** Place in the record, from 1. */
  position: number;
}

/**
 * A content extraction signature. The whole signed record is the extraction of all its positions, with an empty proof.
 * It carries the salts of the parts it reveals and of no others (ePrint 2002/016, CommitVector, with hidden labels).
 */
export interface Extraction {
  /** Canonical bytes of the header. */
  header: Uint8Array;
  /** Suite id and signature over header digest and root of commitments. */
  signature: Uint8Array;
  /** Ascending by position. */
  parts: RevealedPart[];
  /** Multiproof for the hidden parts: 32-byte hashes, from the left. */
  proof: Uint8Array[];
}

/**
 * Canonical bytes: u8 format version 1, bytes header, bytes signature, list of (u16 position, text label, salt (32),
 * bytes content), list of 32-byte hashes.
 */
export function encodeExtraction(extraction: Extraction): Uint8Array {
  return new Writer()
    .u8(1)
    .bytes(extraction.header)
    .bytes(extraction.signature)
    .list(extraction.parts, (writer, part) =>
      writer.u16(part.position).text(part.label).fixed(part.salt).bytes(part.content),
    )
    .list(extraction.proof, (writer, node) => writer.fixed(node))
    .finish();
}

/** The extraction in these bytes, not verified; throws `encoding-invalid`. */
export function decodeExtraction(bytes: Uint8Array): Extraction {
  const reader = new Reader(bytes, "extraction").version(1);
  const header = reader.bytes();
  const signature = reader.bytes(2048);
  let last = 0;
  const parts = reader.list((each) => {
    const position = each.u16();
    if (position <= last) throw each.invalid("its parts aren't in ascending order");
    last = position;
    return { position, label: each.text(256), salt: each.fixed(32), content: each.bytes() };
  });
  const proof = reader.list((each) => each.fixed(32));
  reader.end();
  return { header, signature, parts, proof };
}
