import { readFileSync } from "node:fs";
import { expect } from "chai";
import * as abe from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { keygenWith, setupWith } from "../../src/abe/keygen.ts";
import { openWorkers } from "../../src/abe/workers.ts";
import { hex, unhex } from "../../src/core/bytes.ts";
import { parsePolicy } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import * as oracle from "./oracle.ts";
import { checkVectors, type Face, type Vectors } from "./vectorCheck.ts";

const { capsulePolicy, decapsulate, PublicKey, SecretKey } = abe;
const vectors: Vectors = JSON.parse(readFileSync(new URL("./vectors/kem.json", import.meta.url), "utf8"));
const secretKeyOf = (name: string) =>
  unhex(vectors.secretKeys.find((entry) => entry.name === name)!.secretKey);

describe("abe: vectors", () => {
  const mainThread: Face = {
    ...abe,
    readPublicKey: (bytes) => abe.PublicKey.fromBytes(bytes),
    readMasterKey: (bytes) => abe.MasterKey.fromBytes(bytes),
    readSecretKey: (bytes) => abe.SecretKey.fromBytes(bytes),
  };
  const least = 100;

  it("hold on this thread", async () => {
    const { wrong, looks } = await checkVectors(mainThread, vectors);
    expect(wrong).to.deep.equal([]);
    expect(looks).to.be.greaterThan(least);
  });

  it("hold in workers", async () => {
    const workers = openWorkers({ count: 2 });
    try {
      const { wrong, looks } = await checkVectors(workers, vectors);
      expect(wrong).to.deep.equal([]);
      expect(looks).to.be.greaterThan(least);
    } finally {
      await workers.close();
    }
  });

  it("the check itself notices a wrong vector of each kind", async () => {
    const { wrong } = await checkVectors(mainThread, {
      ...vectors,
      publicKeyHash: vectors.masterKey,
      secretKeys: vectors.secretKeys,
      capsules: [
        { ...vectors.capsules[0]!, opens: ["doctor"], refuses: ["doctor"], key: vectors.capsules[1]!.key },
      ],
      mustFail: [{ ...vectors.mustFail[0]!, code: "abe-not-satisfied" }],
      badKeys: [{ what: "a good key", kind: "PublicKey", bytes: vectors.publicKey }],
    });
    expect(wrong).to.have.length(5);
  });

  it("setup and keygen make the keys", async () => {
    const { publicKey, masterKey } = await setupWith(BigInt(vectors.alpha));
    expect(hex(publicKey.toBytes())).to.equal(vectors.publicKey);
    expect(hex(masterKey.toBytes())).to.equal(vectors.masterKey);
    for (const { attributes, r, secretKey } of vectors.secretKeys) {
      const made = await keygenWith(publicKey, masterKey, attributes, BigInt(r));
      expect(hex(made.toBytes())).to.equal(secretKey);
    }
  });

  it("the oracle makes the same keys", () => {
    const alpha = BigInt(vectors.alpha);
    const publicKey = oracle.makePublicKey(alpha);
    expect(hex(publicKey)).to.equal(vectors.publicKey);
    expect(hex(oracle.makeMasterKey(publicKey, alpha))).to.equal(vectors.masterKey);
    for (const { attributes, r, secretKey } of vectors.secretKeys)
      expect(
        hex(oracle.encodeKey(publicKey, oracle.makeKey(alpha, attributes, BigInt(r)), attributes)),
      ).to.equal(secretKey);
  });

  for (const vector of vectors.capsules) {
    const associatedData = unhex(vector.associatedData);
    it(`makes the capsule under ${vector.policy}`, async () => {
      const publicKey = await PublicKey.fromBytes(unhex(vectors.publicKey));
      const made = await encapsulateWith(publicKey, vector.policy, associatedData, unhex(vector.m));
      expect(hex(made.capsule)).to.equal(vector.capsule);
      expect(hex(made.key)).to.equal(vector.key);
      expect(capsulePolicy(made.capsule)).to.equal(vector.policy);
    });

    it(`the oracle makes and opens the capsule under ${vector.policy}`, () => {
      const publicKey = unhex(vectors.publicKey);
      const made = oracle.encapsulate(publicKey, vector.policy, associatedData, unhex(vector.m));
      expect(hex(made.capsule)).to.equal(vector.capsule);
      expect(hex(made.key)).to.equal(vector.key);
      const rows = oracle.buildMatrix(parsePolicy(vector.policy));
      // It opens the long ones as it opens the short ones, only longer: of 32 rows one is enough.
      const opened = rows.length > 16 && vector.policy !== "level = 5" ? [] : vector.opens.slice(0, 1);
      for (const name of opened)
        expect(hex(oracle.decapsulate(publicKey, secretKeyOf(name), made.capsule, associatedData)!)).to.equal(
          vector.key,
        );
      for (const { name, attributes } of vectors.secretKeys) {
        const held = new Set(attributes.flatMap(oracle.rowNames));
        const opens = oracle.solve(rows.filter(({ attribute }) => held.has(attribute))) !== undefined;
        expect(opens, name).to.equal(vector.opens.includes(name));
        expect(opens, name).to.equal(!vector.refuses.includes(name));
      }
    });
  }

  it("decapsulation fails always in the same words", async () => {
    const publicKey = await PublicKey.fromBytes(unhex(vectors.publicKey));
    const messages = new Set<string>();
    const failing = vectors.mustFail.filter(({ code }) => code === "abe-decapsulation-failed");
    for (const { what, capsule, secretKey, associatedData, code } of failing) {
      const key = await SecretKey.fromBytes(unhex(secretKey));
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
