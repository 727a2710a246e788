/** F1: the paper signs with raw RSA over nine hashes side by side, 2,304 bits, modulo a number of 2,048 bits (5.1.1). */
import { expect } from "chai";
import { decodeHeader, type Extraction } from "../../src/ces/index.ts";
import { concat, equal, randomBytes, utf8 } from "../../src/core/bytes.ts";
import { checkRecord } from "../../src/record/index.ts";
import { expectCode } from "../expectCode.ts";
import { clinic, sampleSigned } from "./clinic.ts";
import { drawKey, invert, type PublicKey, power, toBytes, toNumber } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";

const lie = utf8("cleared for work");

/**
 * The forger knows (n, e) and nothing else: takes any number as the signature, writes what they like into part 9, and solves
 * for the eight hashes of "hidden" parts that make the equation hold.
 */
function forge({ n, e }: PublicKey): paper.Extraction {
  const signature = 12_345n;
  const salts = paper.emr.map(() => randomBytes(32));
  const last = toNumber(paper.hashPart(lie, salts[8]!, ""));
  const difference = (((power(signature, e, n) - last) % n) + n) % n;
  const hidden = toBytes((difference * invert(1n << 256n, n)) % n, 256);
  const hashes = new Map(Array.from({ length: 8 }, (_, at) => [at + 1, hidden.slice(32 * at, 32 * at + 32)]));
  return { revealed: new Map([[9, lie]]), hashes, salts, ceas: "", signature };
}

describe("F1 raw RSA over 2,304 bits", () => {
  it("the paper: the doctor's honest signature is refused", () => {
    const key = drawKey();
    const honest = paper.extract(paper.sign(paper.emr, "", key), [1, 2, 3]);
    expect(paper.verify(honest, key)).to.equal(false);
  });

  it("the paper, compared mod n: anyone forges from the public key", () => {
    const key = drawKey();
    const honest = paper.extract(paper.sign(paper.emr, "", key), [1, 2, 3]);
    expect(paper.verifyModN(honest, key)).to.equal(true);
    const forged = forge({ n: key.n, e: key.e });
    expect(paper.verifyModN(forged, key)).to.equal(true);
    expect(forged.revealed.get(9)).to.equal(lie);
  });

  it("Diptych: honest signatures hold, and none of the forger's freedoms gives another", async () => {
    const { trust, doctor } = await clinic();
    const { whole, certificateChain } = await sampleSigned();
    const check = (extraction: Extraction) => checkRecord({ extraction, certificateChain }, trust);
    await check(whole);
    const size = whole.signature.length - 1;
    expect((doctor.publicKey.algorithm as RsaHashedKeyAlgorithm).modulusLength).to.equal(8 * size);

    const part = { ...whole.parts[8]!, content: lie };
    const proofs = [whole.proof, Array.from({ length: 4 }, () => randomBytes(32)), [randomBytes(32)]];
    const numbers = [toBytes(12_345n, size), toBytes(0n, size), toBytes(1n, size), randomBytes(size)];
    const bodies = [...numbers, whole.signature.slice(1)];
    for (const proof of proofs)
      for (const body of bodies) {
        const signature = concat(whole.signature.slice(0, 1), body);
        await expectCode("ces-verification-failed", () =>
          check({ ...whole, signature, parts: [part], proof }),
        );
      }
    // A raw signature of the paper's kind, by the doctor's own key even, is none of ours.
    const { d } = await crypto.subtle.exportKey("jwk", doctor.privateKey);
    const { n } = await crypto.subtle.exportKey("jwk", doctor.publicKey);
    const number = (text: string | undefined) => toNumber(new Uint8Array(Buffer.from(text!, "base64url")));
    const raw = toBytes(power(toNumber(decodeHeader(whole.header).emrId), number(d), number(n)), size);
    const signature = concat(whole.signature.slice(0, 1), raw);
    await expectCode("ces-verification-failed", () => check({ ...whole, signature }));
    expect(equal(raw, whole.signature.slice(1))).to.equal(false);
  });
});
