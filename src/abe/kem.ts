/**
 * The KEM: FABEO made secure against chosen ciphertexts by the transform of Fujisaki and Okamoto (CRYPTO 1999; as a KEM
 * with explicit rejection: Hofheinz, Hövelmanns, Kiltz, TCC 2017), with associated data. FABEO itself is proven in the
 * generic group model with a random oracle; no better proof is claimed here.
 */
import { equal, randomBytes, utf8, wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { deriveKey, hash, xof } from "../core/hash.ts";
import {
  compileLsss,
  findCombination,
  type Lsss,
  type Policy,
  printPolicy,
  toPolicy,
  type Weight,
} from "../policy/index.ts";
import { type CapsuleParts, encodeCapsule, readCapsule } from "./capsule.ts";
import {
  type G1,
  type G2,
  type Group,
  type GT,
  loadGroup,
  reduceScalar,
  WIDE_SCALAR_BYTES,
} from "./group.ts";
import { foreignKey } from "./keygen.ts";
import { demandKey, type PublicKey, publicPoint, type SecretKey, secretElements } from "./keys.ts";
import { type CiphertextParts, type Coins, decrypt, encrypt } from "./scheme.ts";
import { SUITE_NAME } from "./suite.ts";

/** A capsule that opens to `key` (32 bytes) for whom the policy admits. */
export interface Encapsulation {
  readonly capsule: Uint8Array;
  readonly key: Uint8Array;
}

/**
 * A fresh key and its capsule under `policy`. The capsule shows the policy; it opens with the same associated data only
 * (none unless given; it isn't in the capsule). Throws `policy-syntax`, `policy-limit`.
 */
export async function encapsulate(
  publicKey: PublicKey,
  policy: string | Policy,
  associatedData: Uint8Array = new Uint8Array(),
): Promise<Encapsulation> {
  const m = randomBytes(32);
  try {
    return await encapsulateWith(publicKey, policy, associatedData, m);
  } finally {
    wipe(m);
  }
}

/** Deterministic `encapsulate`, for test vectors only: `m` must be 32 secret, uniform bytes, used once. */
export async function encapsulateWith(
  publicKey: PublicKey,
  policy: string | Policy,
  associatedData: Uint8Array,
  m: Uint8Array,
): Promise<Encapsulation> {
  demandKey("publicKey", publicKey);
  const text = printPolicy(toPolicy(policy));
  const context = makeContext(publicKey, text, associatedData);
  const capsule = makeCapsule(await loadGroup(), publicKey, text, compileLsss(text), context, m);
  return { capsule, key: finalKey(m, context, capsule) };
}

/**
 * The capsule's key (32 bytes). Throws `abe-key-invalid` when another authority made the secret key,
 * `abe-not-satisfied` when its attributes don't satisfy the capsule's policy, and `abe-decapsulation-failed`, always the
 * same, for all else: other associated data, another authority's capsule, any changed byte.
 */
export async function decapsulate(
  publicKey: PublicKey,
  secretKey: SecretKey,
  capsule: Uint8Array,
  associatedData: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  demandKey("publicKey", publicKey);
  demandKey("secretKey", secretKey);
  if (!equal(secretKey.publicKeyHash, publicKey.hash)) throw foreignKey();
  const parts = tryRead(capsule);
  if (!parts) throw decapsulationFailed();
  const weights = findCombination(parts.lsss, secretKey.attributes);
  if (!weights)
    throw new DiptychError(
      "abe-not-satisfied",
      `The attributes of this key don't satisfy the policy: ${shorten(parts.policy)}`,
    );
  const group = await loadGroup();
  const points = decodeParts(group, parts, weights);
  if (!points) throw decapsulationFailed();
  const shared = decrypt(group, secretElements(secretKey, group), parts.lsss, weights, points);
  const m = applyMask(group, publicKey, shared, parts.masked);
  const context = makeContext(publicKey, parts.policy, associatedData);
  // All bytes are made anew from m, also of rows that weren't used: nothing but an honest capsule passes.
  const expected = makeCapsule(group, publicKey, parts.policy, parts.lsss, context, m);
  const isHonest = equal(expected, capsule);
  const key = finalKey(m, context, expected);
  wipe(m, shared);
  if (isHonest) return key;
  wipe(key);
  throw decapsulationFailed();
}

/** The canonical text of a capsule's policy. Throws `encoding-invalid` for what isn't laid out as a capsule. */
export function capsulePolicy(capsule: Uint8Array): string {
  const parts = tryRead(capsule);
  if (!parts)
    throw new DiptychError("encoding-invalid", "These bytes are not an ABE capsule that Diptych can read.");
  return parts.policy;
}

/** What all derivations of one capsule share: suite, public key, policy, associated data. */
function makeContext(publicKey: PublicKey, policy: string, associatedData: Uint8Array): Uint8Array[] {
  return [utf8(SUITE_NAME), publicKey.hash, utf8(policy), associatedData];
}

function makeCapsule(
  group: Group,
  publicKey: PublicKey,
  policy: string,
  lsss: Lsss,
  context: readonly Uint8Array[],
  m: Uint8Array,
): Uint8Array {
  const { ciphertext, shared } = encrypt(
    group,
    publicPoint(publicKey, group),
    lsss,
    deriveCoins(lsss, context, m),
  );
  const capsule = encodeCapsule(group, policy, applyMask(group, publicKey, shared, m), ciphertext);
  wipe(shared);
  return capsule;
}

/** s1, then s' for each use, then v, each 48 bytes of the XOF modulo r. */
function deriveCoins(lsss: Lsss, context: readonly Uint8Array[], m: Uint8Array): Coins {
  const count = lsss.uses + lsss.columns;
  const stream = xof(count * WIDE_SCALAR_BYTES, "diptych/abe/coins/v1", ...context, m);
  const scalars = Array.from({ length: count }, (_, index) =>
    reduceScalar(stream.subarray(index * WIDE_SCALAR_BYTES, (index + 1) * WIDE_SCALAR_BYTES)),
  );
  wipe(stream);
  return { s1: scalars[0]!, sPrime: scalars.slice(1, 1 + lsss.uses), v: scalars.slice(1 + lsss.uses) };
}

function applyMask(group: Group, publicKey: PublicKey, shared: GT, bytes: Uint8Array): Uint8Array {
  const encoded = group.encodeGT(shared);
  const mask = hash("diptych/abe/mask/v1", utf8(SUITE_NAME), publicKey.hash, encoded);
  const masked = mask.map((byte, index) => byte ^ bytes[index]!);
  wipe(encoded, mask);
  return masked;
}

function finalKey(m: Uint8Array, context: readonly Uint8Array[], capsule: Uint8Array): Uint8Array {
  return deriveKey(m, {}, "diptych/abe/key/v1", ...context, hash("diptych/abe/capsule/v1", capsule));
}

/**
 * The points that decryption needs. Neither membership of the prime-order groups nor canonical bytes matter here: the
 * comparison with the capsule made anew covers both, for all points.
 */
function decodeParts(
  group: Group,
  parts: CapsuleParts,
  weights: readonly Weight[],
): CiphertextParts | undefined {
  const ct1 = group.decodeG2(parts.ct1, "curve");
  if (!ct1) return undefined;
  const points = { ct1, ct2: new Map<number, G2>(), ct3: new Map<number, G1>() };
  for (const { row } of weights) {
    const { use } = parts.lsss.rows[row]!;
    const ct2 = points.ct2.get(use) ?? group.decodeG2(parts.ct2[use]!, "curve");
    const ct3 = group.decodeG1(parts.ct3[row]!, "curve");
    if (!ct2 || !ct3) return undefined;
    points.ct2.set(use, ct2);
    points.ct3.set(row, ct3);
  }
  return points;
}

function tryRead(capsule: Uint8Array): CapsuleParts | undefined {
  try {
    return readCapsule(capsule);
  } catch (error) {
    if (error instanceof DiptychError) return undefined;
    throw error;
  }
}

/** A policy comes from whoever made the capsule, and messages go into logs. */
function shorten(policy: string): string {
  const characters = [...policy];
  return characters.length <= 300 ? policy : `${characters.slice(0, 300).join("")} …`;
}

function decapsulationFailed(): DiptychError {
  return new DiptychError(
    "abe-decapsulation-failed",
    "This capsule doesn't open. It was changed, or made for another authority or with other associated data; fetch it again.",
  );
}
