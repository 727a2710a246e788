/** A few objects and manifests over them, as an upload has them. */

import { type Block, type CID, encodeManifest, objectToBlocks, type Pin } from "../../src/cloud/index.ts";
import { randomBytes } from "../../src/core/bytes.ts";

/** Bytes in which no two mebibytes are alike. */
export function numbered(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 4096) bytes.set([(i >> 12) & 255, (i >> 20) & 255, 7].slice(0, size - i), i);
  return bytes;
}

/** Two views over three parts, the third part a file of several blocks; the first view links all, and a copy of its own. */
export async function makeUpload() {
  const sizes = [100, 2000, 2 * 1_048_576 + 5];
  const parts = await Promise.all(sizes.map((size) => objectToBlocks(numbered(size))));
  const own = await objectToBlocks(randomBytes(50));
  const cids = parts.map((part) => part.cid);
  const view = (links: CID[], ownCid?: CID) =>
    encodeManifest({
      capsule: randomBytes(80),
      keyring: randomBytes(60),
      parts: links,
      ...(ownCid === undefined ? {} : { own: ownCid }),
    });
  const full = await view(cids, own.cid);
  const shared = await view(cids.slice(1));
  const blocks: Block[] = [full, shared, ...[...parts, own].flatMap((object) => object.blocks)];
  const get = async (cid: CID) => blocks.find((block) => block.cid.equals(cid))?.bytes;
  return { parts, own, full, shared, blocks, get };
}

export function pinOf(root: CID, owner = "storage:0xab"): Pin {
  return { root, owner, meta: { tag: "0x01" } };
}

/** Pins as plain values that compare by content. */
export function plain(pins: readonly Pin[]) {
  return pins.map(({ root, owner, meta }) => ({ root: root.toString(), owner, meta }));
}

export async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}

/** The same bytes with one bit changed. */
export function flip(bytes: Uint8Array, at = 0): Uint8Array {
  const changed = bytes.slice();
  changed[at]! ^= 1;
  return changed;
}
