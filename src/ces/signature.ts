/**
 * Signature suites. A signature is the suite's id (one byte) and then the suite's own bytes; a key belongs to exactly
 * one suite. Suite 1: RSA-PSS (RFC 8017 section 8.1), at least 3072 bits, public exponent 65537, SHA-256,
 * MGF1-SHA-256, salt of 32 bytes.
 */
import { buffer, concat, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { verificationFailed } from "./failure.ts";

interface SignatureSuite {
  id: number;
  /** What WebCrypto needs to make or import a key of this suite. */
  keyAlgorithm: RsaHashedKeyGenParams;
  /** What WebCrypto needs to sign and verify. */
  algorithm: RsaPssParams;
  /** Whether a key is of this suite and strong enough. */
  accepts: (key: CryptoKey) => boolean;
}

const rsaPss: SignatureSuite = {
  id: 1,
  keyAlgorithm: {
    name: "RSA-PSS",
    hash: "SHA-256",
    modulusLength: 3072,
    publicExponent: Uint8Array.of(1, 0, 1),
  },
  algorithm: { name: "RSA-PSS", saltLength: 32 },
  accepts: (key) => {
    const { name, hash, modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm;
    if (name !== "RSA-PSS" || hash.name !== "SHA-256") return false;
    const exponent = publicExponent.reduce((value, byte) => value * 256 + byte, 0);
    return modulusLength >= 3072 && modulusLength <= 8192 && exponent === 65_537;
  },
};

const suites: readonly SignatureSuite[] = [rsaPss];

const keyInvalid = (cause?: unknown) =>
  new DiptychError("ces-key-invalid", "This isn't an RSA key of 3072 to 8192 bits with exponent 65537.", {
    cause,
  });

function suiteOf(key: CryptoKey): SignatureSuite {
  const suite = suites.find((each) => each.accepts(key));
  if (suite === undefined) throw keyInvalid();
  return suite;
}

/** A doctor's key pair. */
export interface SigningKeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

/** A fresh RSA-PSS 3072 key pair, made by WebCrypto; extractable, so that it can be kept and certified. */
export async function generateSigningKey(): Promise<SigningKeyPair> {
  return crypto.subtle.generateKey(rsaPss.keyAlgorithm, true, ["sign", "verify"]);
}

async function importKey(
  format: "spki" | "pkcs8",
  bytes: Uint8Array,
  usage: "sign" | "verify",
): Promise<CryptoKey> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey(format, buffer(bytes), rsaPss.keyAlgorithm, true, [usage]);
  } catch (cause) {
    throw keyInvalid(cause);
  }
  suiteOf(key);
  return key;
}

/** The verification key in a SubjectPublicKeyInfo (DER); throws `ces-key-invalid`. */
export function importVerifyKey(spki: Uint8Array): Promise<CryptoKey> {
  return importKey("spki", spki, "verify");
}

/** The signing key in a PKCS#8 PrivateKeyInfo (DER); throws `ces-key-invalid`. */
export function importSigningKey(pkcs8: Uint8Array): Promise<CryptoKey> {
  return importKey("pkcs8", pkcs8, "sign");
}

/** SubjectPublicKeyInfo (DER) of a verification key. */
export async function exportVerifyKey(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("spki", key));
}

/** PKCS#8 PrivateKeyInfo (DER) of a signing key: a secret. */
export async function exportSigningKey(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
}

/**
 * The exact bytes under a signature: 0x00, "diptych/ces/v1", header digest, root of the commitments. The zero byte
 * keeps them apart from any text that the same key may sign elsewhere.
 */
export function signedMessage(digest: Uint8Array, root: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0), utf8("diptych/ces/v1"), digest, root);
}

/** Signature over `message`: suite id and the suite's bytes. Throws `ces-key-invalid` for a key of no suite. */
export async function signMessage(privateKey: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  const suite = suiteOf(privateKey);
  const signature = await crypto.subtle.sign(suite.algorithm, privateKey, buffer(message));
  return concat(Uint8Array.of(suite.id), new Uint8Array(signature));
}

/** Throws `ces-verification-failed` unless `signature` is one by `publicKey` over `message`. */
export async function verifyMessage(
  publicKey: CryptoKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  const suite = suiteOf(publicKey);
  if (signature[0] !== suite.id) throw verificationFailed();
  const body = buffer(signature.subarray(1));
  if (!(await crypto.subtle.verify(suite.algorithm, publicKey, body, buffer(message))))
    throw verificationFailed();
}
