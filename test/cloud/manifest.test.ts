import * as dagCbor from "@ipld/dag-cbor";
import { expect } from "chai";
import { decodeCid } from "../../src/cloud/blocks.ts";
import {
  CID,
  decodeManifest,
  encodeManifest,
  makeBlock,
  manifestUrl,
  objectToBlocks,
  parseCid,
  parseManifestUrl,
  verifyBlock,
} from "../../src/cloud/index.ts";
import { concat, randomBytes } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import vectors from "./vectors/cloud.json" with { type: "json" };
import { makeVectors } from "./vectors/make.ts";
import { flip } from "./world.ts";

describe("cloud: the manifest", () => {
  let part: CID;
  let other: CID;
  before(async () => {
    part = (await objectToBlocks(randomBytes(10))).cid;
    other = (await objectToBlocks(randomBytes(10))).cid;
  });
  const fields = () => ({ capsule: randomBytes(9), keyring: randomBytes(8), parts: [part, other] });

  it("is a dag-cbor block that gives back what went in, with the own copy and without", async () => {
    for (const manifest of [fields(), { ...fields(), parts: [part], own: other }]) {
      const block = await encodeManifest(manifest);
      expect(block.cid.code).to.equal(0x71);
      await verifyBlock(block);
      const { own: gotOwn, parts, ...rest } = decodeManifest(block.bytes);
      const { own, parts: given, ...bytes } = { own: undefined, ...manifest };
      expect(rest).to.deep.equal(bytes);
      expect(parts.map(String)).to.deep.equal(given.map(String));
      expect(String(gotOwn)).to.equal(String(own));
    }
  });

  it("refuses other fields, kinds of links, links given twice, and other versions", async () => {
    const good = { v: 1, ...fields() };
    const manifestCid = (await encodeManifest(fields())).cid;
    const v0 = CID.createV0(part.multihash as never);
    const bad: unknown[] = [
      { ...good, v: 2 },
      { ...good, v: 1.5 },
      { ...good, extra: 1 },
      { ...good, own: null },
      { ...good, own: "x" },
      { ...good, own: part },
      { ...good, parts: [part, part] },
      { ...good, parts: [manifestCid] },
      { ...good, parts: [v0] },
      { ...good, parts: ["bafy"] },
      { ...good, parts: {} },
      { ...good, capsule: "text" },
      { v: 1, capsule: good.capsule, parts: [] },
      [],
      null,
      "manifest",
    ];
    for (const value of bad)
      await expectCode("manifest-invalid", () => decodeManifest(dagCbor.encode(value)));
    expect(decodeManifest(dagCbor.encode(good)).parts).to.have.length(2);
  });

  it("refuses bytes that aren't its canonical form", async () => {
    const { bytes } = await encodeManifest(fields());
    await expectCode("manifest-invalid", () => decodeManifest(concat(bytes, Uint8Array.of(0))));
    await expectCode("manifest-invalid", () => decodeManifest(bytes.slice(0, -1)));
    await expectCode("manifest-invalid", () => decodeManifest(new Uint8Array()));
    // The same map with a length of 4 written in two bytes.
    expect(bytes[0]).to.equal(0xa4);
    const longer = concat(Uint8Array.of(0xb8, 4), bytes.slice(1));
    await expectCode("manifest-invalid", () => decodeManifest(longer));
    for (const { bytes: bad } of vectors.mustFail)
      await expectCode("manifest-invalid", () => decodeManifest(Buffer.from(bad, "hex")));
  });

  it("refuses to grow beyond what IPFS nodes pass on", async () => {
    const big = { ...fields(), capsule: new Uint8Array(2_097_152) };
    await expectCode("manifest-invalid", () => encodeManifest(big));
  });

  it("has one url", async () => {
    const { cid } = await encodeManifest(fields());
    expect(parseManifestUrl(manifestUrl(cid)).equals(cid)).to.equal(true);
    expect(manifestUrl(cid)).to.have.length(66);
    const upper = `ipfs://${cid.toString().toUpperCase()}`;
    for (const url of [
      `${cid}`,
      `ipfs://${cid}/`,
      upper,
      manifestUrl(part),
      "ipfs://",
      "https://example.org",
    ])
      await expectCode("manifest-invalid", () => parseManifestUrl(url));
  });

  it("test vectors are what the code makes now", async () => {
    expect(await makeVectors()).to.deep.equal(vectors);
  });
});

describe("cloud: CIDs and blocks", () => {
  it("takes CIDv1 with SHA-256, in base32, and nothing else", async () => {
    const { cid } = await makeBlock(0x55, randomBytes(3));
    expect(parseCid(cid.toString()).equals(cid)).to.equal(true);
    const identity = "bafkqaaa";
    const v0 = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
    for (const text of [identity, v0, `${cid} `, cid.toString().slice(0, -1), "", "../../etc/passwd"])
      await expectCode("argument-invalid", () => parseCid(text));
  });

  it("takes the same in binary, and refuses all other bytes by code", async () => {
    const { cid } = await makeBlock(0x71, randomBytes(3));
    expect(decodeCid(cid.bytes).equals(cid)).to.equal(true);
    const { code, digest } = cid.multihash;
    const bad = [
      new Uint8Array(),
      new Uint8Array(36),
      cid.bytes.slice(0, -1),
      concat(cid.bytes, new Uint8Array(1)),
      CID.createV0(cid.multihash as never).bytes,
      CID.createV1(0x70 + 0x10, cid.multihash).bytes,
      // The same codec in two bytes where one does.
      concat(Uint8Array.of(1, 0xf1, 0, code, digest.length), digest),
    ];
    for (const bytes of bad) await expectCode("encoding-invalid", () => decodeCid(bytes));
  });

  it("tells bytes that aren't the CID's", async () => {
    const block = await makeBlock(0x55, randomBytes(30));
    await verifyBlock(block);
    await expectCode("block-mismatch", () => verifyBlock({ ...block, bytes: flip(block.bytes) }));
    await expectCode("block-mismatch", () => verifyBlock({ ...block, bytes: new Uint8Array() }));
  });
});
