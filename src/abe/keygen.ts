import { equal, hex, randomBytes, wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { loadGroup, reduceScalar, WIDE_SCALAR_BYTES } from "./group.ts";
import {
  KEY_ATTRIBUTES,
  type MasterKey,
  makePublicKey,
  type PublicKey,
  type SecretKey,
  SUITE,
  sortAttributes,
} from "./keys.ts";
import { deriveKeyElements, isKeyOf } from "./scheme.ts";

/** A new authority's key pair. */
export function setup(): Promise<{ publicKey: PublicKey; masterKey: MasterKey }> {
  return setupWith(randomScalar());
}

/** Deterministic `setup`, for test vectors only: `alpha` must be secret, uniform and used once. */
export async function setupWith(alpha: bigint): Promise<{ publicKey: PublicKey; masterKey: MasterKey }> {
  const group = await loadGroup();
  const msk = group.multiplyG1(group.generator1, alpha, "secret");
  const publicKey = makePublicKey(group, group.pairAll([[msk, group.generator2]]));
  return { publicKey, masterKey: { suite: SUITE, publicKeyHash: publicKey.hash, msk } };
}

/**
 * A secret key for `attributes` (1 to 4,096, in any order; repetitions count once). Keys don't combine: two holders can't
 * open together what neither can alone. Throws `attribute-invalid`; `argument-invalid` for none or too many;
 * `abe-key-invalid` when the master key belongs to another public key.
 */
export function keygen(
  publicKey: PublicKey,
  masterKey: MasterKey,
  attributes: Iterable<string>,
): Promise<SecretKey> {
  return keygenWith(publicKey, masterKey, attributes, randomScalar());
}

/** Deterministic `keygen`, for test vectors only: `r` must be secret, uniform and used once. */
export async function keygenWith(
  publicKey: PublicKey,
  masterKey: MasterKey,
  attributes: Iterable<string>,
  r: bigint,
): Promise<SecretKey> {
  if (!equal(masterKey.publicKeyHash, publicKey.hash))
    throw new DiptychError("abe-key-invalid", "This master key belongs to another public key.");
  const sorted = sortAttributes(attributes);
  if (sorted.length < 1 || sorted.length > KEY_ATTRIBUTES)
    throw new DiptychError(
      "argument-invalid",
      `attributes: a key takes 1 to ${KEY_ATTRIBUTES}, not ${sorted.length}.`,
    );
  const elements = deriveKeyElements(await loadGroup(), masterKey.msk, sorted, r);
  return { suite: SUITE, publicKeyHash: publicKey.hash, attributes: sorted, elements };
}

/**
 * Makes sure, by pairing, that the authority behind `publicKey` made this key for all its attributes; to be called by
 * who receives a key. Throws `abe-key-invalid`.
 */
export async function checkSecretKey(publicKey: PublicKey, secretKey: SecretKey): Promise<void> {
  const group = await loadGroup();
  const isGenuine =
    equal(secretKey.publicKeyHash, publicKey.hash) &&
    isKeyOf(group, publicKey.mpk, secretKey.elements, () => BigInt(hex(randomBytes(16))));
  if (!isGenuine) throw foreignKey();
}

/** The one error for a secret key that the authority of the public key at hand didn't make. */
export function foreignKey(): DiptychError {
  return new DiptychError(
    "abe-key-invalid",
    "The authority of this public key did not make this secret key. Check the public key against its anchor, then ask the authority for a key.",
  );
}

function randomScalar(): bigint {
  for (;;) {
    const wide = randomBytes(WIDE_SCALAR_BYTES);
    const scalar = reduceScalar(wide);
    wipe(wide);
    if (scalar !== 0n) return scalar;
  }
}
