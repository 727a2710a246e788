import { concat, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { LARGEST, type Unit } from "./number.ts";

const bareWord = /^[A-Za-z0-9_.\-/@+#~*%]+$/;

const SLOT = 0x02;
const UNIT_BYTE: Readonly<Record<Unit, number>> = { number: 0x01, date: 0x02 };

/** Whether the language keeps the word for itself; in any case, lest AND be taken for a label. */
export function isKeyword(word: string): boolean {
  return /^(and|or|of|not)$/i.test(word);
}

/** Why `label` can't be the label of a number, as a sentence's end; `undefined` when it can. */
export function explainLabel(label: string): string | undefined {
  const shown = JSON.stringify(label.slice(0, 80));
  if (label.includes(":")) return `${shown} can't be a number's label: leave out the colon`;
  if (!bareWord.test(label))
    return `${shown} can't be a number's label: use A-Z a-z 0-9 _ . - / @ + # ~ * % in it`;
  // Digits alone would read as a threshold or a value.
  if (!/[A-Za-z]/.test(label)) return `${shown} can't be a number's label: it needs a letter`;
  if (isKeyword(label)) return `${shown} can't be a number's label: it is a word of the policy language`;
  if (label.length > POLICY_LIMITS.labelBytes)
    return `${shown} can't be a number's label: it is longer than ${POLICY_LIMITS.labelBytes} bytes`;
  return undefined;
}

/**
 * The place on chain of an account's number under `label` (32 bytes): Keccak-256 of 0x02, 0x01 for a number or 0x02 for a
 * date, and the label's bytes. No attribute starts with a control character, so it is no attribute's hash. Throws
 * `attribute-invalid` for what can't be a label.
 */
export function numberSlot(label: string, unit: Unit): Uint8Array {
  const why = explainLabel(label);
  if (why !== undefined) throw new DiptychError("attribute-invalid", `${why}.`);
  if (!Object.hasOwn(LARGEST, unit))
    throw new DiptychError("argument-invalid", 'unit: write "number" or "date".');
  return keccak256(concat(Uint8Array.of(SLOT, UNIT_BYTE[unit]), utf8(label)));
}
