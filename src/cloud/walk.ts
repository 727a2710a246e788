/** What lies under a manifest: every block once, each before those that it links. */
import * as dagPb from "@ipld/dag-pb";
import { isDiptychError } from "../core/errors.ts";
import {
  type Block,
  blockMissing,
  blockUnexpected,
  type CID,
  DAG_CBOR,
  DAG_PB,
  type GetBlock,
  isOurCid,
  multihashKey,
  RAW,
  verifyBlock,
} from "./blocks.ts";
import { decodeManifest, manifestLinks } from "./manifest.ts";

/** Limits on what one walk or one archive may hold. */
export interface Limits {
  maxBlocks: number;
  maxBytes: number;
}

export const DEFAULT_LIMITS: Limits = { maxBlocks: 1_000_000, maxBytes: 64 * 2 ** 30 };

/**
 * The links of a block whose bytes are verified: none for raw ones, the objects for a manifest, the children for a
 * UnixFS node. Throws `manifest-invalid` for dag-cbor that is no manifest, `block-unexpected` for odd dag-pb.
 */
export function linksOf({ cid, bytes }: Block): CID[] {
  if (cid.code === RAW) return [];
  if (cid.code === DAG_CBOR) return manifestLinks(decodeManifest(bytes));
  const links = childrenOf(cid, bytes);
  if (!links.every((link) => isOurCid(link, [RAW, DAG_PB])))
    throw blockUnexpected(`${cid} links what is no file`);
  return links;
}

/**
 * Every block under `root`, verified, from `get`. Throws `block-missing`, `block-mismatch`, and `block-unexpected` beyond
 * the limits.
 */
export async function* walkDag(
  root: CID,
  get: GetBlock,
  limits: Partial<Limits> = {},
): AsyncGenerator<Block, void, undefined> {
  const { maxBlocks, maxBytes } = { ...DEFAULT_LIMITS, ...limits };
  let [blocks, bytes] = [0, 0];
  let block: Block | undefined;
  const read = async (cid: CID) => {
    block = await getVerified(cid, get);
    return linksOf(block);
  };
  for await (const _ of depthFirst(root, read)) {
    bytes += block!.bytes.length;
    if (++blocks > maxBlocks || bytes > maxBytes) throw blockUnexpected(`${root} holds more than allowed`);
    yield block!;
  }
}

/** The CID of every block under `root`, reading only the few that link others. */
export async function* walkCids(root: CID, get: GetBlock): AsyncGenerator<CID, void, undefined> {
  yield* depthFirst(root, async (cid) => (cid.code === RAW ? [] : linksOf(await getVerified(cid, get))));
}

async function* depthFirst(
  root: CID,
  linksFrom: (cid: CID) => Promise<CID[]>,
): AsyncGenerator<CID, void, undefined> {
  const ahead = [root];
  const seen = new Set<string>();
  for (let cid = ahead.pop(); cid !== undefined; cid = ahead.pop()) {
    const key = cid.toString();
    if (seen.has(key)) continue;
    seen.add(key);
    const links = await linksFrom(cid);
    yield cid;
    for (const link of links.reverse()) ahead.push(link);
  }
}

/** The multihash keys of all that is reachable from `roots`. */
export async function reachableFrom(roots: readonly CID[], get: GetBlock): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const root of roots) for await (const cid of walkCids(root, get)) keys.add(multihashKey(cid));
  return keys;
}

/** What is wrong with a block that isn't there or isn't what it should be. */
const broken = ["block-missing", "block-mismatch", "block-unexpected", "manifest-invalid"] as const;

/** `reachableFrom` as far as blocks can be read: a missing or bad one counts itself and links nothing. */
export async function readableFrom(roots: readonly CID[], get: GetBlock): Promise<Set<string>> {
  const keys = new Set<string>();
  const ahead = [...roots];
  for (let cid = ahead.pop(); cid !== undefined; cid = ahead.pop()) {
    const key = multihashKey(cid);
    if (keys.has(key)) continue;
    keys.add(key);
    if (cid.code === RAW) continue;
    try {
      ahead.push(...linksOf(await getVerified(cid, get)));
    } catch (error) {
      // A store that can't read just now says nothing about what is there: only bad blocks may be passed over.
      if (!broken.some((code) => isDiptychError(error, code))) throw error;
    }
  }
  return keys;
}

/** The block that `get` has under `cid`, its bytes verified; throws `block-missing`, `block-mismatch`. */
export async function getVerified(cid: CID, get: GetBlock): Promise<Block> {
  const bytes = await get(cid);
  if (bytes === undefined) throw blockMissing(cid);
  const block = { cid, bytes };
  await verifyBlock(block);
  return block;
}

function childrenOf(cid: CID, bytes: Uint8Array): CID[] {
  try {
    return dagPb.decode(bytes).Links.map((link) => link.Hash);
  } catch {
    throw blockUnexpected(`${cid} is not a UnixFS node`);
  }
}
