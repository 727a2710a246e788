/**
 * The pairing group BLS12-381: e: G1 x G2 -> GT of prime order r. Points are plain values in mcl's inner form, 144 bytes
 * in G1, 288 in G2, 576 in GT; they come from this file only, and never change. Scalars are numbers from 0 to r - 1.
 *
 * Encodings: G1 48 and G2 96 bytes, compressed (the format of the Zcash and Ethereum specifications, also draft-irtf-
 * cfrg-pairing-friendly-curves, appendix C); GT 576 bytes, the twelve coefficients over the base field of 48 bytes each,
 * big-endian, in tower order c0 before c1 before c2, but within Fp2 the imaginary one first, as G2 has it.
 */
import { equal, hex, unhex, utf8 } from "../core/bytes.ts";
import { SCALAR_ORDER } from "../policy/index.ts";
import { Arena, type Frame } from "./arena.ts";
import { instantiateMcl, type Mcl, type Pointer } from "./wasm.ts";

declare const groupBrand: unique symbol;
export type G1 = Uint8Array & { readonly [groupBrand]: "G1" };
export type G2 = Uint8Array & { readonly [groupBrand]: "G2" };
export type GT = Uint8Array & { readonly [groupBrand]: "GT" };

export const G1_BYTES = 48;
export const G2_BYTES = 96;
export const GT_BYTES = 576;
/** Bytes that make a scalar: 128 bits more than r has, so that reduction leaves no bias. */
export const WIDE_SCALAR_BYTES = 48;

const INNER = { g1: 144, g2: 288, gt: 576, scalar: 32 } as const;
const DST = utf8("DIPTYCH-V1-ABE-BLS12381G1_XMD:SHA-256_SSWU_RO_");
/** Points kept by `hashToG1`: at most about 0.5 MB with their names. */
const CACHED_POINTS = 1024;
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

/** The scalar of `WIDE_SCALAR_BYTES` big-endian bytes, modulo r. */
export function reduceScalar(wide: Uint8Array): bigint {
  return BigInt(hex(wide)) % SCALAR_ORDER;
}

function encodeScalar(scalar: bigint): Uint8Array {
  return unhex(scalar.toString(16).padStart(2 * INNER.scalar, "0"));
}

export class Group {
  readonly generator1: G1;
  readonly generator2: G2;
  private readonly mcl: Mcl;
  private readonly arena: Arena;
  private readonly hashed = new Map<string, G1>();

  constructor(mcl: Mcl) {
    this.mcl = mcl;
    this.arena = new Arena(mcl);
    this.generator1 = this.decodeG1(unhex(G1_GENERATOR), "group")!;
    this.generator2 = this.decodeG2(unhex(G2_GENERATOR), "group")!;
  }

  /** BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380) with Diptych's own DST. Recent answers are kept. */
  hashToG1(message: Uint8Array): G1 {
    const name = String.fromCharCode(...message);
    const known = this.hashed.get(name);
    const point = known ?? this.computeHash(message);
    // A Map iterates in order of insertion: the first is the one not used for longest.
    this.hashed.delete(name);
    this.hashed.set(name, point);
    if (this.hashed.size > CACHED_POINTS) this.hashed.delete(this.hashed.keys().next().value!);
    return point;
  }

  private computeHash(message: Uint8Array): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      const status = this.mcl._mclBnG1_hashAndMapToWithDst(
        result,
        frame.put(message),
        message.length,
        frame.put(DST),
        DST.length,
      );
      if (status !== 0) throw new Error("mcl-wasm can't hash to the curve");
      this.mcl._mclBnG1_normalize(result, result);
      return frame.get(result, INNER.g1) as G1;
    });
  }

  /** `point` times `scalar`. `"secret"` takes mcl's constant-time ladder, for long-lived secrets. */
  multiplyG1(point: G1, scalar: bigint, kind: "public" | "secret" = "public"): G1 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g1);
      const multiply = kind === "secret" ? this.mcl._mclBnG1_mulCT : this.mcl._mclBnG1_mul;
      multiply(result, frame.put(point), this.scalar(frame, scalar));
      return frame.get(result, INNER.g1) as G1;
    });
  }

  /** As `multiplyG1`. */
  multiplyG2(point: G2, scalar: bigint, kind: "public" | "secret" = "public"): G2 {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.g2);
      const multiply = kind === "secret" ? this.mcl._mclBnG2_mulCT : this.mcl._mclBnG2_mul;
      multiply(result, frame.put(point), this.scalar(frame, scalar));
      return frame.get(result, INNER.g2) as G2;
    });
  }

  powerGT(element: GT, scalar: bigint): GT {
    return this.arena.run((frame) => {
      const result = frame.reserve(INNER.gt);
      this.mcl._mclBnGT_pow(result, frame.put(element), this.scalar(frame, scalar));
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
        this.writeScalar(frame, scalar, scalars + INNER.scalar * index);
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

  private scalar(frame: Frame, value: bigint): Pointer {
    const at = frame.reserve(INNER.scalar);
    this.writeScalar(frame, value, at);
    return at;
  }

  private writeScalar(frame: Frame, value: bigint, at: Pointer): void {
    const bytes = encodeScalar(value);
    if (this.mcl._mclBnFr_setBigEndianMod(at, frame.put(bytes), bytes.length) !== 0)
      throw new Error("mcl-wasm can't read a scalar");
  }
}
