/** Encodings that no decoder of points may take: each is wrong in its own way. Made by an independent library. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat } from "../../src/core/bytes.ts";

const { G1, G2, fields } = bls12_381;
const { Fp, Fp2, Fp12 } = fields;
type Fp2Value = typeof Fp2.ONE;
const COMPRESSED = 0x80;
const INFINITY = 0x40;
const SIGN = 0x20;
const G1_COFACTOR = 0x396c8c005555e1568c00aaab0000aaabn;
const G2_COFACTOR =
  0x5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5n;

interface Point<P> {
  add(other: P): P;
  double(): P;
}

/** By doubling and adding: the library's own products reduce the scalar modulo r. */
function times<P extends Point<P>>(point: P, scalar: bigint): P {
  const [, ...bits] = scalar.toString(2);
  return bits.reduce((sum, bit) => (bit === "1" ? sum.double().add(point) : sum.double()), point);
}

function flagged(bytes: Uint8Array, flags: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0]! |= flags;
  return copy;
}

function filled(size: number, first: number, rest = 0): Uint8Array {
  const bytes = new Uint8Array(size).fill(rest);
  bytes[0] = first;
  return bytes;
}

/** Encodings of a size that are no points, or points that aren't canonical. */
function malformed(size: number): Uint8Array[] {
  const modulus = Fp.toBytes(Fp.ORDER - 1n);
  modulus[47]! += 1;
  const place = (x: Uint8Array) => {
    const bytes = new Uint8Array(size);
    bytes.set(x, 0);
    return flagged(bytes, COMPRESSED);
  };
  return [
    filled(size, COMPRESSED | INFINITY),
    filled(size, COMPRESSED | INFINITY | SIGN),
    filled(size, INFINITY),
    filled(size, COMPRESSED | INFINITY | 1),
    flagged(filled(size, COMPRESSED | INFINITY), 0).fill(1, size - 1),
    filled(size, 0),
    filled(size, 0xff, 0xff),
    filled(size, COMPRESSED | 0x1f, 0xff),
    // x = p, which is 0 for who reduces: (0, 2) is on the curve of G1.
    place(modulus),
    flagged(place(modulus), SIGN),
  ];
}

/** The first `count` points of E(Fp) by x, the one of order 3 with x = 0 among them. None is in G1. */
function curvePointsG1(count: number): InstanceType<typeof G1.Point>[] {
  const points = [];
  for (let x = 0n; points.length < count; x++)
    try {
      points.push(G1.Point.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n)) }));
    } catch {
      // No square: no point with this x.
    }
  return points;
}

/** The first `count` points of E'(Fp2) by the real part of x. None is in G2. */
function curvePointsG2(count: number): InstanceType<typeof G2.Point>[] {
  const points = [];
  const b = Fp2.create({ c0: 4n, c1: 4n });
  for (let c0 = 1n; points.length < count; c0++)
    try {
      const x = Fp2.create({ c0, c1: 1n });
      points.push(G2.Point.fromAffine({ x, y: Fp2.sqrt(Fp2.add(Fp2.pow(x, 3n), b)) }));
    } catch {
      // As above.
    }
  return points;
}

/** Compressed; the library itself refuses to write what is outside the group. */
function encodeG1({ x, y }: { x: bigint; y: bigint }): Uint8Array {
  return flagged(Fp.toBytes(x), COMPRESSED | (2n * y > Fp.ORDER ? SIGN : 0));
}

function encodeG2({ x, y }: { x: Fp2Value; y: Fp2Value }): Uint8Array {
  const high = y.c1 === 0n ? y.c0 : y.c1;
  const bytes = concat(Fp.toBytes(x.c1), Fp.toBytes(x.c0));
  return flagged(bytes, COMPRESSED | (2n * high > Fp.ORDER ? SIGN : 0));
}

let small: InstanceType<typeof G2.Point> | undefined;
function ofOrder13(): InstanceType<typeof G2.Point> {
  small ??= times(times(curvePointsG2(1)[0]!, fields.Fr.ORDER), G2_COFACTOR / (13n * 13n));
  return small;
}

/** On the curve, outside the group of order r: of order 3, 11 and 13 where the cofactors have them, and of large order. */
function strays(): { g1: Uint8Array[]; g2: Uint8Array[] } {
  const first = curvePointsG1(3);
  const second = curvePointsG2(2);
  const r = fields.Fr.ORDER;
  const ofOrder11 = times(times(first[1]!, r), G1_COFACTOR / (11n * 11n));
  const g1 = [...first, ofOrder11, first[1]!.add(G1.Point.BASE)];
  const g2 = [...second, ofOrder13(), G2.Point.BASE.add(times(second[0]!, r))];
  return {
    g1: g1.filter((point) => !point.is0()).map((point) => encodeG1(point.toAffine())),
    g2: g2.filter((point) => !point.is0()).map((point) => encodeG2(point.toAffine())),
  };
}

/** No element of order r: zero, one, -1, one of the cyclotomic subgroup, one of the field. */
function targets(): Uint8Array[] {
  const field = Fp12.fromBytes(
    new Uint8Array(576).map((_, index) => (index % 48 === 0 ? 1 : (index * 7) % 256)),
  );
  const p = Fp.ORDER;
  const half = Fp12.div(Fp12.conjugate(field), field);
  const cyclotomic = Fp12.mul(Fp12.pow(half, p * p), half);
  // Coefficients within Fp2 stand in the other order here.
  const encode = (element: typeof field) => {
    const bytes = Fp12.toBytes(element);
    return new Uint8Array(576).map((_, index) => bytes[((index / 48) ^ 1) * 48 + (index % 48)]!);
  };
  return [
    ...[field, cyclotomic, Fp12.ONE, Fp12.neg(Fp12.ONE)].map(encode),
    new Uint8Array(576),
    new Uint8Array(576).fill(0xff),
  ];
}

/** What to put where a point should stand, by the kind of field. */
export const hostilePoints: Readonly<Record<"g1" | "g2" | "gt", readonly Uint8Array[]>> = (() => {
  const stray = strays();
  return { g1: [...malformed(48), ...stray.g1], g2: [...malformed(96), ...stray.g2], gt: targets() };
})();

/** On the curve but outside the group, by the kind of field. */
export const strayPoints = strays();

/** The encoding of the opposite point: canonical, of the same order. */
export function negatePoint(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0]! ^= SIGN;
  return copy;
}

/**
 * The honest point plus one of order 3 in G1's curve, 13 in that of G2: outside the group, and to pairings, which raise to
 * a multiple of all cofactors in the end, the same as the honest one. Bytes that are no point stay as they are.
 */
export function addStray(bytes: Uint8Array): Uint8Array {
  try {
    return bytes.length === 48
      ? encodeG1(
          G1.Point.fromBytes(bytes)
            .add(G1.Point.fromAffine({ x: 0n, y: 2n }))
            .toAffine(),
        )
      : encodeG2(G2.Point.fromBytes(bytes).add(ofOrder13()).toAffine());
  } catch {
    return bytes;
  }
}
