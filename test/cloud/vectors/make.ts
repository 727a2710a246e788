/** Makes the test vectors of src/cloud from fixed bytes: `node test/cloud/vectors/make.ts` writes cloud.json. */
import { writeFile } from "node:fs/promises";
import * as dagCbor from "@ipld/dag-cbor";
import { sha256 } from "../../../src/core/hash.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { carBytes, encodeManifest, makeBlock, objectToBlocks } from "../../../src/cloud/index.ts";

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

export async function makeVectors() {
  const small = await objectToBlocks(utf8("a small C_mi"));
  const empty = await objectToBlocks(new Uint8Array());
  const large = await objectToBlocks(new Uint8Array(1_048_576 + 1).fill(7));
  const manifest = {
    capsule: sha256(utf8("capsule")),
    keyring: sha256(utf8("keyring")),
    parts: [small.cid, large.cid],
    own: empty.cid,
  };
  const block = await encodeManifest(manifest);
  const tiny = await encodeManifest({ ...manifest, parts: [small.cid], own: empty.cid });
  const car = await carBytes([tiny.cid], [tiny, ...small.blocks, ...empty.blocks]);
  return {
    objects: {
      small: small.cid.toString(),
      empty: empty.cid.toString(),
      large: { size: 1_048_577, fill: 7, cid: large.cid.toString(), root: hexOf(large.blocks[0]!.bytes) },
    },
    manifest: {
      capsule: hexOf(manifest.capsule),
      keyring: hexOf(manifest.keyring),
      parts: manifest.parts.map(String),
      own: manifest.own.toString(),
      bytes: hexOf(block.bytes),
      cid: block.cid.toString(),
    },
    car: { root: tiny.cid.toString(), bytes: hexOf(car) },
    mustFail: await mustFail(manifest),
  };
}

async function mustFail(manifest: Record<string, unknown>) {
  const raw = (await makeBlock(0x55, utf8("x"))).cid;
  const cases: [string, unknown][] = [
    ["version 2", { v: 2, ...manifest }],
    ["no version", manifest],
    ["an unknown field", { v: 1, ...manifest, more: true }],
    ["no keyring", { v: 1, capsule: manifest.capsule, parts: [] }],
    ["a part twice", { v: 1, ...manifest, parts: [raw, raw] }],
    ["a part that is text", { v: 1, ...manifest, parts: [raw.toString()] }],
    ["own is null", { v: 1, ...manifest, own: null }],
  ];
  const encoded = cases.map(([what, value]) => ({ what, bytes: hexOf(dagCbor.encode(value)) }));
  const whole = hexOf(dagCbor.encode({ v: 1, ...manifest }));
  return [...encoded, { what: "a byte too many", bytes: `${whole}00` }];
}

if (import.meta.main)
  await writeFile(
    new URL("./cloud.json", import.meta.url),
    `${JSON.stringify(await makeVectors(), undefined, 2)}\n`,
  );
