/**
 * Tables of odd multiples of fixed points, and sums of points taken from them. A table for width w has a window for each
 * digit i with the affine points 2^(w i) P, 3 2^(w i) P, ..., (2^w - 1) 2^(w i) P.
 */
import type { AffineAdder } from "./affine.ts";
import type { Arena } from "./arena.ts";
import type { Pointer } from "./wasm.ts";

export interface TableShape {
  /** Bits of a digit. */
  readonly width: number;
  /** Digits, and so windows. */
  readonly count: number;
}

/** The most bits that a digit may have. */
const WIDEST = 10;

/** How a digit's entry is found: `"secret"` reads all entries of the window and picks by masks, `"public"` reads one. */
export type Lookup = "public" | "secret";

export function tableBytes({ width, count }: TableShape, pointSize: number): number {
  return (count << (width - 1)) * pointSize;
}

export class TableMaker {
  private readonly arena: Arena;
  private readonly adder: AffineAdder;
  /** All ones for the entry that is picked. */
  private readonly masks = new Int32Array(1 << (WIDEST - 1));

  constructor(arena: Arena, adder: AffineAdder) {
    this.arena = arena;
    this.adder = adder;
  }

  /** Fills the table at `table` for the point at `point`, in mcl's normalised Jacobian form, of order r. */
  build(shape: TableShape, table: Pointer, point: Pointer): void {
    const { size, curve } = this.adder;
    const entries = 1 << (shape.width - 1);
    const windows = Array.from({ length: shape.count }, (_, i) => table + i * entries * size);
    this.arena.run((frame) => {
      const multiple = frame.reserve(3 * curve.size);
      const affine = frame.reserve(3 * curve.size);
      // Twice each window's first entry; every further entry is the one before it plus that.
      const steps = windows.map(() => frame.reserve(size));
      const bytes = this.arena.view();
      bytes.copyWithin(multiple, point, point + 3 * curve.size);
      windows.forEach((window, i) => {
        curve.normalize(affine, multiple);
        bytes.copyWithin(window, affine, affine + size);
        curve.double(multiple, multiple);
        curve.normalize(affine, multiple);
        bytes.copyWithin(steps[i]!, affine, affine + size);
        for (let bit = 1; bit < shape.width; bit++) curve.double(multiple, multiple);
      });
      for (let entry = 1; entry < entries; entry++) {
        const next = windows.map((window) => window + entry * size);
        for (const at of next) this.arena.view().copyWithin(at, at - size, at);
        this.adder.addPairs(next, steps);
      }
    });
  }

  /** Writes the point d_i 2^(width i) P of each digit to `result`, one behind the other. */
  look(shape: TableShape, table: Pointer, digits: Int32Array, result: Pointer, lookup: Lookup): void {
    this.arena.run((frame) => {
      const { size, curve } = this.adder;
      const entries = 1 << (shape.width - 1);
      const negated = frame.reserve(curve.size);
      const words = this.arena.wordView();
      const length = size >> 2;
      for (let i = 0; i < shape.count; i++) {
        const digit = digits[i]!;
        // All ones when the digit is negative.
        const sign = digit >> 31;
        const index = ((digit ^ sign) - sign - 1) >> 1;
        const window = (table >> 2) + i * entries * length;
        const to = (result >> 2) + i * length;
        const ordinate = result + i * size + curve.size;
        if (lookup === "secret") {
          this.pick(words, window, entries, index, to);
          curve.neg(negated, ordinate);
          for (let word = 0; word < curve.size >> 2; word++) {
            const kept = words[(ordinate >> 2) + word]!;
            words[(ordinate >> 2) + word] = kept ^ ((kept ^ words[(negated >> 2) + word]!) & sign);
          }
        } else {
          const from = window + index * length;
          for (let word = 0; word < length; word++) words[to + word] = words[from + word]!;
          if (sign !== 0) curve.neg(ordinate, ordinate);
        }
      }
    });
  }

  /** Reads every word of the window; masks alone decide which entry is kept. */
  private pick(words: Int32Array, window: number, entries: number, index: number, to: number): void {
    const { masks } = this;
    const length = this.adder.size >> 2;
    for (let e = 0; e < entries; e++) masks[e] = ((e ^ index) - 1) >> 31;
    // Four words at a time, to be kept in registers.
    for (let word = 0; word < length; word += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let e = 0, from = window + word; e < entries; e++, from += length) {
        const mask = masks[e]!;
        a |= words[from]! & mask;
        b |= words[from + 1]! & mask;
        c |= words[from + 2]! & mask;
        d |= words[from + 3]! & mask;
      }
      words[to + word] = a;
      words[to + word + 1] = b;
      words[to + word + 2] = c;
      words[to + word + 3] = d;
    }
    masks.fill(0);
  }
}
