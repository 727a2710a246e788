/**
 * The second lock of a view (paper, 5.1.3, C_Ki): the keyring opens only with both the ABE secret k and sigma, which
 * only the gates of the chain release.
 */
import { wipe } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { deriveKey, hash } from "../core/hash.ts";
import { demandSize, type VersionBinding, writeVersionBinding } from "./binding.ts";
import { openFailed } from "./failures.ts";
import { decrypt, encrypt } from "./stream.ts";

/** The algorithms that made k and that seal the keyring: part of the key's context, so none can be swapped. */
const SUITE = "FABEO-CP-ABE-BLS12-381-FO/HKDF-SHA256/AES-256-GCM/v1";
const PADDING = 256;

/**
 * `sigma` and `k`: 32 bytes each, both fresh at every publish (the same pair and binding seals one keyring only).
 * `capsule`: the ABE capsule that k comes from.
 */
export interface KeyringLock {
  sigma: Uint8Array;
  k: Uint8Array;
  capsule: Uint8Array;
  binding: VersionBinding;
}

/**
 * Seals a view's keyring. Its length is hidden up to multiples of 256 bytes. Format: the sealed stream of the length of
 * the keyring (u32), the keyring, and zeros.
 */
export async function sealKeyring(lock: KeyringLock, keyring: Uint8Array): Promise<Uint8Array> {
  const size = 4 + keyring.length;
  const padding = new Uint8Array(Math.ceil(size / PADDING) * PADDING - size);
  return withKey(lock, (key) =>
    encrypt(key, ASSOCIATED_DATA, new Writer().bytes(keyring).fixed(padding).finish()),
  );
}

/** Opens a keyring; throws `seal-open-failed` whatever is wrong. */
export async function openKeyring(lock: KeyringLock, sealed: Uint8Array): Promise<Uint8Array> {
  const padded = await withKey(lock, (key) => decrypt(key, ASSOCIATED_DATA, sealed));
  try {
    const reader = new Reader(padded, "keyring");
    const keyring = reader.bytes();
    const padding = reader.rest();
    const excess = padded.length % PADDING !== 0 || padding.length >= PADDING;
    if (excess || padding.some((byte) => byte !== 0)) throw reader.invalid("its padding is odd");
    return keyring;
  } catch {
    throw openFailed();
  }
}

const ASSOCIATED_DATA = new Writer().text("diptych/seal/keyring/v1").finish();

async function withKey<T>(lock: KeyringLock, use: (key: Uint8Array) => Promise<T>): Promise<T> {
  const key = deriveKey(
    demandSize(lock.k, 32, "ABE secret"),
    { salt: demandSize(lock.sigma, 32, "sigma") },
    "diptych/seal/keyring-key/v1",
    new Writer().text(SUITE).finish(),
    writeVersionBinding(new Writer(), lock.binding).finish(),
    hash("diptych/seal/capsule/v1", lock.capsule),
  );
  try {
    return await use(key);
  } finally {
    wipe(key);
  }
}
