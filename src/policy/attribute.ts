import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { explainLabel } from "./label.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { type NumericValue, printValue, readValue } from "./number.ts";

declare const attributeBrand: unique symbol;

/**
 * An attribute in its one normal form; made by `parseAttribute`. Equal attributes are equal strings. The attributes that
 * stand for the bits of a number in keys and capsules have this type too; no text parses to one of them.
 */
export type Attribute = string & { readonly [attributeBrand]: true };

/** What a numeric attribute says: `level = 3`, `expires = 2028-05-01`. */
export interface NumericAttribute extends NumericValue {
  readonly label: string;
}

const address = /^0x[0-9a-f]{40}$/i;
// Line breaks would make two lines of one attribute; direction marks would show another text than is meant.
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What someone may have meant as a numeric attribute. */
const likeNumeric = /^([^\s:"<>=!]+)\s*([<>=!]+)\s*([-+]?[0-9][0-9.,_/+-]*)$/u;
const numeric = /^([^\s:"<>=!]+) = ([0-9-]+)$/u;

/**
 * The attribute that `text` names: `label:value` as a rule, but any UTF-8 of 1 to 256 bytes will do, without control
 * characters and without spaces around it. Normalised to Unicode NFC; `id:0x…` addresses become lower case, since the
 * ledgers write them so. Both locks see these bytes. `level = 3` and `expires = 2028-05-01` are numeric attributes: a
 * label as in comparisons, single spaces in the normal form. Throws `attribute-invalid`.
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
  const parts = likeNumeric.exec(normal);
  if (parts) return normaliseNumeric(parts[1]!, parts[2]!, parts[3]!, invalid);
  return normal as Attribute;
}

function normaliseNumeric(
  label: string,
  operator: string,
  written: string,
  invalid: (why: string) => DiptychError,
): Attribute {
  if (operator !== "=") throw invalid('an attribute has one value, written with "=", as in level = 3');
  const why = explainLabel(label);
  if (why !== undefined) throw invalid(why);
  const value = readValue(written);
  if (typeof value === "string") throw invalid(value);
  return `${label} = ${printValue(value)}` as Attribute;
}

/** What a numeric attribute says; `undefined` for every other attribute. Throws `attribute-invalid`. */
export function numericAttribute(attribute: string): NumericAttribute | undefined {
  const parts = numeric.exec(parseAttribute(attribute));
  const value = parts && readValue(parts[2]!);
  return value && typeof value !== "string" ? { label: parts[1]!, ...value } : undefined;
}

/** The normal forms of `attributes`, each once, in order of first mention. Throws `attribute-invalid`. */
export function parseAttributes(attributes: Iterable<string>): Attribute[] {
  return [...new Set(Array.from(attributes, parseAttribute))];
}

/**
 * What stands for a plain attribute on chain: Keccak-256 of its UTF-8 bytes. Numeric attributes stand there as a number in
 * a slot (`numberSlot`).
 */
export function attributeHash(attribute: Attribute): Uint8Array {
  return keccak256(utf8(attribute));
}

/** The attribute that an account holds by being itself: `id:` and its address in lower case. */
export function idAttribute(account: string): Attribute {
  if (!address.test(account))
    throw new DiptychError(
      "attribute-invalid",
      `${JSON.stringify(account.slice(0, 80))} is not a 0x address of 20 bytes.`,
    );
  return parseAttribute(`id:${account}`);
}

/** The attribute of emergency staff of `consortium`: `emergency:<consortium>`. */
export function emergencyAttribute(consortium: string): Attribute {
  if (consortium === "") throw new DiptychError("attribute-invalid", "The consortium's name is empty.");
  return parseAttribute(`emergency:${consortium}`);
}
