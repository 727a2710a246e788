/** Getting everything back with the seed alone: the ledgers tell where the records lie, the cloud has P's own copies. */
import type { Signer } from "ethers";
import { capsulePolicy } from "../abe/index.ts";
import { CID, parseCid } from "../cloud/blocks.ts";
import type { GatewayClient } from "../cloud/gatewayClient.ts";
import { decodeManifest, parseManifestUrl } from "../cloud/manifest.ts";
import { readObject } from "../cloud/objects.ts";
import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Chain, Side } from "../ledger/chain.ts";
import { type IndexLedger, ledgerRecordIdOf } from "../ledger/indexLedger.ts";
import { checkCommittedRecord, decodeOwnCopy, ownCopyInfo, type Trust } from "../record/index.ts";
import { decodeIndex, open, openIndexWithKey } from "../seal/index.ts";
import { longestPart } from "./openView.ts";
import { ownerFetchOrder } from "./orders.ts";
import type { OwnerKeys } from "./ownerKeys.ts";
import { fromOwnCopy, ledgerOf, type OwnRecord, type OwnView, type ViewName } from "./ownRecord.ts";

export type RestoreContext = {
  chains: Record<Side, Chain>;
  ledgers: Record<Side, IndexLedger>;
  keys: OwnerKeys;
  gateway: GatewayClient;
  signer: (side: Side) => Promise<Signer>;
  trust: Trust;
};

/** Every record that this seed's storage account has published, as it stands on both ledgers now. */
export async function restoreRecords(context: RestoreContext): Promise<OwnRecord[]> {
  const owner = await (await context.signer("storage")).getAddress();
  const records: OwnRecord[] = [];
  for (const id of await context.ledgers.storage.recordsOf(owner))
    records.push(await restoreRecord(context, id));
  return records;
}

async function restoreRecord(context: RestoreContext, storageId: string): Promise<OwnRecord> {
  const full = await openOwn(context, "full", storageId);
  if (full.manifest.own === undefined)
    throw new DiptychError(
      "manifest-invalid",
      "The manifest of this full view links no own copy: restore the record from a back-up.",
    );
  const sealed = await readObject(
    full.manifest.own,
    async (cid) => full.blocks.get(cid.toString()),
    longestPart,
  );
  const copy = decodeOwnCopy(await open(context.keys.record.privateKey, ownCopyInfo, sealed));
  const { header } = await checkCommittedRecord(
    {
      header: copy.header,
      signature: copy.signature,
      commitments: copy.parts.map((part) => part.commitment),
      certificateChain: copy.certificateChain,
    },
    context.trust,
  );

  // Widening publishes the shared view alone, so the shared ledger knows its sides and rights better than the own copy.
  const chain = context.chains.shared;
  const owner = await (await context.signer("shared")).getAddress();
  const sharedId = ledgerRecordIdOf(owner, context.keys.ledgerRecordSalt(chain, header.emrId, "shared"));
  const shared = await openOwn(context, "shared", sharedId);
  const base = fromOwnCopy(copy, (bytes) => parseCid(CID.decode(bytes).toString()));
  const positions = base.parts
    .filter(({ stored }) => shared.manifest.parts.some((link) => link.equals(stored!.cid)))
    .map((part) => part.position);
  return {
    ...base,
    shared: positions,
    rights: { full: capsulePolicy(full.manifest.capsule), shared: capsulePolicy(shared.manifest.capsule) },
    views: { full: full.view, shared: shared.view },
  };
}

/** Opens the index of one's own ledger record with the whole index key, and fetches what it points at. */
async function openOwn(context: RestoreContext, name: ViewName, ledgerRecordId: string) {
  const side = ledgerOf[name];
  const chain = context.chains[side];
  const record = await context.ledgers[side].record(ledgerRecordId);
  const { url, tag } = await openIndexWithKey(context.keys.index(chain), decodeIndex(record.index), {
    chainId: chain.chainId,
    contract: unhex(chain.ledger),
    ledgerRecordId: unhex(ledgerRecordId),
    version: record.version,
    keySet: unhex(record.keySet),
  });
  const root = parseManifestUrl(url);
  const order = await ownerFetchOrder(
    await context.signer(side),
    chain,
    context.gateway.origin,
    root.toString(),
  );
  const blocks = await context.gateway.fetchOwn(order);
  const view: OwnView = { version: record.version, epoch: record.epoch, root, tag };
  return { view, blocks, manifest: decodeManifest(blocks.get(root.toString())!) };
}
