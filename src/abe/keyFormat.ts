/** The bytes of keys: version, suite, then what each kind holds. All fields but the attributes have fixed sizes. */
import { compare, utf8 } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import {
  type Attribute,
  demandOneValue,
  expandAttributes,
  POLICY_LIMITS,
  parseAttribute,
} from "../policy/index.ts";
import { type G1, G1_BYTES, type G2, G2_BYTES, type Group, type GT, GT_BYTES } from "./group.ts";
import type { KeyElements } from "./scheme.ts";
import { SUITE } from "./suite.ts";

const VERSION = 1;
/** How many elements of G1 one secret key may have for its attributes: one for each, 32 for a number or a date. */
export const KEY_ELEMENTS = 4096;

/**
 * Attributes as keys hold them: each once, in the order of their UTF-8 bytes. Throws `attribute-invalid`, also for two
 * values of one label: their bits would mix, and those of 2 and 5 make 7.
 */
export function sortAttributes(attributes: Iterable<string>): Attribute[] {
  const distinct = [...new Set(Array.from(attributes, parseAttribute))];
  demandOneValue(distinct);
  return distinct.sort((a, b) => compare(utf8(a), utf8(b)));
}

/** The row attributes of sorted attributes, in order; the bits of a number from the highest to the lowest. */
export function listRows(attributes: readonly Attribute[]): Attribute[] {
  return attributes.flatMap((attribute) => expandAttributes([attribute]));
}

/** Version, suite, mpk (576 bytes): 578 bytes. */
export function writePublicKey(group: Group, mpk: GT): Uint8Array {
  return header().fixed(group.encodeGT(mpk)).finish();
}

/** Throws `abe-key-invalid`. */
export function readPublicKey(bytes: Uint8Array, group: Group): GT {
  return readKey(bytes, "public key", (reader) => {
    const encoded = reader.fixed(GT_BYTES);
    reader.end();
    return demand(reader, group.decodeGT(encoded));
  });
}

/** Version, suite, hash of the public key (32 bytes), alpha g1 (48): 82 bytes. */
export function writeMasterKey(group: Group, publicKeyHash: Uint8Array, msk: G1): Uint8Array {
  return header().fixed(publicKeyHash).fixed(group.encodeG1(msk)).finish();
}

/** Throws `abe-key-invalid`. */
export function readMasterKey(bytes: Uint8Array, group: Group): { publicKeyHash: Uint8Array; msk: G1 } {
  return readKey(bytes, "master key", (reader) => {
    const publicKeyHash = reader.fixed(32);
    const encoded = reader.fixed(G1_BYTES);
    reader.end();
    return { publicKeyHash, msk: demand(reader, group.decodeG1(encoded, "group")) };
  });
}

/**
 * Version, suite, hash of the public key (32 bytes), sk1 (48), sk3 (96), and a list of attributes, strictly ascending by
 * their bytes: each its text, then sk2 (48) of each of its row attributes, 1 or 32.
 */
export function writeSecretKey(
  group: Group,
  publicKeyHash: Uint8Array,
  attributes: readonly Attribute[],
  { sk1, sk2, sk3 }: KeyElements,
): Uint8Array {
  return header()
    .fixed(publicKeyHash)
    .fixed(group.encodeG1(sk1))
    .fixed(group.encodeG2(sk3))
    .list(attributes, (writer, attribute) => {
      writer.text(attribute);
      for (const row of listRows([attribute])) writer.fixed(group.encodeG1(sk2.get(row)!));
    })
    .finish();
}

/** A secret key taken apart; its points still bytes. */
export interface SecretKeyParts {
  readonly publicKeyHash: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly sk1: Uint8Array;
  readonly sk3: Uint8Array;
  /** In the order of rows. */
  readonly sk2: readonly (readonly [Attribute, Uint8Array])[];
}

/** Looks at all but the points. Throws `abe-key-invalid`. */
export function splitSecretKey(bytes: Uint8Array): SecretKeyParts {
  return readKey(bytes, "secret key", (reader) => {
    const publicKeyHash = reader.fixed(32);
    const sk1 = reader.fixed(G1_BYTES);
    const sk3 = reader.fixed(G2_BYTES);
    let left = KEY_ELEMENTS;
    const entries = reader.list(() => {
      const text = reader.text(POLICY_LIMITS.attributeBytes);
      const rows = expandAttributes([text]);
      if ((left -= rows.length) < 0) throw reader.invalid(`it has more than ${KEY_ELEMENTS} elements`);
      return { text, elements: rows.map((row) => [row, reader.fixed(G1_BYTES)] as const) };
    }, KEY_ELEMENTS);
    reader.end();
    const attributes = sortAttributes(entries.map(({ text }) => text));
    const canonical =
      attributes.length > 0 &&
      attributes.length === entries.length &&
      entries.every(({ text }, index) => text === attributes[index]);
    if (!canonical) throw reader.invalid("its attributes aren't in their normal form and order");
    return { publicKeyHash, attributes, sk1, sk3, sk2: entries.flatMap(({ elements }) => elements) };
  });
}

/**
 * The points of a secret key. `"curve"` leaves out their order: for bytes that this program wrote. Throws
 * `abe-key-invalid`.
 */
export function readElements(
  parts: SecretKeyParts,
  group: Group,
  membership: "group" | "curve",
): KeyElements {
  const one = (encoded: Uint8Array): G1 => demandPoint(group.decodeG1(encoded, membership));
  const sk1 = one(parts.sk1);
  const sk3: G2 = demandPoint(group.decodeG2(parts.sk3, membership));
  return { sk1, sk3, sk2: new Map(parts.sk2.map(([row, encoded]) => [row, one(encoded)])) };
}

function demandPoint<T>(point: T | undefined): T {
  if (point === undefined) throw notKey("secret key");
  return point;
}

function header(): Writer {
  return new Writer().u8(VERSION).u8(SUITE);
}

function demand<T>(reader: Reader, point: T | undefined): T {
  if (point === undefined) throw reader.invalid("a point isn't one of the group");
  return point;
}

function readKey<T>(bytes: Uint8Array, what: string, read: (reader: Reader) => T): T {
  try {
    const reader = new Reader(bytes, what).version(VERSION);
    if (reader.u8() !== SUITE) throw reader.invalid("its suite is unknown");
    return read(reader);
  } catch (cause) {
    if (!(cause instanceof DiptychError)) throw cause;
    throw notKey(what, cause);
  }
}

/** The one error for bytes that aren't a key. */
export function notKey(what: string, cause?: DiptychError): DiptychError {
  return new DiptychError(
    "abe-key-invalid",
    `These bytes are not an ABE ${what}; ask for it again.`,
    cause ? { cause } : undefined,
  );
}
