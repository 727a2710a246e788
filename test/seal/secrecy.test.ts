/** What fewer than t gates have, together and with all that is public: nothing that the index key alone doesn't give. */
import { expect } from "chai";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import {
  GENERATOR,
  invert,
  modOrder,
  ORDER,
  parsePoint,
  pointBytes,
  randomScalar,
} from "../../src/seal/curve.ts";
import { combine, deal, deriveIndexKey, type GatePartial, openIndexWithPoint } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { makeWorld } from "./world.ts";

/** Coefficients, lowest first, of the polynomials that are 1 at one of `nodes` and 0 at the others. */
function lagrangeBasis(nodes: readonly number[]): bigint[][] {
  return nodes.map((node) => {
    let coefficients = [1n];
    for (const other of nodes) {
      if (other === node) continue;
      const scale = invert(modOrder(BigInt(node - other)));
      const next = Array.from({ length: coefficients.length + 1 }, () => 0n);
      for (const [power, c] of coefficients.entries()) {
        next[power] = modOrder(next[power]! - c * BigInt(other) * scale);
        next[power + 1] = modOrder(next[power + 1]! + c * scale);
      }
      coefficients = next;
    }
    return coefficients;
  });
}

const evaluate = (coefficients: readonly bigint[], x: number) =>
  coefficients.reduceRight((sum, c) => modOrder(sum * BigInt(x) + c), 0n);

const sizes = [
  [1, 1],
  [2, 3],
  [5, 9],
  [11, 21],
  [16, 31],
] as const;

describe("seal: what t - 1 gates know", () => {
  for (const [t, n] of sizes) {
    /** t - 1 gates, from the end. */
    const league = Array.from({ length: t - 1 }, (_, at) => n - at);

    it(`${t} of ${n}: their shares fit every secret, through one polynomial of the right degree each`, () => {
      const { secret } = deriveIndexKey(randomBytes(32));
      const { shares } = deal(secret, t, n);
      const basis = lagrangeBasis([0, ...league]);
      for (const wished of [1n, ORDER - 1n, secret, randomScalar()]) {
        const values = [wished, ...league.map((i) => shares[i - 1]!)];
        const polynomial = Array.from({ length: t }, (_, power) =>
          modOrder(basis.reduce((sum, one, at) => sum + one[power]! * values[at]!, 0n)),
        );
        expect(polynomial).to.have.length(t);
        expect(evaluate(polynomial, 0)).to.equal(wished);
        for (const i of league) expect(evaluate(polynomial, i)).to.equal(shares[i - 1]);
        // With the true secret it is the dealer's own polynomial: one share more, and it would be told.
        const rest = shares.map((share, at) => evaluate(polynomial, at + 1) === share);
        expect(rest.every(Boolean)).to.equal(wished === secret);
      }
    });

    it(`${t} of ${n}: the commitments follow from the index key and those shares, so they tell no more`, () => {
      const { secret, publicKey } = deriveIndexKey(randomBytes(32));
      const { shares, commitments } = deal(secret, t, n);
      const key = parsePoint(publicKey)!;
      const basis = lagrangeBasis([0, ...league]);
      for (const [power, commitment] of commitments.entries()) {
        const ofShares = league.reduce(
          (sum, i, at) => modOrder(sum + basis[at + 1]![power]! * shares[i - 1]!),
          0n,
        );
        const weight = basis[0]![power]!;
        const simulated = key.multiplyUnsafe(weight).add(GENERATOR.multiplyUnsafe(ofShares));
        expect(hex(pointBytes(simulated))).to.equal(hex(commitment));
      }
    });
  }

  it("their partials open nothing, with the other gates' places guessed or left out", async () => {
    for (const [t, n] of [
      [2, 3],
      [5, 9],
    ] as const) {
      const { partial, index, indexKey, binding, dealing } = await makeWorld(t, n);
      const league = await Promise.all(Array.from({ length: t - 1 }, (_, at) => partial(at + 1)));
      // What stands on chain in place of the missing partial: commitments, enc, the index key, another gate's point.
      const guesses = [...dealing.commitments, index.enc, league[0]!.point, pointBytes(GENERATOR)];
      const completed: GatePartial[][] = [
        league,
        ...guesses.map((point) => [...league, { ...league[0]!, index: n, point }]),
      ];
      for (const partials of completed) {
        const point = await combine(partials);
        await expectCode("seal-open-failed", () =>
          openIndexWithPoint(point, indexKey.publicKey, index, binding),
        );
      }
      const whole = await combine([...league, await partial(n)]);
      expect((await openIndexWithPoint(whole, indexKey.publicKey, index, binding)).url).to.match(/^ipfs:/);
    }
  });
});
