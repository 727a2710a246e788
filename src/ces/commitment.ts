/** Commitments c_i to single parts, and the root over all of them that is signed. */
import { randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { contentDigest, digestSegment, hashContent, segmentRoot, segmentSize } from "./content.ts";
import { domainHash } from "./domainHash.ts";
import { encodeLabel } from "./label.ts";
import { growTree, type PartialTree } from "./merkle.ts";

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

const hashCommitment = domainHash("diptych/ces/commitment/v1");
const hashNode = domainHash("diptych/ces/node/v1");
const hashTop = domainHash("diptych/ces/tree/v1");

const u16 = new Uint8Array(2);

/** Two bytes, to be hashed at once: the next call writes over them. */
function encodeU16(value: number): Uint8Array {
  u16[0] = value >>> 8;
  u16[1] = value;
  return u16;
}

/** A part without its content: the content's length and the top of its segment tree stand for it. */
export interface PartOutline {
  label: string;
  salt: Uint8Array;
  /** Bytes of the content. */
  length: number;
  /** Top of the tree over the content's segments, 32 bytes. */
  segmentRoot: Uint8Array;
}

/** The top of a content's segment tree; of a short one at once, since waiting takes longer than hashing it. */
export function rootOfContent(content: Uint8Array): Uint8Array | Promise<Uint8Array> {
  if (content.length <= segmentSize) return digestSegment(content);
  return hashContent(content).then(({ segments }) => segmentRoot(segments));
}

/** c_i from a part's outline; throws as `commit` does. */
export function commitOutline(emrId: Uint8Array, position: number, part: PartOutline): Uint8Array {
  if (emrId.length !== 32) throw new DiptychError("argument-invalid", "An EMR id has 32 bytes.");
  if (part.salt.length !== 32) throw new DiptychError("argument-invalid", "A salt has 32 bytes.");
  if (!Number.isInteger(position) || position < 1 || position > 65_535)
    throw new DiptychError("argument-invalid", "Positions count from 1 to 65,535.");
  const content = contentDigest(part.length, part.segmentRoot);
  return hashCommitment(emrId, encodeU16(position), encodeLabel(part.label), part.salt, content);
}

/**
 * c_i = H(domain, EMR id, i, label_i, salt_i, tree(m_i)): hiding as long as the salt is secret, and binding to one place in
 * one EMR. Throws `argument-invalid` or `record-label-invalid`.
 */
export async function commit(emrId: Uint8Array, position: number, part: Part): Promise<Uint8Array> {
  const { label, salt, content } = part;
  const outline = { label, salt, length: content.length, segmentRoot: await rootOfContent(content) };
  return commitOutline(emrId, position, outline);
}

/** The tree over n commitments of which some are known; undefined when the proof has the wrong number of hashes. */
export function growCommitments(
  n: number,
  commitments: ReadonlyMap<number, Uint8Array>,
  proof: readonly Uint8Array[],
): PartialTree | undefined {
  return growTree(hashNode, n, commitments, proof);
}

/** What is signed beside the header: the top of the tree together with n, so that no other n has the same root. */
export function commitmentRoot(tree: PartialTree): Uint8Array {
  return hashTop(encodeU16(tree.size), tree.root);
}
