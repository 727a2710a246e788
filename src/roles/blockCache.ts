/**
 * Ciphertext that an owner made or fetched before, kept near: looking at one's own records again then asks neither the wallet for a
 * signature nor the cloud for blocks.
 */
import type { Block, CID } from "../cloud/blocks.ts";
import type { Blocks } from "../cloud/gatewayClient.ts";
import { walkDag } from "../cloud/walk.ts";
import { isDiptychError } from "../core/errors.ts";

/** Keeps blocks by CID. It may forget any of them at any time, and needn't be trusted: what comes out is checked against its CID. */
export type BlockCache = {
  /** The bytes kept under a CID (its text), or undefined. */
  get(cid: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes by CID. */
  put(blocks: ReadonlyMap<string, Uint8Array>): Promise<void>;
};

/** All blocks under a root, or undefined when the cache lacks one or has a bad one. */
export async function readCached(cache: BlockCache | undefined, root: CID): Promise<Blocks | undefined> {
  if (cache === undefined) return undefined;
  const found: Blocks = new Map();
  try {
    for await (const { cid, bytes } of walkDag(root, (each) => cache.get(each.toString())))
      found.set(cid.toString(), bytes);
    return found;
  } catch (error) {
    if (!isDiptychError(error)) throw error;
    return undefined;
  }
}

/** Keeps what is about to be uploaded. */
export async function cacheBlocks(cache: BlockCache | undefined, blocks: readonly Block[]): Promise<void> {
  await cache?.put(new Map(blocks.map(({ cid, bytes }) => [cid.toString(), bytes])));
}
