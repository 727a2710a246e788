/** Commitments c_i to single parts, and the root over all of them that is signed. */
import { randomBytes } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { hash, transcript } from "../core/hash.ts";
import { encodeLabel } from "./label.ts";
import { growTree, type PartialTree, treeRoot } from "./merkle.ts";

/** Content is hashed in segments of this many bytes, so that ranges of a large part can be verified. */
const segmentSize = 1024 * 1024;

/** One part of a record: what stands in it, under which label, and the salt that hides it while it isn't revealed. */
export interface Part {
  /** 1 to 256 bytes of UTF-8 without control characters. */
  label: string;
  /** 32 random bytes, used for this part of this EMR only; a changed content takes a fresh one. */
  salt: Uint8Array;
  content: Uint8Array;
}

/** A fresh salt for one part: 32 bytes. */
export function makeSalt(): Uint8Array {
  return randomBytes(32);
}

async function segmentDigest(segment: Uint8Array): Promise<Uint8Array> {
  const domain = "diptych/ces/segment/v1";
  // WebCrypto hashes several times faster, but its overhead outweighs that for short inputs.
  if (segment.length < 16_384) return hash(domain, segment);
  const input = transcript(domain, segment) as Uint8Array<ArrayBuffer>;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", input));
}

/** tree(m): 32 bytes that stand for a content of any length; segments, nodes and the length have domains of their own. */
export async function contentDigest(content: Uint8Array): Promise<Uint8Array> {
  const segments: Uint8Array[] = [];
  let offset = 0;
  do {
    segments.push(await segmentDigest(content.subarray(offset, offset + segmentSize)));
    offset += segmentSize;
  } while (offset < content.length);
  const root = treeRoot("diptych/ces/segment-node/v1", segments);
  return hash("diptych/ces/content/v1", new Writer().u64(content.length).finish(), root);
}

/**
 * c_i = H(domain, EMR id, i, label_i, salt_i, tree(m_i)): hiding as long as the salt is secret, and binding to one place in
 * one EMR. Throws `argument-invalid` or `record-label-invalid`.
 */
export async function commit(emrId: Uint8Array, position: number, part: Part): Promise<Uint8Array> {
  if (emrId.length !== 32) throw new DiptychError("argument-invalid", "An EMR id has 32 bytes.");
  if (part.salt.length !== 32) throw new DiptychError("argument-invalid", "A salt has 32 bytes.");
  if (!Number.isInteger(position) || position < 1 || position > 65_535)
    throw new DiptychError("argument-invalid", "Positions count from 1 to 65,535.");
  const place = new Writer().u16(position).finish();
  const label = encodeLabel(part.label);
  const content = await contentDigest(part.content);
  return hash("diptych/ces/commitment/v1", emrId, place, label, part.salt, content);
}

const nodeDomain = "diptych/ces/node/v1";

/** The tree over n commitments of which some are known; undefined when the proof has the wrong number of hashes. */
export function growCommitments(
  n: number,
  commitments: ReadonlyMap<number, Uint8Array>,
  proof: readonly Uint8Array[],
): PartialTree | undefined {
  return growTree(nodeDomain, n, commitments, proof);
}

/** What is signed beside the header: the top of the tree together with n, so that no other n has the same root. */
export function commitmentRoot(tree: PartialTree): Uint8Array {
  return hash("diptych/ces/tree/v1", new Writer().u16(tree.size).finish(), tree.root);
}
