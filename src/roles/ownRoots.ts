/** An owner's own ciphertext, fetched back from the cloud on the owner's signature alone. */
import type { CID } from "../cloud/blocks.ts";
import type { Blocks } from "../cloud/gatewayClient.ts";
import { parseManifestUrl } from "../cloud/manifest.ts";
import { hex, unhex } from "../core/bytes.ts";
import { keySetIdOf } from "../ledger/ids.ts";
import { decodeIndex, openIndexWithKey } from "../seal/index.ts";
import { readCached } from "./blockCache.ts";
import { indexKeyOfSet } from "./indexKeys.ts";
import { ownerFetchOrder } from "./orders.ts";
import type { Owner } from "./owner.ts";
import { indexHash, ledgerOf, type OwnView, type ViewName } from "./ownRecord.ts";
import type { Course } from "./progress.ts";

/** A view as it stands on its ledger, its program, and the blocks under its root. */
export type OwnRoot = { view: OwnView & { root: CID }; program: Uint8Array; blocks: Blocks };

/**
 * Opens the index of one's own ledger record with the whole index key, and fetches what it points at. A record that was taken
 * over and not published since is another account's upload: the gateway is shown that account's word in the index.
 */
export async function fetchOwnRoot(
  owner: Owner,
  name: ViewName,
  ledgerRecordId: string,
  course: Course,
): Promise<OwnRoot> {
  const side = ledgerOf[name];
  const chain = owner.chains[side];
  const record = await owner.ledgers[side].record(ledgerRecordId);
  const { key } = await indexKeyOfSet(owner, side, record.keySet);
  const { url, tag, dIndex } = await openIndexWithKey(key, decodeIndex(record.index), {
    chainId: chain.chainId,
    contract: unhex(chain.ledger),
    ledgerRecordId: unhex(ledgerRecordId),
    version: record.version,
    keySet: unhex(record.keySet),
  });
  const root = parseManifestUrl(url);
  const { version, epoch } = record;
  const view = { version, epoch, root, index: indexHash(record.index) };
  const { program } = record;
  const cached = await readCached(owner.cache, root);
  if (cached !== undefined) return { view, program, blocks: cached };
  const signer = await owner.signer(side);
  const order = await ownerFetchOrder(signer, chain, owner.gateway.origin, root.toString());
  const mine = keySetIdOf(await signer.getAddress(), key.publicKey) === record.keySet;
  const index = { ledgerRecordId, version: record.version, tag: hex(tag), signature: hex(dIndex) };
  const blocks = await owner.gateway.fetchOwn(
    mine ? order : { ...order, index },
    course.transferring("fetch"),
  );
  await owner.cache?.put(blocks);
  return { view, program, blocks };
}
