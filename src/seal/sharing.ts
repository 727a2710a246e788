/**
 * Shamir's sharing of an index key over the order of P-256, with Feldman's commitments (FOCS 1987): share i of n is f(i)
 * for a secret polynomial f of degree t - 1 with f(0) the index key; the commitments are G times each coefficient.
 */
import { concat, equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import {
  GENERATOR,
  modOrder,
  ORDER,
  POINT_SIZE,
  type Point,
  parsePoint,
  pointBytes,
  randomScalar,
} from "./curve.ts";
import { proofInvalid, shareInvalid } from "./failures.ts";

/** The most gates that one key set can have, as the key registry holds it. */
export const MAX_GATES = 31;

/** `commitments`: t points of 65 bytes, the first is the index public key; `shares[i - 1]` is the scalar of gate i. */
export interface Dealing {
  commitments: Uint8Array[];
  shares: bigint[];
}

/**
 * Shares `secret` so that any `threshold` of `count` shares determine it and fewer say nothing about it. A new call
 * gives new shares of the same key. Throws `argument-invalid` unless 1 <= threshold <= count <= 31.
 */
export function deal(secret: bigint, threshold: number, count: number): Dealing {
  demandThreshold(threshold, count);
  return dealWithCoefficients([secret, ...Array.from({ length: threshold - 1 }, randomScalar)], count);
}

/** `deal` with every coefficient given, the secret first: for test vectors only. */
export function dealWithCoefficients(coefficients: readonly bigint[], count: number): Dealing {
  demandThreshold(coefficients.length, count);
  if (coefficients.some((coefficient) => coefficient <= 0n || coefficient >= ORDER))
    throw new DiptychError(
      "argument-invalid",
      "Each coefficient must lie between 1 and the order of the curve.",
    );
  const shares = Array.from({ length: count }, (_, at) => {
    const i = BigInt(at + 1);
    return coefficients.reduceRight((sum, coefficient) => modOrder(sum * i + coefficient), 0n);
  });
  // A zero share has no public key. It comes with chance n / 2^256, so failing is as good as drawing again.
  if (shares.includes(0n)) throw new DiptychError("argument-invalid", "This polynomial has a zero share.");
  return { commitments: coefficients.map((c) => pointBytes(GENERATOR.multiply(c))), shares };
}

/** Demands that `share` is the share of gate `index` (from 1) under these commitments; throws `share-invalid`. */
export function checkShare(index: number, share: bigint, commitments: readonly Uint8Array[]): void {
  if (share <= 0n || share >= ORDER) throw shareInvalid();
  checkShareKey(index, pointBytes(GENERATOR.multiply(share)), commitments);
}

/** `checkShare` by the share's public key, 65 bytes. */
export function checkShareKey(
  index: number,
  publicKey: Uint8Array,
  commitments: readonly Uint8Array[],
): void {
  if (!equal(publicKey, pointBytes(committedPoint(index, commitments, shareInvalid)))) throw shareInvalid();
}

/** Y_i, the public key of share `index` (from 1), 65 bytes. Throws `proof-invalid` for commitments that aren't points. */
export function sharePublicKey(index: number, commitments: readonly Uint8Array[]): Uint8Array {
  return pointBytes(committedPoint(index, commitments, proofInvalid));
}

/** H(Feldman commitments), 32 bytes: what sealed shares are bound to. */
export function hashCommitments(commitments: readonly Uint8Array[]): Uint8Array {
  if (commitments.some((commitment) => commitment.length !== POINT_SIZE))
    throw new DiptychError("argument-invalid", "Each commitment must be a point of 65 bytes.");
  return hash("diptych/seal/commitments/v1", concat(...commitments));
}

/**
 * Lagrange's coefficients at 0 of these distinct indexes as fractions: whole numbers over one denominator, in lowest terms. Their
 * size grows with the indexes, not with the order of the curve, so a sum of few points takes few additions.
 */
export function lagrangeAtZero(indexes: readonly number[]): { numerators: bigint[]; denominator: bigint } {
  const fractions = indexes.map((i) => {
    let above = 1n;
    let below = 1n;
    for (const j of indexes) {
      if (j === i) continue;
      above *= BigInt(j);
      below *= BigInt(j - i);
    }
    return { above, below };
  });
  const common = fractions.reduce((product, { below }) => abs(product * below) / divisor(product, below), 1n);
  const whole = fractions.map(({ above, below }) => above * (common / below));
  const shared = whole.reduce(divisor, common);
  return { numerators: whole.map((each) => each / shared), denominator: common / shared };
}

/** The greatest common divisor. */
function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? abs(a) : divisor(b, a % b);
}

function abs(a: bigint): bigint {
  return a < 0n ? -a : a;
}

function committedPoint(index: number, commitments: readonly Uint8Array[], fail: () => DiptychError): Point {
  demandIndex(index);
  const points = commitments.map((commitment) => {
    const point = parsePoint(commitment);
    if (point === undefined) throw fail();
    return point;
  });
  const last = points.pop();
  if (last === undefined) throw fail();
  // Public numbers only, so the faster multiplication that isn't constant time will do.
  const sum = points.reduceRight((above, point) => above.multiplyUnsafe(BigInt(index)).add(point), last);
  if (sum.is0()) throw fail();
  return sum;
}

/** Throws `argument-invalid` unless `index` counts a gate, from 1 to 31. */
export function demandIndex(index: number): void {
  if (!Number.isInteger(index) || index < 1 || index > MAX_GATES)
    throw new DiptychError("argument-invalid", `A gate's index counts from 1 to ${MAX_GATES}, not ${index}.`);
}

function demandThreshold(threshold: number, count: number): void {
  const whole = Number.isInteger(threshold) && Number.isInteger(count);
  if (!whole || threshold < 1 || threshold > count || count > MAX_GATES)
    throw new DiptychError(
      "argument-invalid",
      `A key set needs 1 <= threshold <= gates <= ${MAX_GATES}, not ${threshold} of ${count}.`,
    );
}
