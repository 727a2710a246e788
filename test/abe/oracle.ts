/**
 * A second, slow and plain implementation of the KEM on other libraries, written from the paper (ePrint 2022/1415, Fig. 2
 * and its multi-use variant) and the description of the formats. It shares the policy parser with the first, and nothing
 * else: its own bits of numbers, its own matrix, its own elimination, its own encodings and derivations.
 */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { type Comparison, type Policy, parsePolicy } from "../../src/policy/index.ts";

const { G1, G2, fields } = bls12_381;
const { Fp12, Fr } = fields;
const r = Fr.ORDER;
export type PointG1 = typeof G1.Point.BASE;
export type PointG2 = typeof G2.Point.BASE;
export type Target = typeof Fp12.ONE;

const suite = utf8ToBytes("FABEO-CP-BLS12381-SHA256-SHAKE256-FO");
const hashed = new Map<string, PointG1>();
function hashToG1(input: Uint8Array): PointG1 {
  const name = input.join();
  const DST = "DIPTYCH-V1-ABE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
  const point = hashed.get(name) ?? G1.Point.fromAffine(G1.hashToCurve(input, { DST }).toAffine());
  hashed.set(name, point);
  return point;
}
export const base = (): PointG1 => hashToG1(Uint8Array.of(0));
export const attributePoint = (name: string): PointG1 =>
  hashToG1(concatBytes(Uint8Array.of(1), utf8ToBytes(name)));

export const times = <P extends { multiplyUnsafe(k: bigint): P }>(point: P, k: bigint): P =>
  point.multiplyUnsafe(Fr.create(k));
export const pair = (a: PointG1, b: PointG2): Target =>
  a.is0() || b.is0() ? Fp12.ONE : bls12_381.pairing(a, b);
export const multiply = (...factors: Target[]): Target => factors.reduce((a, b) => Fp12.mul(a, b), Fp12.ONE);
export const invert = (a: Target): Target => Fp12.inv(a);
export const same = (a: Target, b: Target): boolean => Fp12.eql(a, b);

const u32 = (n: number): Uint8Array => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);
const prefixed = (bytes: Uint8Array): Uint8Array => concatBytes(u32(bytes.length), bytes);
const transcript = (domain: string, parts: Uint8Array[]): Uint8Array =>
  concatBytes(prefixed(utf8ToBytes(domain)), ...parts.map(prefixed));
const integer = (bytes: Uint8Array): bigint => bytes.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);

/** GT: twelve coefficients, within Fp2 the imaginary one first, where noble has it second. */
export function encodeTarget(element: Target): Uint8Array {
  const bytes = Fp12.toBytes(element);
  const at = (i: number) => bytes.subarray(48 * i, 48 * i + 48);
  return concatBytes(...Array.from({ length: 12 }, (_, i) => at(i ^ 1)));
}

export function decodeTarget(bytes: Uint8Array): Target {
  const at = (i: number) => bytes.subarray(48 * i, 48 * i + 48);
  return Fp12.fromBytes(concatBytes(...Array.from({ length: 12 }, (_, i) => at(i ^ 1))));
}

export interface Key {
  readonly sk1: PointG1;
  readonly sk2: Map<string, PointG1>;
  readonly sk3: PointG2;
}

export interface Row {
  readonly attribute: string;
  readonly use: number;
  readonly vector: bigint[];
}

type Tree = { attribute: string } | { k: number; children: Tree[] };

/** The name of "the bit at `place` (31 is the highest) of the number under `label` is `bit`". */
const bitName = (unit: string, label: string, place: number, bit: string): string =>
  `\u0001${unit === "date" ? "d" : "n"}${String(place).padStart(2, "0")}=${bit}:${label}`;

const binary = (value: number): string => value.toString(2).padStart(32, "0");

/** The names that a key has elements for: an attribute's own, or those of the 32 bits of a number. */
export function rowNames(attribute: string): string[] {
  const [, label, text] = /^([^\s:"]+) = ([0-9-]+)$/.exec(attribute) ?? [];
  if (label === undefined || text === undefined) return [attribute];
  const unit = text.includes("-") ? "date" : "number";
  const value = unit === "date" ? Date.parse(text) / 86_400_000 : Number(text);
  return [...binary(value)].map((bit, index) => bitName(unit, label, 31 - index, bit));
}

/**
 * A comparison as gates over bits, from the top. To be at least v, where v has a one: this bit and all that follows; where
 * v has a zero: this bit or what follows; after the last one of v: nothing more. To be at most v: the same with zeros and
 * ones exchanged. Neighbours with the same gate share one.
 */
function comparisonTree({ unit, label, operator, value }: Comparison): Tree {
  const leaf = (index: number, bit: string): Tree => ({ attribute: bitName(unit, label, 31 - index, bit) });
  if (operator === "=") return { k: 32, children: [...binary(value)].map((bit, index) => leaf(index, bit)) };
  const least = operator.startsWith(">");
  const bound = operator === ">" ? value + 1 : operator === "<" ? value - 1 : value;
  const pattern = least ? binary(bound) : [...binary(bound)].map((bit) => (bit === "0" ? "1" : "0")).join("");
  const wanted = least ? "1" : "0";
  const last = pattern.lastIndexOf("1");
  if (last < 0) return { k: 1, children: [leaf(0, "0"), leaf(0, "1")] };
  const from = (start: number): Tree => {
    if (start === last) return leaf(start, wanted);
    let end = start;
    while (end < last && pattern[end] === pattern[start]) end++;
    const leaves = Array.from({ length: end - start }, (_, index) => leaf(start + index, wanted));
    const children = [...leaves, from(end)];
    return { k: pattern[start] === "1" ? children.length : 1, children };
  };
  return from(0);
}

function toTree(policy: Policy): Tree {
  if (policy.kind === "leaf") return { attribute: policy.attribute };
  if (policy.kind === "comparison") return comparisonTree(policy);
  return { k: policy.k, children: policy.children.map(toTree) };
}

/** The matrix, one row a leaf or a bit, all of one width. */
export function buildMatrix(policy: Policy): Row[] {
  const rows: Row[] = [];
  let width = 1;
  const walk = (node: Tree, vector: Map<number, bigint>): void => {
    if ("attribute" in node) {
      const use = rows.filter((row) => row.attribute === node.attribute).length;
      rows.push({ attribute: node.attribute, use, vector: [...vector].flatMap(([c, x]) => [BigInt(c), x]) });
      return;
    }
    const n = node.children.length;
    const start = width;
    width += node.k - 1;
    node.children.forEach((child, i) => {
      const mine = new Map(vector);
      if (node.k === n && i > 0) {
        mine.clear();
        mine.set(start + i - 1, r - 1n);
      } else
        for (let t = 1; t < node.k; t++)
          mine.set(start + t - 1, node.k === n ? 1n : Fr.pow(BigInt(i + 1), BigInt(t)));
      walk(child, mine);
    });
  };
  walk(toTree(policy), new Map([[0, 1n]]));
  return rows.map((row) => {
    const dense = new Array<bigint>(width).fill(0n);
    for (let i = 0; i < row.vector.length; i += 2) dense[Number(row.vector[i]!)] = row.vector[i + 1]!;
    return { ...row, vector: dense };
  });
}

/** Weights w with sum of w_i rows[i] = (1, 0, ..., 0), by elimination on the transposed system; undefined if none. */
export function solve(rows: readonly Row[]): bigint[] | undefined {
  if (rows.length === 0) return undefined;
  const width = rows[0]!.vector.length;
  const system = Array.from({ length: width }, (_, c) => [
    ...rows.map((row) => row.vector[c]!),
    c === 0 ? 1n : 0n,
  ]);
  const weights = new Array<bigint>(rows.length).fill(0n);
  const pivots: [row: number, column: number][] = [];
  for (let column = 0, top = 0; column < rows.length && top < width; column++) {
    const found = system.findIndex((line, i) => i >= top && line[column] !== 0n);
    if (found < 0) continue;
    [system[top], system[found]] = [system[found]!, system[top]!];
    const scale = Fr.inv(system[top]![column]!);
    system[top] = system[top]!.map((x) => Fr.mul(x, scale));
    for (let i = 0; i < width; i++)
      if (i !== top) {
        const factor = system[i]![column]!;
        system[i] = system[i]!.map((x, c) => Fr.sub(x, Fr.mul(factor, system[top]![c]!)));
      }
    pivots.push([top++, column]);
  }
  if (system.slice(pivots.length).some((line) => line[rows.length] !== 0n)) return undefined;
  for (const [row, column] of pivots) weights[column] = system[row]![rows.length]!;
  return weights;
}

export function makePublicKey(alpha: bigint): Uint8Array {
  const mpk = Fp12.pow(pair(G1.Point.BASE, G2.Point.BASE), alpha);
  return concatBytes(Uint8Array.of(1, 1), encodeTarget(mpk));
}

export const hashPublicKey = (publicKey: Uint8Array): Uint8Array =>
  sha256(transcript("diptych/abe/public-key/v1", [publicKey]));

export function makeMasterKey(publicKey: Uint8Array, alpha: bigint): Uint8Array {
  return concatBytes(
    Uint8Array.of(1, 1),
    hashPublicKey(publicKey),
    times(G1.Point.BASE, alpha).toBytes(true),
  );
}

export function makeKey(alpha: bigint, attributes: readonly string[], random: bigint): Key {
  return {
    sk1: times(G1.Point.BASE, alpha).add(times(base(), random)),
    sk2: new Map(attributes.flatMap(rowNames).map((name) => [name, times(attributePoint(name), random)])),
    sk3: times(G2.Point.BASE, random),
  };
}

export function encodeKey(publicKey: Uint8Array, key: Key, attributes: readonly string[]): Uint8Array {
  const texts = [...attributes].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return concatBytes(
    Uint8Array.of(1, 1),
    hashPublicKey(publicKey),
    key.sk1.toBytes(true),
    key.sk3.toBytes(true),
    u32(texts.length),
    ...texts.flatMap((text) => [
      prefixed(utf8ToBytes(text)),
      ...rowNames(text).map((name) => key.sk2.get(name)!.toBytes(true)),
    ]),
  );
}

export function decodeKey(bytes: Uint8Array): Key {
  const cursor = new Cursor(bytes.subarray(34));
  const sk1 = G1.Point.fromBytes(cursor.take(48));
  const sk3 = G2.Point.fromBytes(cursor.take(96));
  const count = Number(integer(cursor.take(4)));
  const entries = Array.from({ length: count }, () => {
    const text = new TextDecoder().decode(cursor.take(Number(integer(cursor.take(4)))));
    return rowNames(text).map((name) => [name, G1.Point.fromBytes(cursor.take(48))] as const);
  });
  return { sk1, sk2: new Map(entries.flat()), sk3 };
}

export interface Ciphertext {
  readonly ct1: PointG2;
  readonly ct2: PointG2[];
  readonly ct3: PointG1[];
}

/** Enc. `sPrime` has an entry for each use; the broken variant that the attack needs passes one entry for all uses. */
export function encrypt(
  rows: readonly Row[],
  s1: bigint,
  sPrime: readonly bigint[],
  v: readonly bigint[],
): Ciphertext {
  const secrets = [s1, ...v];
  return {
    ct1: times(G2.Point.BASE, s1),
    ct2: sPrime.map((s) => times(G2.Point.BASE, s)),
    ct3: rows.map(({ attribute, use, vector }) => {
      const share = vector.reduce((sum, x, c) => Fr.add(sum, Fr.mul(x, secrets[c]!)), 0n);
      return times(base(), share).add(
        times(attributePoint(attribute), sPrime[Math.min(use, sPrime.length - 1)]!),
      );
    }),
  };
}

/** Dec, one pairing for each use and one for all of ct3. */
export function decrypt(key: Key, rows: readonly Row[], ciphertext: Ciphertext): Target | undefined {
  const mine = rows.map((row, i) => ({ row, i })).filter(({ row }) => key.sk2.has(row.attribute));
  const weights = solve(mine.map(({ row }) => row));
  if (!weights) return undefined;
  let shared = pair(key.sk1, ciphertext.ct1);
  let masked = G1.Point.ZERO;
  const unmask = ciphertext.ct2.map(() => G1.Point.ZERO);
  mine.forEach(({ row, i }, place) => {
    masked = masked.add(times(ciphertext.ct3[i]!, weights[place]!));
    unmask[row.use] = unmask[row.use]!.add(times(key.sk2.get(row.attribute)!, weights[place]!));
  });
  ciphertext.ct2.forEach((ct2, use) => {
    shared = multiply(shared, pair(unmask[use]!, ct2));
  });
  shared = multiply(shared, invert(pair(masked, key.sk3)));
  return shared;
}

export function mask(publicKey: Uint8Array, shared: Target, bytes: Uint8Array): Uint8Array {
  const pad = sha256(
    transcript("diptych/abe/mask/v1", [suite, hashPublicKey(publicKey), encodeTarget(shared)]),
  );
  return bytes.map((byte, i) => byte ^ pad[i]!);
}

export function encapsulate(
  publicKey: Uint8Array,
  policyText: string,
  associatedData: Uint8Array,
  m: Uint8Array,
): { capsule: Uint8Array; key: Uint8Array } {
  const rows = buildMatrix(parsePolicy(policyText));
  const uses = Math.max(...rows.map((row) => row.use)) + 1;
  const width = rows[0]!.vector.length;
  const context = [suite, hashPublicKey(publicKey), utf8ToBytes(policyText), associatedData];
  const stream = shake256(transcript("diptych/abe/coins/v1", [...context, m]), {
    dkLen: 48 * (uses + width),
  });
  const scalars = Array.from(
    { length: uses + width },
    (_, i) => integer(stream.subarray(48 * i, 48 * i + 48)) % r,
  );
  const [s1, sPrime, v] = [scalars[0]!, scalars.slice(1, 1 + uses), scalars.slice(1 + uses)];
  const ciphertext = encrypt(rows, s1, sPrime, v);
  const shared = Fp12.pow(decodeTarget(publicKey.subarray(2)), s1);
  const capsule = concatBytes(
    Uint8Array.of(1, 1),
    prefixed(utf8ToBytes(policyText)),
    mask(publicKey, shared, m),
    ...[ciphertext.ct1, ...ciphertext.ct2].map((point) => point.toBytes(true)),
    ...ciphertext.ct3.map((point) => point.toBytes(true)),
  );
  const digest = sha256(transcript("diptych/abe/capsule/v1", [capsule]));
  const key = hkdf(sha256, m, undefined, transcript("diptych/abe/key/v1", [...context, digest]), 32);
  return { capsule, key };
}

export interface OpenCapsule {
  readonly policy: string;
  readonly rows: Row[];
  readonly masked: Uint8Array;
  readonly ciphertext: Ciphertext;
}

export function decodeCapsule(capsule: Uint8Array): OpenCapsule {
  const cursor = new Cursor(capsule.subarray(2));
  const policy = new TextDecoder().decode(cursor.take(Number(integer(cursor.take(4)))));
  const rows = buildMatrix(parsePolicy(policy));
  const uses = Math.max(...rows.map((row) => row.use)) + 1;
  const masked = cursor.take(32);
  const ct1 = G2.Point.fromBytes(cursor.take(96));
  const ct2 = Array.from({ length: uses }, () => G2.Point.fromBytes(cursor.take(96)));
  const ct3 = rows.map(() => G1.Point.fromBytes(cursor.take(48)));
  return { policy, rows, masked, ciphertext: { ct1, ct2, ct3 } };
}

/** The key, or undefined for whatever reason. */
export function decapsulate(
  publicKey: Uint8Array,
  secretKey: Uint8Array,
  capsule: Uint8Array,
  associatedData: Uint8Array,
): Uint8Array | undefined {
  const { policy, rows, masked, ciphertext } = decodeCapsule(capsule);
  const shared = decrypt(decodeKey(secretKey), rows, ciphertext);
  if (!shared) return undefined;
  const again = encapsulate(publicKey, policy, associatedData, mask(publicKey, shared, masked));
  return Buffer.compare(again.capsule, capsule) === 0 ? again.key : undefined;
}

class Cursor {
  private at = 0;
  private readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  take(size: number): Uint8Array {
    const part = this.bytes.slice(this.at, this.at + size);
    if (part.length !== size) throw new Error("too short");
    this.at += size;
    return part;
  }
}
