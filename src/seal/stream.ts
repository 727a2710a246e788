/**
 * Streaming AES-256-GCM: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, ePrint 2015/189) over segments of
 * 1 MiB. A message is the version byte 1 and the segments, each with its 16-byte tag; all but the last are full, the last
 * is empty only when the whole plaintext is. The nonce of a segment is its number (11 bytes, big-endian) and a byte that
 * is 1 for the last one, so truncated, reordered, repeated or extended messages don't open. A key seals one message.
 */
import { buffer, concat } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { demandSize } from "./binding.ts";
import { openFailed } from "./failures.ts";

/** Bytes of plaintext that a segment holds, all but the last: 1 MiB. */
export const SEGMENT_SIZE = 1_048_576;
const TAG_SIZE = 16;
const VERSION = 1;
const MAX_SEGMENTS = 2 ** 32;

/** Bytes, whole or in pieces of any size. */
export type ByteSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The size in bytes of the message that seals `size` bytes of plaintext. */
export function sealedSize(size: number): number {
  return 1 + size + TAG_SIZE * Math.max(1, Math.ceil(size / SEGMENT_SIZE));
}

/**
 * Seals `plaintext` under `key` (32 bytes, fresh for this one message: a second message under it breaks both) and binds
 * `associatedData`. Yields the message in order, a segment at a time.
 */
export async function* encryptStream(
  key: Uint8Array,
  associatedData: Uint8Array,
  plaintext: ByteSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  const aead = await importKey(key, "encrypt");
  yield Uint8Array.of(VERSION);
  for await (const segment of segments(pieces(plaintext), SEGMENT_SIZE)) {
    const parameters = segmentParameters(segment, associatedData);
    yield new Uint8Array(await crypto.subtle.encrypt(parameters, aead, buffer(segment.bytes)));
  }
}

/**
 * Opens a message of `encryptStream`, yielding plaintext a segment at a time. Each segment is verified before it is
 * yielded; that the message was complete is known only when the generator ends without an error, so keep nothing that
 * came before one. Throws `seal-open-failed` for any wrong key, associated data or byte.
 */
export async function* decryptStream(
  key: Uint8Array,
  associatedData: Uint8Array,
  message: ByteSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  const aead = await importKey(key, "decrypt");
  for await (const segment of segments(afterVersion(pieces(message)), SEGMENT_SIZE + TAG_SIZE)) {
    // An empty last segment after full ones would be a second encoding of the same plaintext.
    const least = segment.number === 0 ? TAG_SIZE : TAG_SIZE + 1;
    if (segment.bytes.length < least) throw openFailed();
    let opened: ArrayBuffer;
    try {
      const parameters = segmentParameters(segment, associatedData);
      opened = await crypto.subtle.decrypt(parameters, aead, buffer(segment.bytes));
    } catch {
      throw openFailed();
    }
    yield new Uint8Array(opened);
  }
}

/** `encryptStream` for a plaintext at hand. */
export async function encrypt(
  key: Uint8Array,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  return collect(encryptStream(key, associatedData, plaintext));
}

/** `decryptStream` for a message at hand: all of it or `seal-open-failed`. */
export async function decrypt(
  key: Uint8Array,
  associatedData: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  return collect(decryptStream(key, associatedData, message));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return concat(...chunks);
}

async function importKey(key: Uint8Array, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  demandSize(key, 32, "AES-256 key");
  return crypto.subtle.importKey("raw", buffer(key), "AES-GCM", false, [usage]);
}

interface Segment {
  bytes: Uint8Array;
  number: number;
  last: boolean;
}

function segmentParameters(segment: Segment, associatedData: Uint8Array): AesGcmParams {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, segment.number);
  iv[11] = segment.last ? 1 : 0;
  const additionalData = new Writer().text("diptych/seal/stream/v1").bytes(associatedData).finish();
  return { name: "AES-GCM", iv, additionalData: buffer(additionalData), tagLength: 8 * TAG_SIZE };
}

async function* pieces(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) yield source;
  else yield* source;
}

async function* afterVersion(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = false;
  for await (const piece of source) {
    if (seen || piece.length === 0) {
      yield piece;
      continue;
    }
    if (piece[0] !== VERSION) throw openFailed();
    seen = true;
    yield piece.subarray(1);
  }
  if (!seen) throw openFailed();
}

/** Cuts into segments of `size`; the last, marked so, has what is left, and is empty only when there was nothing. */
async function* segments(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Segment, void, undefined> {
  let pending = new Uint8Array(size);
  let filled = 0;
  let number = 0;
  for await (const piece of source) {
    let offset = 0;
    while (offset < piece.length) {
      // A full segment waits until a further byte shows that it isn't the last.
      if (filled === size) {
        yield { bytes: pending, number, last: false };
        if (++number >= MAX_SEGMENTS)
          throw new DiptychError("argument-invalid", "This is too long for one message: seal it in several.");
        pending = new Uint8Array(size);
        filled = 0;
      }
      const take = Math.min(size - filled, piece.length - offset);
      pending.set(piece.subarray(offset, offset + take), filled);
      filled += take;
      offset += take;
    }
  }
  yield { bytes: pending.subarray(0, filled), number, last: true };
}
