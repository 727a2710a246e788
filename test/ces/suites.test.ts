/** The three signature suites: vectors, keys, and the attacks on the spelling of signatures and keys. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { ed25519 } from "@noble/curves/ed25519.js";
import { expect } from "chai";
import {
  decodeExtraction,
  encodeExtraction,
  exportSigningKey,
  exportVerifyKey,
  extract,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
  type SignatureSuite,
  sign,
  suiteOf,
  verify,
  verifyCommitments,
} from "../../src/ces/index.ts";
import { buffer, unhex, utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { inventFields, inventParts } from "./invented.ts";
import { readSigned } from "./oracleReader.ts";

interface Case {
  name: string;
  spki: string;
  bytes: string;
}

const vectors = JSON.parse(readFileSync(new URL("vectors/suites.json", import.meta.url), "utf8")) as {
  commitments: string[];
  suites: (Case & { pkcs8: string })[];
  mustFail: Case[];
  badKeys: { name: string; spki: string }[];
};
const commitments = vectors.commitments.map(unhex);
const suites: SignatureSuite[] = ["rsa-pss", "ed25519", "p256"];
const oracleAccepts = ({ spki, bytes }: Case) =>
  readSigned(Buffer.from(bytes, "hex"), Buffer.from(spki, "hex"), "extraction") !== undefined;

describe("ces/suites", () => {
  for (const { name, spki, bytes } of vectors.suites)
    it(`${name}: keys and signatures in Node's Buffers are read and left as they are`, async () => {
      const key = Buffer.from(spki, "hex");
      const extraction = decodeExtraction(unhex(bytes));
      const signature = Buffer.from(extraction.signature);
      await verify({ ...extraction, signature }, await importVerifyKey(key));
      expect(key.toString("hex")).to.equal(spki.replace(/^0x/, ""));
      expect(signature.equals(extraction.signature)).to.equal(true);
    });

  for (const suite of suites)
    it(`${suite}: signs, extracts, verifies, keeps keys, and the oracle agrees`, async () => {
      const pair = await generateSigningKey(suite);
      expect(suiteOf(pair.publicKey)).to.equal(suite);
      expect(suiteOf(pair.privateKey)).to.equal(suite);
      const spki = await exportVerifyKey(pair.publicKey);
      const privateKey = await importSigningKey(await exportSigningKey(pair.privateKey));
      const publicKey = await importVerifyKey(spki);
      // Several, since what is random in a signature decides how it is spelled.
      for (let run = 0; run < 8; run++) {
        const whole = await sign(inventFields(), inventParts(4), privateKey);
        expect(whole.signature.length).to.equal(suite === "rsa-pss" ? 385 : 65);
        const some = await extract(whole, [2, 4]);
        await verify(some, publicKey);
        await verify(some, pair.publicKey);
        const read = readSigned(Buffer.from(encodeExtraction(some)), Buffer.from(spki), "extraction");
        expect(read?.n).to.equal(4);
        expect(read?.parts.map(({ position }) => position)).to.deep.equal([2, 4]);
      }
    });

  it("vectors: every public path takes them, and so does the oracle", async () => {
    for (const each of vectors.suites) {
      const publicKey = await importVerifyKey(unhex(each.spki));
      const extraction = decodeExtraction(unhex(each.bytes));
      expect((await verify(extraction, publicKey)).issuer, each.name).to.equal("CN=Dr. Vector,O=Test");
      expect(encodeExtraction(extraction)).to.deep.equal(unhex(each.bytes));
      expect(oracleAccepts(each), each.name).to.equal(true);
      expect((await verifyCommitments({ ...extraction, commitments }, publicKey)).n).to.equal(3);
      const again = await sign(inventFields(), inventParts(1), await importSigningKey(unhex(each.pkcs8)));
      await verify(again, publicKey);
    }
  });

  for (const each of vectors.mustFail)
    it(`refuses: ${each.name}`, async () => {
      const publicKey = await importVerifyKey(unhex(each.spki));
      const extraction = decodeExtraction(unhex(each.bytes));
      await expectCode("ces-verification-failed", () => verify(extraction, publicKey));
      await expectCode("ces-verification-failed", () =>
        verifyCommitments({ ...extraction, commitments }, publicKey),
      );
      expect(oracleAccepts(each)).to.equal(false);
    });

  it("attack, high-s twin: whoever has a P-256 signature can't make a second one of it", async () => {
    const { spki, bytes } = vectors.mustFail.find(({ name }) => name === "p256: high-s twin")!;
    const twin = decodeExtraction(unhex(bytes));
    const good = decodeExtraction(unhex(vectors.suites.find(({ name }) => name === "p256")!.bytes));
    expect(twin.signature.subarray(0, 33)).to.deep.equal(good.signature.subarray(0, 33));
    // The twin is a signature like any other to plain ECDSA: swapped for n - s, both ways, WebCrypto takes it.
    const publicKey = await importVerifyKey(unhex(spki));
    const ecdsa = { name: "ECDSA", hash: "SHA-256" };
    const message = buffer(new Uint8Array(80));
    const { privateKey, publicKey: other } = await generateSigningKey("p256");
    const plain = new Uint8Array(await crypto.subtle.sign(ecdsa, privateKey, message));
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const s = BigInt(`0x${Buffer.from(plain.subarray(32)).toString("hex")}`);
    const turned = Buffer.from((order - s).toString(16).padStart(64, "0"), "hex");
    const twinned = Uint8Array.of(...plain.subarray(0, 32), ...turned);
    expect(await crypto.subtle.verify(ecdsa, other, twinned, message)).to.equal(true);
    await expectCode("ces-verification-failed", () => verify(twin, publicKey));
  });

  it("attack, suite confusion: a signature holds under its own suite's key and id only", async () => {
    const pairs = await Promise.all(suites.map((suite) => generateSigningKey(suite)));
    const fields = inventFields();
    const parts = inventParts(2);
    for (const [from, pair] of pairs.entries()) {
      const whole = await sign(fields, parts, pair.privateKey);
      for (const [under, { publicKey }] of pairs.entries())
        for (const id of [1, 2, 3]) {
          const signature = Uint8Array.of(id, ...whole.signature.subarray(1));
          const attempt = { ...whole, signature };
          if (under === from && id === from + 1) await verify(attempt, publicKey);
          else await expectCode("ces-verification-failed", () => verify(attempt, publicKey));
        }
    }
  });

  for (const { name, spki } of vectors.badKeys)
    it(`refuses the key: ${name}`, async () => {
      await expectCode("ces-key-invalid", () => importVerifyKey(unhex(spki)));
    });

  it("attack, key of small order: one signature for every message, unless such keys are refused", async () => {
    const neutral = vectors.badKeys.find(({ name }) => name === "ed25519: point 0 of small order")!;
    const raw = buffer(unhex(neutral.spki).subarray(-32));
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", true, ["verify"]);
    // R the neutral point, S zero: holds for whatever was signed, for a verifier by the letter of RFC 8032.
    const forgery = Uint8Array.of(1, ...new Uint8Array(63));
    for (const message of ["healthy", "ill"].map(utf8))
      expect(ed25519.verify(forgery, message, raw, { zip215: true })).to.equal(true);
    const whole = await sign(
      inventFields(),
      inventParts(1),
      (await generateSigningKey("ed25519")).privateKey,
    );
    const signature = Uint8Array.of(2, ...forgery);
    await expectCode("ces-key-invalid", () => verify({ ...whole, signature }, key));
  });

  it("refuses keys of other algorithms, and keys used the wrong way round", async () => {
    const spkis = [
      generateKeyPairSync("ec", { namedCurve: "secp384r1" }),
      generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
      generateKeyPairSync("ed448"),
      generateKeyPairSync("x25519"),
    ].map(({ publicKey }) => publicKey.export({ format: "der", type: "spki" }));
    for (const spki of [...spkis, new Uint8Array(), new Uint8Array(91)])
      await expectCode("ces-key-invalid", () => importVerifyKey(new Uint8Array(spki)));
    await expectCode("argument-invalid", () => generateSigningKey("p521" as SignatureSuite));
    for (const suite of suites) {
      const pair = await generateSigningKey(suite);
      const whole = await sign(inventFields(), inventParts(1), pair.privateKey);
      await expectCode("ces-key-invalid", () => sign(inventFields(), inventParts(1), pair.publicKey));
      await expectCode("ces-key-invalid", () => verify(whole, pair.privateKey));
    }
    const p384 = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, [
      "sign",
      "verify",
    ]);
    expect(() => suiteOf(p384.publicKey))
      .to.throw()
      .with.property("code", "ces-key-invalid");
  });
});
