/** Makes ranges.json: an outline, ranges of its parts, and what must be refused. Called by make.ts. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as oracle from "../oracle.ts";
import { contentOf } from "./content.ts";

const here = new URL(".", import.meta.url);
const key = JSON.parse(readFileSync(new URL("signingKey.json", here), "utf8")) as { pkcs8: string; spki: string };
const fixed = (name: string) => createHash("sha256").update(`diptych vector ${name}`).digest();
const mebibyte = 1 << 20;

const sizes = [0, 20, mebibyte, 2 * mebibyte, 5 * mebibyte + 3];
const parts = sizes.map((size, at) => ({
  position: at + 1,
  label: `part ${at + 1}`,
  salt: fixed(`range salt ${at + 1}`),
  content: contentOf(at + 1, size),
}));
const emrId = fixed("range emr");
const header = oracle.headerBytes({
  schema: "vector",
  emrId,
  revision: 1,
  amends: Buffer.alloc(32),
  pseudonym: fixed("range pseudonym"),
  issuer: "CN=Dr. Vector,O=Test",
  time: 1_700_000_000,
  n: parts.length,
  mandatory: [5],
  implications: [],
  never: [2],
});
const commitments = parts.map((each) => oracle.commitment(emrId, each.position, each.label, each.salt, each.content));

/** Which bytes of which part make up what is tested: pieces of its content, one bit of them turned if told. */
interface Bytes {
  position: number;
  pieces: [number, number][];
  turned?: number;
}

export function makeRanges(): void {
  const signature = oracle.signWithSaltQuickly(
    Buffer.from(key.pkcs8, "hex"),
    header,
    oracle.rootOf(commitments),
    fixed("range pss salt"),
  );
  const outline = (positions: number[], change: Partial<(typeof parts)[number]> = {}) => {
    const chosen = parts.filter((each) => positions.includes(each.position));
    const changed = chosen.map((each, at) => (at === 0 ? { ...each, ...change } : each));
    return oracle.outlineBytes(header, signature, changed, oracle.proofOf(commitments, positions));
  };
  const good = outline([1, 3, 4, 5]);
  const range = (position: number, first: number, count: number) =>
    oracle.rangeBytes(parts[position - 1]!.content, first, count);
  const all = (position: number): [number, number][] => [[0, sizes[position - 1]!]];
  const ranges = [
    ...[1, 3, 4, 5].map((position) => ({
      position,
      first: 0,
      count: Math.max(1, Math.ceil(sizes[position - 1]! / mebibyte)),
      pieces: all(position),
    })),
    { position: 4, first: 1, count: 1, pieces: [[mebibyte, 2 * mebibyte]] as [number, number][] },
    ...([[0, 1], [2, 1], [1, 3], [3, 3], [5, 1]] as const).map(([first, count]) => ({
      position: 5,
      first,
      count,
      pieces: [[first * mebibyte, Math.min(sizes[4]!, (first + count) * mebibyte)]] as [number, number][],
    })),
  ].map((each) => ({ ...each, proof: range(each.position, each.first, each.count).toString("hex") }));

  const part5 = parts[4]!.content;
  const digests = oracle.segmentDigests(part5);
  const inner = [oracle.segmentRoot(part5.subarray(0, 4 * mebibyte)), oracle.segmentRoot(part5.subarray(4 * mebibyte))];
  const two: [number, number][] = [[mebibyte, 3 * mebibyte]];
  const flip = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at < 0 ? bytes.length + at : at]! ^= 1;
    return copy;
  };
  const failing: (Bytes & { name: string; code?: string; proof: Buffer })[] = [
    { name: "one bit of a segment turned", position: 5, pieces: two, turned: mebibyte + 7, proof: range(5, 1, 2) },
    { name: "segments in the other order", position: 5, pieces: [[2 * mebibyte, 3 * mebibyte], [mebibyte, 2 * mebibyte]], proof: range(5, 1, 2) },
    { name: "a segment of another place", position: 5, pieces: [[3 * mebibyte, 4 * mebibyte], [2 * mebibyte, 3 * mebibyte]], proof: range(5, 1, 2) },
    { name: "a segment of another part", position: 4, pieces: [[0, mebibyte]], proof: range(5, 0, 1) },
    { name: "one byte short", position: 5, pieces: [[mebibyte, 3 * mebibyte - 1]], proof: range(5, 1, 2) },
    { name: "one segment short", position: 5, pieces: [[mebibyte, 2 * mebibyte]], proof: range(5, 1, 2) },
    { name: "nothing", position: 5, pieces: [], proof: range(5, 1, 2) },
    { name: "one byte more", position: 5, pieces: [[mebibyte, 3 * mebibyte + 1]], proof: range(5, 1, 2) },
    { name: "one segment more", position: 5, pieces: [[mebibyte, 4 * mebibyte]], proof: range(5, 1, 2) },
    { name: "last segment with a byte more", position: 5, pieces: [[5 * mebibyte, 5 * mebibyte + 3], [0, 1]], proof: range(5, 5, 1) },
    { name: "last segment with a byte less", position: 5, pieces: [[5 * mebibyte, 5 * mebibyte + 2]], proof: range(5, 5, 1) },
    { name: "first segment moved by one", position: 5, pieces: two, proof: flip(range(5, 1, 2), 4) },
    { name: "a hash of a segment changed", position: 5, pieces: two, proof: flip(range(5, 1, 2), 10) },
    { name: "a hash of the proof changed", position: 5, pieces: two, proof: flip(range(5, 1, 2), -1) },
    { name: "a hash too many", position: 5, pieces: two, proof: oracle.rawRange(1, digests.slice(1, 3), [digests[0]!, digests[3]!, inner[1]!, inner[1]!]) },
    { name: "a hash too few", position: 5, pieces: two, proof: oracle.rawRange(1, digests.slice(1, 3), [digests[0]!, digests[3]!]) },
    { name: "inner nodes passed off as segments", position: 5, pieces: all(5), proof: oracle.rawRange(0, inner, []) },
    { name: "no segment", position: 5, pieces: [], proof: oracle.rawRange(0, [], [oracle.segmentRoot(part5)]) },
    { name: "past the end", position: 3, pieces: [], proof: oracle.rawRange(1, [digests[0]!], []) },
    { name: "proof with a byte after", code: "encoding-invalid", position: 5, pieces: two, proof: Buffer.concat([range(5, 1, 2), Buffer.alloc(1)]) },
    { name: "proof cut off", code: "encoding-invalid", position: 5, pieces: two, proof: range(5, 1, 2).subarray(0, -1) },
    { name: "proof of format version 2", code: "encoding-invalid", position: 5, pieces: two, proof: Buffer.concat([Buffer.from([2]), range(5, 1, 2).subarray(1)]) },
  ];
  const longer = Buffer.concat([part5, Buffer.alloc(1)]);
  const badOutlines: { name: string; code?: string; bytes: Buffer }[] = [
    { name: "length changed", bytes: outline([5], { content: longer }) },
    { name: "segment root changed", bytes: outline([5], { content: Buffer.concat([part5.subarray(0, -1), Buffer.from([0])]) }) },
    { name: "label changed", bytes: outline([5], { label: "part 4" }) },
    { name: "salt changed", bytes: outline([5], { salt: fixed("other") }) },
    { name: "place changed", bytes: outline([3, 5], { position: 2 }) },
    { name: "signature changed", bytes: oracle.outlineBytes(header, flip(signature, -1), [parts[4]!], oracle.proofOf(commitments, [5])) },
    { name: "mandatory part left out", code: "ces-subset-forbidden", bytes: outline([1, 3]) },
    { name: "part that is never extracted", code: "ces-subset-forbidden", bytes: outline([2, 5]) },
    { name: "byte after the end", code: "encoding-invalid", bytes: Buffer.concat([good, Buffer.alloc(1)]) },
    { name: "cut off", code: "encoding-invalid", bytes: good.subarray(0, -1) },
    { name: "format version 2", code: "encoding-invalid", bytes: Buffer.concat([Buffer.from([2]), good.subarray(1)]) },
  ];
  const failed = "ces-verification-failed";
  const vectors = {
    spki: key.spki,
    sizes,
    outline: good.toString("hex"),
    ranges,
    mustFail: failing.map(({ proof, code, ...each }) => ({ code: code ?? failed, ...each, proof: proof.toString("hex") })),
    badOutlines: badOutlines.map(({ bytes, code, name }) => ({ name, code: code ?? failed, bytes: bytes.toString("hex") })),
  };
  writeFileSync(new URL("ranges.json", here), `${JSON.stringify(vectors, null, 2)}\n`);
}
