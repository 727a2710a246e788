/**
 * Canonical binary encoding: big-endian integers, byte strings and UTF-8 texts behind a 4-byte length, lists behind a
 * 4-byte count. Every value has one encoding; a reader refuses all others, trailing bytes included, with
 * `encoding-invalid`. Formats start with a version byte of their own (`Reader.version`).
 */
import { utf8, utf8Decode } from "./bytes.ts";
import { DiptychError } from "./errors.ts";

/** Writes the canonical encoding, field after field; throws `encoding-invalid` when a value doesn't fit its field. */
export class Writer {
  private chunks: Uint8Array[] = [];

  /** Appends bytes as they are, with no length: for fields whose size the format fixes. */
  fixed(bytes: Uint8Array): this {
    this.chunks.push(bytes);
    return this;
  }

  private integer(value: number | bigint, size: number): this {
    const big = BigInt(value);
    if (big < 0n || big >= 1n << BigInt(8 * size))
      throw new DiptychError("encoding-invalid", `${value} does not fit into ${size} bytes.`);
    const bytes = new Uint8Array(size);
    let rest = big;
    for (let i = size - 1; i >= 0; i--) {
      bytes[i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this.fixed(bytes);
  }

  /** An unsigned integer of one byte. */
  u8(value: number): this {
    return this.integer(value, 1);
  }

  /** An unsigned integer of 2 bytes. */
  u16(value: number): this {
    return this.integer(value, 2);
  }

  /** An unsigned integer of 4 bytes. */
  u32(value: number): this {
    return this.integer(value, 4);
  }

  /** An unsigned integer of 8 bytes. */
  u64(value: number | bigint): this {
    return this.integer(value, 8);
  }

  /** An unsigned 256-bit integer, 32 bytes. */
  u256(value: number | bigint): this {
    return this.integer(value, 32);
  }

  /** A byte string behind its 4-byte length. */
  bytes(value: Uint8Array): this {
    return this.u32(value.length).fixed(value);
  }

  /** UTF-8 text behind its 4-byte length in bytes. */
  text(value: string): this {
    return this.bytes(utf8(value));
  }

  /** A list behind its 4-byte count, each item written by `write`. */
  list<T>(items: readonly T[], write: (writer: Writer, item: T, index: number) => void): this {
    this.u32(items.length);
    items.forEach((item, index) => {
      write(this, item, index);
    });
    return this;
  }

  /** All that was written, as one byte string. */
  finish(): Uint8Array {
    const size = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const all = new Uint8Array(size);
    let offset = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }
}

/** Reads what `Writer` wrote, and refuses everything else with `encoding-invalid`. */
export class Reader {
  private offset = 0;
  private readonly input: Uint8Array;
  /** What is being read, for messages: "header", "capsule". */
  private readonly what: string;

  constructor(input: Uint8Array, what: string) {
    // A Buffer's slices are no copies: what is read would change with the caller's bytes.
    this.input = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    this.what = what;
  }

  /** The error for anything in this input that the format doesn't allow. */
  invalid(why: string): DiptychError {
    return new DiptychError("encoding-invalid", `This is not a ${this.what} that Diptych can read: ${why}.`);
  }

  /** Exactly `size` bytes, copied. */
  fixed(size: number): Uint8Array {
    if (this.input.length - this.offset < size) throw this.invalid("it ends too early");
    const bytes = this.input.slice(this.offset, this.offset + size);
    this.offset += size;
    return bytes;
  }

  private integer(size: number): bigint {
    let value = 0n;
    for (const byte of this.fixed(size)) value = (value << 8n) | BigInt(byte);
    return value;
  }

  /** An unsigned integer of one byte. */
  u8(): number {
    return Number(this.integer(1));
  }

  /** An unsigned integer of 2 bytes. */
  u16(): number {
    return Number(this.integer(2));
  }

  /** An unsigned integer of 4 bytes. */
  u32(): number {
    return Number(this.integer(4));
  }

  /** An unsigned integer of 8 bytes. */
  u64(): bigint {
    return this.integer(8);
  }

  /** An unsigned integer of 32 bytes. */
  u256(): bigint {
    return this.integer(32);
  }

  /** A byte string of at most `limit` bytes, copied. */
  bytes(limit = Number.POSITIVE_INFINITY): Uint8Array {
    const size = this.u32();
    if (size > limit) throw this.invalid(`a field is longer than ${limit} bytes`);
    return this.fixed(size);
  }

  /** A UTF-8 text of at most `limit` bytes. */
  text(limit = Number.POSITIVE_INFINITY): string {
    const bytes = this.bytes(limit);
    try {
      return utf8Decode(bytes);
    } catch {
      throw this.invalid("a text is not UTF-8");
    }
  }

  /** A list of at most `limit` items; each must take at least one byte, so that a count can't promise more than there is. */
  list<T>(read: (reader: Reader, index: number) => T, limit = 65_536): T[] {
    const count = this.u32();
    if (count > limit) throw this.invalid(`a list has more than ${limit} items`);
    if (count > this.input.length - this.offset) throw this.invalid("it ends too early");
    return Array.from({ length: count }, (_, index) => read(this, index));
  }

  /** Demands that the next byte is `expected`, the format's version. */
  version(expected: number): this {
    const found = this.u8();
    if (found !== expected) throw this.invalid(`its format version is ${found}, not ${expected}`);
    return this;
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.fixed(this.input.length - this.offset);
  }

  /** Demands that nothing is left. */
  end(): void {
    if (this.offset !== this.input.length) throw this.invalid("there are bytes after its end");
  }
}
