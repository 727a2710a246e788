/**
 * A release gate (F6): one of n that hold a share of each patient's index key, and gives its partial opening only for a
 * request that its own chain node calls releasable. It implements no rule of its own and needs no state but its seed: what
 * it has worked out before it keeps in caches of fixed size.
 */
import { hex, unhex } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import { keySetIdOf, requestIdOf } from "../ledger/ids.ts";
import { IndexLedger, type LedgerRecord } from "../ledger/indexLedger.ts";
import { KeyRegistry, type KeySet } from "../ledger/keyRegistry.ts";
import { signReceipt } from "../ledger/receipts.ts";
import { checkIndexProof, decodeIndex, hashEnc, makePartial, sealRelease } from "../seal/index.ts";
import { BoundedCache, cached } from "./boundedCache.ts";
import { ComplaintBook } from "./complaintBook.ts";
import { type FinalBlock, FinalBlocks } from "./finalBlocks.ts";
import { askNode, type Confirmations } from "./finality.ts";
import { complaintIn, GateIdentity } from "./gateIdentity.ts";
import { demandLive, demandStillLive } from "./liveGrant.ts";
import { ReceiptBook } from "./receiptBook.ts";
import type { Release, ReleaseOrder } from "./wire.ts";

export { deriveGateKeys, type GateKeys } from "./gateKeys.ts";

/** Blocks upon a block before gates believe it, unless said. */
const usualConfirmations = 3;
/** Ledger records, and key sets, kept as they stood at one block; some kilobytes each. */
const recordsKept = 2048;
/** Indexes whose proof was checked; some 400 bytes each. */
const indexesKept = 16_384;

/** How a gate is opened: the seed that is to come, while it changes its keys, and how many receipts it holds. */
export type GateOptions = {
  /**
   * A seed to come, while the gate changes its keys: it serves with both until every patient has dealt to the new account,
   * then it is started with the new one alone.
   */
  nextSeed?: Uint8Array;
  /** Receipts kept in memory; 65,536 unless said. */
  receipts?: number;
};

/** Something read at one final block. `stood`: it was still that block afterwards; rejects if not. */
type ReadAt<Found> = { found: Found; stood: Promise<void> };
/** What the chain says about a release. */
type Standing = { record: LedgerRecord; set: KeySet };
/** The part of an index that a partial is made of. */
type CheckedIndex = { enc: Uint8Array; encHash: string };

/** One of the n release nodes of a chain. */
export class Gate {
  /** The accounts that it answers for: its own, and during a change of keys the one to come. */
  readonly identities: readonly GateIdentity[];
  readonly chain: Chain;
  readonly blocks: FinalBlocks;
  readonly registry: KeyRegistry;
  readonly complaints: ComplaintBook;
  readonly receipts: ReceiptBook;
  private readonly ledger: IndexLedger;
  private readonly records = new BoundedCache<Promise<ReadAt<Standing>>>(recordsKept);
  private readonly sets = new BoundedCache<Promise<ReadAt<KeySet>>>(recordsKept);
  private readonly indexes = new BoundedCache<Promise<CheckedIndex>>(indexesKept);

  private constructor(
    chain: Chain,
    identities: GateIdentity[],
    complaints: ComplaintBook,
    confirmations: Confirmations,
    receipts: number | undefined,
  ) {
    this.chain = chain;
    this.identities = identities;
    this.complaints = complaints;
    this.blocks = new FinalBlocks(chain, confirmations);
    this.registry = new KeyRegistry(chain);
    this.ledger = new IndexLedger(chain);
    this.receipts = new ReceiptBook(chain, receipts);
  }

  /**
   * The gate whose keys come from `seed` (32 secret bytes), its only state. It believes blocks upon which `confirmations`
   * stand, or those that the engine calls finalized.
   */
  static async open(
    chain: Chain,
    seed: Uint8Array,
    confirmations: Confirmations = usualConfirmations,
    options: GateOptions = {},
  ): Promise<Gate> {
    const complaints = new ComplaintBook();
    const seeds = options.nextSeed === undefined ? [seed] : [seed, options.nextSeed];
    const identities = await Promise.all(seeds.map((each) => GateIdentity.open(chain, each, complaints)));
    return new Gate(chain, identities, complaints, confirmations, options.receipts);
  }

  /** The account under which it serves now. */
  get address(): Address {
    return this.identities[0]!.address;
  }

  /** Shares that are ready for use. */
  get sharesReady(): number {
    return this.identities.reduce((sum, identity) => sum + identity.sharesReady, 0);
  }

  /**
   * This gate's partial for the request, on the index that stands on chain now, sealed to the request's response key; by the
   * identity whose account is `account`, or else by the first in the record's key set that has a good share. Asked again, the
   * receipt is the one that was made first.
   *
   * @throws DiptychError `not-releasable`, `grant-ended` with the reason, `node-behind` when the chain is too fresh or this
   * node too old, `chain-unreachable`, `chain-mismatch`, `contract-missing` or `finality-unknown` when this node is of no use,
   * `proof-invalid` when the index isn't its owner's own, `share-invalid` when this gate, or the identity asked for, has no good share for
   * it (when the share is bad, its complaint can be had by `complaintIn`)
   */
  async release(order: ReleaseOrder, account?: Address): Promise<Release> {
    const requestId = requestIdOf(this.chain, order);
    const block = await this.blocks.newest();
    const { found, stood } = await this.releasable(requestId, order.ledgerRecordId, block);
    const [answer] = await Promise.all([
      stood.then(() => this.answer(order, requestId, found, account)),
      this.blocks.still(block),
    ]);
    return this.withReceipt(answer, requestId, order.ledgerRecordId);
  }

  /** Forgets its keys and shares: it can't serve any more. */
  close(): void {
    for (const identity of this.identities) identity.wipe();
  }

  /** What stands at the block, if the ledger calls the request releasable there and at the newest block. */
  private async releasable(requestId: string, ledgerRecordId: string, block: FinalBlock) {
    const reads = [
      askNode(() => demandLive(this.ledger, requestId, block.number)),
      block.headNumber > block.number ? askNode(() => demandStillLive(this.ledger, requestId)) : undefined,
      this.standing(ledgerRecordId, block),
    ] as const;
    // Whether it may be released comes before whatever else is wrong with it.
    const [live, still, standing] = await Promise.allSettled(reads);
    for (const each of [live, still]) if (each.status === "rejected") throw each.reason;
    if (standing.status === "rejected") throw standing.reason;
    return standing.value;
  }

  private standing(ledgerRecordId: string, block: FinalBlock): Promise<ReadAt<Standing>> {
    return this.readAt(this.records, block, ledgerRecordId, async () => {
      const record = await askNode(() => this.ledger.record(ledgerRecordId, block.number));
      const { found: set, stood } = await this.keySetOf(record, block);
      return { found: { record, set }, stood };
    });
  }

  /** The record's key set, which it may have in common with others; the ledger doesn't look whether it was ever dealt. */
  private async keySetOf({ keySet }: LedgerRecord, block: FinalBlock): Promise<ReadAt<KeySet>> {
    try {
      return await this.readAt(this.sets, block, keySet, async () => ({
        found: await askNode(() => this.registry.keySet(keySet, block.number)),
      }));
    } catch (error) {
      if (!isDiptychError(error, "record-unknown")) throw error;
      throw new DiptychError(
        "share-invalid",
        "The record's key set was never dealt: its owner must deal it.",
      );
    }
  }

  /**
   * What `read` finds at the block. It is read by number and kept by hash, so that what another chain says must not stay under this
   * one's name: nothing may be done with it until it stood.
   */
  private readAt<Found>(
    cache: BoundedCache<Promise<ReadAt<Found>>>,
    block: FinalBlock,
    name: string,
    read: () => Promise<{ found: Found; stood?: Promise<void> }>,
  ): Promise<ReadAt<Found>> {
    const key = `${block.hash} ${name}`;
    return cached(cache, key, async () => {
      const { found, stood: before } = await read();
      const stood = Promise.all([before, this.blocks.still(block)]).then(() => undefined);
      stood.catch(() => cache.delete(key));
      return { found, stood };
    });
  }

  private async answer(
    order: ReleaseOrder,
    requestId: string,
    { record, set }: Standing,
    account: Address | undefined,
  ) {
    const { enc, encHash } = await this.checkedIndex(order.ledgerRecordId, record);
    const { identity, share } = await this.goodShare(this.identitiesIn(record, set, account), record, set);
    const place = identity.placeIn(set);
    const { generation } = set;
    const request = unhex(requestId);
    const partial = await makePartial(place, share, enc, {
      requestId: request,
      keySet: unhex(record.keySet),
      generation,
    });
    const binding = { requestId: request, gate: unhex(identity.address), enc };
    const sealed = hex(await sealRelease(unhex(order.responseKey), partial, binding));
    return { identity, place, generation, version: record.version, encHash, sealed };
  }

  /** The current index, if its owner made it for this place (F14). */
  private checkedIndex(ledgerRecordId: string, record: LedgerRecord): Promise<CheckedIndex> {
    const binding = {
      chainId: this.chain.chainId,
      contract: unhex(this.chain.ledger),
      ledgerRecordId: unhex(ledgerRecordId),
      version: record.version,
      keySet: unhex(record.keySet),
    };
    const name = hash(
      "diptych/gate/index-cache/v1",
      binding.ledgerRecordId,
      binding.keySet,
      Uint8Array.from(String(record.version), (digit) => digit.charCodeAt(0)),
      record.index,
    );
    return cached(this.indexes, hex(name), async () => {
      const index = decodeIndex(record.index);
      await checkIndexProof(index, binding);
      return { enc: index.enc, encHash: hex(hashEnc(index.enc)) };
    });
  }

  /** The share of the first of these identities whose share is good; when none is, what is wrong with the first one's. */
  private async goodShare(identities: GateIdentity[], record: LedgerRecord, set: KeySet) {
    let first: unknown;
    for (const identity of identities)
      try {
        return { identity, share: await identity.shareOf(record.keySet, set) };
      } catch (error) {
        if (complaintIn(error) === undefined) throw error;
        first ??= error;
      }
    throw first;
  }

  /**
   * The identities (or the one asked for) that stand among the gates of the record's key set, one at least. It must be dealt by
   * the record's owner (F14).
   */
  private identitiesIn(record: LedgerRecord, set: KeySet, account: Address | undefined): GateIdentity[] {
    const asked = account?.toLowerCase();
    const identities = this.identities.filter(
      (each) => (asked === undefined || each.address.toLowerCase() === asked) && each.placeIn(set) > 0,
    );
    if (identities.length === 0)
      throw new DiptychError(
        "share-invalid",
        "This gate is not among the record's gates under the account asked for: ask those of its key set.",
      );
    const sameDealer = set.dealer.toLowerCase() === record.owner.toLowerCase();
    if (!sameDealer || keySetIdOf(set.dealer, set.indexKey) !== record.keySet)
      throw new DiptychError("share-invalid", "The record's key set was not dealt by the record's owner.");
    return identities;
  }

  /** Adds the release's receipt: signed and kept when there is none yet, so that asking again makes no more of them. */
  private async withReceipt(
    { identity, ...answer }: Awaited<ReturnType<Gate["answer"]>>,
    requestId: string,
    ledgerRecordId: string,
  ): Promise<Release> {
    const { version } = answer;
    const { time, signature } =
      this.receipts.find({ gate: identity.address, requestId, version }) ??
      this.receipts.add(
        await signReceipt(identity.wallet, this.chain, {
          requestId,
          ledgerRecordId,
          version,
          time: Math.floor(Date.now() / 1000),
        }),
      );
    const next = this.identities[1];
    const warnings =
      next === undefined || identity === next
        ? {}
        : {
            warnings: [
              `Gate ${identity.address} is changing its keys: deal the key set anew, to ${next.address}.`,
            ],
          };
    return {
      gate: identity.address,
      ...answer,
      receipt: { ledgerRecordId, time, signature },
      ...warnings,
    };
  }
}
