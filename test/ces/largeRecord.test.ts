/** As many parts as a record can have, from signing to verifying. */
import { expect } from "chai";
import {
  decodeExtraction,
  type Extraction,
  encodeExtraction,
  extract,
  maxParts,
  proveCommitments,
  sign,
  verify,
} from "../../src/ces/index.ts";
import { expectCode } from "../expectCode.ts";
import { doctor, inventFields, inventParts } from "./invented.ts";

/** Most hashes that a proof for k of n leaves can take: each leaf brings at most one a level below the k-th split. */
const mostHashes = (n: number, k: number): number => {
  const depth = Math.ceil(Math.log2(n));
  return Math.ceil(k * (depth - Math.log2(k)));
};

describe("ces/large record", function () {
  this.timeout(120_000);
  let whole: Extraction;
  before(async () => {
    whole = await sign(inventFields(), inventParts(maxParts), doctor.privateKey);
  });

  it("65,535 parts verify, and so does the whole record after a journey as bytes", async () => {
    const travelled = decodeExtraction(encodeExtraction(whole));
    expect((await verify(travelled, doctor.publicKey)).n).to.equal(maxParts);
    expect(travelled.parts.at(-1)).to.deep.equal(whole.parts.at(-1));
  });

  it("k parts of them carry a proof of about k log(n / k) hashes, and compose", async () => {
    const some = await extract(
      whole,
      Array.from({ length: 1024 }, (_, at) => 64 * at + 1),
    );
    expect(some.proof.length).to.be.within(1, mostHashes(maxParts, 1024));
    await verify(some, doctor.publicKey);
    for (const positions of [[1], [32_769], [1, 65, 65_473]]) {
      const few = await extract(some, positions);
      expect(few.proof.length).to.be.within(16, mostHashes(maxParts, positions.length));
      await verify(few, doctor.publicKey);
      const wrong = { ...few, proof: few.proof.slice(1) };
      await expectCode("ces-verification-failed", () => verify(wrong, doctor.publicKey));
    }
  });

  it("refuses one part more", async () => {
    await expectCode("ces-header-invalid", () =>
      sign(inventFields(), new Array(maxParts + 1).fill(inventParts(1)[0]), doctor.privateKey),
    );
  });

  it("a run of neighbours costs its edges only", () => {
    const commitments = Array.from({ length: maxParts }, (_, at) => new Uint8Array(32).fill(at));
    const run = Array.from({ length: 4096 }, (_, at) => 8192 + at + 1);
    expect(proveCommitments(commitments, run).length).to.equal(4);
  });
});
