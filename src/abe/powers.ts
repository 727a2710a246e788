/** Multiples of the generator of G2 and powers of elements of GT, from tables. */
import { AffineAdder, curveOfG2 } from "./affine.ts";
import type { Arena } from "./arena.ts";
import { countDigits, ODD_BITS, oddScalar, recodeOdd } from "./recode.ts";
import { writeScalar } from "./scalar.ts";
import { type Lookup, TableMaker, tableBytes } from "./tables.ts";
import type { Mcl, Pointer } from "./wasm.ts";

const AFFINE_BYTES = 192;
const JACOBIAN_BYTES = 288;
const TARGET_BYTES = 576;
const GENERATOR_SHAPE = { width: 6, count: countDigits(ODD_BITS, 6) };
const POWER_SHAPE = { width: 5, count: countDigits(ODD_BITS, 5) };

/** Elements of GT that are remembered, each with a table when it comes again: public keys' mpk. */
const KEPT_ELEMENTS = 2;
/** Uses of an element after which it gets a table, which costs as much as some fifteen powers. */
const TABLE_AFTER = 4;
/** The same of the generator, of which an encapsulation takes two multiples: tables are not all made in one call. */
const GENERATOR_TABLE_AFTER = 12;

/** What the tables take at most, in bytes. */
export const POWERS_BYTES =
  tableBytes(GENERATOR_SHAPE, AFFINE_BYTES) + KEPT_ELEMENTS * tableBytes(POWER_SHAPE, TARGET_BYTES);

/** Multiples of one point of G2. */
export class GeneratorMultiples {
  private readonly arena: Arena;
  private readonly adder: AffineAdder;
  private readonly tables: TableMaker;
  private readonly point: Uint8Array;
  private readonly mcl: Mcl;
  private table: Pointer | undefined;
  private uses = 0;

  constructor(mcl: Mcl, arena: Arena, point: Uint8Array) {
    this.mcl = mcl;
    this.arena = arena;
    this.adder = new AffineAdder(arena, curveOfG2(mcl));
    this.tables = new TableMaker(arena, this.adder);
    this.point = point;
  }

  /** The point times `scalar`, normalised. `lookup` as for hashed points. */
  multiply(scalar: bigint, lookup: Lookup): Uint8Array {
    if (++this.uses >= GENERATOR_TABLE_AFTER) this.table ??= this.makeTable();
    const { table } = this;
    if (table === undefined) return this.multiplyPlainly(scalar, lookup);
    return this.arena.run((frame) => {
      const at = frame.reserve(GENERATOR_SHAPE.count * AFFINE_BYTES);
      const digits = recodeOdd(oddScalar(scalar), GENERATOR_SHAPE.width, GENERATOR_SHAPE.count);
      this.tables.look(GENERATOR_SHAPE, table, digits, at, lookup);
      digits.fill(0);
      this.adder.sum([{ at, count: GENERATOR_SHAPE.count }]);
      const sum = new Uint8Array(JACOBIAN_BYTES);
      if (this.adder.isInfinity(at)) return sum;
      sum.set(this.point);
      sum.set(frame.get(at, AFFINE_BYTES));
      return sum;
    });
  }

  private multiplyPlainly(scalar: bigint, lookup: Lookup): Uint8Array {
    return this.arena.run((frame) => {
      const times = lookup === "secret" ? this.mcl._mclBnG2_mulCT : this.mcl._mclBnG2_mul;
      const product = frame.put(this.point);
      times(product, product, writeScalar(this.mcl, frame, scalar));
      this.mcl._mclBnG2_normalize(product, product);
      return frame.get(product, JACOBIAN_BYTES);
    });
  }

  private makeTable(): Pointer {
    const table = this.arena.allocate(tableBytes(GENERATOR_SHAPE, AFFINE_BYTES));
    this.arena.run((frame) => this.tables.build(GENERATOR_SHAPE, table, frame.put(this.point)));
    return table;
  }
}

interface KnownElement {
  uses: number;
  table?: Pointer;
}

/** Powers of elements of order r, by scalars that are public or used once. */
export class Powers {
  private readonly mcl: Mcl;
  private readonly arena: Arena;
  private readonly known = new Map<string, KnownElement>();

  constructor(mcl: Mcl, arena: Arena) {
    this.mcl = mcl;
    this.arena = arena;
  }

  /** `undefined` for an element that has no table yet. */
  power(element: Uint8Array, scalar: bigint): Uint8Array | undefined {
    const { table } = this.recall(element);
    if (table === undefined) return undefined;
    const { width, count } = POWER_SHAPE;
    const digits = recodeOdd(oddScalar(scalar), width, count);
    return this.arena.run((frame) => {
      const result = frame.reserve(TARGET_BYTES);
      const inverse = frame.reserve(TARGET_BYTES);
      digits.forEach((digit, i) => {
        let entry = table + ((i << (width - 1)) + ((Math.abs(digit) - 1) >> 1)) * TARGET_BYTES;
        if (digit < 0) {
          this.mcl._mclBnGT_inv(inverse, entry);
          entry = inverse;
        }
        if (i === 0) this.arena.view().copyWithin(result, entry, entry + TARGET_BYTES);
        else this.mcl._mclBnGT_mul(result, result, entry);
      });
      digits.fill(0);
      return frame.get(result, TARGET_BYTES);
    });
  }

  private recall(element: Uint8Array): KnownElement {
    const name = String.fromCharCode(...element);
    const known = this.known.get(name) ?? { uses: 0 };
    this.known.delete(name);
    this.known.set(name, known);
    if (this.known.size > KEPT_ELEMENTS) {
      const [oldest, { table }] = this.known.entries().next().value!;
      this.known.delete(oldest);
      if (table !== undefined) this.arena.free(table, tableBytes(POWER_SHAPE, TARGET_BYTES));
    }
    if (++known.uses >= TABLE_AFTER) known.table ??= this.makeTable(element);
    return known;
  }

  private makeTable(element: Uint8Array): Pointer {
    const { width, count } = POWER_SHAPE;
    const entries = 1 << (width - 1);
    const table = this.arena.allocate(tableBytes(POWER_SHAPE, TARGET_BYTES));
    this.arena.run((frame) => {
      const base = frame.put(element);
      const square = frame.reserve(TARGET_BYTES);
      for (let i = 0; i < count; i++) {
        const window = table + i * entries * TARGET_BYTES;
        this.arena.view().copyWithin(window, base, base + TARGET_BYTES);
        this.mcl._mclBnGT_mul(square, base, base);
        for (let entry = 1; entry < entries; entry++)
          this.mcl._mclBnGT_mul(window + entry * TARGET_BYTES, window + (entry - 1) * TARGET_BYTES, square);
        // The last entry is base^(2^width - 1).
        this.mcl._mclBnGT_mul(base, window + (entries - 1) * TARGET_BYTES, base);
      }
    });
    return table;
  }
}
