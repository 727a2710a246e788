/** A plain model of IIndexRecords: who may do what with a ledger record, and what comes of it. */
import { dataLength, keccak256, toUtf8Bytes } from "ethers";
import { keySetOf, recordIdOf } from "../fixture.ts";
import {
  type AcceptTransfer,
  type Address,
  actorOf,
  type Close,
  type Fields,
  type Hex,
  type OfferTransfer,
  type Publish,
  type Refusal,
  type Republish,
  type Rules,
  type SetBlocked,
  type Verdict,
  ZERO_ADDRESS,
} from "./calls.ts";
import { MandatesModel } from "./mandatesModel.ts";
import { happen, refuse, settle, when, whole } from "./verdicts.ts";

export interface RecordState {
  readonly ledgerRecordId: Hex;
  owner: Address;
  version: bigint;
  epoch: bigint;
  closed: boolean;
  /** Whether its rules are those of an owner before. */
  foreignRules: boolean;
  keySet: Hex;
  rules: Rules;
  index: Hex;
  offeredTo: Address;
  readonly blocked: Set<Address>;
  /** Where its version lies, and where its rules do, once that is known. */
  blob: Address;
  rulesBlob: Address;
}

export class RecordsModel extends MandatesModel {
  readonly records = new Map<Hex, RecordState>();
  /** What each version's blob holds. */
  readonly blobs = new Map<Address, Hex>();
  /** Records of each owner, the one got last at the end. */
  protected readonly lists = new Map<Address, Hex[]>();

  /** Ids of an owner's records, the one got last first. */
  recordsOf(owner: Address): Hex[] {
    return [...(this.lists.get(owner) ?? [])].reverse();
  }

  publish(call: Publish, now: bigint): Verdict {
    const { ledgerRecordId, version, epoch, rules, index, policyText } = call;
    const owner = actorOf(call);
    const keySet = keySetOf(owner, call.indexKeyHash);
    const found = this.records.get(ledgerRecordId);
    const sizes = { program: dataLength(rules.program), policy: toUtf8Bytes(policyText).length };
    const foreign = found === undefined && ledgerRecordId !== recordIdOf(owner, call.salt);
    const message = this.publishMessage(call, rules.program, keySet);
    const refusals = [
      ...this.checkMandate(call, "Publish", message, now),
      ...when(sizes.program > 2048, "IndexLedgerProgramSize", { size: whole(sizes.program) }),
      ...when(sizes.policy > 4096, "IndexLedgerPolicySize", { size: whole(sizes.policy) }),
      ...when(rules.malformedAt !== undefined, "PolicyProgramMalformed", {
        offset: whole(rules.malformedAt ?? 0),
      }),
      ...when(foreign, "IndexLedgerRecordIdMismatch", { ledgerRecordId }),
      ...(found === undefined ? [] : this.checkOwner(found, owner)),
      ...this.checkNext(found, version, epoch),
      ...this.checkIndex(index),
    ];
    return settle(refusals, () => {
      this.useNonce(call);
      const record = found ?? this.enter(ledgerRecordId, owner, rules);
      Object.assign(record, { version, epoch, closed: false, foreignRules: false, keySet, rules, index });
      record.rulesBlob = ZERO_ADDRESS;
      return [this.published(record, policyText)];
    });
  }

  republish(call: Republish, now: bigint): Verdict {
    const { version, epoch, index } = call;
    return this.onRecord(call, (record) => {
      const message = this.publishMessage(call, record.rules.program, record.keySet);
      const refusals = [
        ...this.checkMandate(call, "Publish", message, now),
        ...this.checkOwner(record, actorOf(call)),
        ...this.checkRules(record),
        ...this.checkNext(record, version, epoch),
        ...this.checkIndex(index),
      ];
      return settle(refusals, () => {
        this.useNonce(call);
        record.rulesBlob = record.rulesBlob === ZERO_ADDRESS ? record.blob : record.rulesBlob;
        Object.assign(record, { version, epoch, closed: false, index });
        return [this.published(record, "")];
      });
    });
  }

  close(call: Close, now: bigint): Verdict {
    const { ledgerRecordId, mandate } = call;
    const message = { ledgerRecordId, epoch: whole(call.epoch) };
    const signed = this.checkMandate(call, "Close", message, now);
    return this.onRecord(
      call,
      (record) => {
        const { owner, epoch, closed } = record;
        const elsewhere = mandate !== undefined && call.epoch !== epoch;
        const refusals = [
          ...signed,
          ...this.checkOwner(record, actorOf(call)),
          ...when(elsewhere, "IndexLedgerEpochMismatch", { current: whole(epoch), given: whole(call.epoch) }),
          ...when(closed, "IndexLedgerAlreadyClosed", { ledgerRecordId }),
        ];
        return settle(refusals, () => {
          this.useNonce(call);
          record.closed = true;
          return [happen("Closed", { ledgerRecordId, owner, epoch: whole(epoch) })];
        });
      },
      signed,
    );
  }

  setBlocked(call: SetBlocked, now: bigint): Verdict {
    const { ledgerRecordId, account, blocked } = call;
    const signed = this.checkMandate(call, "Block", { ledgerRecordId, account, blocked }, now);
    return this.onRecord(
      call,
      (record) =>
        settle([...signed, ...this.checkOwner(record, actorOf(call))], () => {
          this.useNonce(call);
          if (blocked) record.blocked.add(account);
          else record.blocked.delete(account);
          return [happen("BlockChanged", { ledgerRecordId, account, blocked })];
        }),
      signed,
    );
  }

  offerTransfer(call: OfferTransfer, now: bigint): Verdict {
    const { ledgerRecordId, newOwner } = call;
    const signed = this.checkMandate(call, "OfferTransfer", { ledgerRecordId, newOwner }, now);
    return this.onRecord(
      call,
      (record) =>
        settle([...signed, ...this.checkOwner(record, actorOf(call))], () => {
          this.useNonce(call);
          record.offeredTo = newOwner;
          return [happen("TransferOffered", { ledgerRecordId, owner: record.owner, newOwner })];
        }),
      signed,
    );
  }

  acceptTransfer(call: AcceptTransfer, now: bigint): Verdict {
    const { ledgerRecordId } = call;
    const newOwner = actorOf(call);
    const signed = this.checkMandate(call, "AcceptTransfer", { ledgerRecordId }, now);
    return this.onRecord(
      call,
      (record) => {
        const refused = when(record.offeredTo !== newOwner, "IndexLedgerTransferNotOffered", {
          ledgerRecordId,
          account: newOwner,
        });
        return settle([...signed, ...refused], () => {
          this.useNonce(call);
          const oldOwner = record.owner;
          this.handOver(record, newOwner);
          return [happen("Transferred", { ledgerRecordId, oldOwner, newOwner, epoch: whole(record.epoch) })];
        });
      },
      signed,
    );
  }

  /** Takes in where the last version of a record was put: nobody promises what address that is. */
  learnBlob(ledgerRecordId: Hex, blob: Address): void {
    const record = this.records.get(ledgerRecordId)!;
    const { keySet, rules, rulesBlob, index } = record;
    const head = rulesBlob === ZERO_ADDRESS ? keySet + rules.program.slice(2) : rulesBlob;
    record.blob = blob;
    this.blobs.set(blob, `0x00${head.slice(2)}${index.slice(2)}`);
  }

  protected handOver(record: RecordState, newOwner: Address): void {
    this.unlist(record);
    this.list(newOwner, record.ledgerRecordId);
    Object.assign(record, { owner: newOwner, offeredTo: ZERO_ADDRESS, closed: true, foreignRules: true });
  }

  protected unlist({ owner, ledgerRecordId }: RecordState): void {
    this.lists.set(
      owner,
      this.lists.get(owner)!.filter((id) => id !== ledgerRecordId),
    );
  }

  protected checkOwner({ ledgerRecordId, owner }: RecordState, account: Address): readonly Refusal[] {
    return when(owner !== account, "IndexLedgerNotOwner", { ledgerRecordId, account });
  }

  protected checkRules({ ledgerRecordId, foreignRules }: RecordState): readonly Refusal[] {
    return when(foreignRules, "IndexLedgerRulesForeign", { ledgerRecordId });
  }

  protected checkNext(found: RecordState | undefined, version: bigint, epoch: bigint): readonly Refusal[] {
    const expected = (found?.version ?? 0n) + 1n;
    const current = found?.epoch ?? 0n;
    const maySame = found !== undefined && !found.closed;
    return [
      ...when(version !== expected, "IndexLedgerVersionMismatch", {
        expected: whole(expected),
        given: whole(version),
      }),
      ...when(epoch !== current + 1n && !(maySame && epoch === current), "IndexLedgerEpochMismatch", {
        current: whole(current),
        given: whole(epoch),
      }),
    ];
  }

  private checkIndex(index: Hex): readonly Refusal[] {
    const size = dataLength(index);
    return when(size < 1 || size > 4096, "IndexLedgerIndexSize", { size: whole(size) });
  }

  /** What is to be done with a record; refused when there is none, or for what is wrong before one looks. */
  protected onRecord(
    { ledgerRecordId }: { ledgerRecordId: Hex },
    act: (record: RecordState) => Verdict,
    before: readonly Refusal[] = [],
  ): Verdict {
    const record = this.records.get(ledgerRecordId);
    if (record !== undefined) return act(record);
    const refusals = [...before, refuse("IndexLedgerRecordUnknown", { ledgerRecordId })];
    return { refusals, events: [] };
  }

  private publishMessage(call: Publish | Republish, program: Hex, keySet: Hex): Fields {
    return {
      ledgerRecordId: call.ledgerRecordId,
      version: whole(call.version),
      epoch: whole(call.epoch),
      indexHash: keccak256(call.index),
      programHash: keccak256(program),
      keySet,
    };
  }

  private enter(ledgerRecordId: Hex, owner: Address, rules: Rules): RecordState {
    const record: RecordState = {
      ledgerRecordId,
      owner,
      version: 0n,
      epoch: 0n,
      closed: false,
      foreignRules: false,
      keySet: "0x",
      rules,
      index: "0x",
      offeredTo: ZERO_ADDRESS,
      blocked: new Set(),
      blob: ZERO_ADDRESS,
      rulesBlob: ZERO_ADDRESS,
    };
    this.records.set(ledgerRecordId, record);
    this.list(owner, ledgerRecordId);
    return record;
  }

  private list(owner: Address, ledgerRecordId: Hex): void {
    this.lists.set(owner, [...(this.lists.get(owner) ?? []), ledgerRecordId]);
  }

  /** The event of a version, but for where it lies. */
  private published({ ledgerRecordId, owner, version, epoch, keySet }: RecordState, policy: string) {
    const numbers = { version: whole(version), epoch: whole(epoch) };
    return happen("Published", { ledgerRecordId, owner, ...numbers, keySet, policy });
  }
}
