/** Attacks by who holds keys. Each is first shown to work where the scheme lacks what prevents it. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import { loadGroup } from "../../src/abe/group.ts";
import {
  checkSecretKey,
  decapsulate,
  encapsulate,
  keygen,
  type MasterKey,
  type PublicKey,
  setup,
} from "../../src/abe/index.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { sha256 } from "../../src/core/hash.ts";
import { expandAttributes } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { addStray } from "./hostilePoints.ts";
import { alpha, encryptAs, random, s1, secretOf, sPrime } from "./naive.ts";
import * as oracle from "./oracle.ts";
import { type KeyParts, putTogetherKey, readKey, rowsOf, takeApartKey } from "./parts.ts";

const { G1, G2, fields } = bls12_381;
const { Fr } = fields;
const ad = utf8("ad");
/** The bits that `>=` asks for; the others only take time. */
function onlyOnes(bits: readonly string[]): string[] {
  return bits.filter((name) => name.includes("=1:"));
}

describe("abe: attacks by holders of keys", () => {
  let publicKey: PublicKey;
  let masterKey: MasterKey;

  before(async () => {
    ({ publicKey, masterKey } = await setup());
  });

  /** Demands that the key neither passes its receiver's check nor opens what its attributes promise. */
  async function expectUseless(parts: KeyParts, capsule: Uint8Array): Promise<void> {
    const forged = await putTogetherKey(parts);
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, forged));
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, forged, capsule, ad));
  }

  it("collusion: keys of two people work together when they share r, and don't here", async () => {
    const policy = "x:1 and z:1";
    const rows = rowsOf(policy);
    // Naive: the authority draws r once and for all.
    const [ann, bob] = [oracle.makeKey(alpha, ["x:1"], random), oracle.makeKey(alpha, ["z:1"], random)];
    const pooled = { ...ann, sk2: new Map([...ann.sk2, ...bob.sk2]) };
    expect(oracle.same(oracle.decrypt(pooled, rows, encryptAs(rows, "proper"))!, secretOf(alpha))).to.equal(
      true,
    );

    const { capsule } = await encapsulate(publicKey, policy, ad);
    const keys = [await keygen(publicKey, masterKey, ["x:1"]), await keygen(publicKey, masterKey, ["z:1"])];
    const owners = keys.map(takeApartKey);
    const entries = owners.flatMap((owner) => owner.entries);
    for (const one of owners)
      for (const other of owners)
        await expectUseless({ hash: one.hash, sk1: one.sk1, sk3: other.sk3, entries }, capsule);
  });

  it("keys of one person at two times: the bits of 2 and of 5 don't meet in a key", async () => {
    const policy = "level >= 7";
    const rows = rowsOf(policy);
    const bits = (level: number) => onlyOnes(expandAttributes([`level = ${level}`]));
    // Naive: r is a function of the person, so that an old key and a new one have it in common.
    const [before, after] = [2, 5].map((level) => oracle.makeKey(alpha, bits(level), random));
    const pooled = { ...after!, sk2: new Map([...before!.sk2, ...after!.sk2]) };
    expect(oracle.same(oracle.decrypt(pooled, rows, encryptAs(rows, "proper"))!, secretOf(alpha))).to.equal(
      true,
    );

    const { capsule } = await encapsulate(publicKey, policy, ad);
    const two = takeApartKey(await keygen(publicKey, masterKey, ["level = 2"]));
    const five = takeApartKey(await keygen(publicKey, masterKey, ["level = 5"]));
    // The bits of 7 are those of 5, but for bit 1, which 2 has; points stand from bit 31 down.
    const points = five.entries[0]!.points.map((point, i) => (i === 30 ? two.entries[0]!.points[i]! : point));
    for (const owner of [two, five])
      await expectUseless({ ...owner, entries: [{ text: "level = 7", points }] }, capsule);
  });

  it("two values of one label: keygen without the check opens level >= 7 for 2 and 5, ours refuses", async () => {
    const rows = rowsOf("level >= 7");
    const both = ["level = 2", "level = 5"].flatMap((text) => expandAttributes([text]));
    const key = oracle.makeKey(alpha, onlyOnes(both), random);
    expect(oracle.same(oracle.decrypt(key, rows, encryptAs(rows, "proper"))!, secretOf(alpha))).to.equal(
      true,
    );
    for (const held of [
      ["level = 2", "level = 5"],
      ["level = 5", "a:1", "level  =  2"],
      ["level = 5", "level = 1970-01-03"],
    ])
      await expectCode("attribute-invalid", () => keygen(publicKey, masterKey, held));
    const [two, five] = await Promise.all(
      [2, 5].map(async (level) => takeApartKey(await keygen(publicKey, masterKey, [`level = ${level}`]))),
    );
    await expectCode("abe-key-invalid", () =>
      putTogetherKey({ ...two!, entries: [...two!.entries, ...five!.entries] }),
    );
  });

  it("hash with known logarithms: whoever knows log H(u) turns a key for x into one for w", async () => {
    const rows = rowsOf("w:1");
    const { capsule } = await encapsulate(publicKey, "w:1", ad);
    const owner = takeApartKey(await keygen(publicKey, masterKey, ["x:1"]));
    const logarithm = (text: string) => Fr.create(BigInt(hex(sha256(utf8(text)))));
    const factor = Fr.div(logarithm("w:1"), logarithm("x:1"));

    // Naive: H(u) = h(u) g1. What the scheme computes, with that hash.
    const naiveHash = (text: string) => oracle.times(G1.Point.BASE, logarithm(text));
    const base = naiveHash("");
    const sk1 = oracle.times(G1.Point.BASE, alpha).add(oracle.times(base, random));
    const [sk3, x] = [oracle.times(G2.Point.BASE, random), oracle.times(naiveHash("x:1"), random)];
    const forged: oracle.Key = { sk1, sk3, sk2: new Map([["w:1", oracle.times(x, factor)]]) };
    const ciphertext: oracle.Ciphertext = {
      ct1: oracle.times(G2.Point.BASE, s1),
      ct2: [oracle.times(G2.Point.BASE, sPrime)],
      ct3: [oracle.times(base, s1).add(oracle.times(naiveHash("w:1"), sPrime))],
    };
    expect(oracle.same(oracle.decrypt(forged, rows, ciphertext)!, secretOf(alpha))).to.equal(true);

    const turned = oracle.times(G1.Point.fromBytes(owner.entries[0]!.points[0]!), factor).toBytes(true);
    await expectUseless({ ...owner, entries: [{ text: "w:1", points: [turned] }] }, capsule);
  });

  it("swapped components: between attributes, between people, between authorities", async () => {
    const { capsule } = await encapsulate(publicKey, "x:1 or y:1", ad);
    const ann = takeApartKey(await keygen(publicKey, masterKey, ["x:1", "y:1"]));
    const bob = takeApartKey(await keygen(publicKey, masterKey, ["x:1", "y:1"]));
    const [x, y] = ann.entries.map(({ points }) => points);
    // Naive: with H the same for all attributes, or none, points would do under any name.
    const naive = oracle.makeKey(alpha, ["x:1"], random);
    const anyName = { ...naive, sk2: new Map([["y:1", naive.sk2.get("x:1")!]]) };
    const rows = rowsOf("y:1");
    const sameHash = encryptAs([{ ...rows[0]!, attribute: "x:1" }], "proper");
    expect(oracle.same(oracle.decrypt(anyName, rows, sameHash)!, secretOf(alpha))).to.equal(true);

    const crossed = [
      { text: "x:1", points: y! },
      { text: "y:1", points: x! },
    ];
    for (const forged of [
      { ...ann, entries: crossed },
      { ...ann, entries: bob.entries },
      { ...ann, sk1: bob.sk1 },
      { ...ann, sk3: bob.sk3 },
      { ...ann, sk3: oracle.times(G2.Point.fromBytes(ann.sk3), random).toBytes(true) },
    ])
      await expectUseless(forged, capsule);
  });

  it("points outside the groups: a key that passes by its pairings alone is refused for its orders", async () => {
    const ann = takeApartKey(await keygen(publicKey, masterKey, ["x:1"]));
    const group = await loadGroup();
    const point = ann.entries[0]!.points[0]!;
    // Naive: the check's equation e(sk2, g2) = e(H(u), sk3) and no more.
    const [honest, stray] = [point, addStray(point)].map((bytes) =>
      group.pairAll([[group.decodeG1(bytes, "curve")!, group.generator2]]),
    );
    expect(group.equalGT(honest!, stray!)).to.equal(true);
    for (const forged of [
      { ...ann, entries: [{ text: "x:1", points: [addStray(point)] }] },
      { ...ann, sk1: addStray(ann.sk1) },
      { ...ann, sk3: addStray(ann.sk3) },
    ])
      await expectCode("abe-key-invalid", () => putTogetherKey(forged));
  });

  it("a key made random anew is a key to the same things, and no more", async () => {
    const ann = takeApartKey(await keygen(publicKey, masterKey, ["x:1", "y:1"]));
    const { sk1, sk2, sk3 } = readKey(ann);
    const renewed: KeyParts = {
      ...ann,
      sk1: sk1.add(oracle.times(oracle.base(), random)).toBytes(true),
      sk3: sk3.add(oracle.times(G2.Point.BASE, random)).toBytes(true),
      entries: ann.entries.map(({ text }) => {
        const point = sk2.get(text)!.add(oracle.times(oracle.attributePoint(text), random));
        return { text, points: [point.toBytes(true)] };
      }),
    };
    const key = await putTogetherKey(renewed);
    await checkSecretKey(publicKey, key);
    const mine = await encapsulate(publicKey, "x:1 and y:1", ad);
    expect(await decapsulate(publicKey, key, mine.capsule, ad)).to.deep.equal(mine.key);
    const { capsule } = await encapsulate(publicKey, "z:1", ad);
    await expectCode("abe-not-satisfied", () => decapsulate(publicKey, key, capsule, ad));
  });

  it("two authorities: attributes of one in keys of the other work when people's r is shared, and don't here", async () => {
    const policy = "x:1 and z:1";
    const rows = rowsOf(policy);
    const beta = Fr.create(17n ** 60n);
    // Naive: every authority computes r from the person's name, so that sk2 and sk3 know no authority.
    const [ours, theirs] = [oracle.makeKey(alpha, ["x:1"], random), oracle.makeKey(beta, ["z:1"], random)];
    const joined = { ...ours, sk2: new Map([...ours.sk2, ...theirs.sk2]) };
    expect(oracle.same(oracle.decrypt(joined, rows, encryptAs(rows, "proper"))!, secretOf(alpha))).to.equal(
      true,
    );

    const other = await setup();
    const { capsule } = await encapsulate(publicKey, policy, ad);
    const mine = takeApartKey(await keygen(publicKey, masterKey, ["x:1"]));
    const foreignKey = await keygen(other.publicKey, other.masterKey, ["x:1", "z:1"]);
    const foreign = takeApartKey(foreignKey);
    await expectCode("abe-key-invalid", () => decapsulate(publicKey, foreignKey, capsule, ad));
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, foreignKey));
    await expectCode("abe-decapsulation-failed", () => decapsulate(other.publicKey, foreignKey, capsule, ad));
    await expectCode("abe-key-invalid", () => keygen(publicKey, other.masterKey, ["x:1"]));
    await expectUseless({ ...foreign, hash: mine.hash }, capsule);
    for (const { sk1, sk3 } of [
      { sk1: mine.sk1, sk3: mine.sk3 },
      { sk1: mine.sk1, sk3: foreign.sk3 },
      { sk1: foreign.sk1, sk3: mine.sk3 },
    ])
      await expectUseless(
        { hash: mine.hash, sk1, sk3, entries: [mine.entries[0]!, foreign.entries[1]!] },
        capsule,
      );
  });
});
