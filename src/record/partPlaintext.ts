/** The plaintext of C_mi: what stands in a part and the salt of its commitment, padded so that its size tells little. */
import type { Part } from "../ces/index.ts";
import { concat } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";

/** Short parts all have this size, in bytes: gender or a date of birth can't be told from each other. */
const smallest = 1024;

/**
 * Padmé (Nikitin et al., PETS 2019, section 4): the size a text of `size` bytes is padded to, with at most 12 % more;
 * at least 1,024 bytes.
 */
export function paddedSize(size: number): number {
  if (size <= smallest) return smallest;
  const exponent = Math.floor(Math.log2(size));
  const mantissaBits = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - mantissaBits);
  return Math.ceil(size / step) * step;
}

/** u8 format version 1, text label, salt (32), bytes content, then zero bytes up to `paddedSize` of all before. */
export function encodePartPlaintext({ label, salt, content }: Part): Uint8Array {
  const text = new Writer().u8(1).text(label).fixed(salt).bytes(content).finish();
  return concat(text, new Uint8Array(paddedSize(text.length) - text.length));
}

/** The part in these bytes, not verified; throws `encoding-invalid` unless the padding is just what it must be. */
export function decodePartPlaintext(bytes: Uint8Array): Part {
  const reader = new Reader(bytes, "part").version(1);
  const part = { label: reader.text(256), salt: reader.fixed(32), content: reader.bytes() };
  const padding = reader.rest();
  const size = bytes.length - padding.length;
  if (bytes.length !== paddedSize(size) || padding.some((byte) => byte !== 0))
    throw reader.invalid("its padding isn't what it must be");
  return part;
}
