/**
 * The hashed points of G1 (B and the attributes'), what is known about them, and sums of their multiples. Points and
 * tables are functions of public texts: keeping them tells nothing but which attributes were in use.
 */
import { unhex, utf8 } from "../core/bytes.ts";
import { AffineAdder, curveOfG1, type Run } from "./affine.ts";
import type { Arena, Frame } from "./arena.ts";
import { countDigits, HALF_BITS, recodeOdd, splitScalar } from "./recode.ts";
import { writeScalar } from "./scalar.ts";
import { type Lookup, TableMaker, type TableShape, tableBytes } from "./tables.ts";
import type { Mcl, Pointer } from "./wasm.ts";

const DST = utf8("DIPTYCH-V1-ABE-BLS12381G1_XMD:SHA-256_SSWU_RO_");
/** phi(x, y) = (BETA x, y) is the multiplication by `LAMBDA`. */
const BETA =
  "1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaac";

const AFFINE_BYTES = 96;
const JACOBIAN_BYTES = 144;
/** Of an attribute's point; 44 additions a product, for 68 kB. */
const ATTRIBUTE_SHAPE = shapeOf(6);
/** Of a point in every row: 26 additions a product, for 639 kB. */
const PERMANENT_SHAPE = shapeOf(10);

/** Points that are kept; the one not used for longest goes first. */
export const KEPT_POINTS = 1024;
/** Tables of attributes that are kept. */
export const KEPT_TABLES = 256;
/** A table costs as much as six products without one: few are made at a time, so that no call takes much longer for it. */
const TABLES_PER_CALL = 4;
/** Products after which a permanent point gets its table. */
const PERMANENT_AFTER = 16;
/** Rows added up at a time: they fit into the scratch memory. */
const BATCH = 32;

/** What the points and tables take at most, in bytes; names of up to 257 bytes, two bytes a character, included. */
export const HASHED_BYTES =
  KEPT_POINTS * (JACOBIAN_BYTES + 2 * 257) +
  KEPT_TABLES * tableBytes(ATTRIBUTE_SHAPE, AFFINE_BYTES) +
  tableBytes(PERMANENT_SHAPE, AFFINE_BYTES);

/** The hash of `message` times `scalar`. One message only is ever `permanent`: its table stays. */
export interface HashedTerm {
  readonly message: Uint8Array;
  readonly scalar: bigint;
  readonly permanent?: boolean;
}

interface Known {
  readonly point: Uint8Array;
  uses: number;
  table?: Pointer | undefined;
}

/** Digits of the scalars of one call: rows share them. */
type Recoded = Map<TableShape, Map<bigint, Int32Array[]>>;

interface PlacedTerm {
  readonly known: Known;
  readonly scalar: bigint;
  readonly shape: TableShape;
}

/** A term whose point has no table. */
interface PlainTerm extends PlacedTerm {
  readonly result: Pointer;
}

export class HashedPoints {
  private readonly mcl: Mcl;
  private readonly arena: Arena;
  private readonly adder: AffineAdder;
  private readonly tables: TableMaker;
  private readonly beta: Pointer;
  private readonly dst: Pointer;
  /** The base field's one, which is z of a normalised point. */
  private readonly one: Uint8Array;
  private readonly permanent = new Map<string, Known>();
  private readonly attributes = new Map<string, Known>();
  /** Those of the attributes that have tables. */
  private readonly tabled = new Set<Known>();

  constructor(mcl: Mcl, arena: Arena) {
    this.mcl = mcl;
    this.arena = arena;
    this.adder = new AffineAdder(arena, curveOfG1(mcl));
    this.tables = new TableMaker(arena, this.adder);
    this.beta = arena.allocate(AFFINE_BYTES / 2);
    this.dst = arena.allocate(DST.length);
    arena.view().set(DST, this.dst);
    this.one = arena.run((frame) => {
      const bytes = unhex(BETA);
      mcl._mclBnFp_setBigEndianMod(this.beta, frame.put(bytes), bytes.length);
      const one = frame.reserve(AFFINE_BYTES / 2);
      mcl._mclBnFp_setBigEndianMod(one, frame.put(Uint8Array.of(1)), 1);
      return frame.get(one, AFFINE_BYTES / 2);
    });
  }

  /** BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380) with Diptych's own DST, in mcl's normalised form. */
  hash(message: Uint8Array): Uint8Array {
    return this.recall(message).point;
  }

  /**
   * The sum of each row's terms, normalised. With `"secret"`, time and memory accesses don't depend on the scalars, but
   * for the arithmetic of whole scalars as bigints; with `"public"` they do.
   */
  sum(rows: readonly (readonly HashedTerm[])[], lookup: Lookup): Uint8Array[] {
    const placed = rows.map((row) => row.map((term) => this.place(term)));
    this.makeTables(placed.flat());
    const recoded: Recoded = new Map();
    const sums: Uint8Array[] = [];
    for (let first = 0; first < placed.length; first += BATCH)
      sums.push(...this.sumBatch(placed.slice(first, first + BATCH), recoded, lookup));
    for (const halves of [...recoded.values()].flatMap((each) => [...each.values()]))
      for (const digits of halves) digits.fill(0);
    return sums;
  }

  /** Forgets attributes: all, or their tables only. */
  clear(what: "tables" | "all" = "all"): void {
    for (const [name, known] of this.attributes)
      if (what === "all") this.forget(name, known);
      else {
        this.dropTable(known);
        known.uses = 0;
      }
  }

  /** How many attributes have tables. */
  get tableCount(): number {
    return this.tabled.size;
  }

  private place({ message, scalar, permanent }: HashedTerm): PlacedTerm {
    const known = this.recall(message, permanent);
    known.uses++;
    return { known, scalar, shape: permanent ? PERMANENT_SHAPE : ATTRIBUTE_SHAPE };
  }

  private recall(message: Uint8Array, permanent = false): Known {
    const name = String.fromCharCode(...message);
    const kept = permanent ? this.permanent : this.attributes;
    const known = kept.get(name) ?? { point: this.compute(message), uses: 0 };
    // Maps and sets iterate in order of insertion: the first is the one not used for longest.
    kept.delete(name);
    kept.set(name, known);
    if (this.tabled.delete(known)) this.tabled.add(known);
    if (this.attributes.size > KEPT_POINTS) this.forget(...this.attributes.entries().next().value!);
    return known;
  }

  private compute(message: Uint8Array): Uint8Array {
    return this.arena.run((frame) => {
      const { mcl, dst } = this;
      const result = frame.reserve(JACOBIAN_BYTES);
      const input = frame.put(message);
      const status = mcl._mclBnG1_hashAndMapToWithDst(result, input, message.length, dst, DST.length);
      if (status !== 0) throw new Error("mcl-wasm can't hash to the curve");
      mcl._mclBnG1_normalize(result, result);
      return frame.get(result, JACOBIAN_BYTES);
    });
  }

  private forget(name: string, known: Known): void {
    this.attributes.delete(name);
    this.dropTable(known);
  }

  private dropTable(known: Known): void {
    if (!this.tabled.delete(known)) return;
    this.arena.free(known.table!, tableBytes(ATTRIBUTE_SHAPE, AFFINE_BYTES));
    known.table = undefined;
  }

  private makeTables(terms: readonly PlacedTerm[]): void {
    const inUse = new Set(terms.map(({ known }) => known));
    let made = 0;
    for (const { known, shape } of terms) {
      if (known.table !== undefined) continue;
      if (shape === PERMANENT_SHAPE) {
        if (known.uses >= PERMANENT_AFTER) this.makeTable(known, shape);
        continue;
      }
      const oldest = this.tabled.size < KEPT_TABLES ? undefined : this.tabled.values().next().value!;
      if (known.uses < 2 || made === TABLES_PER_CALL || (oldest && inUse.has(oldest))) continue;
      if (oldest) this.dropTable(oldest);
      this.makeTable(known, shape);
      this.tabled.add(known);
      made++;
    }
  }

  private makeTable(known: Known, shape: TableShape): void {
    known.table = this.arena.allocate(tableBytes(shape, AFFINE_BYTES));
    this.arena.run((frame) => this.tables.build(shape, known.table!, frame.put(known.point)));
  }

  private sumBatch(rows: readonly (readonly PlacedTerm[])[], recoded: Recoded, lookup: Lookup): Uint8Array[] {
    return this.arena.run((frame) => {
      const plain: PlainTerm[] = [];
      const runs = rows.map((row): Run => {
        const counts = row.map(({ known, shape }) => (known.table === undefined ? 1 : 2 * shape.count));
        const count = counts.reduce((sum, each) => sum + each);
        const at = frame.reserve(count * AFFINE_BYTES);
        let next = at;
        row.forEach((term, index) => {
          if (term.known.table === undefined) plain.push({ ...term, result: next });
          else this.lookUp(term, term.known.table, next, recoded, lookup);
          next += counts[index]! * AFFINE_BYTES;
        });
        return { at, count };
      });
      if (plain.length > 0) this.multiplyPlainly(frame, plain, lookup);
      this.adder.sum(runs);
      return runs.map(({ at }) => this.readSum(at));
    });
  }

  /** Writes the products of points without tables, affine. Infinity stays the zeros that reserved memory holds. */
  private multiplyPlainly(frame: Frame, terms: readonly PlainTerm[], lookup: Lookup): void {
    const { mcl } = this;
    const multiply = lookup === "secret" ? mcl._mclBnG1_mulCT : mcl._mclBnG1_mul;
    const scalars = new Map<bigint, Pointer>();
    const products = frame.reserve(JACOBIAN_BYTES * terms.length);
    terms.forEach(({ known, scalar }, index) => {
      const product = products + JACOBIAN_BYTES * index;
      const factor = scalars.get(scalar) ?? writeScalar(mcl, frame, scalar);
      scalars.set(scalar, factor);
      frame.write(known.point, product);
      multiply(product, product, factor);
    });
    mcl._mclBnG1_normalizeVec(products, products, terms.length);
    terms.forEach(({ result }, index) => {
      const product = products + JACOBIAN_BYTES * index;
      if (mcl._mclBnG1_isZero(product) === 0)
        this.arena.view().copyWithin(result, product, product + AFFINE_BYTES);
    });
  }

  /** Writes the points of a term's table that add up to it. */
  private lookUp(term: PlacedTerm, table: Pointer, result: Pointer, recoded: Recoded, lookup: Lookup): void {
    const { shape, scalar } = term;
    const known = recoded.get(shape)?.get(scalar);
    const halves = known ?? splitScalar(scalar).map((half) => recodeOdd(half, shape.width, shape.count));
    if (!known) recoded.set(shape, (recoded.get(shape) ?? new Map()).set(scalar, halves));
    const mirrored = result + shape.count * AFFINE_BYTES;
    this.tables.look(shape, table, halves[0]!, result, lookup);
    this.tables.look(shape, table, halves[1]!, mirrored, lookup);
    for (let i = 0; i < shape.count; i++) {
      const abscissa = mirrored + i * AFFINE_BYTES;
      this.mcl._mclBnFp_mul(abscissa, abscissa, this.beta);
    }
  }

  private readSum(at: Pointer): Uint8Array {
    const sum = new Uint8Array(JACOBIAN_BYTES);
    if (this.adder.isInfinity(at)) return sum;
    sum.set(this.arena.view().subarray(at, at + AFFINE_BYTES));
    sum.set(this.one, AFFINE_BYTES);
    return sum;
  }
}

function shapeOf(width: number): TableShape {
  return { width, count: countDigits(HALF_BITS, width) };
}
