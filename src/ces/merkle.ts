/**
 * Merkle trees of the shape of RFC 6962 section 2.1 (the left subtree is the largest full one), with domain-separated
 * nodes, and multiproofs for any set of leaves. A tree may be known in part only: that is what an extraction gives, and
 * from it a smaller multiproof follows without the hidden leaves.
 */
import { DiptychError } from "../core/errors.ts";
import type { DomainHash } from "./domainHash.ts";

/** A tree over leaves 1..size of which some are known: all subtree roots that follow from those and the proof. */
export interface PartialTree {
  size: number;
  root: Uint8Array;
  /** Known leaves, ascending. */
  positions: readonly number[];
  /** Roots of subtrees; see `subtreeKey`. */
  roots: ReadonlyMap<number, Uint8Array>;
}

/** Size of the left subtree of a tree over `size` > 1 leaves: the largest power of two below it. */
const leftSize = (size: number): number => 2 ** (31 - Math.clz32(size - 1));

/**
 * The subtree over leaves first+1..last as one small number: its place when the whole tree is read from left to right.
 * Between two neighbouring leaves stands exactly one node, the one that joins them.
 */
const subtreeKey = (first: number, last: number): number =>
  last - first === 1 ? 2 * first : 2 * (first + leftSize(last - first)) - 1;

/** Index of the first of the ascending `positions` that is greater than `bound`. */
function indexAfter(positions: readonly number[], bound: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Walks the tree over `size` leaves from the left: `known` is called for each chosen leaf, `other` for each largest
 * subtree without any, `join` for each node above. The order of `other` is the order of a multiproof.
 */
function walkTree<T>(
  size: number,
  positions: readonly number[],
  visit: {
    known: (position: number) => T;
    other: (first: number, last: number) => T;
    join: (left: T, right: T, first: number, last: number) => T;
  },
): T {
  const walk = (first: number, last: number, from: number, to: number): T => {
    if (from === to) return visit.other(first, last);
    if (last - first === 1) return visit.known(last);
    const split = first + leftSize(last - first);
    const middle = indexAfter(positions, split, from, to);
    const left = walk(first, split, from, middle);
    const right = walk(split, last, middle, to);
    return visit.join(left, right, first, last);
  };
  return walk(0, size, 0, positions.length);
}

/**
 * The tree over `size` leaves in which `leaves` (by position, from 1) are known, and `proof` gives the roots of the
 * subtrees without any of them, from the left. Undefined when the proof doesn't have exactly as many as there are.
 */
export function growTree(
  hashNode: DomainHash,
  size: number,
  leaves: ReadonlyMap<number, Uint8Array>,
  proof: readonly Uint8Array[],
): PartialTree | undefined {
  const positions = [...leaves.keys()];
  if (positions.some((position, at) => at > 0 && positions[at - 1]! > position))
    positions.sort((a, b) => a - b);
  const outside = positions.some(
    (position) => !Number.isInteger(position) || position < 1 || position > size,
  );
  if (size < 1 || outside) return undefined;
  const roots = new Map<number, Uint8Array>();
  let used = 0;
  const note = (first: number, last: number, root: Uint8Array): Uint8Array => {
    roots.set(subtreeKey(first, last), root);
    return root;
  };
  const root = walkTree<Uint8Array | undefined>(size, positions, {
    known: (position) => note(position - 1, position, leaves.get(position)!),
    other: (first, last) => {
      const given = proof[used++];
      return given && note(first, last, given);
    },
    join: (left, right, first, last) => left && right && note(first, last, hashNode(left, right)),
  });
  return root !== undefined && used === proof.length ? { size, root, positions, roots } : undefined;
}

/** Root over all `leaves`, at least one. */
export function treeRoot(hashNode: DomainHash, leaves: readonly Uint8Array[]): Uint8Array {
  const all = new Map(leaves.map((leaf, index) => [index + 1, leaf]));
  const tree = growTree(hashNode, leaves.length, all, []);
  if (tree === undefined) throw new DiptychError("argument-invalid", "A tree needs at least one leaf.");
  return tree.root;
}

/**
 * The multiproof for `positions` (ascending, all known in `tree`): roots of the largest subtrees without any of them,
 * from the left. Throws `argument-invalid` when one isn't known.
 */
export function proveLeaves(tree: PartialTree, positions: readonly number[]): Uint8Array[] {
  const known = new Set(tree.positions);
  const unknown = positions.find((position) => !known.has(position));
  if (unknown !== undefined)
    throw new DiptychError(
      "argument-invalid",
      `Part ${unknown} isn't revealed here, so it can't be extracted.`,
    );
  const proof: Uint8Array[] = [];
  walkTree<void>(tree.size, positions, {
    known: () => {},
    other: (first, last) => {
      proof.push(tree.roots.get(subtreeKey(first, last))!);
    },
    join: () => {},
  });
  return proof;
}
