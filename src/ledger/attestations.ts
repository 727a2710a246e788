/** Attributes as the attribute registry has them: by hash, and numbers and dates in slots; and the history of both. */
import type { Contract, Log } from "ethers";
import { concat, hex } from "../core/bytes.ts";
import {
  attributeHash,
  demandOneValue,
  encodeLeaf,
  numericAttribute,
  parseAttribute,
  parseAttributes,
  printValue,
  type Unit,
} from "../policy/index.ts";
import type { Address } from "./chain.ts";
import { eventsIn } from "./transactions.ts";

/** Units of numbers, as the registry and slots number them. */
const units = ["number", "date"] as const;
const unitNumber = (unit: Unit) => units.indexOf(unit) + 1;

/** Where an account has one number at a time: a label, and 1 for numbers or 2 for dates. */
export type NumberSlot = { label: string; unit: number };

/** What attributes come to on chain: plain ones as they are written (NFC), and numbers. */
type PlacedAttributes = { plain: string[]; numbers: (NumberSlot & { value: number })[] };

/** Places attributes given as text. Throws `attribute-invalid`, also for two values of one label. */
export function placeAttributes(texts: readonly string[]): PlacedAttributes {
  demandOneValue(texts);
  const placed: PlacedAttributes = { plain: [], numbers: [] };
  for (const attribute of parseAttributes(texts)) {
    const numeric = numericAttribute(attribute);
    if (numeric === undefined) placed.plain.push(attribute);
    else {
      const { label, unit, value } = numeric;
      placed.numbers.push({ label, unit: unitNumber(unit), value });
    }
  }
  return placed;
}

/** The slot of the same label in the other unit. */
export function inOtherUnit({ label, unit }: NumberSlot): NumberSlot {
  return { label, unit: 3 - unit };
}

/** What the registry is asked about an account: its bits answer the leaves first, then the comparisons, which stand as in policy programs. */
type Question = { leaves: string[]; comparisons: Uint8Array };

/** Asks for each attribute, for a number with just its value; `bits` tells which bit answers which. */
export function askForEach(texts: readonly string[]): Question & { bits: number[] } {
  const leaves: string[] = [];
  const comparisons: Uint8Array[] = [];
  const places = texts.map(parseAttribute).map((attribute) => {
    const numeric = numericAttribute(attribute);
    if (numeric === undefined) return { after: 0, place: leaves.push(hex(attributeHash(attribute))) - 1 };
    const equal = encodeLeaf({ kind: "comparison", operator: "=", ...numeric });
    return { after: 1, place: comparisons.push(equal) - 1 };
  });
  const bits = places.map(({ after, place }) => after * leaves.length + place);
  return { leaves, comparisons: concat(...comparisons), bits };
}

/** Asks which slots have any number at all. */
export function askForAny(slots: readonly NumberSlot[]): Question {
  const comparisons = slots.map(({ label, unit }) =>
    encodeLeaf({ kind: "comparison", label, unit: units[unit - 1]!, operator: ">=", value: 0 }),
  );
  return { leaves: [], comparisons: concat(...comparisons) };
}

/**
 * One line of an account's history. `key` is the attribute's hash, or the slot of a number (32 bytes in hex); `text` the attribute
 * as it was attested, numbers and dates as `label = value`.
 */
export type AttestationEvent = {
  key: string;
  authority: Address;
  block: number;
  transaction: string;
} & (
  | { kind: "attested"; text: string; expiry: number }
  | { kind: "number-attested"; text: string; number: number; expiry: number }
  | { kind: "revoked" }
);

/** What stands attested to an account, expired or not; `number` where it is one. */
export type Attestation = {
  key: string;
  text: string;
  authority: Address;
  /** Unix seconds. */
  expiry: number;
  number?: number;
};

/** The attestations and revocations among logs, oldest first. */
export function readAttestationEvents(contract: Contract, logs: readonly Log[]): AttestationEvent[] {
  const read = <Event>(name: string, describe: (args: Record<string, unknown>) => Event) =>
    eventsIn(contract, logs, name).map(({ log, args }) => ({ log, event: describe(args) }));
  const attested = read("Attested", (args) => ({
    kind: "attested" as const,
    key: String(args.attribute),
    authority: String(args.authority),
    text: String(args.text),
    expiry: Number(args.expiry),
  }));
  const numbers = read("NumberAttested", (args) => ({
    kind: "number-attested" as const,
    key: String(args.slot),
    authority: String(args.authority),
    text: numberText(String(args.label), Number(args.unit), Number(args.number)),
    number: Number(args.number),
    expiry: Number(args.expiry),
  }));
  const revoked = read("Revoked", (args) => ({
    kind: "revoked" as const,
    key: String(args.attribute),
    authority: String(args.authority),
  }));
  return [...attested, ...numbers, ...revoked]
    .sort((a, b) => a.log.blockNumber - b.log.blockNumber || a.log.index - b.log.index)
    .map(({ log, event }) => ({ ...event, block: log.blockNumber, transaction: log.transactionHash }));
}

/** A number under its label, as policies and applications write it. */
function numberText(label: string, unit: number, value: number): string {
  return `${label} = ${printValue({ unit: units[unit - 1] ?? "number", value })}`;
}

/** What a history has come to: the newest attestation of each key that wasn't revoked after it. */
export function readStanding(history: readonly AttestationEvent[]): Attestation[] {
  const standing = new Map<string, Attestation>();
  for (const event of history) {
    const { key, authority } = event;
    standing.delete(key);
    if (event.kind === "revoked") continue;
    const { text, expiry } = event;
    const number = event.kind === "number-attested" ? { number: event.number } : {};
    standing.set(key, { key, text, authority, expiry, ...number });
  }
  return [...standing.values()];
}
