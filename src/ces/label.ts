import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";

/** Control characters, line and paragraph separators, and the marks that reorder text on a screen. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Whether `text` has 1 to `limit` UTF-8 bytes and nothing in it that a screen wouldn't show as it stands. */
export function isPlainText(text: string, limit: number): boolean {
  if (text.length === 0 || text.length > limit || !text.isWellFormed() || unprintable.test(text))
    return false;
  // No character takes more than three bytes for each of its UTF-16 units.
  return text.length * 3 <= limit || utf8(text).length <= limit;
}

/** Bytes of a text of printable ASCII, undefined for any other: most labels are, and this is the quickest way to know. */
function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** UTF-8 bytes of a part's label; throws `record-label-invalid` unless it is 1 to 256 bytes without control characters. */
export function encodeLabel(label: string): Uint8Array {
  const ascii = label.length > 0 && label.length <= 256 ? encodeAscii(label) : undefined;
  if (ascii !== undefined) return ascii;
  if (!isPlainText(label, 256))
    throw new DiptychError(
      "record-label-invalid",
      "A part's label must be 1 to 256 bytes of UTF-8 text without control characters: choose another label.",
    );
  return utf8(label);
}
