/** The signature over a record: the suite's id (one byte), then the suite's own bytes, of fixed length and one spelling. */
import { buffer, concat, utf8 } from "../core/bytes.ts";
import { verificationFailed } from "./failure.ts";
import { signingRules, verifyingRules } from "./keys.ts";

const prefix = concat(Uint8Array.of(0), utf8("diptych/ces/v1"));

/**
 * The exact bytes under a signature: 0x00, "diptych/ces/v1", header digest, root of the commitments. The zero byte
 * keeps them apart from any text that the same key may sign elsewhere.
 */
export function signedMessage(digest: Uint8Array, root: Uint8Array): Uint8Array {
  const message = new Uint8Array(prefix.length + digest.length + root.length);
  message.set(prefix);
  message.set(digest, prefix.length);
  message.set(root, prefix.length + digest.length);
  return message;
}

/** Signature over `message`: suite id and the suite's bytes. Throws `ces-key-invalid` for a key of no suite. */
export async function signMessage(privateKey: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  const rules = signingRules(privateKey);
  const made = new Uint8Array(await crypto.subtle.sign(rules.algorithm, privateKey, buffer(message)));
  return concat(Uint8Array.of(rules.id), rules.canonical(made)!);
}

/**
 * Throws `ces-verification-failed` unless `signature` is one by `publicKey` over `message` in its one spelling, and
 * `ces-key-invalid` for a key of no suite.
 */
export async function verifyMessage(
  publicKey: CryptoKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  const { rules, signatureSize } = await verifyingRules(publicKey);
  const body = signature.subarray(1);
  if (signature[0] !== rules.id || body.length !== signatureSize) throw verificationFailed();
  if (rules.canonical(body) !== body) throw verificationFailed();
  if (!(await crypto.subtle.verify(rules.algorithm, publicKey, buffer(body), buffer(message))))
    throw verificationFailed();
}
