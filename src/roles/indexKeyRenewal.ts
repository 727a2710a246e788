/**
 * A new index key after a loss of t shares. Whoever has them opens every index that was ever sealed to the old key, without any
 * ledger's leave: those count as exposed. So each record of the chain is closed, encrypted anew and published under the new key.
 */
import { hex, utf8, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Side } from "../ledger/chain.ts";
import type { LedgerRecord } from "../ledger/indexLedger.ts";
import type { Mined } from "../ledger/transactions.ts";
import { dealNextIndexKey, demandGates, type GateChoice } from "./gateAppointment.ts";
import { currentIndexKey, dealtKeySet } from "./indexKeys.ts";
import type { Owner } from "./owner.ts";
import { ledgerOf, type OwnRecord, type ViewName, viewNames, viewOn } from "./ownRecord.ts";
import type { ActOptions, Course } from "./progress.ts";
import { closeView } from "./settling.ts";

/** What a renewal did. EMR ids are hex. */
export type Renewal = {
  /** The deal of the new key; undefined where an earlier call had made it and stopped. */
  dealt?: Mined;
  /**
   * Records whose indexes were sealed to the key that is given up. What they said then counts as known to whoever stole the shares
   * and holds, or can get, fitting attributes.
   */
  exposed: string[];
  /** Those of `exposed` that are published under the new key now. */
  renewed: string[];
  /** Those that are closed, by their owner before or because their other view is: they come under the new key when they are reopened. */
  closed: string[];
};

/** A renewal that was begun: the number of the key that is given up, and the ledger records that this renewal closes. */
type Begun = { number: number; ledgerRecordIds: string[] };

/** A record of one's own whose index on this chain is sealed to an older key. */
type Exposed = { record: OwnRecord; ledgerRecordId: string; standing: LedgerRecord };

/** How a renewal publishes and which records it has at hand. */
export type RenewalMeans = {
  records: () => readonly OwnRecord[];
  /** Publishes one record's closed view again, all its parts under new keys. */
  republish: (record: OwnRecord, view: ViewName, options: ActOptions) => Promise<unknown>;
};

/** What a renewal would do. EMR ids. */
export type RenewalPlan = {
  /** Whether a new key is still to be dealt. */
  deal: boolean;
  /** Records that are open and would be closed. */
  close: Uint8Array[];
  /** Records that would be published again. */
  publish: Uint8Array[];
};

/** What `renewIndexKey` would do now; throws as it does before it does anything. */
export async function planRenewal(
  owner: Owner,
  side: Side,
  records: readonly OwnRecord[],
  choice?: GateChoice,
): Promise<RenewalPlan> {
  const { begun, isDealt, before, view } = await prepare(owner, side, records, choice);
  const mine = before.filter(({ ledgerRecordId }) => begun.ledgerRecordIds.includes(ledgerRecordId));
  const publish: Uint8Array[] = [];
  for (const { record } of mine)
    if (!(await isOtherViewClosed(owner, record, view))) publish.push(record.header.emrId);
  return {
    deal: !isDealt,
    close: mine.filter(({ standing }) => !standing.closed).map(({ record }) => record.header.emrId),
    publish,
  };
}

/** What a renewal starts from, looked at and nothing done. */
async function prepare(owner: Owner, side: Side, records: readonly OwnRecord[], choice?: GateChoice) {
  await owner.settle(side);
  const chosen = choice ?? (await dealtKeySet(owner, side));
  await demandGates(owner, side, chosen);
  const noted = await readBegun(owner, side);
  const { number } = await currentIndexKey(owner, side);
  const isDealt = noted !== undefined && number > noted.number;
  if (isDealt && choice !== undefined) await demandDealtTo(owner, side, choice);
  const before = await exposedRecords(owner, side, records, noted?.number ?? number);
  const open = before.filter(({ standing }) => !standing.closed).map((each) => each.ledgerRecordId);
  const begun: Begun = {
    number: noted?.number ?? number,
    // What is open now is still to be closed; what an earlier run closed is closed by now.
    ledgerRecordIds: isDealt ? [...new Set([...noted.ledgerRecordIds, ...open])] : open,
  };
  const view = viewOn(side);
  return { chosen, isDealt, before, begun, view };
}

/**
 * Deals the next index key and publishes under it every open record of this chain. After a stop the same call goes on, and deals no
 * further key. A record that can't be published doesn't keep the others from it.
 *
 * @param choice the gates of now unless said: name others where those are suspected
 * @throws DiptychError `record-unknown`, before anything is done, when a record of this account isn't at hand: restore first;
 * `argument-invalid` when an earlier call dealt the new key to others than `choice`; `change-unfinished` naming the records that are
 * closed and could not be published: the same call tries again
 */
export async function renewIndexKey(
  owner: Owner,
  side: Side,
  { records, republish }: RenewalMeans,
  course: Course,
  choice?: GateChoice,
): Promise<Renewal> {
  const { chosen, isDealt, before, begun, view } = await prepare(owner, side, records(), choice);
  await owner.journal.set(noteOf(side), utf8(JSON.stringify(begun)));
  const dealt = isDealt ? undefined : await dealNextIndexKey(owner, side, chosen, course);

  const mine = before.filter(({ ledgerRecordId }) => begun.ledgerRecordIds.includes(ledgerRecordId));
  // All are closed before the first is published: as long as they stay open, new readers come under the lost key.
  if (mine.length > 0) course.tell("stop", 0, mine.length, side);
  for (const [at, { record }] of mine.entries()) {
    await closeView(owner, record.header.emrId, view);
    course.tell("stop", at + 1, mine.length, side);
  }
  const left: string[] = [];
  const renewed: string[] = [];
  let reason: unknown;
  for (const { record } of mine) {
    if (await isOtherViewClosed(owner, record, view)) continue;
    try {
      await republish(record, view, course.options);
      renewed.push(hex(record.header.emrId));
    } catch (error) {
      if (!(error instanceof DiptychError)) throw error;
      reason ??= error;
      left.push(hex(record.header.emrId));
    }
  }
  if (left.length > 0)
    throw new DiptychError(
      "change-unfinished",
      `The new key is dealt and these records are closed, but could not be published under it: ${left.join(", ")}. ` +
        `Do what this asks for, then renew again: ${(reason as Error).message}`,
      { cause: reason },
    );
  await owner.journal.delete(noteOf(side));
  const exposed = await exposedIds(owner, side, before, begun, records());
  return {
    ...(dealt === undefined ? {} : { dealt }),
    exposed,
    renewed: exposed.filter((id) => !before.some((each) => isSame(each, id)) || renewed.includes(id)),
    closed: exposed.filter((id) => before.some((each) => isSame(each, id)) && !renewed.includes(id)),
  };
}

const isSame = ({ record }: Exposed, emrId: string) => hex(record.header.emrId) === emrId;

/** All records that this renewal is about: those that are still under an old key, and those that an earlier run has renewed. */
async function exposedIds(
  owner: Owner,
  side: Side,
  before: readonly Exposed[],
  begun: Begun,
  records: readonly OwnRecord[],
): Promise<string[]> {
  const view = viewOn(side);
  const ids = new Set([...before.map((each) => each.ledgerRecordId), ...begun.ledgerRecordIds]);
  const found: string[] = [];
  for (const { header } of records)
    if (ids.has(await owner.ledgerRecordId(header.emrId, view))) found.push(hex(header.emrId));
  return found;
}

/**
 * The records of this account on a chain whose index is sealed to the key of that number or an older one; throws
 * `record-unknown` when one isn't among `records`.
 */
async function exposedRecords(
  owner: Owner,
  side: Side,
  records: readonly OwnRecord[],
  number: number,
): Promise<Exposed[]> {
  await owner.learnArrivals();
  const view = viewOn(side);
  const atHand = new Map<string, OwnRecord>();
  for (const record of records) atHand.set(await owner.ledgerRecordId(record.header.emrId, view), record);
  const current = await currentIndexKey(owner, side);
  const found: Exposed[] = [];
  for await (const ledgerRecordId of owner.ledgers[side].recordsOf(await owner.address(side))) {
    const standing = await owner.ledgers[side].record(ledgerRecordId);
    if (current.number > number && standing.keySet === current.keySet) continue;
    const record = atHand.get(ledgerRecordId);
    if (record === undefined)
      throw new DiptychError(
        "record-unknown",
        `The ${side} chain holds a record of this account that isn't at hand here (${ledgerRecordId}): restore first, then renew the key.`,
      );
    found.push({ record, ledgerRecordId, standing });
  }
  return found;
}

async function isOtherViewClosed(owner: Owner, { header }: OwnRecord, view: ViewName): Promise<boolean> {
  const other = viewNames.find((name) => name !== view)!;
  const id = await owner.ledgerRecordId(header.emrId, other);
  return (await owner.ledgers[ledgerOf[other]].find(id))?.closed === true;
}

/** A key that was dealt to gates under suspicion is as good as lost: other gates need another key. */
async function demandDealtTo(owner: Owner, side: Side, choice: GateChoice): Promise<void> {
  const { gates, threshold } = await dealtKeySet(owner, side);
  const names = (list: readonly string[]) => list.map((each) => each.toLowerCase()).join();
  if (threshold === choice.threshold && names(gates) === names(choice.gates)) return;
  throw new DiptychError(
    "argument-invalid",
    "An earlier renewal dealt the new key to other gates and stopped: finish it without naming gates, then renew again with these.",
  );
}

async function readBegun(owner: Owner, side: Side): Promise<Begun | undefined> {
  const kept = await owner.journal.get(noteOf(side));
  return kept === undefined ? undefined : (JSON.parse(utf8Decode(kept)) as Begun);
}

function noteOf(side: Side): string {
  return `patient/index-key-renewal/${side}`;
}
