import { readFileSync } from "node:fs";
import { expect } from "chai";
import { commitmentRoot, growCommitments } from "../../src/ces/commitment.ts";
import { contentDigest, segmentRoot } from "../../src/ces/content.ts";
import {
  commit,
  decodeExtraction,
  decodeHeader,
  encodeExtraction,
  encodeHeader,
  extract,
  hashContent,
  importVerifyKey,
  proveCommitments,
  verify,
  verifyCommitments,
} from "../../src/ces/index.ts";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";

interface Vectors {
  spki: string;
  header: string;
  contents: { size: number; filler: number; digest: string }[];
  commitments: string[];
  roots: string[];
  signature: string;
  extractions: { positions: number[]; bytes: string }[];
  mustFail: { name: string; code: ErrorCode; bytes: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("vectors/extractions.json", import.meta.url), "utf8"),
) as Vectors;
const commitments = vectors.commitments.map(unhex);

describe("ces/vectors", () => {
  it("hashes contents of no, one and several segments as the oracle does", async () => {
    for (const { size, filler, digest } of vectors.contents) {
      const { length, segments } = await hashContent(new Uint8Array(size).fill(filler));
      expect(hex(contentDigest(length, segmentRoot(segments)))).to.equal(`0x${digest}`);
    }
  });

  it("has the oracle's root for each number of parts", () => {
    for (const [index, root] of vectors.roots.entries()) {
      const n = index + 1;
      const known = new Map(commitments.slice(0, n).map((each, at) => [at + 1, each]));
      expect(hex(commitmentRoot(growCommitments(n, known, [])!))).to.equal(`0x${root}`);
    }
  });

  it("writes the header as the oracle does", () => {
    const header = unhex(vectors.header);
    expect(hex(encodeHeader(decodeHeader(header)))).to.equal(hex(header));
    expect(decodeHeader(header).ceas).to.deep.equal({
      mandatory: [2],
      implications: [{ position: 5, needs: 4 }],
      never: [7],
    });
  });

  it("verifies the oracle's extractions, and makes the same ones", async () => {
    const publicKey = await importVerifyKey(unhex(vectors.spki));
    for (const { positions, bytes } of vectors.extractions) {
      const extraction = decodeExtraction(unhex(bytes));
      const header = await verify(extraction, publicKey);
      expect(extraction.parts.map((part) => part.position)).to.deep.equal(positions);
      for (const part of extraction.parts)
        expect(await commit(header.emrId, part.position, part)).to.deep.equal(commitments[part.position - 1]);
      expect(hex(encodeExtraction(extraction))).to.equal(`0x${bytes}`);
      expect(proveCommitments(commitments, positions)).to.deep.equal(extraction.proof);
    }
    const widest = decodeExtraction(unhex(vectors.extractions.at(-1)!.bytes));
    for (const { positions, bytes } of vectors.extractions)
      expect(hex(encodeExtraction(await extract(widest, positions)))).to.equal(`0x${bytes}`);
  });

  it("verifies the commitments alone", async () => {
    const publicKey = await importVerifyKey(unhex(vectors.spki));
    const signed = { header: unhex(vectors.header), signature: unhex(vectors.signature) };
    expect((await verifyCommitments({ ...signed, commitments }, publicKey)).n).to.equal(7);
    const swapped = [commitments[1]!, commitments[0]!, ...commitments.slice(2)];
    for (const wrong of [swapped, commitments.slice(1), [...commitments, commitments[0]!], []])
      await expectCode("ces-verification-failed", () =>
        verifyCommitments({ ...signed, commitments: wrong }, publicKey),
      );
  });

  for (const { name, code, bytes } of vectors.mustFail)
    it(`refuses: ${name}`, async () => {
      const publicKey = await importVerifyKey(unhex(vectors.spki));
      await expectCode(code, async () => verify(decodeExtraction(unhex(bytes)), publicKey));
    });
});
