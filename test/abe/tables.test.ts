import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import fc from "fast-check";
import { Arena, SCRATCH_BYTES } from "../../src/abe/arena.ts";
import { CACHE_BYTES, type G1, Group, type HashedTerm, loadGroup } from "../../src/abe/group.ts";
import { HashedPoints, KEPT_POINTS, KEPT_TABLES } from "../../src/abe/hashed.ts";
import {
  countDigits,
  HALF_BITS,
  LAMBDA,
  ODD_BITS,
  oddScalar,
  recodeOdd,
  splitScalar,
} from "../../src/abe/recode.ts";
import { instantiateMcl } from "../../src/abe/wasm.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { SCALAR_ORDER } from "../../src/policy/index.ts";

const r = SCALAR_ORDER;
const DST = "DIPTYCH-V1-ABE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
const BASE = Uint8Array.of(0);
const name = (i: number): Uint8Array => utf8(`\x01attribute:${i}`);

/** Where digits carry, halves vanish, or partial sums meet. */
const EDGES = [0n, 1n, 2n, 3n, r - 1n, r - 2n, r - 3n, LAMBDA - 1n, LAMBDA, LAMBDA + 1n, 2n * LAMBDA]
  .concat([LAMBDA * LAMBDA, r - LAMBDA, (r - 1n) / 2n, (r + 1n) / 2n, 63n, 64n, 65n, 255n, 256n])
  .concat([1n << 64n, (1n << 128n) - 1n, 1n << 128n, 1n << 254n, (1n << 254n) - 1n]);
const scalar = fc.oneof(fc.bigInt({ min: 0n, max: r - 1n }), fc.constantFrom(...EDGES));

describe("abe/recode", () => {
  for (const width of [2, 5, 6, 10])
    it(`writes a scalar as odd digits of ${width} bits, none of them zero`, () => {
      fc.assert(
        fc.property(scalar, (k) => {
          const odd = oddScalar(k);
          const [a, b] = splitScalar(k);
          expect(odd % r).to.equal(k);
          expect((a + b * LAMBDA) % r).to.equal(k);
          for (const [value, bits] of [
            [odd, ODD_BITS] as const,
            [a, HALF_BITS] as const,
            [b, HALF_BITS] as const,
          ]) {
            const digits = recodeOdd(value, width, countDigits(bits, width));
            expect(digits.every((digit) => (digit & 1) === 1 && Math.abs(digit) < 1 << width)).to.equal(true);
            const sum = digits.reduceRight((total, digit) => (total << BigInt(width)) + BigInt(digit), 0n);
            expect(sum).to.equal(value);
          }
        }),
      );
    });
});

describe("abe: tables and sums", () => {
  let group: Group;
  const encode = (points: readonly G1[]) => points.map((point) => group.encodeG1(point));
  const times = (message: Uint8Array, k: bigint) => group.multiplyG1(group.hashToG1(message), k);
  const plainly = (rows: readonly (readonly HashedTerm[])[]) =>
    rows.map((row) =>
      row.map((term) => times(term.message, term.scalar)).reduce((sum, point) => group.addG1(sum, point)),
    );
  before(async () => {
    group = new Group(await instantiateMcl());
    // Twice each, so that all have tables.
    const names = Array.from({ length: 8 }, (_, i) => [{ message: name(i), scalar: 5n }]);
    for (let round = 0; round < 4; round++) group.sumHashed(names);
    for (let round = 0; round < 16; round++) {
      group.sumHashed([[{ message: BASE, scalar: 7n, permanent: true }]]);
      group.multiplyGenerator2(7n);
    }
  });

  for (const kind of ["public", "secret"] as const) {
    it(`multiply hashed points as mcl does (${kind} scalars)`, () => {
      const rows = EDGES.flatMap((k, i) => [
        [{ message: name(i % 8), scalar: k }],
        [{ message: BASE, scalar: k, permanent: true }],
        [
          { message: BASE, scalar: EDGES[(i * 7) % EDGES.length]!, permanent: true },
          { message: name(i % 8), scalar: k },
          { message: name(100 + i), scalar: k },
        ],
      ]);
      expect(encode(group.sumHashed(rows, kind))).to.deep.equal(encode(plainly(rows)));
    });

    it(`give infinity and doubles where terms meet (${kind} scalars)`, () => {
      const same = (k: bigint, l: bigint) => [
        { message: name(1), scalar: k },
        { message: name(1), scalar: l },
      ];
      const fresh = { message: name(200), scalar: 0n };
      const rows = [
        same(9n, 9n),
        same(9n, r - 9n),
        same(0n, 0n),
        same(0n, 4n),
        [fresh],
        [fresh, ...same(0n, 3n)],
      ];
      expect(encode(group.sumHashed(rows, kind))).to.deep.equal(encode(plainly(rows)));
    });

    it(`multiply the generator of G2 as mcl does (${kind} scalars)`, () => {
      for (const k of EDGES)
        expect(group.encodeG2(group.multiplyGenerator2(k, kind))).to.deep.equal(
          group.encodeG2(group.multiplyG2(group.generator2, k)),
        );
    });
  }

  it("agree with an independent library", () => {
    const { G1, G2 } = bls12_381;
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: r - 1n }), fc.bigInt({ min: 1n, max: r - 1n }), (k, l) => {
        const [a, b] = [name(2), name(3)].map((message) =>
          G1.Point.fromAffine(G1.hashToCurve(message, { DST }).toAffine()),
        );
        const [sum] = group.sumHashed([
          [
            { message: name(2), scalar: k },
            { message: name(3), scalar: l },
          ],
        ]);
        expect(group.encodeG1(sum!)).to.deep.equal(
          a!.multiplyUnsafe(k).add(b!.multiplyUnsafe(l)).toBytes(true),
        );
        expect(group.encodeG2(group.multiplyGenerator2(k))).to.deep.equal(
          G2.Point.BASE.multiplyUnsafe(k).toBytes(true),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("raise elements of GT as mcl does", async () => {
    const plain = await loadGroup();
    const element = group.pairAll([[group.hashToG1(name(1)), group.generator2]]);
    for (let round = 0; round < 4; round++) group.powerGT(element, 3n);
    for (const [i, k] of EDGES.entries()) {
      const want = plain.pairAll([[plain.multiplyG1(plain.hashToG1(name(1)), k), plain.generator2]]);
      expect(group.encodeGT(group.powerGT(element, k)), `edge ${i}`).to.deep.equal(plain.encodeGT(want));
    }
  });

  it("hold for more rows than fit into the scratch memory at once, in order", () => {
    const rows = Array.from({ length: 70 }, (_, i) => [
      { message: name(i % 8), scalar: BigInt(i + 1) },
      { message: BASE, scalar: BigInt(i + 2), permanent: true },
    ]);
    expect(encode(group.sumHashed(rows))).to.deep.equal(encode(plainly(rows)));
  });
});

describe("abe: caches", () => {
  it("keep so many tables, points and bytes and no more, and forget what was used longest ago", async () => {
    const mcl = await instantiateMcl();
    const arena = new Arena(mcl);
    const points = new HashedPoints(mcl, arena);
    const use = (i: number) => points.sum([[{ message: name(i), scalar: 1n }]], "public");
    for (let i = 0; i < KEPT_TABLES + 4; i++) {
      use(i);
      use(i);
      expect(points.tableCount).to.equal(Math.min(i + 1, KEPT_TABLES));
    }
    const full = mcl.wasmMemory.buffer.byteLength;
    for (let i = 0; i < KEPT_POINTS + 4; i++) points.hash(name(10_000 + i));
    expect(points.tableCount, "no point that was forgotten has a table").to.equal(0);
    for (let i = 0; i < KEPT_TABLES; i++) {
      use(20_000 + i);
      use(20_000 + i);
    }
    expect(mcl.wasmMemory.buffer.byteLength, "memory that was given back is used again").to.equal(full);
    expect(full).to.be.lessThan(CACHE_BYTES + (3 << 20));
    expect(CACHE_BYTES, "as docs/decisions/0013 has it").to.equal(20_361_216);
  });

  it("fill at a bounded pace: one call makes few tables", async () => {
    const mcl = await instantiateMcl();
    const points = new HashedPoints(mcl, new Arena(mcl));
    const rows = Array.from({ length: 20 }, (_, i) => [{ message: name(i), scalar: 2n }]);
    points.sum(rows, "public");
    expect(points.tableCount).to.equal(0);
    points.sum(rows, "public");
    expect(points.tableCount).to.equal(4);
    points.sum(rows, "public");
    expect(points.tableCount).to.equal(8);
    points.clear("tables");
    expect(points.tableCount).to.equal(0);
  });
});

describe("abe/arena", () => {
  it("wipes what an operation leaves, nested, borrowed or stopped by an error", async () => {
    const mcl = await instantiateMcl();
    const arena = new Arena(mcl);
    const left: [number, number][] = [];
    const scribble = (at: number, size: number) => {
      arena.view().fill(0xa5, at, at + size);
      left.push([at, size]);
    };
    const operate = () =>
      arena.run((outer) => {
        scribble(outer.reserve(100), 100);
        arena.run((inner) => {
          scribble(inner.put(Uint8Array.of(1, 2, 3)), 3);
          scribble(inner.reserve(SCRATCH_BYTES + 1), 64);
        });
        throw new RangeError("stop");
      });
    expect(operate).to.throw(RangeError);
    // Of memory given back to the allocator, the first and last words are the allocator's.
    for (const [at, size] of left)
      expect(
        arena
          .view()
          .slice(at + 16, at + size)
          .some((byte) => byte === 0xa5),
      ).to.equal(false);
    expect(
      arena
        .view()
        .slice(left[0]![0], left[0]![0] + 100)
        .every((byte) => byte === 0),
    ).to.equal(true);
  });

  it("hands out the same scratch again", async () => {
    const arena = new Arena(await instantiateMcl());
    const where = () => arena.run((frame) => frame.reserve(8));
    expect(where()).to.equal(where());
  });
});
