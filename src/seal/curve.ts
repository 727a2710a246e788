/**
 * P-256 points and scalars in the only encodings that Diptych takes: points uncompressed, 65 bytes (SEC 1, 2.3.3), never
 * infinity; scalars 32 bytes big-endian, from 1 to the order - 1.
 */
import { p256 } from "@noble/curves/nist.js";
import { hex, randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";

export type Point = InstanceType<typeof p256.Point>;

export const POINT_SIZE = 65;
export const SCALAR_SIZE = 32;

/** The order of the group, a prime; the cofactor is 1, so every point on the curve but infinity generates it. */
export const ORDER: bigint = p256.Point.Fn.ORDER;
export const GENERATOR: Point = p256.Point.BASE;

/** The point of 65 bytes, or undefined when they are compressed, off the curve, not reduced, or infinity. */
export function parsePoint(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== POINT_SIZE) return undefined;
  try {
    return p256.Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

/** As `parsePoint`, for keys that the caller vouches for; throws `argument-invalid` naming `what`. */
export function demandPoint(bytes: Uint8Array, what: string): Point {
  const point = parsePoint(bytes);
  if (point === undefined)
    throw new DiptychError(
      "argument-invalid",
      `The ${what} must be an uncompressed P-256 point of 65 bytes.`,
    );
  return point;
}

/** 65 bytes. The point must not be infinity. */
export function pointBytes(point: Point): Uint8Array {
  return point.toBytes(false);
}

/** The scalar of 32 bytes, or undefined when it is 0 or not below the order. */
export function parseScalar(bytes: Uint8Array): bigint | undefined {
  if (bytes.length !== SCALAR_SIZE) return undefined;
  const value = integer(bytes);
  return value > 0n && value < ORDER ? value : undefined;
}

/** 32 bytes of a scalar from 1 to the order - 1; throws `argument-invalid` outside. */
export function scalarBytes(scalar: bigint): Uint8Array {
  if (scalar <= 0n || scalar >= ORDER)
    throw new DiptychError(
      "argument-invalid",
      "A P-256 scalar must lie between 1 and the order of the curve.",
    );
  return p256.Point.Fn.toBytes(scalar);
}

/** Uniform bytes to a scalar from 1 to `order` - 1. 48 bytes leave a bias below 2^-127 (FIPS 186-5, A.2.1). */
export function reduceToScalar(bytes: Uint8Array, order: bigint = ORDER): bigint {
  if (bytes.length < 48)
    throw new DiptychError("argument-invalid", "A scalar needs at least 48 uniform bytes.");
  return (integer(bytes) % (order - 1n)) + 1n;
}

/** A fresh scalar from the platform's generator. */
export function randomScalar(): bigint {
  return reduceToScalar(randomBytes(48));
}

/** A challenge: 32 bytes of a hash, as an integer below the order (the bias is below 2^-32 and harmless there). */
export function challengeScalar(digest: Uint8Array): bigint {
  return integer(digest) % ORDER;
}

/** The value of `a` below the order, for sums and products of scalars. */
export function modOrder(a: bigint): bigint {
  const rest = a % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}

/** The inverse of a non-zero scalar. */
export function invert(a: bigint): bigint {
  return p256.Point.Fn.inv(a);
}

/** Big-endian bytes as a number; 0 for none. */
export function integer(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(hex(bytes));
}
