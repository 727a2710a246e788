import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";

/** Control characters, line and paragraph separators, and the marks that reorder text on a screen. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Whether `text` has 1 to `limit` UTF-8 bytes and nothing in it that a screen wouldn't show as it stands. */
export function isPlainText(text: string, limit: number): boolean {
  if (text.length === 0 || text.length > limit || !text.isWellFormed() || unprintable.test(text))
    return false;
  return utf8(text).length <= limit;
}

/** UTF-8 bytes of a part's label; throws `record-label-invalid` unless it is 1 to 256 bytes without control characters. */
export function encodeLabel(label: string): Uint8Array {
  if (!isPlainText(label, 256))
    throw new DiptychError(
      "record-label-invalid",
      "A part's label must be 1 to 256 bytes of UTF-8 text without control characters: choose another label.",
    );
  return utf8(label);
}
