/**
 * The three kinds of key. Their points lie in private fields, so that printing, inspecting or cloning a key shows none;
 * the functions below the classes are this package's way in, and no part of its public face.
 */
import { equal, wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import type { Attribute } from "../policy/index.ts";
import { Content, type Format } from "./content.ts";
import { type G1, type Group, type GT, loadGroup } from "./group.ts";
import {
  notKey,
  readElements,
  readMasterKey,
  readPublicKey,
  splitSecretKey,
  writeMasterKey,
  writePublicKey,
  writeSecretKey,
} from "./keyFormat.ts";
import type { KeyElements } from "./scheme.ts";
import { SUITE } from "./suite.ts";

type Any = PublicKey | MasterKey | SecretKey;

// Set by the classes, which alone reach their private fields.
let mpkOf: (key: PublicKey) => Content<GT>;
let mskOf: (key: MasterKey) => Content<G1>;
let elementsOf: (key: SecretKey) => Content<KeyElements>;
let newPublicKey: (content: Content<GT>) => PublicKey;
let newMasterKey: (content: Content<G1>, publicKeyHash: Uint8Array) => MasterKey;
let newSecretKey: (
  content: Content<KeyElements>,
  publicKeyHash: Uint8Array,
  attributes: readonly Attribute[],
) => SecretKey;

/** An authority's public key. Compare and anchor it by its `hash`. */
export class PublicKey {
  readonly suite: typeof SUITE = SUITE;
  readonly #content: Content<GT>;
  readonly #hash: Uint8Array;

  static {
    newPublicKey = (content) => new PublicKey(content);
    mpkOf = (key) => (isObject(key) && #content in key ? key.#content : refuse("publicKey", "PublicKey"));
  }

  private constructor(content: Content<GT>) {
    this.#content = content;
    this.#hash = hash("diptych/abe/public-key/v1", content.bytes());
  }

  /** 32 bytes that stand for the key: `hash("diptych/abe/public-key/v1", its bytes)`; a copy. */
  get hash(): Uint8Array {
    return this.#hash.slice();
  }

  /** Version, suite, mpk (576 bytes): 578 bytes. */
  toBytes(): Uint8Array {
    return this.#content.bytes();
  }

  /**
   * The key that `toBytes` gave. Throws `abe-key-invalid` unless `bytes` is the canonical encoding of a public key with
   * mpk of order r. Whose it is only a comparison of `hash` with an anchor tells.
   */
  static async fromBytes(bytes: Uint8Array): Promise<PublicKey> {
    const group = await loadGroup();
    return makePublicKey(group, readPublicKey(bytes, group));
  }
}

/** An authority's master key: makes every secret key, opens every capsule. */
export class MasterKey {
  readonly suite: typeof SUITE = SUITE;
  readonly #content: Content<G1>;
  readonly #publicKeyHash: Uint8Array;

  static {
    newMasterKey = (content, publicKeyHash) => new MasterKey(content, publicKeyHash);
    mskOf = (key) => (isObject(key) && #content in key ? key.#content : refuse("masterKey", "MasterKey"));
  }

  private constructor(content: Content<G1>, publicKeyHash: Uint8Array) {
    this.#content = content;
    this.#publicKeyHash = publicKeyHash.slice();
  }

  /** `hash` of the public key that belongs to it; a copy. */
  get publicKeyHash(): Uint8Array {
    return this.#publicKeyHash.slice();
  }

  /** Version, suite, hash of the public key (32 bytes), alpha g1 (48): 82 bytes, all of them secret. */
  toBytes(): Uint8Array {
    return this.#content.bytes();
  }

  /**
   * The key that `toBytes` gave. Throws `abe-key-invalid`, also when it isn't the master key of the public key that it
   * names: a spoilt one would make keys that open nothing. `keygen` tells whether it belongs to the public key at hand.
   */
  static async fromBytes(bytes: Uint8Array): Promise<MasterKey> {
    const group = await loadGroup();
    const { publicKeyHash, msk } = readMasterKey(bytes, group);
    const publicKey = makePublicKey(group, group.pairAll([[msk, group.generator2]]));
    if (!equal(publicKey.hash, publicKeyHash)) {
      wipe(msk);
      throw notKey("master key");
    }
    return makeMasterKey(group, publicKeyHash, msk);
  }

  /** Overwrites the key here; it is of no use afterwards. Copies that were made of it, by `toBytes` or in workers, stay. */
  wipe(): void {
    this.#content.wipe();
  }
}

/** A user's key for a set of attributes. */
export class SecretKey {
  readonly suite: typeof SUITE = SUITE;
  /** Normal forms, in the order of their UTF-8 bytes. Not secret. */
  readonly attributes: readonly Attribute[];
  readonly #content: Content<KeyElements>;
  readonly #publicKeyHash: Uint8Array;

  static {
    newSecretKey = (content, publicKeyHash, attributes) => new SecretKey(content, publicKeyHash, attributes);
    elementsOf = (key) =>
      isObject(key) && #content in key ? key.#content : refuse("secretKey", "SecretKey");
  }

  private constructor(
    content: Content<KeyElements>,
    publicKeyHash: Uint8Array,
    attributes: readonly Attribute[],
  ) {
    this.#content = content;
    this.#publicKeyHash = publicKeyHash.slice();
    this.attributes = Object.freeze([...attributes]);
  }

  /** `hash` of the public key of the authority that made it; a copy. `checkSecretKey` tells whether that is true. */
  get publicKeyHash(): Uint8Array {
    return this.#publicKeyHash.slice();
  }

  /**
   * Version, suite, hash of the public key (32 bytes), sk1 (48), sk3 (96), and a list of attributes, strictly ascending
   * by their bytes: each its text, then sk2 (48), for a number or a date 32 times, the highest bit first. Secret.
   */
  toBytes(): Uint8Array {
    return this.#content.bytes();
  }

  /**
   * The key that `toBytes` gave. Throws `abe-key-invalid` unless `bytes` is the canonical encoding of a secret key, all
   * points in the prime-order groups. Whether the authority made it is for `checkSecretKey` to say.
   */
  static async fromBytes(bytes: Uint8Array): Promise<SecretKey> {
    const group = await loadGroup();
    const parts = splitSecretKey(bytes);
    const elements = readElements(parts, group, "group");
    return makeSecretKey(group, parts.publicKeyHash, parts.attributes, elements);
  }

  /** Overwrites the key here; it is of no use afterwards. Copies that were made of it, by `toBytes` or in workers, stay. */
  wipe(): void {
    this.#content.wipe();
  }
}

/** The public key around `mpk`. */
export function makePublicKey(group: Group, mpk: GT): PublicKey {
  return newPublicKey(Content.ofPoints(publicFormat(group), mpk));
}

export function makeMasterKey(group: Group, publicKeyHash: Uint8Array, msk: G1): MasterKey {
  return newMasterKey(Content.ofPoints(masterFormat(group, publicKeyHash), msk), publicKeyHash);
}

/** `attributes` sorted; `elements` for each of their rows. */
export function makeSecretKey(
  group: Group,
  publicKeyHash: Uint8Array,
  attributes: readonly Attribute[],
  elements: KeyElements,
): SecretKey {
  const format = secretFormat((points) => writeSecretKey(group, publicKeyHash, attributes, points));
  return newSecretKey(Content.ofPoints(format, elements), publicKeyHash, attributes);
}

/** Keys of bytes that this program wrote or checked: taken over, their points not read before they are needed. */
export const adopt = {
  publicKey(bytes: Uint8Array): PublicKey {
    return newPublicKey(Content.ofBytes(publicFormat(), bytes));
  },
  masterKey(bytes: Uint8Array): MasterKey {
    const hashAt = 2;
    return newMasterKey(Content.ofBytes(masterFormat(), bytes), bytes.slice(hashAt, hashAt + 32));
  },
  secretKey(bytes: Uint8Array): SecretKey {
    const { publicKeyHash, attributes } = splitSecretKey(bytes);
    return newSecretKey(Content.ofBytes(secretFormat(), bytes), publicKeyHash, attributes);
  },
};

/** Throws `argument-invalid` for what isn't a key of the kind, or was wiped; so do the next three. */
export function demandKey(kind: keyof typeof adopt, key: Any): void {
  contentOf(kind, key).demandUse();
}

/** mpk. */
export function publicPoint(key: PublicKey, group: Group): GT {
  return mpkOf(key).points(group);
}

/** alpha g1. */
export function masterPoint(key: MasterKey, group: Group): G1 {
  return mskOf(key).points(group);
}

export function secretElements(key: SecretKey, group: Group): KeyElements {
  return elementsOf(key).points(group);
}

function contentOf(kind: keyof typeof adopt, key: Any): Content<GT> | Content<G1> | Content<KeyElements> {
  if (kind === "publicKey") return mpkOf(key as PublicKey);
  return kind === "masterKey" ? mskOf(key as MasterKey) : elementsOf(key as SecretKey);
}

const unwritten = (): never => {
  throw new Error("a key of bytes has its bytes");
};

function publicFormat(group?: Group): Format<GT> {
  return {
    write: group ? (mpk) => writePublicKey(group, mpk) : unwritten,
    read: readPublicKey,
    list: (mpk) => [mpk],
  };
}

function masterFormat(group?: Group, publicKeyHash?: Uint8Array): Format<G1> {
  return {
    write: group && publicKeyHash ? (msk) => writeMasterKey(group, publicKeyHash, msk) : unwritten,
    read: (bytes, loaded) => readMasterKey(bytes, loaded).msk,
    list: (msk) => [msk],
  };
}

function secretFormat(write: (points: KeyElements) => Uint8Array = unwritten): Format<KeyElements> {
  return {
    write,
    read: (bytes, group) => readElements(splitSecretKey(bytes), group, "curve"),
    list: ({ sk1, sk2, sk3 }) => [sk1, sk3, ...sk2.values()],
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function refuse(argument: string, kind: string): never {
  throw new DiptychError(
    "argument-invalid",
    `${argument}: pass a ${kind}, as ${kind}.fromBytes, setup or keygen give it, in this place.`,
  );
}
