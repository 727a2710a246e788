/** AES of a part under its K_i (5.1.3), with node's own AES-256-GCM: iv (12), ciphertext, tag (16). */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat, randomBytes } from "../../../src/core/bytes.ts";

export function encrypt(key: Uint8Array, content: Uint8Array): Uint8Array {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  return concat(iv, cipher.update(content), cipher.final(), cipher.getAuthTag());
}

/** The content, or undefined when `key` is not the one. */
export function decrypt(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return concat(decipher.update(sealed.subarray(12, -16)), decipher.final());
  } catch {
    return undefined;
  }
}
