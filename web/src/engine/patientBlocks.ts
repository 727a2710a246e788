/** Ciphertext of this patient's records, kept in this browser: looking at them again asks neither the wallet nor the cloud. */
import type { BlockCache } from "diptych";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

interface Stored extends DBSchema {
  blocks: { key: string; value: { bytes: Uint8Array; used: number }; indexes: { used: number } };
}

/** What nobody looked at for thirty days is forgotten. */
const patience = 30 * 86_400_000;
/** Told of a block's use no more often than that, in milliseconds. */
const coarse = 86_400_000;

/** The cache of one world. A browser that can't keep anything keeps nothing: a cache is a comfort. */
export async function openBlocks(world: string): Promise<BlockCache> {
  const database = await openStored(world);
  const old = IDBKeyRange.upperBound(Date.now() - patience);
  for (const key of await database.getAllKeysFromIndex("blocks", "used", old))
    await database.delete("blocks", key);
  const keep = async (cid: string, bytes: Uint8Array) => {
    await database.put("blocks", { bytes, used: Date.now() }, cid);
  };
  return {
    get: async (cid) => {
      const found = await database.get("blocks", cid);
      if (found !== undefined && found.used < Date.now() - coarse)
        await keep(cid, found.bytes).catch(() => undefined);
      return found?.bytes;
    },
    put: async (blocks) => {
      for (const [cid, bytes] of blocks) await keep(cid, bytes).catch(() => undefined);
    },
  };
}

/** Empties the cache of one world. */
export async function forgetBlocks(world: string): Promise<void> {
  // Emptied, not deleted: a deletion would wait for other windows that have it open.
  const database = await openStored(world);
  await database.clear("blocks");
  database.close();
}

function openStored(world: string): Promise<IDBPDatabase<Stored>> {
  return openDB<Stored>(`diptych-blocks/${world}`, 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore("blocks").createIndex("used", "used");
    },
  });
}
