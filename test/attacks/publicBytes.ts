/** Looking through everything that a chain shows to its members. */
import { concat, unhex } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";

/** Whether `wanted` stands anywhere in `bytes`. */
export function contains(bytes: Uint8Array, wanted: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(wanted));
}

/** All bytes that the chain's members get to see: what every transaction carried, and every log. */
export async function publicBytes({ provider }: Chain): Promise<Uint8Array> {
  const seen: Uint8Array[] = [];
  for (let block = await provider.getBlockNumber(); block > 0; block--) {
    const { prefetchedTransactions } = (await provider.getBlock(block, true))!;
    for (const { data, hash } of prefetchedTransactions) {
      seen.push(unhex(data));
      for (const log of (await provider.getTransactionReceipt(hash))?.logs ?? [])
        seen.push(unhex(log.data), ...log.topics.map(unhex));
    }
  }
  return concat(...seen);
}
