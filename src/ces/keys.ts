/** Signing keys: making them, keeping them, and refusing those of no suite. */
import { buffer, equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { rulesFor, rulesOf, rulesOfDer, type SignatureSuite, type SuiteRules } from "./suites.ts";

const keyInvalid = (cause?: unknown) =>
  new DiptychError(
    "ces-key-invalid",
    "This isn't a key that Diptych signs with: RSA of 3072 to 8192 bits with exponent 65537, Ed25519, or ECDSA on P-256.",
    { cause },
  );

/** A doctor's key pair. */
export interface SigningKeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

/**
 * A fresh key pair by WebCrypto: RSA-PSS 3072 unless another suite is asked for; extractable, so that it can be kept and
 * certified. Throws `ces-key-invalid` where the platform lacks the suite (Ed25519 in browsers before 2025).
 */
export async function generateSigningKey(suite: SignatureSuite = "rsa-pss"): Promise<SigningKeyPair> {
  const rules = rulesFor(suite);
  if (rules === undefined) throw new DiptychError("argument-invalid", `There is no suite named ${suite}.`);
  try {
    const pair = await crypto.subtle.generateKey(rules.keyAlgorithm, true, ["sign", "verify"]);
    return pair as SigningKeyPair;
  } catch (cause) {
    throw new DiptychError(
      "ces-key-invalid",
      `This platform makes no keys of the suite ${suite}: choose another suite.`,
      { cause },
    );
  }
}

/** The suite to which a key belongs; throws `ces-key-invalid` for a key of none. */
export function suiteOf(key: CryptoKey): SignatureSuite {
  const rules = rulesOf(key);
  if (rules === undefined) throw keyInvalid();
  return rules.name;
}

/** The rules for signing with a private key; throws `ces-key-invalid`. */
export function signingRules(key: CryptoKey): SuiteRules {
  const rules = rulesOf(key);
  if (rules === undefined || key.type !== "private") throw keyInvalid();
  return rules;
}

/** What verifying under one key takes. */
export interface VerifyingRules {
  rules: SuiteRules;
  /** Bytes of a signature, without the suite's id. */
  signatureSize: number;
}

/** Public keys that were looked at: that takes longer than all the other checks. A CryptoKey never changes. */
const sound = new WeakMap<CryptoKey, VerifyingRules>();

/** The rules for verifying under a public key, which must be sound and exportable; throws `ces-key-invalid`. */
export async function verifyingRules(key: CryptoKey): Promise<VerifyingRules> {
  const known = sound.get(key);
  if (known !== undefined) return known;
  const rules = rulesOf(key);
  if (rules === undefined || key.type !== "public") throw keyInvalid();
  let spki: Uint8Array;
  try {
    spki = await exportVerifyKey(key);
  } catch (cause) {
    throw keyInvalid(cause);
  }
  if (!rules.isSound(spki)) throw keyInvalid();
  const checked = { rules, signatureSize: rules.signatureSize(key) };
  sound.set(key, checked);
  return checked;
}

async function importKey(
  format: "spki" | "pkcs8",
  bytes: Uint8Array,
  usage: "sign" | "verify",
): Promise<CryptoKey> {
  const rules = rulesOfDer(bytes, format);
  if (rules === undefined || (format === "spki" && !rules.isSound(bytes))) throw keyInvalid();
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey(format, buffer(bytes), rules.keyAlgorithm, true, [usage]);
  } catch (cause) {
    throw keyInvalid(cause);
  }
  if (!rules.accepts(key)) throw keyInvalid();
  return key;
}

/**
 * The verification key in a SubjectPublicKeyInfo (DER), of the suite that it names. One key has one spelling. Throws
 * `ces-key-invalid`.
 */
export async function importVerifyKey(spki: Uint8Array): Promise<CryptoKey> {
  const key = await importKey("spki", spki, "verify");
  if (!equal(await exportVerifyKey(key), spki)) throw keyInvalid();
  return key;
}

/** The signing key in a PKCS#8 PrivateKeyInfo (DER), of the suite that it names; throws `ces-key-invalid`. */
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
