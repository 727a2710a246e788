/** From a draft to what stands: upload, indexes, one transaction a ledger, finality, and forgetting what is old. */
import { carBytes } from "../cloud/car.ts";
import type { UploadOrder } from "../cloud/gatewayClient.ts";
import { equal } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import type { Side } from "../ledger/chain.ts";
import type { PublishCall } from "../ledger/ownerActs.ts";
import type { Mined } from "../ledger/transactions.ts";
import { blockToRead } from "../services/finality.ts";
import { cacheBlocks } from "./blockCache.ts";
import type { Draft } from "./drafting.ts";
import { appointMissing, type GateChoices } from "./gateAppointment.ts";
import { currentIndexKey } from "./indexKeys.ts";
import { keepOnlyOrder, uploadOrder } from "./orders.ts";
import type { Owner } from "./owner.ts";
import { indexHash, ledgerOf, type OwnRecord, type OwnView, type ViewName, viewNames } from "./ownRecord.ts";
import type { Course } from "./progress.ts";
import { type DraftView, indexView } from "./publishing.ts";

/** What a publish put on a ledger. */
export type PublishedView = {
  view: ViewName;
  ledger: Side;
  ledgerRecordId: string;
  version: number;
  epoch: number;
  indexBytes: number;
  mined: Mined;
};

/** The indexes of a draft, ready for their ledgers. */
export type Indexes = Map<ViewName, PublishCall>;

/**
 * Puts a draft's blocks into the cloud: one CAR, each root signed by its owner account. Returns its bytes. Orders are signed one
 * after the other, that of the chain which signed its index last before the others: a wallet has to be switched between them.
 */
export async function uploadDraft(owner: Owner, draft: Draft, course: Course): Promise<number> {
  const roots = draft.views.map((view) => view.root);
  const blocks = [...draft.views.map((view) => view.manifest), ...draft.blocks];
  const car = await carBytes(roots, blocks);
  const owners = await Promise.all(draft.views.map(({ chain }) => owner.address(chain.side)));
  const orders: UploadOrder[] = [];
  for (const { chain, root, tag } of [...draft.views].reverse()) {
    const order = { gateway: owner.gateway.origin, cid: root.toString(), tag, owners };
    orders.unshift(await uploadOrder(await owner.signer(chain.side), chain, order));
  }
  await owner.gateway.upload(car, orders, course.transferring("upload"));
  await cacheBlocks(owner.cache, blocks);
  return car.length;
}

/** Makes and signs the indexes of a draft's views (5.1.4); `gates` are appointed first, on a chain that has none yet. */
export async function indexDraft(
  owner: Owner,
  draft: Draft,
  course: Course,
  gates: GateChoices = {},
): Promise<Indexes> {
  const indexes: Indexes = new Map();
  const { length } = draft.views;
  for (const view of draft.views) {
    const { side } = view.chain;
    await appointMissing(owner, side, gates, course);
    course.tell("sign", indexes.size, length, side);
    const signer = await owner.signer(side);
    const indexKey = await currentIndexKey(owner, side);
    indexes.set(view.name, await indexView(view, draft.record, owner.keys, { signer, indexKey }));
    course.tell("sign", indexes.size, length, side);
  }
  return indexes;
}

/**
 * Publishes a draft, one transaction a ledger (5.1.5), passing over what stands already. `course` keeps the record as it
 * stands after each: a view that is still to come is stale in it.
 */
export async function publishDraft(
  owner: Owner,
  draft: Draft,
  indexes: Indexes,
  course: Course,
): Promise<PublishedView[]> {
  const published: PublishedView[] = [];
  const record: OwnRecord = { ...draft.record, views: { ...draft.record.views } };
  for (const { name } of draft.views) {
    const standing = record.views[name];
    if (standing !== undefined) record.views[name] = { ...standing, stale: true };
  }
  for (const [at, view] of draft.views.entries()) {
    course.tell("publish", at, draft.views.length, view.chain.side);
    const mined = await publishView(owner, view, indexOf(indexes, view));
    const { name, ledgerRecordId, version, epoch, root, chain } = view;
    record.views[name] = { version, epoch, root, index: indexHash(indexOf(indexes, view).index) };
    course.keep({ ...record, views: { ...record.views } });
    if (mined !== undefined) {
      const indexBytes = indexOf(indexes, view).index.length;
      published.push({ view: name, ledger: chain.side, ledgerRecordId, version, epoch, indexBytes, mined });
    }
    course.tell("publish", at + 1, draft.views.length, chain.side);
  }
  return published;
}

/** Publishes one view, by the owner or a relayer; undefined when an earlier call did, and told of it. */
async function publishView(owner: Owner, view: DraftView, call: PublishCall): Promise<Mined | undefined> {
  const { side } = view.chain;
  await owner.settle(side);
  const standing = await owner.ledgers[side].find(view.ledgerRecordId);
  if (standing !== undefined && equal(standing.index, call.index)) return owner.minedWith(side, call.index);
  return (await owner.acts(side)).publish(call);
}

/** Ends the running epoch of a view, by the owner or a relayer; undefined when it is closed already, or not published. */
export async function closeView(owner: Owner, emrId: Uint8Array, view: ViewName): Promise<Mined | undefined> {
  const side = ledgerOf[view];
  const ledgerRecordId = await owner.ledgerRecordId(emrId, view);
  await owner.settle(side);
  const standing = await owner.ledgers[side].find(ledgerRecordId);
  if (standing === undefined || standing.closed) return undefined;
  return (await owner.acts(side)).close(ledgerRecordId, standing.epoch);
}

/** Longest wait for finality: after it the act can be called again and goes on waiting. */
const patience = 120_000;

/**
 * Waits until every view of `record` stands in a final block as memory has it, sending again what a reorganisation took away of
 * the draft. A receipt alone proves nothing.
 *
 * @throws DiptychError `version-moved` when another version became final, `node-behind` after two minutes
 */
export async function awaitFinal(
  owner: Owner,
  record: OwnRecord,
  draft: Draft,
  indexes: Indexes,
  course: Course,
): Promise<void> {
  const until = Date.now() + patience;
  const standingViews = viewNames.filter(
    (name) => record.views[name] !== undefined && record.views[name].stale !== true,
  );
  for (const [at, name] of standingViews.entries()) {
    const standing = record.views[name]!;
    course.tell("confirm", at, standingViews.length, ledgerOf[name]);
    const drafted = draft.views.find((view) => view.name === name);
    while (!(await isFinal(owner, record.header.emrId, name, standing))) {
      if (Date.now() > until)
        throw new DiptychError(
          "node-behind",
          `The ${name} view is published but not final yet: call the same act again.`,
        );
      if (drafted !== undefined && !(await stands(owner, drafted)))
        await publishView(owner, drafted, indexOf(indexes, drafted));
      await course.pause(250);
    }
    course.tell("confirm", at + 1, standingViews.length, ledgerOf[name]);
  }
}

/** Whether the ledger has this version, or a later one. */
async function stands(owner: Owner, { chain, ledgerRecordId, version }: DraftView): Promise<boolean> {
  const latest = await owner.ledgers[chain.side].find(ledgerRecordId);
  return latest !== undefined && latest.version >= version;
}

async function isFinal(owner: Owner, emrId: Uint8Array, name: ViewName, view: OwnView): Promise<boolean> {
  const { provider, side } = owner.chains[ledgerOf[name]];
  const id = await owner.ledgerRecordId(emrId, name);
  let block: number;
  try {
    block = await blockToRead(provider, owner.confirmations);
  } catch (error) {
    if (isDiptychError(error, "node-behind")) return false;
    throw error;
  }
  const found = await owner.ledgers[side].find(id, block);
  if (found === undefined || found.version < view.version) return false;
  if (indexHash(found.index) === view.index) return true;
  throw new DiptychError(
    "version-moved",
    `Another version of the ${name} view was published meanwhile, from another device? Look at it, then change again.`,
  );
}

/**
 * Has the cloud forget every root of this record's views but the current ones: what old versions and stopped acts left. A view
 * whose ledger doesn't hold just this version, final and newest, is passed over.
 */
export async function forgetOldRoots(owner: Owner, record: OwnRecord, course: Course): Promise<void> {
  // The chain that was published to last comes first: a wallet is still on it.
  for (const [at, name] of [...viewNames].reverse().entries()) {
    course.tell("forget", at, viewNames.length, ledgerOf[name]);
    const view = record.views[name];
    if (view?.root === undefined || view.stale === true) continue;
    const chain = owner.chains[ledgerOf[name]];
    const id = await owner.ledgerRecordId(record.header.emrId, name);
    if (!(await isFinal(owner, record.header.emrId, name, view))) continue;
    if (indexHash((await owner.ledgers[chain.side].record(id)).index) !== view.index) continue;
    const tag = owner.keys.tag(chain, record.header.emrId, name);
    const order = { gateway: owner.gateway.origin, cid: view.root.toString(), tag };
    await owner.gateway.keepOnly(await keepOnlyOrder(await owner.signer(chain.side), chain, order));
  }
  course.tell("forget", viewNames.length, viewNames.length);
}

function indexOf(indexes: Indexes, view: DraftView): PublishCall {
  const call = indexes.get(view.name);
  if (call === undefined)
    throw new DiptychError(
      "argument-invalid",
      `The draft's ${view.name} view has no index: make the indexes first.`,
    );
  return call;
}
