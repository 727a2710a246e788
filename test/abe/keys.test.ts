import { Console } from "node:console";
import { Writable } from "node:stream";
import { format, inspect } from "node:util";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { loadGroup } from "../../src/abe/group.ts";
import {
  decapsulate,
  encapsulate,
  KEY_ELEMENTS,
  keygen,
  MasterKey,
  PublicKey,
  SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { masterPoint, secretElements } from "../../src/abe/keys.ts";
import { concat, hex, unhex, utf8 } from "../../src/core/bytes.ts";
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

/** All that usual ways of printing make of a value. */
function printAll(value: object): string[] {
  const logged: string[] = [];
  const write = (chunk: Buffer, _encoding: unknown, done: () => void) => {
    logged.push(String(chunk));
    done();
  };
  const all = { showHidden: true, depth: 20, getters: true, maxArrayLength: null };
  const log = new Console(new Writable({ write }));
  log.log(value);
  log.dir(value, all);
  return [
    ...logged,
    inspect(value, all),
    format("%o", value),
    JSON.stringify(value),
    inspect(structuredClone({ ...value }), all),
    inspect(Object.getOwnPropertyDescriptors(value), all),
  ];
}

/** Whether a text shows these bytes: as numbers with any marks between, with or without their places, or in hex. */
function tells(text: string, bytes: Uint8Array): boolean {
  const numbers = new RegExp([...bytes].map((byte) => `\\b${byte}\\b`).join('[\\s,]*(?:"\\d+":)?'));
  return numbers.test(text) || text.includes(hex(bytes).slice(2));
}

describe("abe/keys", () => {
  it("have fixed sizes", async () => {
    const { publicKey, masterKey } = await setup();
    expect(publicKey.toBytes()).to.have.length(578);
    expect(masterKey.toBytes()).to.have.length(82);
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "b:22"]);
    expect(secretKey.toBytes()).to.have.length(182 + (4 + 3 + 48) + (4 + 4 + 48));
  });

  it("refuse other versions, suites, lengths and points, in the same words", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "b:2"]);
    const kinds = [
      { bytes: publicKey.toBytes(), kind: PublicKey, point: 2 },
      { bytes: masterKey.toBytes(), kind: MasterKey, point: 34 },
      { bytes: secretKey.toBytes(), kind: SecretKey, point: 34 },
    ];
    for (const { bytes, kind, point } of kinds) {
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
      for (const each of bad)
        messages.add((await expectCode("abe-key-invalid", () => kind.fromBytes(each))).message);
      expect(messages.size).to.equal(1);
    }
  });

  it("refuse a public key of one, zero or wrong order", async () => {
    const one = new Uint8Array(578);
    one.set([1, 1]);
    await expectCode("abe-key-invalid", () => PublicKey.fromBytes(one));
    one[2 + 95] = 1; // the real coefficient of the first Fp2
    await expectCode("abe-key-invalid", () => PublicKey.fromBytes(one));
    one[2 + 95] = 2;
    await expectCode("abe-key-invalid", () => PublicKey.fromBytes(one));
    // -1 has order 2.
    const minusOne = bls12_381.fields.Fp.ORDER - 1n;
    one.set(unhex(minusOne.toString(16).padStart(96, "0")), 2 + 48);
    await expectCode("abe-key-invalid", () => PublicKey.fromBytes(one));
  });

  it("refuse attributes out of order, twice, not normal, or none", async () => {
    const { publicKey, masterKey } = await setup();
    const bytes = (await keygen(publicKey, masterKey, ["a:1", "b:2"])).toBytes();
    const [head, first, second] = [bytes.subarray(0, 178), bytes.subarray(182, 237), bytes.subarray(237)];
    const list = (...entries: Uint8Array[]) =>
      concat(head, Uint8Array.of(0, 0, 0, entries.length), ...entries);
    expect((await SecretKey.fromBytes(list(first, second))).attributes).to.deep.equal(["a:1", "b:2"]);
    expect((await SecretKey.fromBytes(list(second))).attributes).to.deep.equal(["b:2"]);
    const spaced = concat(first.subarray(0, 4), utf8(" a:"), first.subarray(7));
    for (const bad of [list(second, first), list(first, first), list(), list(spaced)])
      await expectCode("abe-key-invalid", () => SecretKey.fromBytes(bad));
  });

  it("show nothing secret when they are printed, turned into JSON, cloned or listed", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "level = 3"]);
    const read = await SecretKey.fromBytes(secretKey.toBytes());
    const group = await loadGroup();
    for (const key of [secretKey, read, masterKey]) {
      const points =
        key instanceof SecretKey
          ? [...secretElements(key, group).sk2.values(), secretElements(key, group).sk1]
          : [masterPoint(key, group)];
      const secrets = [...points, key.toBytes().subarray(34)].map((bytes) => bytes.slice(0, 12));
      const leaks = (texts: string[]) => texts.filter((text) => secrets.some((each) => tells(text, each)));
      expect(leaks(printAll(key))).to.deep.equal([]);
      expect(Reflect.ownKeys(key)).to.deep.equal(key === masterKey ? ["suite"] : ["suite", "attributes"]);
      // The look would find them in an open field, however it is printed.
      const open = Object.assign(Object.create(null), { field: secrets[0] });
      expect(leaks(printAll(open))).to.have.length(printAll(open).length);
    }
  });

  it("can't be changed from outside", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
    publicKey.hash.fill(0);
    publicKey.toBytes().fill(0);
    secretKey.publicKeyHash.fill(0);
    secretKey.toBytes().fill(0);
    const source = secretKey.toBytes();
    const read = await SecretKey.fromBytes(source);
    source.fill(0);
    expect(() => (secretKey.attributes as unknown as string[]).push("b:2")).to.throw(TypeError);
    const { capsule, key } = await encapsulate(publicKey, "a:1");
    expect(await decapsulate(publicKey, secretKey, capsule)).to.deep.equal(key);
    expect(await decapsulate(publicKey, read, capsule)).to.deep.equal(key);
  });

  it("are of no use once wiped, and their points are gone", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
    const { capsule } = await encapsulate(publicKey, "a:1");
    const group = await loadGroup();
    const { sk1, sk2, sk3 } = secretElements(secretKey, group);
    const msk = masterPoint(masterKey, group);
    secretKey.wipe();
    masterKey.wipe();
    secretKey.wipe();
    for (const point of [sk1, sk3, ...sk2.values(), msk])
      expect(point.every((byte) => byte === 0)).to.equal(true);
    await expectCode("argument-invalid", () => secretKey.toBytes());
    await expectCode("argument-invalid", () => decapsulate(publicKey, secretKey, capsule));
    await expectCode("argument-invalid", () => keygen(publicKey, masterKey, ["a:1"]));
  });

  it("of another kind, or copies of their looks, are refused in place of a key", async () => {
    const { publicKey, masterKey } = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
    const { capsule } = await encapsulate(publicKey, "a:1");
    for (const wrong of [
      masterKey,
      publicKey,
      secretKey.toBytes(),
      { ...secretKey },
      structuredClone(secretKey),
      null,
    ])
      await expectCode("argument-invalid", () => decapsulate(publicKey, wrong as SecretKey, capsule));
    await expectCode("argument-invalid", () => encapsulate(publicKey.toBytes() as never, "a:1"));
    await expectCode("argument-invalid", () => keygen(publicKey, secretKey as never, ["a:1"]));
  });

  it(`have at most ${KEY_ELEMENTS} elements, and bytes that promise more are refused before any point is read`, async () => {
    const { publicKey, masterKey } = await setup();
    const numbers = Array.from({ length: KEY_ELEMENTS / 32 }, (_, index) => `n${index} = 1`);
    await expectCode("argument-invalid", () => keygen(publicKey, masterKey, [...numbers, "a:1"]));
    const bytes = (await keygen(publicKey, masterKey, ["a:1"])).toBytes();
    // Points of nothing but zeros: read, they would be refused for that.
    const entry = (text: string) =>
      concat(Uint8Array.of(0, 0, 0, text.length), utf8(text), new Uint8Array(48 * 32));
    const many = [...numbers, "x = 1"].sort().map(entry);
    const long = concat(bytes.subarray(0, 178), Uint8Array.of(0, 0, 0, many.length), ...many);
    const error = await expectCode("abe-key-invalid", () => SecretKey.fromBytes(long));
    expect((error.cause as Error).message).to.contain(String(KEY_ELEMENTS));
  });
});
