/**
 * HPKE (RFC 9180), base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message a context. A sealed
 * message is enc (65 bytes) || ct (plaintext and 16 bytes).
 */
import { DhkemP256HkdfSha256 } from "@hpke/core";
import { buffer, concat } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import {
  demandPoint,
  GENERATOR,
  POINT_SIZE,
  parsePoint,
  parseScalar,
  pointBytes,
  randomScalar,
} from "./curve.ts";
import { openFailed } from "./failures.ts";
import { prepareScalar } from "./multiply.ts";
import { openWithSecret, sealWithSecret, sharedSecretOfX } from "./pointKem.ts";

/** `publicKey`: an uncompressed point, 65 bytes; `privateKey`: a scalar, 32 bytes big-endian. */
export interface HpkeKeyPair {
  publicKey: Uint8Array;
  privateKey: Uint8Array;
}

/** RFC 9180 DeriveKeyPair (section 7.1.3) of at least 32 bytes of secret `seed`; the same pair every time. */
export async function deriveKeyPair(seed: Uint8Array): Promise<HpkeKeyPair> {
  if (seed.length < 32)
    throw new DiptychError("argument-invalid", "A key pair needs a seed of at least 32 bytes.");
  return exportPair(await new DhkemP256HkdfSha256().deriveKeyPair(buffer(seed)));
}

/** A fresh key pair from the platform's generator. */
export async function generateKeyPair(): Promise<HpkeKeyPair> {
  return exportPair(await new DhkemP256HkdfSha256().generateKeyPair());
}

/** The public key of `privateKey`; throws `argument-invalid` when it isn't a scalar of P-256. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return pointBytes(GENERATOR.multiply(demandScalar(privateKey)));
}

/** The scalar of a private key; throws `argument-invalid`. */
export function demandScalar(privateKey: Uint8Array): bigint {
  const scalar = parseScalar(privateKey);
  if (scalar === undefined)
    throw new DiptychError("argument-invalid", "The HPKE private key must be a P-256 scalar of 32 bytes.");
  return scalar;
}

/** Whether these bytes are a public key that one can seal to: an uncompressed P-256 point on the curve. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return parsePoint(bytes) !== undefined;
}

/**
 * Seals `plaintext` to `publicKey` (65 bytes), bound to `info` and `aad`: enc || ct. Throws `argument-invalid` for bytes
 * that aren't a point of the curve.
 */
export async function sealTo(
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  return sealToWithEphemeral(publicKey, info, plaintext, aad, undefined);
}

/** `sealTo` with the ephemeral seed (ikmE) given: for test vectors only; a seed used twice breaks both messages. */
export async function sealToWithEphemeral(
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
  ephemeralSeed: Uint8Array | undefined,
): Promise<Uint8Array> {
  const recipient = demandPoint(publicKey, "HPKE public key");
  const ephemeral =
    ephemeralSeed === undefined
      ? randomScalar()
      : demandScalar((await deriveKeyPair(ephemeralSeed)).privateKey);
  const key = await prepareScalar(ephemeral);
  const enc = key.publicKey;
  const sharedSecret = sharedSecretOfX(await key.agree(recipient), enc, publicKey);
  key.wipe();
  return concat(enc, await sealWithSecret({ sharedSecret, enc, info }, plaintext, aad));
}

/** Opens `sealed` (enc || ct) with the same `info` and `aad`; throws `seal-open-failed` whatever is wrong with it. */
export async function open(
  privateKey: Uint8Array,
  info: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const key = await prepareScalar(demandScalar(privateKey));
  const enc = sealed.slice(0, POINT_SIZE);
  const point = parsePoint(enc);
  if (point === undefined) throw openFailed();
  const sharedSecret = sharedSecretOfX(await key.agree(point), enc, key.publicKey);
  key.wipe();
  return openWithSecret({ sharedSecret, enc, info }, sealed.slice(POINT_SIZE), aad);
}

async function exportPair(pair: CryptoKeyPair): Promise<HpkeKeyPair> {
  const kem = new DhkemP256HkdfSha256();
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
}
