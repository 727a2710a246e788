import { concatBytes, hexToBytes as fromHex, randomBytes, bytesToHex as toHex } from "@noble/hashes/utils.js";
import { DiptychError } from "./errors.ts";

export { concatBytes as concat, randomBytes };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8 bytes of `text`. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 `bytes`; throws `bytes-invalid` when they aren't UTF-8. A byte order mark is kept, not swallowed. */
export function utf8Decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new DiptychError("bytes-invalid", "These bytes are not UTF-8 text.", { cause });
  }
}

/** `0x` and lower-case hex, as Ethereum's JSON-RPC writes bytes. */
export function hex(bytes: Uint8Array): `0x${string}` {
  return `0x${toHex(bytes)}`;
}

/** Bytes of a hex string, with or without `0x`; throws `bytes-invalid`. */
export function unhex(text: string): Uint8Array {
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  try {
    return fromHex(digits);
  } catch (cause) {
    throw new DiptychError("bytes-invalid", "This is not an even number of hex digits.", { cause });
  }
}

/** Whether two byte strings are the same, in time that depends on their lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** Order of two byte strings, as memcmp and then by length: -1, 0 or 1. Not constant time: for public bytes. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return Math.sign(a.length - b.length);
}

/** Overwrites secrets with zeros: best effort, since a garbage collector may have moved copies. */
export function wipe(...secrets: Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** The same bytes, typed as WebCrypto wants them (never backed by a SharedArrayBuffer here). */
export function buffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
