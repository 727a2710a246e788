/**
 * Encrypted parts as blocks (paper, 5.1.3, C_mi): one raw block up to 1 MiB, above it a UnixFS file with raw leaves of
 * 1 MiB, as any IPFS node makes and reads it.
 */
import { importBytes } from "ipfs-unixfs-importer";
import { fixedSize } from "ipfs-unixfs-importer/chunker";
import { balanced } from "ipfs-unixfs-importer/layout";
import { concat } from "../core/bytes.ts";
import {
  type Block,
  blockUnexpected,
  type CID,
  DAG_PB,
  type GetBlock,
  isOurCid,
  makeBlock,
  RAW,
} from "./blocks.ts";
import { getVerified, linksOf } from "./walk.ts";

/** Bytes of an object that one block holds at most: 1 MiB. */
export const CHUNK_SIZE = 1_048_576;
const CHILDREN_PER_NODE = 1024;
const MAX_DEPTH = 8;

/** An object's root and its blocks, leaves last. */
export interface StoredObject {
  cid: CID;
  blocks: Block[];
}

/** Cuts `bytes` into blocks; the same bytes give the same CID. */
export async function objectToBlocks(bytes: Uint8Array): Promise<StoredObject> {
  if (bytes.length <= CHUNK_SIZE) {
    const block = await makeBlock(RAW, bytes);
    return { cid: block.cid, blocks: [block] };
  }
  const blocks = new Map<string, Block>();
  const sink = {
    put: async (cid: CID, value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
      if (!(value instanceof Uint8Array)) throw new TypeError("the importer writes whole blocks");
      blocks.set(cid.toString(), { cid, bytes: value });
      return cid;
    },
  };
  const { cid } = await importBytes(bytes, sink, {
    cidVersion: 1,
    rawLeaves: true,
    chunker: fixedSize({ chunkSize: CHUNK_SIZE }),
    layout: balanced({ maxChildrenPerNode: CHILDREN_PER_NODE }),
    blockWriteConcurrency: 1,
  });
  return { cid, blocks: [...blocks.values()].reverse() };
}

/**
 * The object's bytes, a block at a time, each verified against its CID: its raw leaves in order. At most `limit` bytes: a
 * few small blocks can link each other into a file of any size. Throws `block-missing`, `block-mismatch`,
 * `block-unexpected`.
 */
export async function* readObjectStream(
  cid: CID,
  get: GetBlock,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ahead = [{ cid, depth: 0 }];
  let size = 0;
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (!isOurCid(next.cid, [RAW, DAG_PB])) throw blockUnexpected(`${cid} is not an object`);
    const block = await getVerified(next.cid, get);
    if (next.cid.code === RAW) {
      const empty = block.bytes.length === 0 && next.depth > 0;
      size += block.bytes.length;
      if (empty || size > limit) throw blockUnexpected(`${cid} has empty leaves or more than ${limit} bytes`);
      yield block.bytes;
      continue;
    }
    // Every node leads to bytes and none lies deep, so the work stays in proportion to the bytes.
    const depth = next.depth + 1;
    const links = linksOf(block);
    if (links.length === 0 || depth > MAX_DEPTH) throw blockUnexpected(`${cid} is not a well-formed file`);
    for (const link of links.reverse()) ahead.push({ cid: link, depth });
  }
}

/** `readObjectStream` for objects that fit into memory. */
export async function readObject(cid: CID, get: GetBlock, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readObjectStream(cid, get, limit)) chunks.push(chunk);
  return concat(...chunks);
}
