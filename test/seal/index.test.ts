import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expect } from "chai";
import fc from "fast-check";
import { buffer, concat, hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import { ORDER, parsePoint, pointBytes, scalarBytes } from "../../src/seal/curve.ts";
import {
  checkIndexProof,
  decodeIndex,
  decodeIndexPlaintext,
  deriveIndexKey,
  encodeIndex,
  encodeIndexPlaintext,
  type IndexBinding,
  indexInfo,
  makePartial,
  open,
  openIndexWithKey,
  openIndexWithPartials,
  openIndexWithPoint,
  prepareShare,
  sealIndex,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { makeWorld, URL } from "./world.ts";

type World = Awaited<ReturnType<typeof makeWorld>>;

describe("seal: the index", () => {
  let world: World;
  let changes: IndexBinding[];
  before(async () => {
    world = await makeWorld(2, 3);
    const { binding } = world;
    changes = [
      { ...binding, chainId: 31339n },
      { ...binding, contract: randomBytes(20) },
      { ...binding, ledgerRecordId: randomBytes(32) },
      { ...binding, version: 4n },
      { ...binding, keySet: randomBytes(32) },
    ];
  });

  it("has 349 bytes and one encoding", () => {
    const bytes = encodeIndex(world.index);
    expect(bytes).to.have.length(349);
    expect(decodeIndex(bytes)).to.deep.equal(world.index);
  });

  it("opens with any HPKE implementation that holds the whole key", async () => {
    const { enc, ct } = world.index;
    const privateKey = scalarBytes(world.indexKey.secret);
    const opened = await open(privateKey, indexInfo(world.binding), concat(enc, ct));
    expect(decodeIndexPlaintext(opened)).to.deep.equal(world.plaintext);
  });

  it("an index sealed by any HPKE implementation opens by t gates", async () => {
    const suite = new CipherSuite({
      kem: new DhkemP256HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes256Gcm(),
    });
    const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(world.indexKey.publicKey));
    const sealed = await suite.seal(
      { recipientPublicKey, info: buffer(indexInfo(world.binding)) },
      buffer(encodeIndexPlaintext(world.plaintext)),
    );
    const theirs = {
      enc: new Uint8Array(sealed.enc),
      ct: new Uint8Array(sealed.ct),
      proof: new Uint8Array(64),
    };
    const other = await makeWorld(2, 3);
    const binding = { requestId: world.requestId, keySet: world.keySet, generation: 1n };
    const partials = await Promise.all(
      [1, 3].map(async (i) => {
        const share = await prepareShare(world.dealing.shares[i - 1]!);
        return makePartial(i, share, theirs.enc, binding);
      }),
    );
    const opening = await openIndexWithPartials(partials, { ...world.context, index: theirs });
    expect(opening.plaintext).to.deep.equal(world.plaintext);
    await expectCode("seal-open-failed", () => openIndexWithKey(other.indexKey, theirs, world.binding));
  });

  it("opens under its own binding only", async () => {
    for (const binding of changes)
      await expectCode("seal-open-failed", () => openIndexWithKey(world.indexKey, world.index, binding));
  });

  it("the proof holds for its own binding only", async () => {
    await checkIndexProof(world.index, world.binding);
    for (const binding of changes)
      await expectCode("proof-invalid", () => checkIndexProof(world.index, binding));
  });

  it("F14: whoever copies an enc can't prove it for a record of their own", async () => {
    const hers = { ...world.binding, ledgerRecordId: randomBytes(32) };
    const own = await sealIndex(world.indexKey.publicKey, world.plaintext, hers);
    await checkIndexProof(own, hers);
    const copies = [
      world.index,
      { ...own, enc: world.index.enc },
      { ...own, enc: world.index.enc, ct: world.index.ct },
      { ...world.index, proof: own.proof },
      { ...world.index, ct: own.ct },
    ];
    for (const copy of copies) await expectCode("proof-invalid", () => checkIndexProof(copy, hers));
    // Nor by mirroring it: -enc with the response negated would do if the challenge left enc out.
    const enc = pointBytes(parsePoint(world.index.enc)!.negate());
    const response = ORDER - BigInt(hex(world.index.proof.slice(32)));
    const proof = concat(world.index.proof.slice(0, 32), scalarBytes(response));
    await expectCode("proof-invalid", () => checkIndexProof({ ...world.index, enc, proof }, world.binding));
  });

  it("two seals of the same are unlike in every part", async () => {
    const again = await sealIndex(world.indexKey.publicKey, world.plaintext, world.binding);
    expect(again.enc).to.not.deep.equal(world.index.enc);
    expect(again.ct).to.not.deep.equal(world.index.ct);
    expect(again.ct).to.have.length(world.index.ct.length);
  });

  it("plaintexts have one size and one encoding", async () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (tail) => {
        if (utf8(tail).length > 65) return;
        const plaintext = { ...world.plaintext, url: `ipfs://${tail}` };
        const bytes = encodeIndexPlaintext(plaintext);
        expect(bytes).to.have.length(203);
        expect(decodeIndexPlaintext(bytes).url).to.equal(plaintext.url.toWellFormed());
      }),
    );
    const good = encodeIndexPlaintext(world.plaintext);
    const bad = [
      [0, 2],
      [1, 73],
      [1, 65],
      [2, 0x68],
      [3, 0xff],
      [2 + URL.length, 1],
    ] as const;
    for (const [at, value] of bad) {
      const changed = good.slice();
      changed[at] = value;
      await expectCode("encoding-invalid", () => decodeIndexPlaintext(changed));
    }
    for (const url of ["https://example.org", `ipfs://${"a".repeat(66)}`])
      await expectCode("argument-invalid", () => encodeIndexPlaintext({ ...world.plaintext, url }));
  });

  it("whatever is wrong with the point, index or plaintext, opening fails alike", async () => {
    const { indexKey, index, binding } = world;
    const messages = new Set<string>();
    const wrongKey = deriveIndexKey(randomBytes(32));
    for (const attempt of [
      () => openIndexWithPoint(new Uint8Array(65), indexKey.publicKey, index, binding),
      () => openIndexWithPoint(index.enc, indexKey.publicKey, index, binding),
      () => openIndexWithKey(wrongKey, index, binding),
      () => openIndexWithKey(indexKey, { ...index, ct: index.ct.slice(1) }, binding),
      () => openIndexWithKey(indexKey, { ...index, enc: new Uint8Array(65) }, binding),
    ])
      messages.add((await expectCode("seal-open-failed", attempt)).message);
    expect(messages.size).to.equal(1);
    const mixed = { ...indexKey, publicKey: wrongKey.publicKey };
    await expectCode("argument-invalid", () => openIndexWithKey(mixed, index, binding));
  });
});
