/** The coefficients by which Shamir's shares recombine, and how long they are for whoever multiplies points by them. */
import { SCALAR_ORDER } from "./lsss.ts";

/** What a coefficient counts that is neither short nor short and negative. */
export const FULL_BITS = 255;
/** Longer ones are no cheaper than full ones. */
const SHORT_BITS = 128;

/** Lagrange's coefficient of the share at `point` among those at `points`, modulo the order. */
export function lagrangeAtZero(point: number, points: readonly number[]): bigint {
  let numerator = 1n;
  let denominator = 1n;
  for (const other of points)
    if (other !== point) {
      numerator = (numerator * BigInt(other)) % SCALAR_ORDER;
      denominator = (denominator * (SCALAR_ORDER + BigInt(other - point))) % SCALAR_ORDER;
    }
  return (numerator * invert(denominator)) % SCALAR_ORDER;
}

/** `bitsOfScalar` of `lagrangeAtZero`, without the inversion. */
export function bitsOfFactor(point: number, points: readonly number[]): number {
  let numerator = 1n;
  let denominator = 1n;
  for (const other of points)
    if (other !== point) {
      numerator *= BigInt(other);
      denominator *= BigInt(other - point);
    }
  // Fractions are long modulo the order, whole numbers aren't.
  return numerator % denominator === 0n ? bitsOfWhole(numerator / denominator) : FULL_BITS;
}

/** Bits of a scalar or its negative, whichever is shorter; none for 1 and -1, which cost no multiplication. */
export function bitsOfScalar(scalar: bigint): number {
  return bitsOfWhole(2n * scalar > SCALAR_ORDER ? scalar - SCALAR_ORDER : scalar);
}

function bitsOfWhole(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const bits = magnitude === 1n ? 0 : magnitude.toString(2).length;
  return bits > SHORT_BITS ? FULL_BITS : bits;
}

/** The inverse modulo the order by Euclid's algorithm: the inputs are public. */
function invert(value: bigint): bigint {
  let [a, b, x, y] = [value, SCALAR_ORDER, 1n, 0n];
  while (a !== 0n) {
    const quotient = b / a;
    [b, a] = [a, b - quotient * a];
    [y, x] = [x, y - quotient * x];
  }
  return y < 0n ? y + SCALAR_ORDER : y;
}
