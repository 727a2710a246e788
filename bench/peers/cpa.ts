/**
 * What FABEO is compared with: other ciphertext-policy schemes in the same form (secure against chosen plaintexts only,
 * a shared element of GT instead of a message), on the same group, with the same tables. For measuring; not for use.
 */

import { type G1, type Group, type GT, reduceScalar, WIDE_SCALAR_BYTES } from "../../src/abe/group.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import type { Attribute, Lsss, Weight } from "../../src/policy/index.ts";

/** A scheme with its key pair. Keys and ciphertexts are objects, arrays and maps of points. */
export interface CpaScheme<Key = unknown, Ciphertext = unknown> {
  readonly name: string;
  keygen(attributes: readonly Attribute[]): Key;
  encrypt(lsss: Lsss): { ciphertext: Ciphertext; shared: GT };
  decrypt(key: Key, lsss: Lsss, weights: readonly Weight[], ciphertext: Ciphertext): GT;
}

export function drawScalar(): bigint {
  return reduceScalar(randomBytes(WIDE_SCALAR_BYTES));
}

/** The sum of the points of the weighted rows, each times its coefficient. */
export function combineRows(group: Group, weights: readonly Weight[], pointOf: (row: number) => G1): G1 {
  return group.combineG1(
    weights.map(({ row, coefficient }) => ({ point: pointOf(row), scalar: coefficient })),
  );
}

/** Bytes of all points in a key or ciphertext, compressed. */
export function measureBytes(value: unknown): number {
  if (value instanceof Uint8Array) {
    const compressed = new Map([
      [144, 48],
      [288, 96],
      [576, 576],
    ]).get(value.length);
    if (compressed === undefined) throw new Error(`not a point: ${value.length} bytes`);
    return compressed;
  }
  if (typeof value !== "object" || value === null) return 0;
  const parts = value instanceof Map ? [...value.values()] : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + measureBytes(part), 0);
}

export interface OperationCounts {
  /** Multiplications in G1 and G2; sums count one for each factor that isn't 1. */
  g1: number;
  g2: number;
  /** Powers in GT. */
  gt: number;
  /** Miller loops. */
  pairings: number;
}

/** The group, counting what is done with it. */
export function countOperations(group: Group): { group: Group; counts: OperationCounts } {
  const counts: OperationCounts = { g1: 0, g2: 0, gt: 0, pairings: 0 };
  const scaled = (terms: readonly { scalar: bigint }[]) => terms.filter(({ scalar }) => scalar !== 1n).length;
  const watched: Partial<Record<keyof Group, (words: never[]) => void>> = {
    multiplyG1: () => counts.g1++,
    multiplyG2: () => counts.g2++,
    multiplyGenerator2: () => counts.g2++,
    powerGT: () => counts.gt++,
    combineG1: ([terms]: { scalar: bigint }[][]) => (counts.g1 += scaled(terms!)),
    sumHashed: ([rows]: unknown[][][]) => (counts.g1 += rows!.flat().length),
    pairAll: ([pairs]: unknown[][]) => (counts.pairings += pairs!.length),
  };
  const counting = new Proxy(group, {
    get(target, name: keyof Group) {
      const own = target[name];
      if (typeof own !== "function") return own;
      return (...words: never[]) => {
        watched[name]?.(words);
        return Reflect.apply(own, target, words);
      };
    },
  });
  return { group: counting, counts };
}
