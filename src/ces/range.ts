/** Ranges of a large part: each segment is checked against the signed root before anybody gets to see it. */
import { equal } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type ByteSource,
  type ContentTree,
  countSegments,
  cutSegments,
  digestSegment,
  hashSegmentNode,
  segmentSize,
} from "./content.ts";
import { verificationFailed } from "./failure.ts";
import { growTree, proveLeaves } from "./merkle.ts";
import { isSigned, type SignedPart } from "./outline.ts";

/** Most segments in one range: 64 GiB. A larger part takes several ranges. */
export const maxRangeSegments = 65_536;

/** What stands between a range of a part's segments and the top of the part's tree. */
export interface RangeProof {
  /** Index of the range's first segment, from 0. */
  first: number;
  /** 32-byte hashes of the range's segments, in order: each segment can be checked as soon as it is there. */
  segments: Uint8Array[];
  /** 32-byte hashes of the largest subtrees without any of the range, from the left: at most two for each level. */
  proof: Uint8Array[];
}

/** A segment that has been checked. */
export interface Segment {
  /** From 0. */
  index: number;
  /** Where in the content it starts, in bytes: `index` times `segmentSize`. */
  offset: number;
  /** 1 MiB, or less at the content's end. */
  bytes: Uint8Array;
}

const leaves = (first: number, segments: readonly Uint8Array[]): Map<number, Uint8Array> =>
  new Map(segments.map((segment, at) => [first + at + 1, segment]));

/**
 * The proof for `count` segments from `first` on, from the hashes of all (`hashContent`). Needs no key and no signature.
 * Throws `argument-invalid` for a range outside the content or of more than 65,536 segments.
 */
export function proveRange(content: ContentTree, first: number, count: number): RangeProof {
  const total = content.segments.length;
  const whole = Number.isInteger(first) && Number.isInteger(count);
  if (!whole || first < 0 || count < 1 || count > maxRangeSegments || first + count > total)
    throw new DiptychError(
      "argument-invalid",
      `This content has ${total} segments: a range takes 1 to 65,536 of them, counted from 0.`,
    );
  const tree = growTree(hashSegmentNode, total, leaves(0, content.segments), [])!;
  const segments = content.segments.slice(first, first + count);
  const proof = proveLeaves(
    tree,
    segments.map((_, at) => first + at + 1),
  );
  return { first, segments, proof };
}

/** The hashes that segments of this range must have, now known to stand under the part's root. */
function openRange(part: SignedPart, range: RangeProof): { first: number; digests: Uint8Array[] } {
  if (!isSigned(part))
    throw new DiptychError(
      "argument-invalid",
      "This part comes from no verified outline: verifyOutline gives such parts.",
    );
  const { first } = range;
  const digests = range.segments.map((each) => Uint8Array.from(each));
  const total = countSegments(part.length);
  const within = Number.isInteger(first) && first >= 0 && first + digests.length <= total;
  const sized =
    digests.length <= maxRangeSegments && [...digests, ...range.proof].every(({ length }) => length === 32);
  if (!within || !sized || digests.length === 0) throw verificationFailed();
  const tree = growTree(hashSegmentNode, total, leaves(first, digests), range.proof);
  if (tree === undefined || !equal(tree.root, part.segmentRoot)) throw verificationFailed();
  return { first, digests };
}

/** Bytes of the segment at `index` of a content of `length` bytes. */
const sizeOf = (length: number, index: number): number => Math.min(segmentSize, length - index * segmentSize);

async function demandSegment(bytes: Uint8Array, size: number, digest: Uint8Array): Promise<void> {
  if (bytes.length !== size || !equal(await digestSegment(bytes), digest)) throw verificationFailed();
}

/**
 * Demands that `bytes` are exactly the segments that `range` speaks of, at their place in the content of this part.
 * Throws `ces-verification-failed`; `argument-invalid` for a part that `verifyOutline` didn't give.
 */
export async function verifyRange(part: SignedPart, range: RangeProof, bytes: Uint8Array): Promise<void> {
  const { first, digests } = openRange(part, range);
  let at = 0;
  for (const [offset, digest] of digests.entries()) {
    const size = sizeOf(part.length, first + offset);
    await demandSegment(bytes.subarray(at, at + size), size, digest);
    at += size;
  }
  if (at !== bytes.length) throw verificationFailed();
}

/**
 * The segments that `range` speaks of, out of bytes that come in pieces of any size: each is handed out after it has
 * been checked, a wrong one never, and the last one only after the source has ended where it should. So memory stays at a
 * segment, a piece and the proof. What was handed out before an error is genuine, but not the whole range. Throws as
 * `verifyRange` does; what the source throws goes through.
 */
export async function* openSegments(
  part: SignedPart,
  range: RangeProof,
  source: ByteSource,
): AsyncGenerator<Segment, void, undefined> {
  const { first, digests } = openRange(part, range);
  let at = 0;
  for await (const { bytes, last } of cutSegments(source)) {
    const index = first + at;
    if (at >= digests.length || last !== (at === digests.length - 1)) throw verificationFailed();
    await demandSegment(bytes, sizeOf(part.length, index), digests[at]!);
    yield { index, offset: index * segmentSize, bytes };
    at++;
  }
}

/** Canonical bytes: u8 format version 1, u32 first, list of 32-byte segment hashes, list of 32-byte hashes. */
export function encodeRangeProof(range: RangeProof): Uint8Array {
  return new Writer()
    .u8(1)
    .u32(range.first)
    .list(range.segments, (writer, digest) => writer.fixed(digest))
    .list(range.proof, (writer, node) => writer.fixed(node))
    .finish();
}

/** The proof in these bytes, not verified; throws `encoding-invalid`. */
export function decodeRangeProof(bytes: Uint8Array): RangeProof {
  const reader = new Reader(bytes, "range proof").version(1);
  const first = reader.u32();
  const segments = reader.list((each) => each.fixed(32), maxRangeSegments);
  const proof = reader.list((each) => each.fixed(32), 64);
  reader.end();
  return { first, segments, proof };
}
