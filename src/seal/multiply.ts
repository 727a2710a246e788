/**
 * Products of P-256 points and scalars by WebCrypto's ECDH, a tenth of the time that JavaScript takes. ECDH tells only
 * the x of a product; the y follows from a second one, x(k (B + G)), and from k G, which importing k as a private key
 * gives: k (B + G) = k B + k G (`findY`). Which case of the addition applies depends on B alone, never on k.
 *
 * Where WebCrypto doesn't import a private key without its public half, all is done by the curve's library, with the
 * same results.
 */
import { buffer, concat, unhex, wipe } from "../core/bytes.ts";
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

const ECDH = { name: "ECDH", namedCurve: "P-256" };

/** PrivateKeyInfo of P-256 (RFC 5208, RFC 5915) up to the scalar, without the public key that may follow it. */
const PKCS8_HEAD = unhex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420");
/** A point to multiply, with what multiplying takes. */
export interface Base {
  readonly point: Affine;
  /** B, and B + G but for B = -G: as WebCrypto has them. */
  readonly keys: Promise<readonly [CryptoKey, CryptoKey | undefined]>;
}

/** `point`, ready to be multiplied. */
export function prepareBase(point: Point): Base {
  const affine = point.toAffine();
  const shifted = add(affine, GENERATOR_AFFINE);
  const keys = Promise.all([importPoint(affine), shifted && importPoint(shifted)]);
  // Nobody may come to wait for them.
  keys.catch(() => {});
  return { point: affine, keys };
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
  #key: CryptoKey | undefined;
  #halfOfInverse: bigint | undefined;

  /** Use `prepareScalar`. */
  constructor(scalar: bigint, publicKey: Uint8Array, key: CryptoKey | undefined) {
    this.publicKey = publicKey;
    this.#scalar = scalar;
    this.#key = key;
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
    this.#key = undefined;
  }

  /** The product with `base`, 65 bytes. Throws `argument-invalid` after `wipe`. */
  async multiply(base: Base): Promise<Uint8Array> {
    const { scalar } = this;
    const key = this.#key;
    if (key === undefined) return pointBytes(pointOf(base.point).multiply(scalar));
    const [plain, shifted] = await base.keys;
    const own = affineOf(this.publicKey);
    if (shifted === undefined) return affineBytes(negate(own));
    const [x, xOfSum] = await Promise.all([agree(key, plain), agree(key, shifted)]);
    this.#halfOfInverse ??= halfOfInverseY(own);
    return affineBytes({ x, y: findY(x, own, xOfSum, this.#halfOfInverse) });
  }
}

/** Prepares a scalar from 1 to the order - 1; throws `argument-invalid` outside. */
export async function prepareScalar(scalar: bigint): Promise<PreparedScalar> {
  const secret = scalarBytes(scalar);
  const encoded = concat(PKCS8_HEAD, secret);
  try {
    const key = await crypto.subtle.importKey("pkcs8", buffer(encoded), ECDH, true, ["deriveBits"]);
    const { x, y } = await crypto.subtle.exportKey("jwk", key);
    if (x !== undefined && y !== undefined)
      return new PreparedScalar(scalar, concat(Uint8Array.of(4), unbase64(x), unbase64(y)), key);
  } catch {
    // This WebCrypto wants the public key beside it. The curve's library doesn't.
  } finally {
    wipe(secret, encoded);
  }
  return new PreparedScalar(scalar, pointBytes(GENERATOR.multiply(scalar)), undefined);
}

/** Bytes of unpadded base64url (RFC 4648, section 5), as JSON Web Keys have them. */
function unbase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

async function importPoint(point: Affine): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", buffer(affineBytes(point)), ECDH, true, []);
}

async function agree(key: CryptoKey, point: CryptoKey): Promise<bigint> {
  return integer(new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: point }, key, 256)));
}
