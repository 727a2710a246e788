/**
 * tree(m): a content of any length as a tree over segments of 1 MiB, so that ranges of a large part verify without the
 * rest. Segments count from 0: segment i holds the bytes from i MiB on.
 */
import { DiptychError } from "../core/errors.ts";
import { domainHash, longDomainHash } from "./domainHash.ts";
import { treeRoot } from "./merkle.ts";

/** Bytes of a segment; the last one of a content can be shorter, and an empty content is one empty segment. */
export const segmentSize = 1024 * 1024;
/** 1 TiB: the most bytes that a content may have. */
export const maxContentLength = 2 ** 40;

/** The hashes of a content's segments: what `proveRange` works from. */
export interface ContentTree {
  /** Bytes of the content. */
  length: number;
  /** 32 bytes for each segment, in order. */
  segments: readonly Uint8Array[];
}

/** Bytes as they come: at once, in pieces, or in pieces over time. Pieces have any size. */
export type ByteSource = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Number of segments of a content of `length` bytes. */
export function countSegments(length: number): number {
  return Math.max(1, Math.ceil(length / segmentSize));
}

const segmentDomain = "diptych/ces/segment/v1";
const hashShort = domainHash(segmentDomain);
const hashLong = longDomainHash(segmentDomain);
export const hashSegmentNode = domainHash("diptych/ces/segment-node/v1");
const hashContentTop = domainHash("diptych/ces/content/v1");

/** Hash of one segment, 32 bytes. */
export function digestSegment(segment: Uint8Array): Uint8Array | Promise<Uint8Array> {
  // WebCrypto's overhead outweighs its speed for short inputs.
  return segment.length < 16_384 ? hashShort(segment) : hashLong(segment);
}

/** Cuts a source into segments of its own memory; the last one is told as such, and comes only once the source has ended. */
export async function* cutSegments(source: ByteSource): AsyncGenerator<{ bytes: Uint8Array; last: boolean }> {
  let segment = new Uint8Array(segmentSize);
  let filled = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source)
    for (let used = 0; used < chunk.length; ) {
      if (filled === segmentSize) {
        yield { bytes: segment, last: false };
        segment = new Uint8Array(segmentSize);
        filled = 0;
      }
      const taken = chunk.subarray(used, used + segmentSize - filled);
      segment.set(taken, filled);
      filled += taken.length;
      used += taken.length;
    }
  yield { bytes: segment.subarray(0, filled), last: true };
}

/**
 * Hashes a content segment by segment. From bytes that come in pieces it keeps one segment at a time in memory, and 32
 * bytes for each. Throws `argument-invalid` above 1 TiB.
 */
export async function hashContent(source: ByteSource): Promise<ContentTree> {
  const segments: Uint8Array[] = [];
  let length = 0;
  const add = async (segment: Uint8Array) => {
    length += segment.length;
    if (length > maxContentLength)
      throw new DiptychError("argument-invalid", "A part's content has at most 1 TiB.");
    segments.push(await digestSegment(segment));
  };
  if (source instanceof Uint8Array)
    for (let at = 0; at === 0 || at < source.length; at += segmentSize)
      await add(source.subarray(at, at + segmentSize));
  else for await (const { bytes } of cutSegments(source)) await add(bytes);
  return { length, segments };
}

/** The top of the tree over the segments, 32 bytes. */
export function segmentRoot(segments: readonly Uint8Array[]): Uint8Array {
  return segments.length === 1 ? segments[0]! : treeRoot(hashSegmentNode, segments);
}

const lengthBytes = new Uint8Array(8);
const lengthView = new DataView(lengthBytes.buffer);

/** 32 bytes that stand for a content: from its length and the top of its tree. */
export function contentDigest(length: number, root: Uint8Array): Uint8Array {
  lengthView.setUint32(0, Math.floor(length / 2 ** 32));
  lengthView.setUint32(4, length >>> 0);
  return hashContentTop(lengthBytes, root);
}
