import { compare, concat, utf8 } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import { type Attribute, POLICY_LIMITS, parseAttribute } from "../policy/index.ts";
import { type G1, G1_BYTES, G2_BYTES, type Group, type GT, GT_BYTES, loadGroup } from "./group.ts";
import type { KeyElements } from "./scheme.ts";

/** The suite's id in every object, after the format version. Another scheme gets another number. */
export const SUITE = 1;
/** The suite's name, hashed into everything derived under it. */
export const SUITE_NAME = "FABEO-CP-BLS12381-SHA256-SHAKE256-FO";
const VERSION = 1;
/** How many attributes one secret key may have. */
export const KEY_ATTRIBUTES = 4096;

/** An authority's public key. Compare and anchor it by `publicKeyHash`. */
export interface PublicKey {
  readonly suite: typeof SUITE;
  readonly hash: Uint8Array;
  readonly mpk: GT;
}

/** An authority's master key: makes every secret key, opens every capsule. */
export interface MasterKey {
  readonly suite: typeof SUITE;
  /** Of the public key that belongs to it. */
  readonly publicKeyHash: Uint8Array;
  readonly msk: G1;
}

/** A user's key for a set of attributes, in the order of their bytes. */
export interface SecretKey {
  readonly suite: typeof SUITE;
  /** Of the public key of the authority that made it. */
  readonly publicKeyHash: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly elements: KeyElements;
}

/** 32 bytes that stand for the public key: `hash("diptych/abe/public-key/v1", encoded public key)`. */
export function publicKeyHash(publicKey: PublicKey): Uint8Array {
  return publicKey.hash.slice();
}

/** The public key around `mpk`. */
export function makePublicKey(group: Group, mpk: GT): PublicKey {
  const encoded = concat(Uint8Array.of(VERSION, SUITE), group.encodeGT(mpk));
  return { suite: SUITE, hash: hash("diptych/abe/public-key/v1", encoded), mpk };
}

/** Attributes as keys hold them: each once, in the order of their UTF-8 bytes. Throws `attribute-invalid`. */
export function sortAttributes(attributes: Iterable<string>): Attribute[] {
  const distinct = new Set(Array.from(attributes, parseAttribute));
  return [...distinct].sort((a, b) => compare(utf8(a), utf8(b)));
}

/** Version, suite, mpk (576 bytes): 578 bytes. */
export async function encodePublicKey(publicKey: PublicKey): Promise<Uint8Array> {
  const group = await loadGroup();
  return header().fixed(group.encodeGT(publicKey.mpk)).finish();
}

/** Throws `abe-key-invalid` unless `bytes` is the canonical encoding of a public key with mpk of order r. */
export async function decodePublicKey(bytes: Uint8Array): Promise<PublicKey> {
  const group = await loadGroup();
  return decodeKey(bytes, "public key", (reader) => {
    const mpk = demand(reader, group.decodeGT(reader.fixed(GT_BYTES)));
    return makePublicKey(group, mpk);
  });
}

/** Version, suite, hash of the public key (32 bytes), alpha g1 (48): 82 bytes. */
export async function encodeMasterKey(masterKey: MasterKey): Promise<Uint8Array> {
  const group = await loadGroup();
  return header().fixed(masterKey.publicKeyHash).fixed(group.encodeG1(masterKey.msk)).finish();
}

/** Throws `abe-key-invalid`. `keygen` tells whether it belongs to a public key. */
export async function decodeMasterKey(bytes: Uint8Array): Promise<MasterKey> {
  const group = await loadGroup();
  return decodeKey(bytes, "master key", (reader) => ({
    suite: SUITE,
    publicKeyHash: reader.fixed(32),
    msk: demand(reader, group.decodeG1(reader.fixed(G1_BYTES), "group")),
  }));
}

/**
 * Version, suite, hash of the public key (32 bytes), sk1 (48), sk3 (96), and a list of attributes, each its text and
 * sk2[u] (48), strictly ascending by the attribute's bytes.
 */
export async function encodeSecretKey(secretKey: SecretKey): Promise<Uint8Array> {
  const group = await loadGroup();
  const { sk1, sk2, sk3 } = secretKey.elements;
  return header()
    .fixed(secretKey.publicKeyHash)
    .fixed(group.encodeG1(sk1))
    .fixed(group.encodeG2(sk3))
    .list(secretKey.attributes, (writer, attribute) =>
      writer.text(attribute).fixed(group.encodeG1(sk2.get(attribute)!)),
    )
    .finish();
}

/**
 * Throws `abe-key-invalid` unless `bytes` is the canonical encoding of a secret key, all points in the prime-order
 * groups. Whether the authority made it is for `checkSecretKey` to say.
 */
export async function decodeSecretKey(bytes: Uint8Array): Promise<SecretKey> {
  const group = await loadGroup();
  return decodeKey(bytes, "secret key", (reader) => {
    const publicKeyHash = reader.fixed(32);
    const sk1 = demand(reader, group.decodeG1(reader.fixed(G1_BYTES), "group"));
    const sk3 = demand(reader, group.decodeG2(reader.fixed(G2_BYTES), "group"));
    const entries = reader.list(
      () =>
        [
          reader.text(POLICY_LIMITS.attributeBytes),
          demand(reader, group.decodeG1(reader.fixed(G1_BYTES), "group")),
        ] as const,
      KEY_ATTRIBUTES,
    );
    const attributes = sortAttributes(entries.map(([text]) => text));
    const canonical =
      attributes.length > 0 &&
      attributes.length === entries.length &&
      entries.every(([text], index) => text === attributes[index]);
    if (!canonical) throw reader.invalid("its attributes aren't in their normal form and order");
    const sk2 = new Map(entries.map(([, element], index) => [attributes[index]!, element]));
    return { suite: SUITE, publicKeyHash, attributes, elements: { sk1, sk2, sk3 } };
  });
}

function header(): Writer {
  return new Writer().u8(VERSION).u8(SUITE);
}

function demand<T>(reader: Reader, point: T | undefined): T {
  if (point === undefined) throw reader.invalid("a point isn't one of the group");
  return point;
}

function decodeKey<T>(bytes: Uint8Array, what: string, read: (reader: Reader) => T): T {
  try {
    const reader = new Reader(bytes, what).version(VERSION);
    if (reader.u8() !== SUITE) throw reader.invalid("its suite is unknown");
    const key = read(reader);
    reader.end();
    return key;
  } catch (cause) {
    if (!(cause instanceof DiptychError)) throw cause;
    throw new DiptychError("abe-key-invalid", `These bytes are not an ABE ${what}; ask for it again.`, {
      cause,
    });
  }
}
