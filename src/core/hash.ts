/**
 * Domain-separated hashing. Every hash, key derivation and XOF in Diptych names its use, and every part of the input
 * stands behind its length, so that no two uses and no two inputs can be taken for each other.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256, shake256 } from "@noble/hashes/sha3.js";
import { Writer } from "./encoding.ts";

/** `domain` and each part, length-prefixed: the injective input of everything below. */
export function transcript(domain: string, ...parts: Uint8Array[]): Uint8Array {
  const writer = new Writer().text(domain);
  for (const part of parts) writer.bytes(part);
  return writer.finish();
}

/** SHA-256 of the transcript; 32 bytes. */
export function hash(domain: string, ...parts: Uint8Array[]): Uint8Array {
  return sha256(transcript(domain, ...parts));
}

/** SHAKE-256 of the transcript, `size` bytes. */
export function xof(size: number, domain: string, ...parts: Uint8Array[]): Uint8Array {
  return shake256(transcript(domain, ...parts), { dkLen: size });
}

/** HKDF-SHA-256 (RFC 5869) with the transcript as info; 32 bytes unless `size` says otherwise. */
export function deriveKey(
  secret: Uint8Array,
  options: { salt?: Uint8Array; size?: number },
  domain: string,
  ...parts: Uint8Array[]
): Uint8Array {
  return hkdf(sha256, secret, options.salt, transcript(domain, ...parts), options.size ?? 32);
}

/** HMAC-SHA-256 of the transcript; 32 bytes. */
export function mac(key: Uint8Array, domain: string, ...parts: Uint8Array[]): Uint8Array {
  return hmac(sha256, key, transcript(domain, ...parts));
}

/** Plain Keccak-256, as the EVM has it: only where a contract computes the same. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes);
}

/** Plain SHA-256, where a standard fixes its input. */
export { sha256 };
