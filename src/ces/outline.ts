/**
 * The outline of an extraction: all that its verifier needs but the contents, for which lengths and tops of their segment
 * trees stand. Once it has verified, any range of any of its parts verifies by itself (range.ts).
 */
import { Reader, Writer } from "../core/encoding.ts";
import { demandPermitted } from "./ceas.ts";
import type { PartOutline } from "./commitment.ts";
import { commitmentRoot } from "./commitment.ts";
import { maxContentLength } from "./content.ts";
import type { Extraction } from "./extraction.ts";
import { verificationFailed } from "./failure.ts";
import { type Header, headerDigest } from "./header.ts";
import { openOutline, outlineParts } from "./opening.ts";
import { signedMessage, verifyMessage } from "./signature.ts";

/** A part of an outline. */
export interface OutlinePart extends PartOutline {
  /** Place in the record, from 1. */
  position: number;
}

/** An extraction without its contents: a few hundred bytes and some for each part, whatever the parts weigh. */
export interface Outline {
  /** Canonical bytes of the header. */
  header: Uint8Array;
  /** Suite id and signature over header digest and root of commitments. */
  signature: Uint8Array;
  /** Ascending by position. */
  parts: OutlinePart[];
  /** Multiproof for the hidden parts: 32-byte hashes, from the left. */
  proof: Uint8Array[];
}

declare const signed: unique symbol;

/** A part whose length and segments a signature covers: only `verifyOutline` gives one. */
export type SignedPart = Readonly<OutlinePart> & { readonly [signed]: true };

const signedParts = new WeakSet<object>();

/** Whether `verifyOutline` gave this part: in plain JavaScript, the type alone would hold nobody back. */
export function isSigned(part: SignedPart): boolean {
  return signedParts.has(part);
}

/** The outline of an extraction, verified or not. Hashes the contents; ranges of them are proven by `proveRange`. */
export async function outlineExtraction(extraction: Extraction): Promise<Outline> {
  const { header, signature, proof } = extraction;
  return { header, signature, parts: await outlineParts(extraction.parts), proof };
}

/**
 * Demands of an outline what `verify` demands of the extraction, in the same words and errors: signature, places, labels,
 * CEAS. The parts that it returns have the contents' true lengths; their contents verify by `verifyRange` and
 * `openSegments`. Throws `ces-verification-failed`, `ces-subset-forbidden`, `ces-key-invalid`.
 */
export async function verifyOutline(
  outline: Outline,
  publicKey: CryptoKey,
): Promise<{ header: Header; parts: SignedPart[] }> {
  // Copies, so that what was checked is what is handed out.
  const parts = outline.parts.map((part) =>
    Object.freeze({
      ...part,
      salt: Uint8Array.from(part.salt),
      segmentRoot: Uint8Array.from(part.segmentRoot),
    }),
  );
  const sized = parts.every(
    ({ length, segmentRoot }) =>
      segmentRoot.length === 32 && Number.isInteger(length) && length >= 0 && length <= maxContentLength,
  );
  if (!sized) throw verificationFailed();
  const { header, tree } = openOutline({ ...outline, parts });
  const message = signedMessage(headerDigest(outline.header), commitmentRoot(tree));
  await verifyMessage(publicKey, message, outline.signature);
  demandPermitted(header.ceas, header.n, tree.positions);
  for (const part of parts) signedParts.add(part);
  return { header, parts: parts as unknown as SignedPart[] };
}

/**
 * Canonical bytes: u8 format version 1, bytes header, bytes signature, list of (u16 position, text label, salt (32), u64
 * length, segment root (32)), list of 32-byte hashes.
 */
export function encodeOutline(outline: Outline): Uint8Array {
  return new Writer()
    .u8(1)
    .bytes(outline.header)
    .bytes(outline.signature)
    .list(outline.parts, (writer, part) =>
      writer.u16(part.position).text(part.label).fixed(part.salt).u64(part.length).fixed(part.segmentRoot),
    )
    .list(outline.proof, (writer, node) => writer.fixed(node))
    .finish();
}

/** The outline in these bytes, not verified; throws `encoding-invalid`. */
export function decodeOutline(bytes: Uint8Array): Outline {
  const reader = new Reader(bytes, "outline").version(1);
  const header = reader.bytes();
  const signature = reader.bytes(2048);
  let last = 0;
  const parts = reader.list((each) => {
    const position = each.u16();
    if (position <= last) throw each.invalid("its parts aren't in ascending order");
    last = position;
    const [label, salt, length] = [each.text(256), each.fixed(32), each.u64()];
    if (length > BigInt(maxContentLength)) throw each.invalid("a part is longer than 1 TiB");
    return { position, label, salt, length: Number(length), segmentRoot: each.fixed(32) };
  });
  const proof = reader.list((each) => each.fixed(32));
  reader.end();
  return { header, signature, parts, proof };
}
