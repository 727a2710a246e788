import { equal, hex, randomBytes, wipe } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { loadGroup, reduceScalar, WIDE_SCALAR_BYTES } from "./group.ts";
import { KEY_ELEMENTS, listRows, sortAttributes } from "./keyFormat.ts";
import {
  demandKey,
  type MasterKey,
  makeMasterKey,
  makePublicKey,
  makeSecretKey,
  masterPoint,
  type PublicKey,
  publicPoint,
  type SecretKey,
  secretElements,
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
  return { publicKey, masterKey: makeMasterKey(group, publicKey.hash, msk) };
}

/**
 * A secret key for `attributes`, in any order; repetitions count once. A number or a date (`level = 3`, `expires =
 * 2028-05-01`) takes 32 of the 4,096 elements that a key may have, any other attribute takes one. Keys don't combine: two
 * holders can't open together what neither can alone. Throws `attribute-invalid`, also for two values of one label;
 * `argument-invalid` for no attributes or too many; `abe-key-invalid` when the master key belongs to another public key.
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
  demandKey("publicKey", publicKey);
  demandKey("masterKey", masterKey);
  if (!equal(masterKey.publicKeyHash, publicKey.hash))
    throw new DiptychError("abe-key-invalid", "This master key belongs to another public key.");
  if (typeof attributes === "string")
    throw new DiptychError("argument-invalid", "attributes: pass a list of texts, not one text.");
  const sorted = sortAttributes(attributes);
  const rows = listRows(sorted);
  if (rows.length < 1 || rows.length > KEY_ELEMENTS)
    throw new DiptychError(
      "argument-invalid",
      `attributes: a key takes 1 to ${KEY_ELEMENTS}, where a number or a date counts as 32, not ${rows.length}.`,
    );
  const group = await loadGroup();
  const elements = deriveKeyElements(group, masterPoint(masterKey, group), rows, r);
  return makeSecretKey(group, publicKey.hash, sorted, elements);
}

/**
 * Makes sure, by pairing, that the authority behind `publicKey` made this key for all its attributes; to be called by
 * who receives a key. Throws `abe-key-invalid`.
 */
export async function checkSecretKey(publicKey: PublicKey, secretKey: SecretKey): Promise<void> {
  demandKey("publicKey", publicKey);
  demandKey("secretKey", secretKey);
  const group = await loadGroup();
  const isGenuine =
    equal(secretKey.publicKeyHash, publicKey.hash) &&
    isKeyOf(group, publicPoint(publicKey, group), secretElements(secretKey, group), () =>
      BigInt(hex(randomBytes(16))),
    );
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
