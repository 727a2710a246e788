import { expect } from "chai";
import fc from "fast-check";
import { hex } from "../../src/core/bytes.ts";
import { add, affineBytes, affineOf, negate } from "../../src/seal/affine.ts";
import { GENERATOR, ORDER, type Point, pointBytes, randomScalar, scalarBytes } from "../../src/seal/curve.ts";
import { byNode, byWebCrypto, EcdhPoint, type EcdhWay, ecdhWays } from "../../src/seal/ecdh.ts";
import { prepareBase, prepareScalar, publicBase, sumOfMultiples } from "../../src/seal/multiply.ts";
import { expectCode } from "../expectCode.ts";

const expected = (point: Point, scalar: bigint) => hex(pointBytes(point.multiply(scalar)));
const edges = [1n, 2n, 3n, (ORDER - 1n) / 2n, (ORDER + 1n) / 2n, 2n ** 255n, ORDER - 2n, ORDER - 1n];
const scalars = fc.bigInt({ min: 1n, max: ORDER - 1n });

/** Each platform's ECDH, and the curve's library where there is none. */
const ways: Record<string, readonly EcdhWay[]> = {
  "Node's own cryptography": [byNode],
  WebCrypto: [byWebCrypto],
  "the curve's library": [],
};

/** Runs `act` where WebCrypto wants a public key beside each private one, as some do. */
async function withoutPkcs8<T>(act: () => Promise<T>): Promise<T> {
  const { subtle } = crypto;
  const own = Object.getOwnPropertyDescriptor(subtle, "importKey");
  const importKey = subtle.importKey.bind(subtle) as (...all: unknown[]) => Promise<CryptoKey>;
  Object.defineProperty(subtle, "importKey", {
    configurable: true,
    value: async (format: string, ...rest: unknown[]) => {
      if (format === "pkcs8") throw new DOMException("no", "DataError");
      return importKey(format, ...rest);
    },
  });
  try {
    return await act();
  } finally {
    if (own === undefined) delete (subtle as Partial<SubtleCrypto>).importKey;
    else Object.defineProperty(subtle, "importKey", own);
  }
}

describe("seal: products of points", () => {
  for (const [what, way] of Object.entries(ways)) {
    it(`by ${what} are those of the curve's library for scalars and points at the edges`, async () => {
      // G, where B + G is a doubling; -G, where it is infinity; -2 G, where B + G = -B - G... all but one go the common way.
      const points = [1n, ORDER - 1n, 2n, ORDER - 2n, (ORDER - 1n) / 2n].map((k) => GENERATOR.multiply(k));
      for (const scalar of edges) {
        const prepared = await prepareScalar(scalar, way);
        expect(hex(prepared.publicKey)).to.equal(expected(GENERATOR, scalar));
        for (const point of points) {
          const product = expected(point, scalar);
          expect(hex(await prepared.multiply(prepareBase(point)))).to.equal(product);
          expect(hex(await prepared.agree(point))).to.equal(`0x${product.slice(4, 68)}`);
        }
      }
    });

    it(`by ${what} are those of the curve's library for any scalar and point`, async () => {
      await fc.assert(
        fc.asyncProperty(scalars, scalars, async (scalar, k) => {
          const point = GENERATOR.multiply(k);
          const prepared = await prepareScalar(scalar, way);
          expect(hex(await prepared.multiply(prepareBase(point)))).to.equal(expected(point, scalar));
          expect(hex(prepared.publicKey)).to.equal(expected(GENERATOR, scalar));
        }),
        { numRuns: 25 },
      );
    });
  }

  it("Node's own cryptography is what is used here, and refuses what isn't a point", async () => {
    const ecdh = (await ecdhWays[0]!(scalarBytes(3n)))!;
    expect(ecdhWays[0]).to.equal(byNode);
    const off = pointBytes(GENERATOR);
    off[64]! ^= 1;
    expect(() => ecdh.agree(new EcdhPoint(off))).to.throw();
  });

  it("are the same where WebCrypto doesn't take a private key alone", async () => {
    const point = GENERATOR.multiply(randomScalar());
    for (const scalar of [1n, ORDER - 1n, randomScalar()]) {
      const products = await withoutPkcs8(async () => {
        const prepared = await prepareScalar(scalar, [byWebCrypto]);
        const bases = [point, GENERATOR.negate()].map(prepareBase);
        return [prepared.publicKey, ...(await Promise.all(bases.map((base) => prepared.multiply(base))))];
      });
      expect(products.map(hex)).to.deep.equal(
        [GENERATOR, point, GENERATOR.negate()].map((one) => expected(one, scalar)),
      );
    }
  });

  it("many at once, with bases that come and go, don't mix", async () => {
    const points = Array.from({ length: 40 }, (_, at) => GENERATOR.multiply(BigInt(at + 2)));
    const prepared = await prepareScalar(12_345n);
    const products = await Promise.all(
      [...points, ...points].map((point) => prepared.multiply(publicBase(point))),
    );
    for (const [at, product] of products.entries())
      expect(hex(product)).to.equal(expected(GENERATOR, 12_345n * BigInt((at % 40) + 2)));
  });

  it("there is nothing to multiply with after wiping, and no scalar out of range", async () => {
    const prepared = await prepareScalar(5n);
    expect(prepared.scalar).to.equal(5n);
    expect(JSON.stringify(prepared)).to.not.contain("scalar");
    prepared.wipe();
    await expectCode("argument-invalid", () => prepared.multiply(prepareBase(GENERATOR)));
    await expectCode("argument-invalid", () => prepared.agree(GENERATOR));
    await expectCode("argument-invalid", () => prepared.scalar);
    for (const scalar of [0n, -1n, ORDER]) await expectCode("argument-invalid", () => prepareScalar(scalar));
  });

  it("sums of small multiples are those of the curve's library, infinity too", () => {
    const terms = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -40, max: 40 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(terms, (all) => {
        const points = all.map(([k]) => GENERATOR.multiply(BigInt(k)));
        const sum = sumOfMultiples(
          points,
          all.map(([, times]) => BigInt(times)),
        );
        const total = all.reduce((so, [k, times]) => so + k * times, 0);
        const size = GENERATOR.multiplyUnsafe(BigInt(Math.abs(total)));
        expect(sum.equals(total < 0 ? size.negate() : size)).to.equal(true);
        expect(sum.is0()).to.equal(total === 0);
      }),
      {
        numRuns: 50,
        examples: [
          [
            [
              [2, 3],
              [3, -2],
            ],
          ],
          [[[1, 0]]],
        ],
      },
    );
  });

  it("sums by coordinates are those of the curve's library", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (i, j, minus) => {
          const [a, b] = [GENERATOR.multiply(BigInt(i)), GENERATOR.multiply(BigInt(j))];
          const second = affineOf(pointBytes(b));
          const sum = add(affineOf(pointBytes(a)), minus ? negate(second) : second);
          const known = minus ? a.subtract(b) : a.add(b);
          expect(sum && hex(affineBytes(sum))).to.equal(known.is0() ? undefined : hex(pointBytes(known)));
        },
      ),
      { numRuns: 50 },
    );
  });
});
