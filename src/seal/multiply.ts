/**
 * Products of P-256 points and scalars by ECDH of the platform, a tenth of the time that JavaScript takes. ECDH tells only
 * the x of a product; the y follows from a second one, x(k (B + G)), and from k G, which the platform tells of a private key
 * k: k (B + G) = k B + k G (`findY`). Which case of the addition applies depends on B alone, never on k.
 *
 * Where the platform has no such ECDH, all is done by the curve's library, with the same results.
 */
import { wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type Affine,
  add,
  affineBytes,
  affineOf,
  findY,
  GENERATOR_AFFINE,
  halfOfInverseY,
  negate,
  pointOf,
} from "./affine.ts";
import { GENERATOR, integer, type Point, pointBytes, scalarBytes } from "./curve.ts";
import { type Ecdh, EcdhPoint, ecdhWays } from "./ecdh.ts";

/** A point B to multiply, with what multiplying takes: B, and B + G but for B = -G. */
export interface Base {
  readonly point: Affine;
  readonly plain: EcdhPoint;
  readonly shifted: EcdhPoint | undefined;
}

/** `point`, ready to be multiplied. */
export function prepareBase(point: Point): Base {
  const affine = point.toAffine();
  const shifted = add(affine, GENERATOR_AFFINE);
  return {
    point: affine,
    plain: new EcdhPoint(affineBytes(affine)),
    shifted: shifted && new EcdhPoint(affineBytes(shifted)),
  };
}

/** Bases that were used last, by their bytes, for `publicBase`. */
const bases = new Map<string, Base>();
const MAX_BASES = 32;

/** `prepareBase` for a point that everybody knows: the last 32 are kept, since an `enc` is first checked, then used. */
export function publicBase(point: Point): Base {
  const name = point.toHex(true);
  let base = bases.get(name);
  if (base === undefined) {
    base = prepareBase(point);
    bases.set(name, base);
    if (bases.size > MAX_BASES) bases.delete(bases.keys().next().value!);
  }
  return base;
}

/**
 * A scalar ready to multiply with. `publicKey` is its product with G, 65 bytes. It prints as nothing: keep it out of logs
 * all the same.
 */
export class PreparedScalar {
  readonly publicKey: Uint8Array;
  #scalar: bigint | undefined;
  #ecdh: Ecdh | undefined;
  #halfOfInverse: bigint | undefined;

  /** Use `prepareScalar`. */
  constructor(scalar: bigint, publicKey: Uint8Array, ecdh: Ecdh | undefined) {
    this.publicKey = publicKey;
    this.#scalar = scalar;
    this.#ecdh = ecdh;
  }

  /** The scalar itself; throws `argument-invalid` after `wipe`. */
  get scalar(): bigint {
    if (this.#scalar === undefined)
      throw new DiptychError("argument-invalid", "This scalar was wiped: prepare it again.");
    return this.#scalar;
  }

  /** Drops the scalar and its key, so that the memory is given back; JavaScript can't overwrite either. */
  wipe(): void {
    this.#scalar = undefined;
    this.#ecdh = undefined;
  }

  /** The product with `base`, 65 bytes. Throws `argument-invalid` after `wipe`. */
  async multiply(base: Base): Promise<Uint8Array> {
    const { scalar } = this;
    const ecdh = this.#ecdh;
    if (ecdh === undefined) return pointBytes(pointOf(base.point).multiply(scalar));
    const own = affineOf(this.publicKey);
    if (base.shifted === undefined) return affineBytes(negate(own));
    const [x, xOfSum] = await Promise.all([ecdh.agree(base.plain), ecdh.agree(base.shifted)]);
    this.#halfOfInverse ??= halfOfInverseY(own);
    const first = integer(x);
    return affineBytes({ x: first, y: findY(first, own, integer(xOfSum), this.#halfOfInverse) });
  }

  /** The x of the product with `point`, 32 bytes: half the work, where it is enough. Throws `argument-invalid` after `wipe`. */
  async agree(point: Point): Promise<Uint8Array> {
    const { scalar } = this;
    const ecdh = this.#ecdh;
    if (ecdh === undefined) return pointBytes(point.multiply(scalar)).subarray(1, 33);
    return ecdh.agree(new EcdhPoint(pointBytes(point)));
  }
}

/** Prepares a scalar from 1 to the order - 1, by the first of these ways that works here; throws `argument-invalid` outside. */
export async function prepareScalar(scalar: bigint, ways = ecdhWays): Promise<PreparedScalar> {
  const secret = scalarBytes(scalar);
  try {
    for (const way of ways) {
      const ecdh = await way(secret);
      if (ecdh !== undefined) return new PreparedScalar(scalar, ecdh.publicKey, ecdh);
    }
  } finally {
    wipe(secret);
  }
  return new PreparedScalar(scalar, pointBytes(GENERATOR.multiply(scalar)), undefined);
}

/**
 * The sum of the points, each so many times: small whole numbers that everybody knows, negative ones too. Doubled and added by the
 * curve's library, which for a few bits takes less than one product by the platform. Not constant time, and infinity may come out.
 */
export function sumOfMultiples(points: readonly Point[], times: readonly bigint[]): Point {
  const positive = points.map((point, at) => (times[at]! < 0n ? point.negate() : point));
  const sizes = times.map((each) => (each < 0n ? -each : each));
  let sum = GENERATOR.subtract(GENERATOR);
  for (let bit = Math.max(...sizes.map((size) => size.toString(2).length)) - 1; bit >= 0; bit--) {
    sum = sum.double();
    for (const [at, size] of sizes.entries()) if ((size >> BigInt(bit)) & 1n) sum = sum.add(positive[at]!);
  }
  return sum;
}
