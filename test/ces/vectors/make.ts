/**
 * Makes extractions.json, suites.json and ranges.json from fixed keys, salts and contents: `node test/ces/vectors/make.ts`. The key in signingKey.json
 * was made once for these vectors and signs nothing else.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as oracle from "../oracle.ts";
import { makeRanges } from "./makeRanges.ts";
import { makeSuites } from "./makeSuites.ts";

const here = new URL(".", import.meta.url);
const key = JSON.parse(readFileSync(new URL("signingKey.json", here), "utf8")) as { pkcs8: string; spki: string };
const fixed = (name: string) => createHash("sha256").update(`diptych vector ${name}`).digest();

const labels = ["name", "gender", "dateOfBirth", "symptoms", "diagnosis", "报告", "envelope"];
const parts = labels.map((label, at) => ({
  position: at + 1,
  label,
  salt: fixed(`salt ${at + 1}`),
  // The sixth part is longer than a segment; the fourth is empty.
  content: at === 5 ? Buffer.alloc((1 << 20) + 3, 7) : Buffer.from(at === 3 ? "" : `"content of ${label}"`),
}));
const fields: oracle.OracleHeader = {
  schema: "vector",
  emrId: fixed("emr"),
  revision: 2,
  amends: fixed("amended header"),
  pseudonym: fixed("pseudonym"),
  issuer: "CN=Dr. Vector,O=Test",
  time: 1_700_000_000,
  n: parts.length,
  mandatory: [2],
  implications: [[5, 4]],
  never: [7],
};

const header = oracle.headerBytes(fields);
const commit = (emrId: Buffer, list = parts) =>
  list.map((part) => oracle.commitment(emrId, part.position, part.label, part.salt, part.content));
const commitments = commit(fields.emrId);
const root = oracle.rootOf(commitments);
const pkcs8 = Buffer.from(key.pkcs8, "hex");
const signature = oracle.signWithSalt(pkcs8, header, root, fixed("pss salt"));
const reveal = (positions: number[], change: { header?: Buffer; signature?: Buffer; parts?: typeof parts } = {}) => {
  const chosen = (change.parts ?? parts).filter((part) => positions.includes(part.position));
  const proof = oracle.proofOf(commitments, positions);
  return oracle.extractionBytes(change.header ?? header, change.signature ?? signature, chosen, proof);
};
// Only small parts stand in the file; contents longer than a line are told by size and filler.
const extractions = [[2], [2, 3], [2, 4, 5], [1, 2, 3, 4, 5]].map((positions) => ({
  positions,
  bytes: reveal(positions).toString("hex"),
}));

const changed = (at: number, change: Partial<(typeof parts)[number]>) =>
  parts.map((part, index) => (index === at ? { ...part, ...change } : part));
const good = reveal([2, 3]);
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at]! ^= 1;
  return copy;
};
const failed = "ces-verification-failed";
const mustFail = [
  { name: "content changed", code: failed, bytes: reveal([2, 3], { parts: changed(1, { content: Buffer.from('"x"') }) }) },
  { name: "label changed", code: failed, bytes: reveal([2, 3], { parts: changed(1, { label: "sex" }) }) },
  { name: "salt changed", code: failed, bytes: reveal([2, 3], { parts: changed(1, { salt: fixed("other") }) }) },
  { name: "label with a control character", code: failed, bytes: reveal([2, 3], { parts: changed(1, { label: "a\nb" }) }) },
  { name: "proof changed", code: failed, bytes: flipped(good, -1) },
  { name: "signature changed", code: failed, bytes: reveal([2, 3], { signature: flipped(signature, -1) }) },
  { name: "unknown suite", code: failed, bytes: reveal([2, 3], { signature: Buffer.concat([Buffer.from([2]), signature.subarray(1)]) }) },
  {
    name: "PSS salt of 0 bytes",
    code: failed,
    bytes: reveal([2, 3], { signature: oracle.signWithSalt(pkcs8, header, root, Buffer.alloc(0)) }),
  },
  { name: "header of another patient", code: failed, bytes: reveal([2, 3], { header: oracle.headerBytes({ ...fields, pseudonym: fixed("other") }) }) },
  { name: "header with a smaller n", code: failed, bytes: reveal([2, 3], { header: oracle.headerBytes({ ...fields, n: 5, never: [] }) }) },
  { name: "header with a looser rule", code: failed, bytes: reveal([2, 3], { header: oracle.headerBytes({ ...fields, never: [] }) }) },
  { name: "inconsistent rule", code: failed, bytes: reveal([2, 3], { header: oracle.headerBytes({ ...fields, never: [2] }) }) },
  { name: "nothing revealed", code: failed, bytes: oracle.extractionBytes(header, signature, [], [root]) },
  { name: "mandatory part hidden", code: "ces-subset-forbidden", bytes: reveal([1]) },
  { name: "needed part hidden", code: "ces-subset-forbidden", bytes: reveal([2, 5]) },
  { name: "part that is never extracted", code: "ces-subset-forbidden", bytes: reveal([2, 7]) },
  { name: "byte after the end", code: "encoding-invalid", bytes: Buffer.concat([good, Buffer.from([0])]) },
  { name: "cut off", code: "encoding-invalid", bytes: good.subarray(0, -1) },
  { name: "format version 2", code: "encoding-invalid", bytes: flipped(flipped(good, 0), 0).fill(2, 0, 1) },
  {
    name: "parts out of order",
    code: "encoding-invalid",
    bytes: oracle.extractionBytes(header, signature, [parts[2]!, parts[1]!], oracle.proofOf(commitments, [2, 3])),
  },
].map((each) => ({ ...each, bytes: each.bytes.toString("hex") }));

const hexed = (buffer: Buffer) => buffer.toString("hex");
const vectors = {
  spki: key.spki,
  header: hexed(header),
  contents: [
    { size: 0, filler: 0 },
    { size: 1 << 20, filler: 1 },
    { size: (1 << 20) + 1, filler: 2 },
    { size: 3 << 20, filler: 3 },
  ].map((each) => ({ ...each, digest: hexed(oracle.contentDigest(Buffer.alloc(each.size, each.filler))) })),
  commitments: commitments.map(hexed),
  roots: [1, 2, 3, 4, 5, 6, 7].map((n) => hexed(oracle.rootOf(commitments.slice(0, n)))),
  signature: hexed(signature),
  extractions,
  mustFail,
};
writeFileSync(new URL("extractions.json", here), `${JSON.stringify(vectors, null, 2)}\n`);
makeSuites();
makeRanges();
