import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  capsulePolicy,
  checkSecretKey,
  decapsulate,
  decodeMasterKey,
  decodePublicKey,
  decodeSecretKey,
  encodeMasterKey,
  encodePublicKey,
  encodeSecretKey,
  publicKeyHash,
} from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { keygenWith, setupWith } from "../../src/abe/keygen.ts";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";
import * as oracle from "./oracle.ts";

interface Vectors {
  alpha: string;
  publicKey: string;
  publicKeyHash: string;
  masterKey: string;
  secretKeys: { name: string; attributes: string[]; r: string; secretKey: string }[];
  capsules: {
    policy: string;
    associatedData: string;
    m: string;
    capsule: string;
    key: string;
    opens: string[];
    refuses: string[];
  }[];
  mustFail: { what: string; capsule: string; secretKey: string; associatedData: string; code: ErrorCode }[];
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("./vectors/kem.json", import.meta.url), "utf8"));
const secretKeyOf = (name: string) =>
  unhex(vectors.secretKeys.find((entry) => entry.name === name)!.secretKey);

describe("abe: vectors", () => {
  it("setup and keygen make the keys, and read them back", async () => {
    const { publicKey, masterKey } = await setupWith(BigInt(vectors.alpha));
    expect(hex(await encodePublicKey(publicKey))).to.equal(vectors.publicKey);
    expect(hex(publicKeyHash(publicKey))).to.equal(vectors.publicKeyHash);
    expect(hex(await encodeMasterKey(masterKey))).to.equal(vectors.masterKey);
    const readPublic = await decodePublicKey(unhex(vectors.publicKey));
    const readMaster = await decodeMasterKey(unhex(vectors.masterKey));
    for (const { attributes, r, secretKey } of vectors.secretKeys) {
      const made = await keygenWith(readPublic, readMaster, attributes, BigInt(r));
      expect(hex(await encodeSecretKey(made))).to.equal(secretKey);
      const read = await decodeSecretKey(unhex(secretKey));
      expect(read.attributes).to.have.members(attributes);
      expect(hex(await encodeSecretKey(read))).to.equal(secretKey);
      await checkSecretKey(readPublic, read);
    }
  });

  it("the oracle makes the same keys", () => {
    const alpha = BigInt(vectors.alpha);
    const publicKey = oracle.makePublicKey(alpha);
    expect(hex(publicKey)).to.equal(vectors.publicKey);
    expect(hex(oracle.makeMasterKey(publicKey, alpha))).to.equal(vectors.masterKey);
    for (const { attributes, r, secretKey } of vectors.secretKeys)
      expect(hex(oracle.encodeKey(publicKey, oracle.makeKey(alpha, attributes, BigInt(r))))).to.equal(
        secretKey,
      );
  });

  for (const vector of vectors.capsules) {
    const associatedData = unhex(vector.associatedData);
    it(`capsule under ${vector.policy}`, async () => {
      const publicKey = await decodePublicKey(unhex(vectors.publicKey));
      const made = await encapsulateWith(publicKey, vector.policy, associatedData, unhex(vector.m));
      expect(hex(made.capsule)).to.equal(vector.capsule);
      expect(hex(made.key)).to.equal(vector.key);
      expect(capsulePolicy(made.capsule)).to.equal(vector.policy);
      for (const name of vector.opens) {
        const secretKey = await decodeSecretKey(secretKeyOf(name));
        expect(hex(await decapsulate(publicKey, secretKey, made.capsule, associatedData))).to.equal(
          vector.key,
        );
      }
      for (const name of vector.refuses) {
        const secretKey = await decodeSecretKey(secretKeyOf(name));
        await expectCode("abe-not-satisfied", () =>
          decapsulate(publicKey, secretKey, made.capsule, associatedData),
        );
      }
    });

    it(`the oracle makes and opens the capsule under ${vector.policy}`, () => {
      const publicKey = unhex(vectors.publicKey);
      const made = oracle.encapsulate(publicKey, vector.policy, associatedData, unhex(vector.m));
      expect(hex(made.capsule)).to.equal(vector.capsule);
      expect(hex(made.key)).to.equal(vector.key);
      for (const name of vector.opens)
        expect(hex(oracle.decapsulate(publicKey, secretKeyOf(name), made.capsule, associatedData)!)).to.equal(
          vector.key,
        );
      for (const name of vector.refuses)
        expect(oracle.decapsulate(publicKey, secretKeyOf(name), made.capsule, associatedData)).to.equal(
          undefined,
        );
    });
  }

  it("must-fail cases fail, and decapsulation always in the same words", async () => {
    const publicKey = await decodePublicKey(unhex(vectors.publicKey));
    const messages = new Set<string>();
    for (const { what, capsule, secretKey, associatedData, code } of vectors.mustFail) {
      const key = await decodeSecretKey(unhex(secretKey));
      const error = await expectCode(code, () =>
        decapsulate(publicKey, key, unhex(capsule), unhex(associatedData)),
      );
      if (code === "abe-decapsulation-failed") {
        messages.add(error.message);
        expect(error.cause, what).to.equal(undefined);
      }
    }
    expect(vectors.mustFail.length).to.be.greaterThan(15);
    expect(messages.size).to.equal(1);
  });
});
