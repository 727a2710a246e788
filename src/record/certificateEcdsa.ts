/** The two spellings of an ECDSA signature: r and s of 32 bytes, as WebCrypto has it, and DER, as certificates do (RFC 3279). */
import { concat, equal } from "../core/bytes.ts";

function integerToDer(value: Uint8Array): Uint8Array {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const digits = value.subarray(start);
  const body = digits[0]! < 0x80 ? digits : concat(Uint8Array.of(0), digits);
  return concat(Uint8Array.of(2, body.length), body);
}

/** SEQUENCE { INTEGER r, INTEGER s } from r and s of 32 bytes each. */
export function ecdsaToDer(signature: Uint8Array): Uint8Array {
  const body = concat(integerToDer(signature.subarray(0, 32)), integerToDer(signature.subarray(32)));
  return concat(Uint8Array.of(0x30, body.length), body);
}

/** r and s of 32 bytes each; undefined when the DER isn't canonical or a number is too large. */
export function ecdsaFromDer(der: Uint8Array): Uint8Array | undefined {
  const signature = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const size = der[at + 1] ?? 0;
    const digits = der.subarray(at + 2, at + 2 + size);
    const value = digits[0] === 0 ? digits.subarray(1) : digits;
    if (value.length > 32) return undefined;
    signature.set(value, end - value.length);
    at += 2 + size;
  }
  const again = ecdsaToDer(signature);
  // Whatever was read carelessly above doesn't come out the same.
  return equal(again, der) ? signature : undefined;
}
