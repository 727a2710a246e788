/**
 * Hostile versions of honest objects, the same for the same random numbers. A mutant knows nothing of the code that will
 * read it: layouts of fields are written down here a second time, from the description of the formats.
 */
import { concat, equal, utf8 } from "../../src/core/bytes.ts";
import { addStray, hostilePoints, negatePoint } from "./hostilePoints.ts";

/** A random whole number from 0 to `below` - 1. */
export type Random = (below: number) => number;

/** Numbers for mutant `index` of the run `seed`: each mutant can be made again alone. (Mulberry32 by Tommy Ettinger.) */
export function makeRandom(seed: number, index: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor(((x ^ (x >>> 14)) >>> 0) * 2 ** -32 * below);
  };
}

export function pick<T>(items: readonly T[], random: Random): T {
  return items[random(items.length)]!;
}

type FieldKind = "version" | "suite" | "number" | "text" | "bytes" | "g1" | "g2" | "gt";

/** One field of an encoded object; `number` is a length or a count. */
export interface Field {
  readonly kind: FieldKind;
  readonly at: number;
  readonly size: number;
}

/** An honest object with its fields. */
export interface Specimen {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
}

/** Writes down fields one behind the other. */
class Layout {
  readonly fields: Field[] = [];
  readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.add("version", 1).add("suite", 1);
  }

  add(kind: FieldKind, size: number): this {
    this.fields.push({ kind, at: this.at, size });
    this.at += size;
    return this;
  }

  number(): number {
    const value = new DataView(this.bytes.buffer, this.bytes.byteOffset).getUint32(this.at);
    this.add("number", 4);
    return value;
  }

  text(): string {
    const size = this.number();
    const text = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + size));
    this.add("text", size);
    return text;
  }

  finish(): Specimen {
    if (this.at !== this.bytes.length) throw new Error("the layout doesn't fit the object");
    return this;
  }
}

export function layOutPublicKey(bytes: Uint8Array): Specimen {
  return new Layout(bytes).add("gt", 576).finish();
}

export function layOutMasterKey(bytes: Uint8Array): Specimen {
  return new Layout(bytes).add("bytes", 32).add("g1", 48).finish();
}

/** A number's attribute has 32 points, every other one. */
export function layOutSecretKey(bytes: Uint8Array): Specimen {
  const layout = new Layout(bytes).add("bytes", 32).add("g1", 48).add("g2", 96);
  for (let left = layout.number(); left > 0; left--)
    for (let points = / = [0-9-]+$/.test(layout.text()) ? 32 : 1; points > 0; points--) layout.add("g1", 48);
  return layout.finish();
}

/** `uses` and `rows` as the policy has them. */
export function layOutCapsule(bytes: Uint8Array, uses: number, rows: number): Specimen {
  const layout = new Layout(bytes);
  layout.text();
  layout.add("bytes", 32).add("g2", 96);
  for (let i = 0; i < uses; i++) layout.add("g2", 96);
  for (let i = 0; i < rows; i++) layout.add("g1", 48);
  return layout.finish();
}

/** The object with other bytes in place of `size` bytes at `at`. */
function replace(bytes: Uint8Array, at: number, size: number, by: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, at), by, bytes.subarray(at + size));
}

function fieldBytes({ bytes }: Specimen, { at, size }: Field): Uint8Array {
  return bytes.slice(at, at + size);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

type Mutation = (specimen: Specimen, donor: Specimen, random: Random) => Uint8Array;

/** Mutations that know nothing of the format. */
const blind: readonly Mutation[] = [
  ({ bytes }, _, random) => {
    const copy = Uint8Array.from(bytes);
    copy[random(bytes.length)]! ^= 1 << random(8);
    return copy;
  },
  ({ bytes }, _, random) => {
    const copy = Uint8Array.from(bytes);
    copy[random(bytes.length)] = random(256);
    return copy;
  },
  ({ bytes }, _, random) => {
    const at = random(bytes.length);
    return Uint8Array.from(bytes).fill(random(2) * 255, at, at + 1 + random(60));
  },
  // Cut out, cut off, repeat, insert, append, move.
  ({ bytes }, _, random) => replace(bytes, random(bytes.length), 1 + random(60), new Uint8Array()),
  ({ bytes }, _, random) => bytes.slice(0, random(bytes.length)),
  ({ bytes }, _, random) => {
    const at = random(bytes.length);
    return replace(bytes, at, 0, bytes.subarray(at, at + 1 + random(60)));
  },
  ({ bytes }, _, random) => replace(bytes, random(bytes.length), 0, new Uint8Array(1 + random(60))),
  ({ bytes }, donor, random) => concat(bytes, donor.bytes.subarray(0, 1 + random(donor.bytes.length))),
  ({ bytes }, _, random) => {
    const at = random(bytes.length);
    return Uint8Array.from(bytes).copyWithin(random(bytes.length), at, at + 1 + random(60));
  },
  // Begins as one object and goes on as the other.
  ({ bytes }, donor, random) => {
    const at = random(Math.min(bytes.length, donor.bytes.length));
    return concat(bytes.subarray(0, at), donor.bytes.subarray(at));
  },
];

/** Mutations of whole fields. */
const structural: readonly Mutation[] = [
  (specimen, _, random) => {
    const headers = specimen.fields.filter(({ kind }) => kind === "version" || kind === "suite");
    return replace(specimen.bytes, pick(headers, random).at, 1, Uint8Array.of(random(256)));
  },
  (specimen, _, random) => {
    const numbers = specimen.fields.filter(({ kind }) => kind === "number");
    if (numbers.length === 0) return specimen.bytes;
    const { at } = pick(numbers, random);
    const value = new DataView(specimen.bytes.buffer, specimen.bytes.byteOffset).getUint32(at);
    const left = specimen.bytes.length - at;
    const others = [
      0,
      1,
      value - 1,
      value + 1,
      left,
      left - 4,
      4096,
      4097,
      65_536,
      65_537,
      2 ** 31,
      2 ** 32 - 1,
    ];
    return replace(specimen.bytes, at, 4, u32(pick(others, random)));
  },
  // A point that isn't one, or isn't of the group.
  (specimen, _, random) => {
    const field = pickPoint(specimen, random);
    const points = hostilePoints[field.kind as "g1" | "g2" | "gt"];
    return replace(specimen.bytes, field.at, field.size, pick(points, random));
  },
  (specimen, _, random) => {
    const field = pickPoint(specimen, random);
    if (field.kind === "gt") return specimen.bytes;
    return replace(specimen.bytes, field.at, field.size, addStray(fieldBytes(specimen, field)));
  },
  // An honest point where another should stand: the opposite one, the donor's, a neighbour's.
  (specimen, _, random) => {
    const field = pickPoint(specimen, random);
    if (field.kind === "gt") return specimen.bytes;
    return replace(specimen.bytes, field.at, field.size, negatePoint(fieldBytes(specimen, field)));
  },
  (specimen, donor, random) => {
    const field = pick(specimen.fields, random);
    const likes = donor.fields.filter(({ kind }) => kind === field.kind);
    if (likes.length === 0) return specimen.bytes;
    return replace(specimen.bytes, field.at, field.size, fieldBytes(donor, pick(likes, random)));
  },
  (specimen, _, random) => {
    const one = pick(specimen.fields, random);
    const others = specimen.fields.filter(({ kind, size }) => kind === one.kind && size === one.size);
    const other = pick(others, random);
    const copy = Uint8Array.from(specimen.bytes);
    copy.set(fieldBytes(specimen, one), other.at);
    if (random(2) === 0) copy.set(fieldBytes(specimen, other), one.at);
    return copy;
  },
  // A field too many, or one too few.
  (specimen, _, random) => {
    const field = pick(specimen.fields, random);
    return replace(
      specimen.bytes,
      field.at,
      random(2) * field.size,
      random(2) ? new Uint8Array() : fieldBytes(specimen, field),
    );
  },
];

function pickPoint(specimen: Specimen, random: Random): Field {
  return pick(
    specimen.fields.filter(({ kind }) => kind === "g1" || kind === "g2" || kind === "gt"),
    random,
  );
}

/** Another text in the place of one of the object's, with its length set right. */
export function replaceText(specimen: Specimen, text: string | Uint8Array, random: Random): Uint8Array {
  const { at, size } = pick(
    specimen.fields.filter(({ kind }) => kind === "text"),
    random,
  );
  const bytes = typeof text === "string" ? utf8(text) : text;
  return replace(specimen.bytes, at - 4, size + 4, concat(u32(bytes.length), bytes));
}

/** Something else than `specimen`, at times in two steps; `donor` is another honest object of the same kind. */
export function mutate(specimen: Specimen, donor: Specimen, random: Random): Uint8Array {
  let mutant = specimen.bytes;
  // Now and then a mutation changes nothing.
  for (let tries = 0; tries < 4 && equal(mutant, specimen.bytes); tries++)
    mutant = pick(random(2) === 0 ? blind : structural, random)(specimen, donor, random);
  if (random(8) > 0 || mutant.length === 0) return mutant;
  return pick(blind, random)({ bytes: mutant, fields: [] }, donor, random);
}
