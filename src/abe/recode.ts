/**
 * Scalars as digits for tables of odd multiples: an odd number has exactly one form as a sum of d_i 2^(width i) with a
 * fixed count of digits, all odd, -2^width < d_i < 2^width (Joye and Tunstall, "Exponent Recoding and Regular
 * Exponentiation Algorithms", AFRICACRYPT 2009). No digit is zero, so every scalar takes the same additions.
 */
import { SCALAR_ORDER } from "../policy/index.ts";

/**
 * The eigenvalue of the endomorphism of G1: phi(P) = LAMBDA P, with z = -0xd201000000010000 and LAMBDA = z^2 - 1, odd, of
 * 128 bits; r = LAMBDA^2 + LAMBDA + 1. (Gallant, Lambert and Vanstone, CRYPTO 2001.)
 */
export const LAMBDA = 0xd201000000010000n ** 2n - 1n;
/** Bits that the halves of `splitScalar` have at most. */
export const HALF_BITS = 130;
/** Bits that `oddScalar` has at most. */
export const ODD_BITS = 256;

/** How many digits numbers of up to `bits` bits take. */
export function countDigits(bits: number, width: number): number {
  return Math.ceil(bits / width);
}

/**
 * Two odd, positive halves with a + b LAMBDA = scalar modulo r. Both are made odd by adding a vector (a', b') with
 * a' + b' LAMBDA = 0 modulo r: (LAMBDA + 2, 2 LAMBDA + 1) is odd, odd; (1, LAMBDA + 1) odd, even; (LAMBDA + 1, LAMBDA)
 * even, odd.
 */
export function splitScalar(scalar: bigint): [bigint, bigint] {
  const high = scalar / LAMBDA;
  const low = scalar - high * LAMBDA;
  const [a, b] = PARITY_VECTORS[Number(low & 1n) + 2 * Number(high & 1n)]!;
  return [low + a, high + b];
}

const PARITY_VECTORS = [
  [LAMBDA + 2n, 2n * LAMBDA + 1n],
  [LAMBDA + 1n, LAMBDA],
  [1n, LAMBDA + 1n],
  [0n, 0n],
] as const;

/** An odd number that is `scalar` modulo r. */
export function oddScalar(scalar: bigint): bigint {
  return scalar + SCALAR_ORDER * (1n - (scalar & 1n));
}

/** The `count` digits of an odd number below 2^(width count), lowest first. `width` is at most 16. */
export function recodeOdd(value: bigint, width: number, count: number): Int32Array {
  const bits = Math.ceil((width * count + 8) / 32) * 32;
  const text = value.toString(16).padStart(bits / 4, "0");
  const words = new Int32Array(bits / 32);
  for (let i = 0; i < words.length; i++) {
    const end = text.length - 8 * i;
    words[i] = Number.parseInt(text.slice(end - 8, end), 16) | 0;
  }
  // Digit i in closed form: the bits [width i + 1, width i + width], doubled, plus one, less 2^width; the top digit isn't reduced.
  const digits = new Int32Array(count);
  const mask = (1 << width) - 1;
  for (let i = 0; i < count; i++) {
    const first = width * i + 1;
    const low = words[first >> 5]! >>> (first & 31);
    const high = (first & 31) === 0 ? 0 : (words[(first >> 5) + 1] ?? 0) << (32 - (first & 31));
    digits[i] = (((low | high) & mask) << 1) + 1 - (i === count - 1 ? 0 : 1 << width);
  }
  words.fill(0);
  return digits;
}
