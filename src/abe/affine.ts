/**
 * Sums of affine points, many at a time: additions of a level share one inversion of the field (Montgomery's trick), so
 * that one takes six multiplications instead of the eleven of a mixed addition in Jacobian coordinates. A point is x and
 * y one behind the other; infinity is all zeros, which is on neither curve.
 */
import { randomBytes } from "../core/bytes.ts";
import type { Arena, Frame } from "./arena.ts";
import type { Mcl, Pointer } from "./wasm.ts";

/** A curve by its field of coordinates; all by address, results may stand where arguments stood. */
export interface Curve {
  /** Bytes of an element of the field; a point has two of them, in mcl's Jacobian form three. */
  readonly size: number;
  add(result: Pointer, x: Pointer, y: Pointer): void;
  sub(result: Pointer, x: Pointer, y: Pointer): void;
  mul(result: Pointer, x: Pointer, y: Pointer): void;
  sqr(result: Pointer, x: Pointer): void;
  neg(result: Pointer, x: Pointer): void;
  /** Of elements but zero; time may depend on the element. */
  inv(result: Pointer, x: Pointer): void;
  /** Of points in Jacobian form. */
  double(result: Pointer, point: Pointer): void;
  normalize(result: Pointer, point: Pointer): void;
}

export function curveOfG1(mcl: Mcl): Curve {
  return {
    size: 48,
    add: mcl._mclBnFp_add,
    sub: mcl._mclBnFp_sub,
    mul: mcl._mclBnFp_mul,
    sqr: mcl._mclBnFp_sqr,
    neg: mcl._mclBnFp_neg,
    inv: mcl._mclBnFp_inv,
    double: mcl._mclBnG1_dbl,
    normalize: mcl._mclBnG1_normalize,
  };
}

export function curveOfG2(mcl: Mcl): Curve {
  return {
    size: 96,
    add: mcl._mclBnFp2_add,
    sub: mcl._mclBnFp2_sub,
    mul: mcl._mclBnFp2_mul,
    sqr: mcl._mclBnFp2_sqr,
    neg: mcl._mclBnFp2_neg,
    inv: mcl._mclBnFp2_inv,
    double: mcl._mclBnG2_dbl,
    normalize: mcl._mclBnG2_normalize,
  };
}

/** A run of points in memory, of at least one. */
export interface Run {
  readonly at: Pointer;
  readonly count: number;
}

export class AffineAdder {
  readonly curve: Curve;
  /** Bytes of a point. */
  readonly size: number;
  private readonly arena: Arena;

  constructor(arena: Arena, curve: Curve) {
    this.arena = arena;
    this.curve = curve;
    this.size = 2 * curve.size;
  }

  /**
   * Adds up each run, pairwise, level by level; the sum then stands where the run's first point stood, the others are
   * destroyed. Which operations are done depends on the counts only, but for points that are equal, opposite or infinity:
   * with secret scalars those must be too rare to matter.
   */
  sum(runs: readonly Run[]): void {
    this.arena.run((frame) => {
      const blind = this.drawElement(frame);
      let counts = runs.map(({ count }) => count);
      for (let stride = this.size; counts.some((count) => count > 1); stride *= 2) {
        const left: Pointer[] = [];
        counts.forEach((count, index) => {
          const { at } = runs[index]!;
          for (let pair = 0; pair < count >> 1; pair++) left.push(at + 2 * pair * stride);
        });
        const right = left.map((at) => at + stride);
        this.addBlinded(left, right, blind);
        counts = counts.map((count) => (count + 1) >> 1);
      }
    });
  }

  /** Adds to each point at `left` the one at `right`; all of `left` are distinct. */
  addPairs(left: readonly Pointer[], right: readonly Pointer[]): void {
    this.arena.run((frame) => this.addBlinded(left, right, this.drawElement(frame)));
  }

  private addBlinded(left: readonly Pointer[], right: readonly Pointer[], blind: Pointer): void {
    this.arena.run((frame) => {
      const { curve } = this;
      const { size } = curve;
      const count = left.length;
      const differences = frame.reserve(size * count);
      const products = frame.reserve(size * count);
      const [inverse, t, slope] = [frame.reserve(size), frame.reserve(size), frame.reserve(size)];
      const special = new Set<number>();
      let before = blind;
      for (let i = 0; i < count; i++) {
        const difference = differences + size * i;
        curve.sub(difference, right[i]!, left[i]!);
        if (this.isSpecial(left[i]!, right[i]!, difference)) {
          special.add(i);
          this.addSpecial(left[i]!, right[i]!);
          this.arena.view().copyWithin(difference, blind, blind + size);
        }
        const product = products + size * i;
        curve.mul(product, before, difference);
        before = product;
      }
      // mcl's inversion takes a time that depends on its input, which the random factor makes independent of the points.
      curve.inv(inverse, before);
      for (let i = count - 1; i >= 0; i--) {
        // `inverse` is that of the product up to i, which makes `slope` that of difference i.
        curve.mul(slope, inverse, i === 0 ? blind : products + size * (i - 1));
        curve.mul(inverse, inverse, differences + size * i);
        if (special.has(i)) continue;
        curve.sub(t, right[i]! + size, left[i]! + size);
        curve.mul(slope, slope, t);
        this.finish(left[i]!, right[i]!, slope, t);
      }
    });
  }

  /** A random element that isn't zero, but with a chance of about 2^-381. */
  private drawElement(frame: Frame): Pointer {
    const at = frame.reserve(this.curve.size);
    // Below the modulus in mcl's form, whose highest byte is 0x1a.
    const bytes = randomBytes(this.curve.size);
    for (let high = 47; high < bytes.length; high += 48) bytes[high]! &= 0x0f;
    frame.write(bytes, at);
    return at;
  }

  /** Doubles the point at `a` into `result`; an inversion of its own. Not infinity. No point of order two is in G1 or G2. */
  double(result: Pointer, a: Pointer): void {
    this.arena.run((frame) => {
      const { curve } = this;
      const [slope, t, copy] = [
        frame.reserve(curve.size),
        frame.reserve(curve.size),
        frame.reserve(this.size),
      ];
      this.arena.view().copyWithin(copy, a, a + this.size);
      curve.add(t, copy + curve.size, copy + curve.size);
      curve.inv(t, t);
      curve.sqr(slope, copy);
      curve.mul(t, t, slope);
      curve.add(slope, t, t);
      curve.add(slope, slope, t);
      this.arena.view().copyWithin(result, copy, copy + this.size);
      this.finish(result, copy, slope, t);
    });
  }

  /** a = the third point of the line through a and b, mirrored. */
  private finish(a: Pointer, b: Pointer, slope: Pointer, t: Pointer): void {
    const { curve } = this;
    const [x, y] = [a, a + curve.size];
    curve.sqr(t, slope);
    curve.sub(t, t, x);
    curve.sub(t, t, b);
    curve.sub(x, x, t);
    curve.mul(slope, slope, x);
    curve.sub(y, slope, y);
    this.arena.view().copyWithin(x, t, t + curve.size);
  }

  private isSpecial(a: Pointer, b: Pointer, dx: Pointer): boolean {
    const words = this.arena.wordView();
    // Nearly always decided by one word of each.
    const suspect = words[dx >> 2] === 0 || words[a >> 2] === 0 || words[b >> 2] === 0;
    return suspect && (this.isZero(dx, this.curve.size) || this.isInfinity(a) || this.isInfinity(b));
  }

  isInfinity(a: Pointer): boolean {
    return this.isZero(a, this.size);
  }

  private isZero(at: Pointer, size: number): boolean {
    return this.arena
      .wordView()
      .subarray(at >> 2, (at + size) >> 2)
      .every((word) => word === 0);
  }

  private addSpecial(a: Pointer, b: Pointer): void {
    const bytes = this.arena.view();
    if (this.isInfinity(b)) return;
    if (this.isInfinity(a)) bytes.copyWithin(a, b, b + this.size);
    else if (this.sameOrdinate(a, b)) this.double(a, a);
    else bytes.fill(0, a, a + this.size);
  }

  private sameOrdinate(a: Pointer, b: Pointer): boolean {
    const bytes = this.arena.view();
    const { size } = this.curve;
    for (let i = size; i < 2 * size; i++) if (bytes[a + i] !== bytes[b + i]) return false;
    return true;
  }
}
