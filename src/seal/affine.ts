/**
 * Sums of P-256 points by their coordinates, on whole numbers. Not constant time: for points that are public, or that go
 * to the very person for whom this runs or is about to be sealed.
 */
import { p256 } from "@noble/curves/nist.js";
import { GENERATOR, integer, type Point } from "./curve.ts";

/** A point that isn't infinity. */
export interface Affine {
  x: bigint;
  y: bigint;
}

const { p: PRIME, b: B } = p256.Point.CURVE();
const { Fp } = p256.Point;

export const GENERATOR_AFFINE: Affine = GENERATOR.toAffine();

/** The coordinates of the 65 bytes of a point, which must be one. */
export function affineOf(bytes: Uint8Array): Affine {
  return { x: integer(bytes.subarray(1, 33)), y: integer(bytes.subarray(33)) };
}

/** The 65 bytes of a point. */
export function affineBytes({ x, y }: Affine): Uint8Array {
  const bytes = new Uint8Array(65);
  bytes[0] = 4;
  bytes.set(Fp.toBytes(x), 1);
  bytes.set(Fp.toBytes(y), 33);
  return bytes;
}

/** The same point as the curve's library has it. */
export function pointOf({ x, y }: Affine): Point {
  return p256.Point.fromAffine({ x, y });
}

export function negate({ x, y }: Affine): Affine {
  return { x, y: reduce(-y) };
}

/** The sum, or undefined when it is infinity. */
export function add(a: Affine, b: Affine): Affine | undefined {
  if (a.x === b.x && a.y !== b.y) return undefined;
  const slope =
    a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y) : (b.y - a.y) * inverse(reduce(b.x - a.x));
  const m = reduce(slope);
  const x = reduce(m * m - a.x - b.x);
  return { x, y: reduce(m * (a.x - x) - a.y) };
}

/** 1 / (2 y): what `findY` takes of its first point. No point of P-256 has y = 0, since the order is odd. */
export function halfOfInverseY({ y }: Affine): bigint {
  return inverse(2n * y);
}

/**
 * The y of a point D whose `x` is known, from a point P = (x1, y1) that is known and isn't -D, and from the x of D + P.
 * By the law of addition (x(D + P) + x + x1) (x - x1)^2 = (y - y1)^2, and y^2 is in the equation of the curve; the rest
 * is linear in y. It holds for D = P too: both sides are 0 then, whatever x(D + P) is.
 */
export function findY(x: bigint, p: Affine, xOfSum: bigint, halfOfInverse: bigint): bigint {
  const difference = x - p.x;
  const square = reduce((xOfSum + x + p.x) * reduce(difference * difference));
  const ySquare = (x * x - 3n) * x + B;
  return reduce(reduce(ySquare + p.y * p.y - square) * halfOfInverse);
}

function inverse(a: bigint): bigint {
  return Fp.inv(reduce(a));
}

function reduce(a: bigint): bigint {
  const rest = a % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}
