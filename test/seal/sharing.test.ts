import { expect } from "chai";
import fc from "fast-check";
import { randomBytes } from "../../src/core/bytes.ts";
import { invert, modOrder, ORDER } from "../../src/seal/curve.ts";
import {
  checkShare,
  deal,
  deriveIndexKey,
  generateKeyPair,
  keySetId,
  openShare,
  type ShareBinding,
  sealShare,
  shareInfo,
} from "../../src/seal/index.ts";
import { lagrangeAtZero } from "../../src/seal/sharing.ts";
import { expectCode } from "../expectCode.ts";
import { makeWorld } from "./world.ts";

/** Lagrange's coefficients at 0 as scalars. */
const weightsOf = (indexes: number[]) => {
  const { numerators, denominator } = lagrangeAtZero(indexes);
  return numerators.map((each) => modOrder(each * invert(denominator)));
};
const rebuild = (indexes: number[], shares: bigint[]) =>
  weightsOf(indexes).reduce((sum, weight, at) => (sum + weight * shares[indexes[at]! - 1]!) % ORDER, 0n);

describe("seal: shares of an index key", () => {
  it("any t of n shares give the key, and each matches its commitments", () => {
    const sizes = fc
      .integer({ min: 1, max: 7 })
      .chain((n) =>
        fc
          .integer({ min: 1, max: n })
          .chain((t) =>
            fc.tuple(
              fc.constant(t),
              fc.constant(n),
              fc.shuffledSubarray(range(n), { minLength: t, maxLength: t }),
            ),
          ),
      );
    fc.assert(
      fc.property(sizes, fc.uint8Array({ minLength: 32, maxLength: 32 }), ([t, n, chosen], seed) => {
        const { secret, publicKey } = deriveIndexKey(seed);
        const { commitments, shares } = deal(secret, t, n);
        expect(commitments).to.have.length(t);
        expect(commitments[0]).to.deep.equal(publicKey);
        for (const i of range(n)) checkShare(i, shares[i - 1]!, commitments);
        expect(rebuild(chosen, shares)).to.equal(secret);
      }),
      { numRuns: 12 },
    );
  });

  it("deals 16 of 31, the most there is", () => {
    const { secret } = deriveIndexKey(randomBytes(32));
    const { commitments, shares } = deal(secret, 16, 31);
    checkShare(31, shares[30]!, commitments);
    expect(rebuild(range(31).slice(15), shares)).to.equal(secret);
  });

  it("fewer than t shares say nothing: for any other secret there is a polynomial through them", () => {
    const { secret } = deriveIndexKey(randomBytes(32));
    const { shares } = deal(secret, 3, 5);
    expect(rebuild([2, 4], shares)).to.not.equal(secret);
    // Through shares 2 and 4 and any wished f(0) there is a share 5 that fits: so two shares exclude no secret.
    const wished = 12345n;
    const [w2, w4, w5] = weightsOf([2, 4, 5]) as [bigint, bigint, bigint];
    const inverse = power(w5, ORDER - 2n);
    const rest = (wished - w2 * shares[1]! - w4 * shares[3]!) % ORDER;
    const fitting = (((rest * inverse) % ORDER) + ORDER) % ORDER;
    expect(rebuild([2, 4, 5], [0n, shares[1]!, 0n, shares[3]!, fitting])).to.equal(wished);
  });

  it("refuses a share of another gate, another dealing, and shares out of range", async () => {
    const { secret } = deriveIndexKey(randomBytes(32));
    const [one, other] = [deal(secret, 2, 3), deal(secret, 2, 3)];
    expect(one.shares).to.not.deep.equal(other.shares);
    for (const share of [one.shares[1]!, other.shares[0]!, 0n, ORDER, one.shares[0]! + ORDER])
      await expectCode("share-invalid", () => checkShare(1, share, one.commitments));
  });

  it("Lagrange's coefficients are whole numbers of few bits over one positive denominator, in lowest terms", () => {
    const some = fc.shuffledSubarray(range(31), { minLength: 1 });
    const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
    fc.assert(
      fc.property(some, (indexes) => {
        const { numerators, denominator } = lagrangeAtZero(indexes);
        // Those of one polynomial that is 1 everywhere, and of one that is 0 at 0.
        expect(numerators.reduce((sum, each) => sum + each)).to.equal(denominator);
        if (indexes.length > 1)
          expect(numerators.reduce((sum, each, at) => sum + each * BigInt(indexes[at]!), 0n)).to.equal(0n);
        expect(denominator > 0n).to.equal(true);
        const shared = numerators.reduce(gcd, denominator);
        expect(shared === 1n || shared === -1n).to.equal(true);
        for (const each of numerators) expect(each < 1n << 72n && each > -(1n << 72n)).to.equal(true);
      }),
    );
    expect(lagrangeAtZero([1, 3])).to.deep.equal({ numerators: [3n, -1n], denominator: 2n });
    expect(lagrangeAtZero([3, 2])).to.deep.equal({ numerators: [-2n, 3n], denominator: 1n });
  });

  it("refuses thresholds that make no sense", async () => {
    for (const [t, n] of [
      [0, 1],
      [2, 1],
      [1, 32],
      [1.5, 2],
      [-1, 3],
    ] as const)
      await expectCode("argument-invalid", () => deal(5n, t, n));
  });

  it("seals each share to its gate, which opens it with its seed's key alone", async () => {
    const { dealing, gates, shareBinding } = await makeWorld(2, 3);
    for (const i of [1, 2, 3]) {
      const sealed = await sealShare(dealing.shares[i - 1]!, shareBinding(i));
      expect(sealed).to.have.length(177);
      expect(await openShare(gates[i - 1]!.privateKey, sealed, shareBinding(i))).to.equal(
        dealing.shares[i - 1],
      );
    }
  });

  it("binds a sealed share to every field", async () => {
    const world = await makeWorld(2, 3);
    const binding = world.shareBinding(2);
    const sealed = await sealShare(world.dealing.shares[1]!, binding);
    const redealt = deal(world.indexKey.secret, 2, 3);
    const changes: Partial<ShareBinding>[] = [
      { chainId: 31339 },
      { contract: randomBytes(20) },
      { generation: 2 },
      { index: 1 },
      { count: 4 },
      { commitments: redealt.commitments },
    ];
    for (const change of changes) {
      await expectCode("share-invalid", () =>
        openShare(world.gates[1]!.privateKey, sealed, { ...binding, ...change }),
      );
      expect(shareInfo({ ...binding, ...change })).to.not.deep.equal(shareInfo(binding));
    }
    const otherGate = { ...binding, gateKey: world.gates[0]!.publicKey };
    await expectCode("share-invalid", () => openShare(world.gates[0]!.privateKey, sealed, otherGate));
    await expectCode("argument-invalid", () => openShare(world.gates[0]!.privateKey, sealed, binding));
  });

  it("F14: mallory deals a victim's sealed shares as her own, and the gate refuses", async () => {
    const world = await makeWorld(2, 3);
    const sealed = await sealShare(world.dealing.shares[0]!, world.shareBinding(1));
    const mallory = randomBytes(20);
    // She stands as dealer of the key set that her account and the copied index key make.
    const hers = {
      ...world.shareBinding(1),
      dealer: mallory,
      keySet: keySetId(mallory, world.indexKey.publicKey),
    };
    await expectCode("share-invalid", () => openShare(world.gates[0]!.privateKey, sealed, hers));
    // Or she claims the victim's key set outright.
    const claimed = { ...world.shareBinding(1), dealer: mallory };
    await expectCode("share-invalid", () => openShare(world.gates[0]!.privateKey, sealed, claimed));
  });

  it("a dealer can't seal a wrong share by mistake", async () => {
    const world = await makeWorld(2, 2);
    await expectCode("share-invalid", () => sealShare(world.dealing.shares[1]!, world.shareBinding(1)));
    const stranger = await generateKeyPair();
    const moved = { ...world.shareBinding(1), gateKey: stranger.publicKey.slice(1) };
    await expectCode("argument-invalid", () => sealShare(world.dealing.shares[0]!, moved));
  });
});

function range(n: number): number[] {
  return Array.from({ length: n }, (_, at) => at + 1);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = ((base % ORDER) + ORDER) % ORDER, e = exponent; e > 0n; e >>= 1n, b = (b * b) % ORDER)
    if (e & 1n) result = (result * b) % ORDER;
  return result;
}
