/** Hostile bytes: valid ones with a few edits, each described by three numbers, so that fast-check can shrink them. */
import fc from "fast-check";
import { concat, utf8 } from "../../src/core/bytes.ts";

/** What to do (modulo the number of kinds), where, and with what. */
type Edit = readonly [kind: number, at: number, value: number];

/** One hostile input: a sample by number, and what is done to it in turn. Slow parsers get it only for some of the turns. */
export type Attempt = { turn: number; sample: number; edits: Edit[] };

const anything = fc.nat(0xffff_ffff);
const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat({ max: 999 }), anything, anything);

export const attempts: fc.Arbitrary<Attempt> = fc.record({
  turn: fc.nat({ max: 999 }),
  sample: fc.nat({ max: 999 }),
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
});

/** Numbers at which lengths and counts go wrong. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x1_0000, 0x1_0001, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Pieces that mean something to one parser or another. */
const pieces = [
  ...["{", "}", "[", "]", '"', "\\", ":", ",", "null", "-1", "1e999", "{}", "[]", '"\\ud800"', "\ufeff"],
  ...[
    '"__proto__":',
    '"constructor":',
    '"toString":',
    "\u0000",
    "\u202e",
    "\u2028",
    "\ud83d",
    "0x",
    "ipfs://",
  ],
  ...["(", ")", " and ", " or ", "0 of (", "99999 of (", "a:1", ">= 4294967296", "= 2027-02-30", "id:0x"],
].map(utf8);
/** Tags of CBOR and DER: nothing, null, a float, lists and maps of unknown length, a CID's tag, sequences, 4-byte lengths. */
const bytePieces = [
  "f7",
  "f6",
  "fb7ff8000000000000",
  "9f",
  "bf",
  "d82a",
  "3080",
  "30840fffffff",
  "0300",
  "a1612f6178",
];
const dictionary = [...pieces, ...bytePieces.map((hex) => new Uint8Array(Buffer.from(hex, "hex")))];

/** Bytes from a number: the same every time, in no pattern. */
function scatter(seed: number, size: number): Uint8Array {
  let state = seed >>> 0 || 1;
  return Uint8Array.from({ length: size }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** Half of all places lie in the first 64 bytes, where formats have most of their structure. */
function placeIn(bytes: Uint8Array, at: number): number {
  if (bytes.length === 0) return 0;
  return (at >>> 1) % ((at & 1) === 0 ? bytes.length : Math.min(64, bytes.length));
}

function replaced(bytes: Uint8Array, at: number, removed: number, put: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, at), put, bytes.subarray(Math.min(bytes.length, at + removed)));
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

type Change = (bytes: Uint8Array, at: number, value: number, other: Uint8Array) => Uint8Array;

const changes: readonly Change[] = [
  (bytes, at, value) => replaced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << (value % 8)))),
  (bytes, at, value) => replaced(bytes, at, 1, Uint8Array.of(value)),
  (bytes, at) => bytes.slice(0, at),
  (bytes, _at, value) => concat(bytes, scatter(value, value % 64)),
  (bytes, at, value) => replaced(bytes, at, 0, bytes.subarray(at, at + (value % 256))),
  (bytes, at, value) => replaced(bytes, at, value % 256, new Uint8Array()),
  // Two fields of four bytes change places: lengths, mostly.
  (bytes, at, value) => {
    const there = placeIn(bytes, value);
    const [first, second] = [bytes.slice(at, at + 4), bytes.slice(there, there + 4)];
    return replaced(replaced(bytes, at, 4, second), there, 4, first);
  },
  (bytes, at, value) => replaced(bytes, at, 4, bigEndian(edges[value % edges.length]!)),
  (bytes, at, value) => replaced(bytes, at, 0, dictionary[value % dictionary.length]!),
  (bytes, at, value) => replaced(bytes, at, value % 16, dictionary[(value >>> 4) % dictionary.length]!),
  (bytes, at, value) => replaced(bytes, at, value % 128, new Uint8Array(value % 128).fill(value >>> 7)),
  (bytes, at, value, other) => concat(bytes.subarray(0, at), other.subarray(placeIn(other, value))),
  (_bytes, at, value) => scatter(at, value % 512),
  // The same piece many times: deep where pieces open something, long where they don't.
  (bytes, at, value) =>
    replaced(
      bytes,
      at,
      0,
      concat(...Array(value % 700).fill(dictionary[(value >>> 10) % dictionary.length])),
    ),
];

/** The bytes of an attempt on these samples. */
export function perform({ sample, edits }: Attempt, samples: readonly Uint8Array[]): Uint8Array {
  const other = samples[(sample + 1) % samples.length]!;
  return edits.reduce(
    (bytes, [kind, at, value]) => changes[kind % changes.length]!(bytes, placeIn(bytes, at), value, other),
    samples[sample % samples.length]!,
  );
}

/** Inputs that are nothing but deep, or nothing but long, of about `size` bytes. */
export function bombs(size: number): [name: string, bytes: Uint8Array][] {
  const repeated = (piece: string): Uint8Array => utf8(piece.repeat(Math.ceil(size / piece.length)));
  const filled = (byte: number): Uint8Array => new Uint8Array(size).fill(byte);
  const texts = [
    "[",
    '{"a":',
    "(",
    "1 of (",
    "a:1 or ",
    "a:1 and (",
    '"',
    "\\",
    "9",
    "\n",
    " ",
    "//",
    "z",
    "<",
  ];
  return [
    ["nothing", new Uint8Array()],
    ...texts.map((text): [string, Uint8Array] => [`${JSON.stringify(text)} over and over`, repeated(text)]),
    ...[0x00, 0x01, 0x30, 0x7f, 0x80, 0x81, 0x9f, 0xa1, 0xd8, 0xff].map((byte): [string, Uint8Array] => [
      `byte ${byte} over and over`,
      filled(byte),
    ]),
    // Version 1, then counts and lengths that promise everything.
    ["version 1 and the largest counts", Uint8Array.from(filled(0xff), (byte, at) => (at === 0 ? 1 : byte))],
  ];
}
