/** Outlines and ranges: parts that verify segment by segment. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import {
  decodeOutline,
  decodeRangeProof,
  encodeOutline,
  encodeRangeProof,
  extract,
  hashContent,
  importVerifyKey,
  makeSalt,
  openSegments,
  outlineExtraction,
  proveRange,
  type RangeProof,
  type SignedPart,
  segmentSize,
  sign,
  verify,
  verifyOutline,
  verifyRange,
} from "../../src/ces/index.ts";
import { concat, randomBytes, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";
import { doctor, inventFields, inventParts, inventRecord } from "./invented.ts";
import { rangeHolds, readSigned } from "./oracleReader.ts";
import { contentOf } from "./vectors/content.ts";

type Pieces = [number, number][];
const vectors = JSON.parse(readFileSync(new URL("vectors/ranges.json", import.meta.url), "utf8")) as {
  spki: string;
  sizes: number[];
  outline: string;
  ranges: { position: number; first: number; count: number; pieces: Pieces; proof: string }[];
  mustFail: {
    name: string;
    code: ErrorCode;
    position: number;
    pieces: Pieces;
    turned?: number;
    proof: string;
  }[];
  badOutlines: { name: string; code: ErrorCode; bytes: string }[];
};
const contents = vectors.sizes.map((size, at) => new Uint8Array(contentOf(at + 1, size)));

function bytesOf({
  position,
  pieces,
  turned,
}: {
  position: number;
  pieces: Pieces;
  turned?: number;
}): Uint8Array {
  const content = contents[position - 1]!;
  const bytes = concat(...pieces.map(([from, to]) => content.subarray(from, to)));
  if (turned !== undefined) bytes[turned]! ^= 1;
  return bytes;
}

/** The bytes in pieces of `size`, always in the same memory, as sources that reuse their buffer give them. */
async function* trickle(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const shared = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    shared.set(piece);
    yield shared.subarray(0, piece.length);
    shared.fill(0xee);
  }
}

/** What openSegments hands out before it ends or fails, and the error. */
async function drain(part: SignedPart, range: RangeProof, source: AsyncIterable<Uint8Array> | Uint8Array) {
  const out: Uint8Array[] = [];
  let failure: unknown;
  try {
    for await (const { bytes, offset } of openSegments(part, range, source)) {
      expect(offset).to.equal((range.first + out.length) * segmentSize);
      out.push(bytes);
    }
  } catch (error) {
    failure = error;
  }
  return { bytes: concat(...out), segments: out.length, failure };
}

describe("ces/ranges", () => {
  let parts: Map<number, SignedPart>;
  before(async () => {
    const publicKey = await importVerifyKey(unhex(vectors.spki));
    const opened = await verifyOutline(decodeOutline(unhex(vectors.outline)), publicKey);
    parts = new Map(opened.parts.map((part) => [part.position, part]));
  });

  it("vectors: the outline verifies, says the true lengths, and is written as the oracle writes it", async () => {
    expect([...parts.values()].map(({ length }) => length)).to.deep.equal([0, ...vectors.sizes.slice(2)]);
    expect(encodeOutline(decodeOutline(unhex(vectors.outline)))).to.deep.equal(unhex(vectors.outline));
    const read = readSigned(Buffer.from(vectors.outline, "hex"), Buffer.from(vectors.spki, "hex"), "outline");
    expect(read?.parts.map(({ length }) => length)).to.deep.equal([0, ...vectors.sizes.slice(2)]);
  });

  it("vectors: every range verifies at once and in pieces, and is proven as the oracle proves it", async () => {
    for (const each of vectors.ranges) {
      const part = parts.get(each.position)!;
      const range = decodeRangeProof(unhex(each.proof));
      const bytes = bytesOf(each);
      await verifyRange(part, range, bytes);
      for (const source of [bytes, trickle(bytes, 100_003), trickle(bytes, 3 * segmentSize + 1)]) {
        const opened = await drain(part, range, source);
        expect(opened.failure).to.equal(undefined);
        expect(Buffer.compare(opened.bytes, bytes)).to.equal(0);
        expect(opened.segments).to.equal(each.count);
      }
      const tree = await hashContent(trickle(contents[each.position - 1]!, 70_001));
      expect(encodeRangeProof(proveRange(tree, each.first, each.count))).to.deep.equal(unhex(each.proof));
      const root = Buffer.from(part.segmentRoot);
      expect(rangeHolds(part.length, root, Buffer.from(each.proof, "hex"), Buffer.from(bytes))).to.equal(
        true,
      );
    }
  });

  for (const each of vectors.mustFail)
    it(`attack on a range: ${each.name}`, async () => {
      const part = parts.get(each.position)!;
      const bytes = bytesOf(each);
      const open = () => decodeRangeProof(unhex(each.proof));
      await expectCode(each.code, async () => verifyRange(part, open(), bytes));
      const root = Buffer.from(part.segmentRoot);
      expect(rangeHolds(part.length, root, Buffer.from(each.proof, "hex"), Buffer.from(bytes))).to.equal(
        false,
      );
      if (each.code === "encoding-invalid") return;
      for (const size of [65_536, segmentSize, 4 * segmentSize]) {
        const opened = await drain(part, open(), trickle(bytes, size));
        expect(opened.failure).to.have.property("code", each.code);
        // Whatever came out is genuine and stands where the range starts; the segment that is wrong never does.
        const genuine = contents[each.position - 1]!.subarray(open().first * segmentSize);
        expect(Buffer.compare(opened.bytes, genuine.subarray(0, opened.bytes.length))).to.equal(0);
        expect(opened.segments).to.be.below(Math.max(1, open().segments.length));
      }
    });

  for (const { name, code, bytes } of vectors.badOutlines)
    it(`refuses the outline: ${name}`, async () => {
      const publicKey = await importVerifyKey(unhex(vectors.spki));
      await expectCode(code, async () => verifyOutline(decodeOutline(unhex(bytes)), publicKey));
    });

  it("hands out nothing of a wrong segment, even while the source would go on for ever", async () => {
    const content = contents[4]!;
    const range = proveRange(await hashContent(content), 0, 6);
    let asked = 0;
    const endless = (async function* () {
      yield content.subarray(0, segmentSize);
      for (;;) {
        asked++;
        yield new Uint8Array(segmentSize);
      }
    })();
    const opened = await drain(parts.get(5)!, range, endless);
    expect(opened.failure).to.have.property("code", "ces-verification-failed");
    expect(opened.segments).to.equal(1);
    expect(asked).to.be.at.most(2);
  });

  it("takes parts from a verified outline only, and passes on what the source throws", async () => {
    const range = proveRange(await hashContent(contents[2]!), 0, 1);
    const unverified = decodeOutline(unhex(vectors.outline)).parts[1] as unknown as SignedPart;
    await expectCode("argument-invalid", () => verifyRange(unverified, range, contents[2]!));
    await expectCode("argument-invalid", () => verifyRange({ ...parts.get(3)! }, range, contents[2]!));
    const broken = (async function* () {
      yield contents[2]!.subarray(0, 5);
      throw new Error("line cut");
    })();
    expect((await drain(parts.get(3)!, range, broken)).failure).to.have.property("message", "line cut");
    const tree = await hashContent(contents[4]!);
    for (const [first, count] of [
      [-1, 1],
      [0, 0],
      [0, 7],
      [5, 2],
      [0.5, 1],
      [0, 65_537],
    ] as const)
      expect(() => proveRange(tree, first, count))
        .to.throw()
        .with.property("code", "argument-invalid");
  });

  it("any record, any range: proven, carried as bytes, verified; any turned bit of it refused", async () => {
    const content = new Uint8Array(4 * segmentSize + 77);
    for (let at = 0; at < content.length; at += 65_536) content.set(randomBytes(32), at);
    const part = { label: "scan", salt: makeSalt(), content };
    const whole = await sign(inventFields(), [...inventParts(3), part], doctor.privateKey);
    const outline = decodeOutline(encodeOutline(await outlineExtraction(await extract(whole, [2, 4]))));
    const opened = await verifyOutline(outline, doctor.publicKey);
    expect(opened.header).to.deep.equal(await verify(whole, doctor.publicKey));
    const signed = opened.parts[1]!;
    const tree = await hashContent(content);
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(4), fc.nat(), async (a, b, turn) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const range = decodeRangeProof(encodeRangeProof(proveRange(tree, first, last - first + 1)));
        const bytes = content.slice(first * segmentSize, (last + 1) * segmentSize);
        await verifyRange(signed, range, bytes);
        bytes[turn % bytes.length]! ^= 1;
        await expectCode("ces-verification-failed", () => verifyRange(signed, range, bytes));
      }),
      { numRuns: 15 },
    );
  });

  it("an outline says of hidden parts what the extraction says: nothing", async () => {
    const whole = await inventRecord(5);
    const some = await outlineExtraction(await extract(whole, [3]));
    const sent = Buffer.from(encodeOutline(some));
    for (const { position, salt, label } of whole.parts)
      for (const secret of [Buffer.from(salt), Buffer.from(label)])
        expect(sent.includes(secret)).to.equal(position === 3);
    expect(some.parts.map(({ position }) => position)).to.deep.equal([3]);
  });
});
