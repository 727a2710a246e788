/** Textbook RSA as the paper writes it (5.1.1): numbers only, no padding. For the attacks; never for use. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { hex } from "../../../src/core/bytes.ts";

export type PublicKey = { n: bigint; e: bigint };
export type SecretKey = PublicKey & { d: bigint };

/** What the paper's certification authority makes for a doctor: it draws p and q, so it knows d. */
export function drawKey(): SecretKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (text: string | undefined) => BigInt(`0x${Buffer.from(text!, "base64url").toString("hex")}`);
  const [p, q, e] = [number(jwk.p), number(jwk.q), number(jwk.e)];
  return { n: p * q, e, d: invert(e, (p - 1n) * (q - 1n)) };
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Inverse modulo `modulus`, by Euclid. */
export function invert(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(hex(bytes));
}

export function toBytes(value: bigint, size: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * size, "0"), "hex"));
}

export function sha256(...parts: Uint8Array[]): Uint8Array {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return new Uint8Array(digest.digest());
}
