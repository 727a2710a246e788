import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { POLICY_LIMITS } from "./limits.ts";

declare const attributeBrand: unique symbol;

/** An attribute in its one normal form; made by `parseAttribute` only. Equal attributes are equal strings. */
export type Attribute = string & { readonly [attributeBrand]: true };

const address = /^0x[0-9a-f]{40}$/i;
// Line breaks would make two lines of one attribute; direction marks would show another text than is meant.
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/**
 * The attribute that `text` names: `label:value` as a rule, but any UTF-8 of 1 to 256 bytes will do, without control
 * characters and without spaces around it. Normalised to Unicode NFC; `id:0x…` addresses become lower case, since the
 * ledgers write them so. Both locks see these bytes. Throws `attribute-invalid`.
 */
export function parseAttribute(text: string): Attribute {
  const invalid = (why: string) =>
    new DiptychError(
      "attribute-invalid",
      `${JSON.stringify(text.slice(0, 80))} is not an attribute: ${why}.`,
    );
  if (!text.isWellFormed()) throw invalid("it holds half a surrogate pair");
  const normal = text.normalize("NFC");
  if (normal === "") throw invalid("it is empty");
  if (forbidden.test(normal)) throw invalid("it holds control characters, line breaks or direction marks");
  if (normal.trim() !== normal) throw invalid("it starts or ends with white space");
  if (utf8(normal).length > POLICY_LIMITS.attributeBytes)
    throw invalid(`it is longer than ${POLICY_LIMITS.attributeBytes} bytes`);
  if (normal.startsWith("id:") && address.test(normal.slice(3))) return normal.toLowerCase() as Attribute;
  return normal as Attribute;
}

/** The normal forms of `attributes`, each once, in order of first mention. Throws `attribute-invalid`. */
export function parseAttributes(attributes: Iterable<string>): Attribute[] {
  return [...new Set(Array.from(attributes, parseAttribute))];
}

/** What stands for the attribute on chain: Keccak-256 of its UTF-8 bytes. */
export function attributeHash(attribute: Attribute): Uint8Array {
  return keccak256(utf8(attribute));
}

/** The attribute that an account holds by being itself: `id:` and its address in lower case. */
export function idAttribute(account: string): Attribute {
  if (!address.test(account))
    throw new DiptychError(
      "attribute-invalid",
      `${JSON.stringify(account)} is not a 0x address of 20 bytes.`,
    );
  return parseAttribute(`id:${account}`);
}

/** The attribute of emergency staff of `consortium`: `emergency:<consortium>`. */
export function emergencyAttribute(consortium: string): Attribute {
  if (consortium === "") throw new DiptychError("attribute-invalid", "The consortium's name is empty.");
  return parseAttribute(`emergency:${consortium}`);
}
