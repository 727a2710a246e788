import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import {
  checkSecretKey,
  decapsulate,
  encapsulate,
  encodePublicKey,
  encodeSecretKey,
  keygen,
  type MasterKey,
  type PublicKey,
  type SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { utf8 } from "../../src/core/bytes.ts";
import type { Attribute } from "../../src/policy/index.ts";
import { parsePolicy } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import * as oracle from "./oracle.ts";

const policy = "(x:1 or y:1) and (x:1 or z:1)";

/**
 * The attack on reuse, with a key for y alone. Rows are x, y (share s), x, z (share s1 - s). With one s', the two rows of
 * x differ by (s1 - 2s) B; the row of y gives s B under the pairing with sk3; so s1 B, and with it the mask, follows.
 */
function attackReuse(key: oracle.Key, ciphertext: oracle.Ciphertext): oracle.Target {
  const [firstX, y, secondX] = ciphertext.ct3;
  const share = oracle.multiply(
    oracle.pair(y!, key.sk3),
    oracle.invert(oracle.pair(key.sk2.get("y:1")!, ciphertext.ct2[0]!)),
  );
  const difference = oracle.pair(secondX!.subtract(firstX!), key.sk3);
  const blinding = oracle.multiply(share, share, difference);
  return oracle.multiply(oracle.pair(key.sk1, ciphertext.ct1), oracle.invert(blinding));
}

describe("abe: attacks", () => {
  let publicKey: PublicKey;
  let masterKey: MasterKey;
  const ad = utf8("ad");

  before(async () => {
    ({ publicKey, masterKey } = await setup());
  });

  it("reuse of an attribute: a key for y alone opens the naive variant, not this one", async () => {
    const [alpha, random, s1, sPrime, v] = [5n ** 90n, 7n ** 80n, 3n ** 70n, 11n ** 60n, 13n ** 50n];
    const key = oracle.makeKey(alpha, ["y:1"], random);
    const rows = oracle.buildMatrix(parsePolicy(policy));
    const { Fp12, Fr } = bls12_381.fields;
    const secret = Fp12.pow(
      oracle.pair(bls12_381.G1.Point.BASE, bls12_381.G2.Point.BASE),
      Fr.mul(Fr.create(alpha), Fr.create(s1)),
    );
    const naive = oracle.encrypt(rows, s1, [sPrime], [v]);
    expect(oracle.same(attackReuse(key, naive), secret), "naive").to.equal(true);
    const proper = oracle.encrypt(rows, s1, [sPrime, sPrime + 1n], [v]);
    expect(oracle.same(attackReuse(key, proper), secret), "one s' for each use").to.equal(false);

    const m = new Uint8Array(32).fill(7);
    const { capsule } = await encapsulateWith(publicKey, policy, ad, m);
    const ourKey = await keygen(publicKey, masterKey, ["y:1"]);
    const open = oracle.decodeCapsule(capsule);
    expect(open.ciphertext.ct2[0]!.equals(open.ciphertext.ct2[1]!)).to.equal(false);
    const found = attackReuse(oracle.decodeKey(await encodeSecretKey(ourKey)), open.ciphertext);
    expect(oracle.mask(await encodePublicKey(publicKey), found, open.masked)).to.not.deep.equal(m);
    await expectCode("abe-not-satisfied", () => decapsulate(publicKey, ourKey, capsule, ad));
  });

  it("collusion: components of two keys don't work together, and the check finds them", async () => {
    const alice = await keygen(publicKey, masterKey, ["x:1"]);
    const bob = await keygen(publicKey, masterKey, ["z:1"]);
    const { capsule } = await encapsulate(publicKey, "x:1 and z:1", ad);
    const pool = new Map([...alice.elements.sk2, ...bob.elements.sk2]);
    const attributes = [...alice.attributes, ...bob.attributes];
    for (const owner of [alice, bob])
      for (const other of [alice, bob]) {
        const elements = { sk1: owner.elements.sk1, sk2: pool, sk3: other.elements.sk3 };
        const joined: SecretKey = { ...owner, attributes, elements };
        await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, joined, capsule, ad));
        await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, joined));
      }
  });

  it("swapped components: an attribute's point under another name opens nothing and doesn't check", async () => {
    const key = await keygen(publicKey, masterKey, ["x:1", "y:1"]);
    const { capsule } = await encapsulate(publicKey, "z:1", ad);
    const renamed: SecretKey = {
      ...key,
      attributes: ["z:1" as Attribute],
      elements: {
        ...key.elements,
        sk2: new Map([["z:1" as Attribute, key.elements.sk2.get("x:1" as Attribute)!]]),
      },
    };
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, renamed, capsule, ad));
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, renamed));
    const [x, y] = [...key.elements.sk2.values()];
    const crossed: SecretKey = {
      ...key,
      elements: {
        ...key.elements,
        sk2: new Map([
          ["x:1" as Attribute, y!],
          ["y:1" as Attribute, x!],
        ]),
      },
    };
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, crossed));
  });

  it("two keys of one holder are of no more use than the better one", async () => {
    const first = await keygen(publicKey, masterKey, ["x:1"]);
    const second = await keygen(publicKey, masterKey, ["x:1"]);
    expect(await encodeSecretKey(first)).to.not.deep.equal(await encodeSecretKey(second));
    const mixed: SecretKey = { ...first, elements: { ...first.elements, sk2: second.elements.sk2 } };
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, mixed));
  });
});
