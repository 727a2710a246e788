import { expect } from "chai";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  checkIndexProof,
  checkPartial,
  checkShare,
  combine,
  decodeIndex,
  decodePartial,
  decrypt,
  open,
  openIndexWithPoint,
  openKeyring,
  openShare,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { makeVectors } from "./vectors/make.ts";
import vectors from "./vectors/seal.json" with { type: "json" };

const { dealing, release } = vectors;
const commitments = dealing.commitments.map(unhex);
const indexBinding = {
  chainId: dealing.chainId,
  contract: unhex(dealing.contract),
  ledgerRecordId: unhex(vectors.index.ledgerRecordId),
  version: vectors.index.version,
  keySet: unhex(dealing.keySet),
};
const partialBinding = {
  requestId: unhex(release.requestId),
  keySet: unhex(dealing.keySet),
  generation: dealing.generation,
};

describe("seal: test vectors", () => {
  it("are what the code makes now", async () => {
    expect(await makeVectors()).to.deep.equal(vectors);
  });

  it("the stream's messages open", async () => {
    const { key, associatedData, messages } = vectors.stream;
    for (const { plaintext, message } of messages)
      expect(hex(await decrypt(unhex(key), unhex(associatedData), unhex(message)))).to.equal(plaintext);
  });

  it("the HPKE message and the sealed share open", async () => {
    const { privateKey, info, sealed, aad, plaintext, publicKey } = vectors.hpke;
    expect(hex(await open(unhex(privateKey), unhex(info), unhex(sealed), unhex(aad)))).to.equal(plaintext);
    const share = await openShare(unhex(privateKey), unhex(dealing.sealedShare), {
      chainId: dealing.chainId,
      contract: unhex(dealing.contract),
      dealer: unhex(dealing.dealer),
      keySet: unhex(dealing.keySet),
      generation: dealing.generation,
      gateKey: unhex(publicKey),
      index: dealing.gateIndex,
      count: dealing.shares.length,
      commitments,
    });
    expect(share).to.equal(BigInt(`0x${dealing.shares[1]}`));
    dealing.shares.forEach((one, at) => {
      checkShare(at + 1, BigInt(`0x${one}`), commitments);
    });
  });

  it("the index opens with two of its partials, and all proofs hold", async () => {
    const index = decodeIndex(unhex(vectors.index.index));
    await checkIndexProof(index, indexBinding);
    const partials = release.partials.map((bytes) => decodePartial(unhex(bytes)));
    for (const partial of partials) await checkPartial(partial, index.enc, commitments, partialBinding);
    const point = await combine(partials.slice(1));
    const opened = await openIndexWithPoint(point, unhex(dealing.indexKey), index, indexBinding);
    expect(opened.url).to.equal(vectors.index.url);
    expect(hex(opened.sigma)).to.equal(vectors.index.sigma);
  });

  it("the keyring opens", async () => {
    const { k, sigma, capsule, keyring, sealed } = vectors.keyring;
    const lock = { k: unhex(k), sigma: unhex(sigma), capsule: unhex(capsule), binding: indexBinding };
    expect(hex(await openKeyring(lock, unhex(sealed)))).to.equal(keyring);
  });

  for (const { reads, what, bytes, code } of vectors.mustFail)
    it(`refuses an ${reads === "index" ? "index" : "opened partial"} with ${what}`, async () => {
      const { enc } = decodeIndex(unhex(vectors.index.index));
      await expectCode(code as ErrorCode, async () => {
        if (reads === "index") await checkIndexProof(decodeIndex(unhex(bytes)), indexBinding);
        else await checkPartial(decodePartial(unhex(bytes)), enc, commitments, partialBinding);
      });
    });
});
