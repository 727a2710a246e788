/**
 * The receipts that a gate still holds in memory, and their way onto the chain in batches. A receipt proves a release; its
 * absence proves nothing: a gate that is killed loses all of them here, and for good those that it hadn't anchored.
 */
import type { Address, Chain } from "../ledger/chain.ts";
import { type Receipt, receiptLeaf, receiptTree } from "../ledger/receipts.ts";
import type { KeptReceipt } from "./wire.ts";

/** Receipts that a gate keeps; about a kilobyte each. The oldest go first. */
const mostReceipts = 65_536;

type Tree = ReturnType<typeof receiptTree>;
type Entry = { number: number; receipt: Receipt; leaf: string; batch?: { tree: Tree; at: number } };

/** One batch of receipts of one account, to be anchored as `root` with `count`. */
export type ReceiptBatch = { gate: Address; root: string; count: number };

/** Receipts by the order of their making, and by ledger record. */
export class ReceiptBook {
  private readonly chain: Chain;
  private readonly most: number;
  private readonly entries = new Map<number, Entry>();
  private readonly byRecord = new Map<string, Set<number>>();
  /** One for each gate, request and version: asking again makes no other. */
  private readonly byRelease = new Map<string, Entry>();
  private readonly pending = new Map<Address, Entry[]>();
  /** Batches that were mined and may still be taken back, by root. */
  private readonly unsettled = new Map<string, { batch: ReceiptBatch; entries: Entry[] }>();
  private number = 0;

  constructor(chain: Chain, most = mostReceipts) {
    this.chain = chain;
    this.most = most;
  }

  /** How many are held. */
  get size(): number {
    return this.entries.size;
  }

  /** How many have not been anchored, of all accounts or of one. */
  pendingCount(gate?: Address): number {
    if (gate !== undefined) return this.pending.get(gate)?.length ?? 0;
    return [...this.pending.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** When the oldest was made that has not been anchored, in Unix seconds. */
  pendingSince(gate: Address): number | undefined {
    return this.pending.get(gate)?.[0]?.receipt.time;
  }

  /** The receipt of this release, if the gate made one and still holds it. */
  find(release: Pick<Receipt, "gate" | "requestId" | "version">): Receipt | undefined {
    return this.byRelease.get(nameOf(release))?.receipt;
  }

  /** Keeps a receipt, and gives it back; if there is one of this release, that one stays and is given back. */
  add(receipt: Receipt): Receipt {
    const known = this.find(receipt);
    if (known !== undefined) return known;
    const leaf = inOnePiece(receiptLeaf(this.chain, receipt));
    inOnePiece(receipt.signature);
    const entry: Entry = { number: ++this.number, receipt, leaf };
    this.entries.set(entry.number, entry);
    this.byRelease.set(nameOf(receipt), entry);
    this.pendingOf(receipt.gate).push(entry);
    const name = receipt.ledgerRecordId.toLowerCase();
    const ofRecord = this.byRecord.get(name);
    if (ofRecord === undefined) this.byRecord.set(name, new Set([entry.number]));
    else ofRecord.add(entry.number);
    if (this.entries.size > this.most) this.forget(this.entries.values().next().value!);
    return receipt;
  }

  /** Up to `most` receipts about a ledger record whose number is above `after`, oldest first. */
  list(ledgerRecordId: string, after: number, most: number): KeptReceipt[] {
    const found: KeptReceipt[] = [];
    for (const number of this.byRecord.get(ledgerRecordId.toLowerCase()) ?? []) {
      if (number <= after) continue;
      const { receipt, batch } = this.entries.get(number)!;
      const anchor =
        batch === undefined ? {} : { anchor: { root: batch.tree.root, proof: batch.tree.proofOf(batch.at) } };
      found.push({ number, ...receipt, ...anchor });
      if (found.length === most) break;
    }
    return found;
  }

  /**
   * Has up to `most` of an account's pending receipts anchored, the oldest first; they stay pending when `anchor` fails. One
   * call at a time. Undefined when nothing is pending.
   */
  async anchorNext(
    gate: Address,
    most: number,
    anchor: (batch: ReceiptBatch) => Promise<unknown>,
  ): Promise<ReceiptBatch | undefined> {
    const entries = this.pendingOf(gate).slice(0, most);
    if (entries.length === 0) return undefined;
    const tree = receiptTree(entries.map(({ leaf }) => leaf));
    const batch = { gate, root: tree.root, count: tree.count };
    await anchor(batch);
    const done = new Set(entries);
    this.pending.set(
      gate,
      this.pendingOf(gate).filter((entry) => !done.has(entry)),
    );
    entries.forEach((entry, at) => {
      entry.batch = { tree, at };
    });
    this.unsettled.set(batch.root, { batch, entries });
    return batch;
  }

  /** Looks whether the batches that were mined stand in final blocks by now; those that vanished are pending again. */
  async settle(look: (batch: ReceiptBatch) => Promise<"final" | "mined" | "vanished">): Promise<void> {
    for (const [root, { batch, entries }] of this.unsettled) {
      const isHeld = entries.some(({ number }) => this.entries.has(number));
      // A chain that never becomes final would heap up batches of which nothing is left here.
      const state = isHeld ? await look(batch) : "final";
      if (state === "mined") continue;
      this.unsettled.delete(root);
      if (state === "final") continue;
      const held = entries.filter(({ number }) => this.entries.has(number));
      for (const entry of held) delete entry.batch;
      // In the order of their making, whichever batch vanished first: the oldest is the first to be forgotten.
      const pending = [...this.pendingOf(batch.gate), ...held].sort((a, b) => a.number - b.number);
      this.pending.set(batch.gate, pending);
    }
  }

  private pendingOf(gate: Address): Entry[] {
    let entries = this.pending.get(gate);
    if (entries === undefined) this.pending.set(gate, (entries = []));
    return entries;
  }

  private forget(entry: Entry): void {
    this.entries.delete(entry.number);
    this.byRelease.delete(nameOf(entry.receipt));
    const name = entry.receipt.ledgerRecordId.toLowerCase();
    const ofRecord = this.byRecord.get(name);
    ofRecord?.delete(entry.number);
    if (ofRecord?.size === 0) this.byRecord.delete(name);
    const pending = this.pendingOf(entry.receipt.gate);
    if (pending[0] === entry) pending.shift();
  }
}

/**
 * The same text. An engine may keep one that was put together digit by digit as a tree of its pieces, many times as large, until
 * somebody reads through it; over all receipts that would be some 200 MB.
 */
function inOnePiece(hex: string): string {
  /[^0-9a-fx]/.test(hex);
  return hex;
}

function nameOf({ gate, requestId, version }: Pick<Receipt, "gate" | "requestId" | "version">): string {
  return `${gate} ${requestId} ${version}`;
}
