/** Attacks by who holds capsules and may have others opened. Each first opens the naive scheme: Fig. 2, and no more. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { loadGroup } from "../../src/abe/group.ts";
import {
  decapsulate,
  keygen,
  type MasterKey,
  type PublicKey,
  type SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { addStray, strayPoints } from "./hostilePoints.ts";
import * as oracle from "./oracle.ts";
import {
  type CapsuleParts,
  putTogetherCapsule,
  readCiphertext,
  readKey,
  rowsOf,
  takeApartCapsule,
  takeApartKey,
  withCiphertext,
} from "./parts.ts";

const { G1, G2, fields } = bls12_381;
const { Fp12, Fr } = fields;
const ad = utf8("chain 1, record 2, version 3");
const m = new Uint8Array(32).map((_, index) => index);
const policy = "a:1 and b:2 or z:3";

describe("abe: attacks on capsules", () => {
  let publicKey: PublicKey;
  let masterKey: MasterKey;
  let secretKey: SecretKey;
  let capsule: Uint8Array;
  let parts: CapsuleParts;
  let shared: oracle.Target;
  const rows = rowsOf(policy);

  before(async () => {
    ({ publicKey, masterKey } = await setup());
    secretKey = await keygen(publicKey, masterKey, ["a:1", "b:2"]);
    ({ capsule } = await encapsulateWith(publicKey, policy, ad, m));
    parts = takeApartCapsule(capsule);
    shared = openNaively(parts);
    expect(oracle.mask(publicKey.toBytes(), shared, parts.masked), "the naive scheme opens it").to.deep.equal(
      m,
    );
  });

  /** The secret that Fig. 2's Dec finds. */
  function openNaively(changed: CapsuleParts): oracle.Target {
    const key = readKey(takeApartKey(secretKey));
    return oracle.decrypt(key, rowsOf(changed.policy), readCiphertext(changed))!;
  }

  const messages = new Set<string>();
  /** Demands the one error, whatever was changed. */
  async function expectRefusal(
    changed: CapsuleParts | Uint8Array,
    key = secretKey,
    data = ad,
  ): Promise<void> {
    const bytes = changed instanceof Uint8Array ? changed : putTogetherCapsule(changed);
    const error = await expectCode("abe-decapsulation-failed", () =>
      decapsulate(publicKey, key, bytes, data),
    );
    messages.add(error.message);
    expect([...messages]).to.have.length(1);
  }

  const d = 23n ** 40n % Fr.ORDER;
  type Change = (ciphertext: oracle.Ciphertext) => oracle.Ciphertext;
  const addBase = (point: oracle.PointG1, factor: bigint) =>
    factor === 0n ? point : point.add(oracle.times(oracle.base(), factor));
  /** What is done to the points, and what that does to the secret Z. */
  const shifts: [
    name: string,
    change: Change,
    effect: (z: oracle.Target, mpk: oracle.Target) => oracle.Target,
  ][] = [
    [
      "s1 shifted: ct1 and each row's share",
      ({ ct1, ct2, ct3 }) => ({
        ct1: ct1.add(oracle.times(G2.Point.BASE, d)),
        ct2,
        ct3: ct3.map((point, i) => addBase(point, Fr.mul(rows[i]!.vector[0]!, d))),
      }),
      (z, mpk) => Fp12.mul(z, Fp12.pow(mpk, d)),
    ],
    [
      "s' shifted: ct2 and the rows of that use",
      ({ ct1, ct2, ct3 }) => ({
        ct1,
        ct2: ct2.map((point) => point.add(oracle.times(G2.Point.BASE, d))),
        ct3: ct3.map((point, i) => point.add(oracle.times(oracle.attributePoint(rows[i]!.attribute), d))),
      }),
      (z) => z,
    ],
    [
      "v shifted: the rows' shares, the secret staying",
      (ciphertext) => ({
        ...ciphertext,
        ct3: ciphertext.ct3.map((point, i) => addBase(point, Fr.mul(rows[i]!.vector[1]!, d))),
      }),
      (z) => z,
    ],
    [
      "all scaled",
      ({ ct1, ct2, ct3 }) => ({
        ct1: oracle.times(ct1, d),
        ct2: ct2.map((point) => oracle.times(point, d)),
        ct3: ct3.map((point) => oracle.times(point, d)),
      }),
      (z) => Fp12.pow(z, d),
    ],
    [
      "all turned to their opposites",
      ({ ct1, ct2, ct3 }) => ({
        ct1: ct1.negate(),
        ct2: ct2.map((point) => point.negate()),
        ct3: ct3.map((point) => point.negate()),
      }),
      (z) => Fp12.inv(z),
    ],
    [
      "a row that the key doesn't use put to anything",
      (ciphertext) => ({ ...ciphertext, ct3: [...ciphertext.ct3.slice(0, 2), G1.Point.BASE] }),
      (z) => z,
    ],
  ];
  for (const [name, change, effect] of shifts)
    it(`malleated: ${name}`, async () => {
      const changed = withCiphertext(parts, change(readCiphertext(parts)));
      const mpk = oracle.decodeTarget(publicKey.toBytes().subarray(2));
      expect(oracle.same(openNaively(changed), effect(shared, mpk)), "naive").to.equal(true);
      await expectRefusal(changed);
    });

  it("malleated: bits of the masked m, which an opener without the check would hand out", async () => {
    const masked = parts.masked.map((byte, index) => byte ^ (index === 5 ? 0x10 : 0));
    const changed = { ...parts, masked };
    const found = oracle.mask(publicKey.toBytes(), openNaively(changed), masked);
    expect(found.map((byte, index) => byte ^ (index === 5 ? 0x10 : 0))).to.deep.equal(m);
    await expectRefusal(changed);
  });

  it("malleated: each component for itself scaled, turned, or replaced by another capsule's", async () => {
    const { capsule: second } = await encapsulateWith(publicKey, policy, ad, m.toReversed());
    const donor = takeApartCapsule(second);
    const double = (bytes: Uint8Array) =>
      bytes.length === 96
        ? G2.Point.fromBytes(bytes).double().toBytes(true)
        : G1.Point.fromBytes(bytes).double().toBytes(true);
    for (const make of [double, (_: Uint8Array, other: Uint8Array) => other]) {
      await expectRefusal({ ...parts, ct1: make(parts.ct1, donor.ct1) });
      await expectRefusal({ ...parts, ct2: [make(parts.ct2[0]!, donor.ct2[0]!)] });
      for (const i of parts.ct3.keys())
        await expectRefusal({ ...parts, ct3: parts.ct3.with(i, make(parts.ct3[i]!, donor.ct3[i]!)) });
    }
    await expectRefusal({ ...donor, masked: parts.masked });
    await expectRefusal({ ...parts, ct3: [parts.ct3[1]!, parts.ct3[0]!, parts.ct3[2]!] });
  });

  it("points outside the groups: to pairings of order r some are as good as the honest ones", async () => {
    const changed = { ...parts, ct3: parts.ct3.with(0, addStray(parts.ct3[0]!)) };
    const group = await loadGroup();
    const sk3 = group.decodeG2(takeApartKey(secretKey).sk3, "group")!;
    const [honest, stray] = [parts, changed].map(({ ct3 }) =>
      group.pairAll([[group.decodeG1(ct3[0]!, "curve")!, sk3]]),
    );
    expect(group.equalGT(honest!, stray!), "naive").to.equal(true);
    expect(group.decodeG1(changed.ct3[0]!, "group")).to.equal(undefined);
    await expectRefusal(changed);
    for (const bytes of strayPoints.g1) await expectRefusal({ ...parts, ct3: parts.ct3.with(0, bytes) });
    for (const bytes of strayPoints.g2) {
      await expectRefusal({ ...parts, ct1: bytes });
      await expectRefusal({ ...parts, ct2: [bytes] });
    }
  });

  it("associated data swapped: the naive scheme knows none", async () => {
    for (const data of [utf8("chain 1, record 2, version 4"), new Uint8Array(), utf8(`${policy}`)])
      await expectRefusal(capsule, secretKey, data);
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, secretKey, capsule));
    // The border between policy and data is part of what is hashed.
    const { capsule: other } = await encapsulateWith(publicKey, "a:1", utf8("b"), m);
    await expectRefusal(other, secretKey, utf8("1b"));
  });

  it("version and suite: a header that the naive scheme skips", async () => {
    for (const header of [0, 2, 127, 128, 255].flatMap((byte) => [
      Uint8Array.of(byte, 1),
      Uint8Array.of(1, byte),
      Uint8Array.of(byte, byte),
    ])) {
      await expectRefusal({ ...parts, header });
    }
    expect(oracle.same(openNaively({ ...parts, header: Uint8Array.of(0, 2) }), shared)).to.equal(true);
  });

  it("another authority's capsule, with the same m and data", async () => {
    const other = await setup();
    const { capsule: foreign } = await encapsulateWith(other.publicKey, policy, ad, m);
    await expectRefusal(foreign);
  });

  it("an equivalent policy: rows in another order, or another text", async () => {
    const [a, b, z] = parts.ct3;
    const turned = { ...parts, policy: "z:3 or a:1 and b:2", ct3: [z!, a!, b!] };
    expect(oracle.same(openNaively(turned), shared)).to.equal(true);
    await expectRefusal(turned);
    for (const text of [
      "(a:1 and b:2) or z:3",
      "1 of (a:1 and b:2, z:3)",
      '"a:1" and b:2 or z:3',
      `${policy} `,
    ]) {
      expect(rowsOf(text), "the same to Fig. 2").to.deep.equal(rows);
      await expectRefusal({ ...parts, policy: text });
    }
    // The same rows under a policy that admits more: the naive scheme's row for z is all that its holder needs.
    const wider = { ...parts, policy: "a:1 and b:2 or a:1" };
    await expectRefusal(wider, await keygen(publicKey, masterKey, ["a:1"]));
  });

  it("equivalent comparisons: > 3 for >= 4", async () => {
    const key = await keygen(publicKey, masterKey, ["level = 4294967295"]);
    const { capsule: over } = await encapsulateWith(publicKey, "level >= 2147483648", ad, m);
    const open = takeApartCapsule(over);
    const restated = { ...open, policy: "level > 2147483647" };
    const points = readKey(takeApartKey(key));
    const naive = oracle.decrypt(points, rowsOf(restated.policy), readCiphertext(restated))!;
    expect(oracle.mask(publicKey.toBytes(), naive, open.masked)).to.deep.equal(m);
    await expectRefusal(restated, key);
  });
});
