/**
 * The pairing group BLS12-381: e: G1 x G2 -> GT of prime order r. Points are plain values in mcl's inner form, 144 bytes
 * in G1, 288 in G2, 576 in GT; they come from this file only, and never change. Scalars are numbers from 0 to r - 1.
 *
 * Encodings: G1 48 and G2 96 bytes, compressed (the format of the Zcash and Ethereum specifications, also draft-irtf-
 * cfrg-pairing-friendly-curves, appendix C); GT 576 bytes, the twelve coefficients over the base field of 48 bytes each,
 * big-endian, in tower order c0 before c1 before c2, but within Fp2 the imaginary one first, as G2 has it.
 */
import { equal, unhex } from "../core/bytes.ts";
import { Arena, SCRATCH_BYTES } from "./arena.ts";
import { HASHED_BYTES, HashedPoints, type HashedTerm } from "./hashed.ts";
import { GeneratorMultiples, POWERS_BYTES, Powers } from "./powers.ts";
import { writeScalar } from "./scalar.ts";
import type { Lookup } from "./tables.ts";
import { instantiateMcl, type Mcl, type Pointer } from "./wasm.ts";

export type { HashedTerm } from "./hashed.ts";
export { reduceScalar, WIDE_SCALAR_BYTES } from "./scalar.ts";

declare const groupBrand: unique symbol;
export type G1 = Uint8Array & { readonly [groupBrand]: "G1" };
export type G2 = Uint8Array & { readonly [groupBrand]: "G2" };
export type GT = Uint8Array & { readonly [groupBrand]: "GT" };

export const G1_BYTES = 48;
export const G2_BYTES = 96;
export const GT_BYTES = 576;
/** What a program's caches of points and tables take at most, in bytes, with the scratch memory. */
export const CACHE_BYTES = HASHED_BYTES + POWERS_BYTES + SCRATCH_BYTES;

const INNER = { g1: 144, g2: 288, gt: 576, scalar: 32 } as const;
const G1_GENERATOR =
  "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
const G2_GENERATOR =
  "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" +
  "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

/** What a decoder must make sure of: membership of G1 or G2, or only of the curve when the caller compares bytes later. */
type Membership = "group" | "curve";

interface G1Term {
  readonly point: G1;
  readonly scalar: bigint;
}

let loading: Promise<Group> | undefined;

/** The group; its WebAssembly is compiled once. */
export function loadGroup(): Promise<Group> {
  loading ??= instantiateMcl().then((mcl) => new Group(mcl));
  return loading;
}

export class Group {
  readonly generator1: G1;
  readonly generator2: G2;
  private readonly mcl: Mcl;
  private readonly arena: Arena;
  private readonly hashed: HashedPoints;
  private readonly powers: Powers;
  private readonly multiples: GeneratorMultiples;

  constructor(mcl: Mcl) {
    this.mcl = mcl;
    this.arena = new Arena(mcl);
    this.generator1 = this.decodeG1(unhex(G1_GENERATOR), "curve")!;
    this.generator2 = this.decodeG2(unhex(G2_GENERATOR), "curve")!;
    this.hashed = new HashedPoints(mcl, this.arena);
    this.powers = new Powers(mcl, this.arena);
    this.multiples = new GeneratorMultiples(mcl, this.arena, this.generator2);
  }

  /** BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380) with Diptych's own DST. Recent answers are kept. */
  hashToG1(message: Uint8Array): G1 {
    return this.hashed.hash(message) as G1;
  }

  /**
   * For each row the sum of its terms, a hashed point times a scalar each; from tables for messages that come again. With
   * `"secret"`, for long-lived secrets, neither time nor memory accesses depend on the scalars; see docs/decisions/0013.
   */
  sumHashed(rows: readonly (readonly HashedTerm[])[], kind: Lookup = "public"): G1[] {
    return this.hashed.sum(rows, kind) as G1[];
  }

  /** As one `sumHashed` row of `generator2`. */
  multiplyGenerator2(scalar: bigint, kind: Lookup = "public"): G2 {
    return this.multiples.multiply(scalar, kind) as G2;
  }

  /** Forgets what is kept about attributes: all, or tables only, hashes staying. For measuring. */
  clearCaches(what: "tables" | "all" = "all"): void {
    this.hashed.clear(what);
  }

  /** `point` times `scalar`. `"secret"` takes mcl's constant-time ladder, for long-lived secrets. */
  multiplyG1(point: G1, scalar: bigint, kind: Lookup = "public"): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      const multiply = kind === "secret" ? this.mcl._mclBnG1_mulCT : this.mcl._mclBnG1_mul;
      multiply(result, frame.put(point), writeScalar(this.mcl, frame, scalar));
      return frame.get(result, INNER.g1) as G1;
    });
  }

  /** As `multiplyG1`. */
  multiplyG2(point: G2, scalar: bigint, kind: Lookup = "public"): G2 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g2);
      const multiply = kind === "secret" ? this.mcl._mclBnG2_mulCT : this.mcl._mclBnG2_mul;
      multiply(result, frame.put(point), writeScalar(this.mcl, frame, scalar));
      return frame.get(result, INNER.g2) as G2;
    });
  }

  multiplyGT(a: GT, b: GT): GT {
    return this.arena.run((frame) => {
      const result = frame.put(a);
      this.mcl._mclBnGT_mul(result, result, frame.put(b));
      return frame.get(result, INNER.gt) as GT;
    });
  }

  /** For public scalars, or ones used once. */
  powerGT(element: GT, scalar: bigint): GT {
    const power = this.powers.power(element, scalar);
    if (power) return power as GT;
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.gt);
      this.mcl._mclBnGT_pow(result, frame.put(element), writeScalar(this.mcl, frame, scalar));
      return frame.get(result, INNER.gt) as GT;
    });
  }

  addG1(a: G1, b: G1): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      this.mcl._mclBnG1_add(result, frame.put(a), frame.put(b));
      return frame.get(result, INNER.g1) as G1;
    });
  }

  negateG1(point: G1): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      this.mcl._mclBnG1_neg(result, frame.put(point));
      return frame.get(result, INNER.g1) as G1;
    });
  }

  /** The sum of each point times its scalar. At least one term. For public scalars, or ones used once. */
  combineG1(terms: readonly G1Term[]): G1 {
    // Most policies recombine with 1 throughout, where adding is ten times as fast.
    const plain = terms.filter(({ scalar }) => scalar === 1n).map(({ point }) => point);
    const scaled = terms.filter(({ scalar }) => scalar !== 1n);
    const sums = scaled.length > 0 ? [...plain, this.multiplyAndSum(scaled)] : plain;
    return sums.reduce((sum, point) => this.addG1(sum, point));
  }

  private multiplyAndSum(terms: readonly G1Term[]): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      const points = frame.reserve(INNER.g1 * terms.length);
      const scalars = frame.reserve(INNER.scalar * terms.length);
      terms.forEach(({ point, scalar }, index) => {
        frame.write(point, points + INNER.g1 * index);
        writeScalar(this.mcl, frame, scalar, scalars + INNER.scalar * index);
      });
      this.mcl._mclBnG1_mulVec(result, points, scalars, terms.length);
      return frame.get(result, INNER.g1) as G1;
    });
  }

  /** The product of the pairings of all pairs, with one final exponentiation. At least one pair. */
  pairAll(pairs: readonly (readonly [G1, G2])[]): GT {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.gt);
      const left = frame.reserve(INNER.g1 * pairs.length);
      const right = frame.reserve(INNER.g2 * pairs.length);
      pairs.forEach(([a, b], index) => {
        frame.write(a, left + INNER.g1 * index);
        frame.write(b, right + INNER.g2 * index);
      });
      this.mcl._mclBn_millerLoopVec(result, left, right, pairs.length);
      this.mcl._mclBn_finalExp(result, result);
      return frame.get(result, INNER.gt) as GT;
    });
  }

  equalGT(a: GT, b: GT): boolean {
    return this.arena.run((frame) => this.mcl._mclBnGT_isEqual(frame.put(a), frame.put(b)) === 1);
  }

  encodeG1(point: G1): Uint8Array {
    return this.encode(point, G1_BYTES, this.mcl._mclBnG1_serialize);
  }

  encodeG2(point: G2): Uint8Array {
    return this.encode(point, G2_BYTES, this.mcl._mclBnG2_serialize);
  }

  encodeGT(element: GT): Uint8Array {
    return this.encode(element, GT_BYTES, this.mcl._mclBnGT_serialize);
  }

  /** The point of a canonical encoding; `undefined` for any other bytes and for the point at infinity. */
  decodeG1(bytes: Uint8Array, membership: Membership): G1 | undefined {
    const { _mclBnG1_isZero: isZero, _mclBnG1_isValidOrder: isValidOrder } = this.mcl;
    const accept = (point: Pointer) =>
      isZero(point) === 0 && (membership === "curve" || isValidOrder(point) === 1);
    const point = this.decode(bytes, G1_BYTES, INNER.g1, this.mcl._mclBnG1_deserialize, accept) as
      | G1
      | undefined;
    return point && equal(this.encodeG1(point), bytes) ? point : undefined;
  }

  /** As `decodeG1`. */
  decodeG2(bytes: Uint8Array, membership: Membership): G2 | undefined {
    const { _mclBnG2_isZero: isZero, _mclBnG2_isValidOrder: isValidOrder } = this.mcl;
    const accept = (point: Pointer) =>
      isZero(point) === 0 && (membership === "curve" || isValidOrder(point) === 1);
    const point = this.decode(bytes, G2_BYTES, INNER.g2, this.mcl._mclBnG2_deserialize, accept) as
      | G2
      | undefined;
    return point && equal(this.encodeG2(point), bytes) ? point : undefined;
  }

  /** The element of order r of a canonical encoding; `undefined` for any other bytes and for one. */
  decodeGT(bytes: Uint8Array): GT | undefined {
    const accept = (element: Pointer) =>
      this.mcl._mclBnGT_isOne(element) === 0 && this.mcl._mclBnGT_isValid(element) === 1;
    const element = this.decode(bytes, GT_BYTES, INNER.gt, this.mcl._mclBnGT_deserialize, accept) as
      | GT
      | undefined;
    return element && equal(this.encodeGT(element), bytes) ? element : undefined;
  }

  private encode(value: Uint8Array, size: number, serialise: Mcl["_mclBnG1_serialize"]): Uint8Array {
    return this.arena.run((frame) => {
      const output = frame.reserve(size);
      if (serialise(output, size, frame.put(value)) !== size) throw new Error("mcl-wasm can't serialise");
      return frame.get(output, size);
    });
  }

  private decode(
    bytes: Uint8Array,
    size: number,
    innerSize: number,
    deserialise: Mcl["_mclBnG1_deserialize"],
    accept: (value: Pointer) => boolean,
  ): Uint8Array | undefined {
    if (bytes.length !== size) return undefined;
    return this.arena.run((frame) => {
      const result = frame.reserve(innerSize);
      if (deserialise(result, frame.put(bytes), size) !== size || !accept(result)) return undefined;
      return frame.get(result, innerSize);
    });
  }
}
