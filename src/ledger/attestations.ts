/** Attributes as the attribute registry has them: by hash, and numbers and dates in slots; and the history of both. */
import type { Contract, Log } from "ethers";
import { concat, hex, unhex } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import {
  attributeHash,
  demandOneValue,
  numberSlot,
  numericAttribute,
  parseAttribute,
  parseAttributes,
} from "../policy/index.ts";
import type { Address } from "./chain.ts";
import { eventsIn } from "./transactions.ts";

/** A number to attest, and where it stands: `otherSlot` is that of the same label in the other unit. */
type PlacedNumber = { slot: string; otherSlot: string; value: number };

/** What attributes come to on chain: hashes and slots, 32 bytes in hex. */
type PlacedAttributes = { plain: string[]; numbers: PlacedNumber[] };

/** Places attributes given as text. Throws `attribute-invalid`, also for two values of one label. */
export function placeAttributes(texts: readonly string[]): PlacedAttributes {
  demandOneValue(texts);
  const placed: PlacedAttributes = { plain: [], numbers: [] };
  for (const attribute of parseAttributes(texts)) {
    const numeric = numericAttribute(attribute);
    if (numeric === undefined) placed.plain.push(hex(attributeHash(attribute)));
    else {
      const { label, unit, value } = numeric;
      const otherSlot = hex(numberSlot(label, unit === "date" ? "number" : "date"));
      placed.numbers.push({ slot: hex(numberSlot(label, unit)), otherSlot, value });
    }
  }
  return placed;
}

/** Operators of comparisons, as the registry and policy programs number them. */
const AT_LEAST = 0x01;
const EQUAL = 0x03;

/** What the registry is asked about an account: its bits answer the leaves first, then the comparisons (37 bytes each). */
type Question = { leaves: string[]; comparisons: Uint8Array };

/** Asks for each attribute, for a number with just its value; `bits` tells which bit answers which. */
export function askForEach(texts: readonly string[]): Question & { bits: number[] } {
  const leaves: string[] = [];
  const comparisons: Uint8Array[] = [];
  const places = texts.map(parseAttribute).map((attribute) => {
    const numeric = numericAttribute(attribute);
    if (numeric === undefined) return { after: 0, place: leaves.push(hex(attributeHash(attribute))) - 1 };
    const slot = numberSlot(numeric.label, numeric.unit);
    return { after: 1, place: comparisons.push(encodeComparison(slot, EQUAL, numeric.value)) - 1 };
  });
  const bits = places.map(({ after, place }) => after * leaves.length + place);
  return { leaves, comparisons: concat(...comparisons), bits };
}

/** Asks which slots have any number at all. */
export function askForAny(slots: readonly string[]): Question {
  return {
    leaves: [],
    comparisons: concat(...slots.map((slot) => encodeComparison(unhex(slot), AT_LEAST, 0))),
  };
}

function encodeComparison(slot: Uint8Array, operator: number, value: number): Uint8Array {
  return new Writer().fixed(slot).u8(operator).u32(value).finish();
}

/** One line of an account's history. `key` is the attribute's hash, or the slot of a number (32 bytes in hex). */
export type AttestationEvent = {
  key: string;
  authority: Address;
  block: number;
  transaction: string;
} & (
  | { kind: "attested"; expiry: number }
  | { kind: "number-attested"; number: number; expiry: number }
  | { kind: "revoked" }
);

/** What stands attested to an account, expired or not; `number` where it is one. */
export type Attestation = {
  key: string;
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
    expiry: Number(args.expiry),
  }));
  const numbers = read("NumberAttested", (args) => ({
    kind: "number-attested" as const,
    key: String(args.slot),
    authority: String(args.authority),
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

/** What a history has come to: the newest attestation of each key that wasn't revoked after it. */
export function readStanding(history: readonly AttestationEvent[]): Attestation[] {
  const standing = new Map<string, Attestation>();
  for (const event of history) {
    const { key, authority } = event;
    standing.delete(key);
    if (event.kind === "attested") standing.set(key, { key, authority, expiry: event.expiry });
    if (event.kind === "number-attested")
      standing.set(key, { key, authority, expiry: event.expiry, number: event.number });
  }
  return [...standing.values()];
}
