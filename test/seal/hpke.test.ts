import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expect } from "chai";
import { buffer, concat, hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import { demandPoint, parseScalar, pointBytes } from "../../src/seal/curve.ts";
import {
  combine,
  deal,
  deriveKeyPair,
  generateKeyPair,
  isPublicKey,
  makePartial,
  open,
  prepareShare,
  publicKeyOf,
  sealTo,
} from "../../src/seal/index.ts";
import { openWithPoint, sealWithPoint, sharedSecretOf } from "../../src/seal/pointKem.ts";
import { newGcm } from "../../src/seal/suite.ts";
import { expectCode } from "../expectCode.ts";
import rfc from "./vectors/rfc9180.json" with { type: "json" };

const info = utf8("what for");

async function rejects(act: () => Promise<unknown>, message = ""): Promise<void> {
  const error = await act().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(Error);
  expect((error as Error).message).to.contain(message);
}

describe("seal: HPKE", () => {
  it("derives the key pairs of RFC 9180, A.3.1", async () => {
    for (const [seed, privateKey, publicKey] of [
      [rfc.ikmE, rfc.skEm, rfc.pkEm],
      [rfc.ikmR, rfc.skRm, rfc.pkRm],
    ] as const) {
      const pair = await deriveKeyPair(unhex(seed));
      expect(hex(pair.privateKey)).to.equal(`0x${privateKey}`);
      expect(hex(pair.publicKey)).to.equal(`0x${publicKey}`);
      expect(publicKeyOf(pair.privateKey)).to.deep.equal(pair.publicKey);
    }
  });

  it("gets the shared secret and ciphertext of RFC 9180, A.3.1, from the Diffie-Hellman point", async () => {
    const recipient = unhex(rfc.pkRm);
    const point = pointBytes(demandPoint(recipient, "key").multiply(parseScalar(unhex(rfc.skEm))!));
    const enc = unhex(rfc.pkEm);
    expect(hex(sharedSecretOf(point, enc, recipient))).to.equal(`0x${rfc.sharedSecret}`);
    const context = { point, enc, publicKey: recipient, info: unhex(rfc.info) };
    const ct = await sealWithPoint(context, unhex(rfc.pt), new Aes128Gcm(), unhex(rfc.aad));
    expect(hex(ct)).to.equal(`0x${rfc.ct}`);
  });

  it("opens the message of RFC 9180, A.3.1, by two of three who share its receiver's private key", async () => {
    const [recipient, enc] = [unhex(rfc.pkRm), unhex(rfc.pkEm)];
    const { shares } = deal(parseScalar(unhex(rfc.skRm))!, 2, 3);
    const binding = { requestId: randomBytes(32), keySet: randomBytes(32), generation: 1 };
    for (const places of [
      [1, 2],
      [3, 1],
    ]) {
      const partials = await Promise.all(
        places.map(async (i) => makePartial(i, await prepareShare(shares[i - 1]!), enc, binding)),
      );
      const context = { point: await combine(partials), enc, publicKey: recipient, info: unhex(rfc.info) };
      const opened = await openWithPoint(context, unhex(rfc.ct), new Aes128Gcm(), unhex(rfc.aad));
      expect(hex(opened)).to.equal(`0x${rfc.pt}`);
    }
    const lonely = { point: pointBytes(demandPoint(enc, "enc").multiply(shares[0]!)), enc };
    const context = { ...lonely, publicKey: recipient, info: unhex(rfc.info) };
    await expectCode("seal-open-failed", () =>
      openWithPoint(context, unhex(rfc.ct), new Aes128Gcm(), unhex(rfc.aad)),
    );
  });

  it("opens what a plain HPKE implementation sealed, and the other way round", async () => {
    const suite = new CipherSuite({
      kem: new DhkemP256HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    const pair = await generateKeyPair();
    const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(pair.publicKey));
    const theirs = await suite.seal({ recipientPublicKey, info: buffer(info) }, buffer(utf8("to us")));
    const sealed = concat(new Uint8Array(theirs.enc), new Uint8Array(theirs.ct));
    expect(await open(pair.privateKey, info, sealed)).to.deep.equal(utf8("to us"));

    const ours = await sealTo(pair.publicKey, info, utf8("to them"), utf8("aad"));
    const recipientKey = await suite.kem.deserializePrivateKey(buffer(pair.privateKey));
    const opened = await suite.open(
      { recipientKey, enc: buffer(ours.slice(0, 65)), info: buffer(info) },
      buffer(ours.slice(65)),
      buffer(utf8("aad")),
    );
    expect(new Uint8Array(opened)).to.deep.equal(utf8("to them"));
  });

  it("refuses another key, info, aad and every changed byte with one error", async () => {
    const [pair, other] = [await generateKeyPair(), await generateKeyPair()];
    const sealed = await sealTo(pair.publicKey, info, utf8("x"), utf8("aad"));
    const failures = [
      () => open(other.privateKey, info, sealed, utf8("aad")),
      () => open(pair.privateKey, utf8("what against"), sealed, utf8("aad")),
      () => open(pair.privateKey, info, sealed),
      () => open(pair.privateKey, info, new Uint8Array(), utf8("aad")),
      () => open(pair.privateKey, info, sealed.slice(0, 70), utf8("aad")),
      ...Array.from(sealed, (_, at) => () => {
        const changed = sealed.slice();
        changed[at]! ^= 1;
        return open(pair.privateKey, info, changed, utf8("aad"));
      }),
    ];
    const messages = new Set<string>();
    for (const failure of failures) messages.add((await expectCode("seal-open-failed", failure)).message);
    expect(messages.size).to.equal(1);
  });

  it("Node's AES-GCM gives what WebCrypto's gives, refuses what it refuses, and a key serves once", async () => {
    const bytes = (size: number) => buffer(randomBytes(size)).buffer;
    for (const size of [0, 1, 140, 4096]) {
      const [key, iv, aad, plaintext] = [bytes(32), bytes(12), bytes(size), bytes(size)];
      const web = () => new Aes256Gcm().createEncryptionContext(key.slice(0));
      const node = () => newGcm().createEncryptionContext(key.slice(0));
      const used = node();
      const ct = new Uint8Array(await used.seal(iv, plaintext, aad));
      expect(ct).to.deep.equal(new Uint8Array(await web().seal(iv, plaintext, aad)));
      expect(await node().open(iv, ct.buffer, aad)).to.deep.equal(plaintext);
      await rejects(() => used.seal(iv, plaintext, aad), "one message a context");
      const changed = ct.slice();
      changed[0]! ^= 1;
      const wrong = [changed, ct.slice(1), ct.slice(0, -1), ct.slice(0, 15), new Uint8Array()];
      for (const each of wrong) await rejects(() => node().open(iv, each.buffer, aad));
      await rejects(() => node().open(iv, ct.buffer, bytes(size + 1)));
    }
  });

  it("takes only uncompressed points on the curve as keys", async () => {
    const { publicKey } = await generateKeyPair();
    const compressed = concat(Uint8Array.of(2 + (publicKey[64]! & 1)), publicKey.slice(1, 33));
    const off = publicKey.slice();
    off[64]! ^= 1;
    const hybrid = publicKey.slice();
    hybrid[0] = 6 + (publicKey[64]! & 1);
    for (const wrong of [compressed, off, hybrid, Uint8Array.of(0), new Uint8Array(65), new Uint8Array()]) {
      expect(isPublicKey(wrong)).to.equal(false);
      await expectCode("argument-invalid", () => sealTo(wrong, info, utf8("x")));
    }
    expect(isPublicKey(publicKey)).to.equal(true);
  });

  it("refuses private keys that are no scalars, and short seeds", async () => {
    const sealed = await sealTo((await generateKeyPair()).publicKey, info, utf8("x"));
    for (const wrong of [new Uint8Array(32), new Uint8Array(32).fill(255), new Uint8Array(31).fill(1)])
      await expectCode("argument-invalid", () => open(wrong, info, sealed));
    await expectCode("argument-invalid", () => deriveKeyPair(new Uint8Array(31)));
  });
});
