/** Keys and capsules taken apart and put together byte by byte, as an attacker would. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { SecretKey } from "../../src/abe/index.ts";
import { concat, utf8 } from "../../src/core/bytes.ts";
import { compileLsss, expandAttributes } from "../../src/policy/index.ts";
import { type Field, layOutCapsule, layOutSecretKey, type Specimen } from "./mutants.ts";
import type * as oracle from "./oracle.ts";

const { G1, G2 } = bls12_381;

export interface KeyParts {
  hash: Uint8Array;
  sk1: Uint8Array;
  sk3: Uint8Array;
  entries: { text: string; points: Uint8Array[] }[];
}

export interface CapsuleParts {
  header: Uint8Array;
  policy: string;
  masked: Uint8Array;
  ct1: Uint8Array;
  ct2: Uint8Array[];
  ct3: Uint8Array[];
}

/** A number as a key and a capsule have it: behind its length, or in front of a list. */
function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Hands out the fields of one kind, first to last. */
function take({ bytes, fields }: Specimen, kind: Field["kind"]): Uint8Array[] {
  return fields.filter((field) => field.kind === kind).map(({ at, size }) => bytes.slice(at, at + size));
}

export function takeApartKey(key: SecretKey): KeyParts {
  const specimen = layOutSecretKey(key.toBytes());
  const [sk1, ...points] = take(specimen, "g1");
  const entries = take(specimen, "text").map((bytes) => {
    const text = new TextDecoder().decode(bytes);
    return { text, points: points.splice(0, expandAttributes([text]).length) };
  });
  return { hash: take(specimen, "bytes")[0]!, sk1: sk1!, sk3: take(specimen, "g2")[0]!, entries };
}

export function putTogetherKey({ hash, sk1, sk3, entries }: KeyParts): Promise<SecretKey> {
  const lines = entries.map(({ text, points }) => {
    const bytes = utf8(text);
    return concat(u32(bytes.length), bytes, ...points);
  });
  return SecretKey.fromBytes(concat(Uint8Array.of(1, 1), hash, sk1, sk3, u32(entries.length), ...lines));
}

export function takeApartCapsule(capsule: Uint8Array): CapsuleParts {
  const size = new DataView(capsule.buffer, capsule.byteOffset).getUint32(2);
  const policy = new TextDecoder().decode(capsule.subarray(6, 6 + size));
  const { rows, uses } = compileLsss(policy);
  const specimen = layOutCapsule(capsule, uses, rows.length);
  const [ct1, ...ct2] = take(specimen, "g2");
  const masked = take(specimen, "bytes")[0]!;
  return { header: capsule.slice(0, 2), policy, masked, ct1: ct1!, ct2, ct3: take(specimen, "g1") };
}

export function putTogetherCapsule({ header, policy, masked, ct1, ct2, ct3 }: CapsuleParts): Uint8Array {
  const text = utf8(policy);
  return concat(header, u32(text.length), text, masked, ct1, ...ct2, ...ct3);
}

/** The key's points, under the names that rows of a policy have. */
export function readKey({ sk1, sk3, entries }: KeyParts): oracle.Key {
  const named = entries.flatMap(({ text, points }) =>
    expandAttributes([text]).map(
      (name, index) => [name as string, G1.Point.fromBytes(points[index]!)] as const,
    ),
  );
  return { sk1: G1.Point.fromBytes(sk1), sk2: new Map(named), sk3: G2.Point.fromBytes(sk3) };
}

export function readCiphertext({ ct1, ct2, ct3 }: CapsuleParts): oracle.Ciphertext {
  return {
    ct1: G2.Point.fromBytes(ct1),
    ct2: ct2.map((bytes) => G2.Point.fromBytes(bytes)),
    ct3: ct3.map((bytes) => G1.Point.fromBytes(bytes)),
  };
}

/** The capsule with other points. */
export function withCiphertext(parts: CapsuleParts, { ct1, ct2, ct3 }: oracle.Ciphertext): CapsuleParts {
  return {
    ...parts,
    ct1: ct1.toBytes(true),
    ct2: ct2.map((point) => point.toBytes(true)),
    ct3: ct3.map((point) => point.toBytes(true)),
  };
}

/** The rows of a policy's matrix, all of one width. */
export function rowsOf(policy: string): oracle.Row[] {
  const { rows, columns } = compileLsss(policy);
  return rows.map(({ attribute, use, vector }) => ({
    attribute,
    use,
    vector: Array.from({ length: columns }, (_, column) => vector[column] ?? 0n),
  }));
}
