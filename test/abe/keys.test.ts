import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { loadGroup } from "../../src/abe/group.ts";
import {
  decodeMasterKey,
  decodePublicKey,
  decodeSecretKey,
  encodeMasterKey,
  encodePublicKey,
  encodeSecretKey,
  keygen,
  setup,
} from "../../src/abe/index.ts";
import { concat, unhex, utf8 } from "../../src/core/bytes.ts";
import { SCALAR_ORDER } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";

const infinityG1 = concat(Uint8Array.of(0xc0), new Uint8Array(47));
const infinityG2 = concat(Uint8Array.of(0xc0), new Uint8Array(95));
const outsideG1 = concat(Uint8Array.of(0x80), new Uint8Array(46), Uint8Array.of(4));

describe("abe/group", () => {
  it("agrees with an independent library on points, hashing and pairing", async () => {
    const group = await loadGroup();
    const { G1, G2 } = bls12_381;
    expect(group.encodeG1(group.generator1)).to.deep.equal(G1.Point.BASE.toBytes(true));
    expect(group.encodeG2(group.generator2)).to.deep.equal(G2.Point.BASE.toBytes(true));
    expect(bls12_381.fields.Fr.ORDER).to.equal(SCALAR_ORDER);
    for (const scalar of [1n, 2n, SCALAR_ORDER - 1n, 3n ** 100n])
      for (const kind of ["public", "secret"] as const) {
        const expected = G1.Point.BASE.multiply(scalar);
        expect(group.encodeG1(group.multiplyG1(group.generator1, scalar, kind))).to.deep.equal(
          expected.toBytes(true),
        );
        const expected2 = G2.Point.BASE.multiply(scalar);
        expect(group.encodeG2(group.multiplyG2(group.generator2, scalar, kind))).to.deep.equal(
          expected2.toBytes(true),
        );
      }
    const sum = group.combineG1([
      { point: group.generator1, scalar: 5n },
      { point: group.generator1, scalar: 1n },
      { point: group.generator1, scalar: SCALAR_ORDER - 2n },
      { point: group.generator1, scalar: 1n },
    ]);
    expect(group.encodeG1(sum)).to.deep.equal(G1.Point.BASE.multiply(5n).toBytes(true));
  });

  it("hashes the same whether or not the point is still kept", async () => {
    const group = await loadGroup();
    const first = group.encodeG1(group.hashToG1(utf8("point 0")));
    for (let i = 1; i <= 1100; i++) group.hashToG1(utf8(`point ${i}`));
    expect(group.encodeG1(group.hashToG1(utf8("point 0")))).to.deep.equal(first);
  });

  it("refuses points that aren't canonical, aren't in the group or are at infinity", async () => {
    const group = await loadGroup();
    const good = bls12_381.G1.Point.BASE.toBytes(true);
    const field = bls12_381.fields.Fp.ORDER;
    // A small x that is on the curve, written as x + p; it still fits into 381 bits.
    const overflow = unhex((field + 4n).toString(16).padStart(96, "0"));
    overflow[0]! |= 0x80;
    const bad = [
      infinityG1,
      concat(Uint8Array.of(0xc0), new Uint8Array(46), Uint8Array.of(1)),
      concat(Uint8Array.of(0xe0), new Uint8Array(47)),
      concat(Uint8Array.of(0x40), new Uint8Array(47)),
      new Uint8Array(48),
      concat(Uint8Array.of(good[0]! & 0x7f), good.subarray(1)),
      bls12_381.G1.Point.BASE.toBytes(false),
      good.subarray(0, 47),
      concat(good, Uint8Array.of(0)),
      overflow,
    ];
    for (const bytes of bad) {
      expect(group.decodeG1(bytes, "group")).to.equal(undefined);
      expect(group.decodeG1(bytes, "curve")).to.equal(undefined);
    }
    expect(group.decodeG1(outsideG1, "group")).to.equal(undefined);
    expect(group.decodeG1(outsideG1, "curve")).to.not.equal(undefined);
    expect(group.decodeG1(good, "group")).to.not.equal(undefined);
    expect(group.decodeG2(infinityG2, "group")).to.equal(undefined);
    const outsideG2 = findOutsideG2();
    expect(group.decodeG2(outsideG2, "group")).to.equal(undefined);
    expect(group.decodeG2(outsideG2, "curve")).to.not.equal(undefined);
  });
});

/** The encoding of a point on the twist that isn't in G2. */
function findOutsideG2(): Uint8Array {
  for (let x = 1; ; x++) {
    const bytes = concat(Uint8Array.of(0x80), new Uint8Array(94), Uint8Array.of(x));
    try {
      bls12_381.G2.Point.fromBytes(bytes);
    } catch (error) {
      if (/subgroup/.test((error as Error).message)) return bytes;
    }
  }
}

describe("abe/keys", () => {
  it("have fixed sizes", async () => {
    const { publicKey, masterKey } = await setup();
    expect(await encodePublicKey(publicKey)).to.have.length(578);
    expect(await encodeMasterKey(masterKey)).to.have.length(82);
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "b:22"]);
    expect(await encodeSecretKey(secretKey)).to.have.length(182 + (4 + 3 + 48) + (4 + 4 + 48));
  });

  it("refuse other versions, suites, lengths and points, in the same words", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "b:2"]);
    const kinds = [
      { bytes: await encodePublicKey(publicKey), decode: decodePublicKey, point: 2 },
      { bytes: await encodeMasterKey(masterKey), decode: decodeMasterKey, point: 34 },
      { bytes: await encodeSecretKey(secretKey), decode: decodeSecretKey, point: 34 },
    ];
    for (const { bytes, decode, point } of kinds) {
      const change = (at: number, put: Uint8Array) =>
        concat(bytes.subarray(0, at), put, bytes.subarray(at + put.length));
      const bad = [
        new Uint8Array(),
        change(0, Uint8Array.of(0)),
        change(1, Uint8Array.of(2)),
        bytes.subarray(0, -1),
        concat(bytes, Uint8Array.of(0)),
        change(point, infinityG1),
        change(point, outsideG1),
        change(point, new Uint8Array(48)),
      ];
      const messages = new Set<string>();
      for (const each of bad) messages.add((await expectCode("abe-key-invalid", () => decode(each))).message);
      expect(messages.size).to.equal(1);
    }
  });

  it("refuse a public key of one, zero or wrong order", async () => {
    const one = new Uint8Array(578);
    one.set([1, 1]);
    await expectCode("abe-key-invalid", () => decodePublicKey(one));
    one[2 + 95] = 1; // the real coefficient of the first Fp2
    await expectCode("abe-key-invalid", () => decodePublicKey(one));
    one[2 + 95] = 2;
    await expectCode("abe-key-invalid", () => decodePublicKey(one));
    // -1 has order 2.
    const minusOne = bls12_381.fields.Fp.ORDER - 1n;
    one.set(unhex(minusOne.toString(16).padStart(96, "0")), 2 + 48);
    await expectCode("abe-key-invalid", () => decodePublicKey(one));
  });

  it("refuse attributes out of order, twice, not normal, or none", async () => {
    const { publicKey, masterKey } = await setup();
    const bytes = await encodeSecretKey(await keygen(publicKey, masterKey, ["a:1", "b:2"]));
    const [head, first, second] = [bytes.subarray(0, 178), bytes.subarray(182, 237), bytes.subarray(237)];
    const list = (...entries: Uint8Array[]) =>
      concat(head, Uint8Array.of(0, 0, 0, entries.length), ...entries);
    expect((await decodeSecretKey(list(first, second))).attributes).to.deep.equal(["a:1", "b:2"]);
    expect((await decodeSecretKey(list(second))).attributes).to.deep.equal(["b:2"]);
    const spaced = concat(first.subarray(0, 4), utf8(" a:"), first.subarray(7));
    for (const bad of [list(second, first), list(first, first), list(), list(spaced)])
      await expectCode("abe-key-invalid", () => decodeSecretKey(bad));
  });
});
