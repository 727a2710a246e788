/**
 * A store of IPFS blocks with pins. What is under a pinned root stays; garbage collection takes the rest. A pin belongs
 * to an owner: that somebody else pins or unpins the same root changes nothing for them.
 */
import { DiptychError } from "../core/errors.ts";
import { type Block, blockMissing, type CID, multihashKey, verifyBlock } from "./blocks.ts";
import { SharedLock } from "./sharedLock.ts";
import { reachableFrom, readableFrom, walkCids } from "./walk.ts";

/** `owner`: whose pin it is, any text that names an account on a chain; `meta`: what the owner's side wants kept with it. */
export interface Pin {
  root: CID;
  owner: string;
  meta: Readonly<Record<string, string>>;
}

/** What gateway and clients ask of a store; see `VerifyingBlockStore`, which is one over any backend. */
export interface BlockStore {
  /** Stores one block; throws `block-mismatch` when its bytes aren't its CID's. Lost at the next collection if unpinned. */
  put(block: Block): Promise<void>;
  /** The bytes of a block, verified; throws `block-missing`, `block-mismatch`. */
  get(cid: CID): Promise<Uint8Array>;
  /** Whether the block is there; its bytes aren't looked at. */
  has(cid: CID): Promise<boolean>;
  /** Takes one block away, whoever pins it. */
  delete(cid: CID): Promise<void>;
  /**
   * Stores `blocks`, which must not write to this store themselves, and then pins; no collection comes between. Unless
   * all blocks are in, and all that the roots link, nothing is pinned. Throws what `blocks`
   * throws, `block-mismatch`, and `block-missing` when something under a root is in neither blocks nor store.
   */
  add(blocks: Iterable<Block> | AsyncIterable<Block>, pins: readonly Pin[]): Promise<void>;
  /** Pins what is in the store already; pinning again replaces `meta`. Throws `block-missing` when it isn't complete. */
  pin(pin: Pin): Promise<void>;
  /** Ends this owner's pin of `root`, nobody else's; no error when there is none. */
  unpin(root: CID, owner: string): Promise<void>;
  /** All pins, or those of one root, in the order of their CIDs and owners. */
  pins(root?: CID): Promise<Pin[]>;
  /**
   * Ends this owner's pins of `roots` and deletes what they reached and no other pin reaches; returns how many blocks went.
   * A pin of somebody else that is broken doesn't stand in the way.
   */
  forget(roots: readonly CID[], owner: string): Promise<number>;
  /** Deletes all that no pinned root reaches; returns how many blocks went. Throws, deleting nothing, if a pin is broken. */
  collectGarbage(): Promise<number>;
}

/** What a store is built on: bytes under the keys of `multihashKey`, and pins. It need not check anything. */
export interface StoreBackend {
  /** The bytes under a key, or undefined. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Whether there are bytes under a key. */
  has(key: string): Promise<boolean>;
  /** Keeps bytes under a key, in place of what was there. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Takes away what is under a key; no error when nothing is. */
  remove(key: string): Promise<void>;
  /** All keys, in any order. */
  keys(): Iterable<string> | AsyncIterable<string>;
  /** Makes all that was written last through a loss of power. */
  flush(): Promise<void>;
  /** Keeps a pin, in place of the same owner's pin of the same root. */
  writePin(pin: Pin): Promise<void>;
  /** Takes a pin away; no error when there is none. */
  removePin(root: CID, owner: string): Promise<void>;
  /** All pins, in any order. */
  readPins(): Promise<Pin[]>;
}

/** A block store over a backend that is trusted with nothing but keeping bytes. */
export class VerifyingBlockStore implements BlockStore {
  private readonly backend: StoreBackend;
  private readonly lock = new SharedLock();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(backend: StoreBackend) {
    this.backend = backend;
  }

  async put(block: Block): Promise<void> {
    await this.lock.shared(async () => {
      await this.write(block);
      await this.backend.flush();
    });
  }

  async get(cid: CID): Promise<Uint8Array> {
    const bytes = await this.backend.read(multihashKey(cid));
    if (bytes === undefined) throw blockMissing(cid);
    await verifyBlock({ cid, bytes });
    return bytes;
  }

  async has(cid: CID): Promise<boolean> {
    return this.backend.has(multihashKey(cid));
  }

  async delete(cid: CID): Promise<void> {
    await this.lock.exclusive(() => this.backend.remove(multihashKey(cid)));
  }

  async add(blocks: Iterable<Block> | AsyncIterable<Block>, pins: readonly Pin[]): Promise<void> {
    for (const { owner } of pins) demandOwner(owner);
    await this.lock.shared(async () => {
      for await (const block of blocks) await this.write(block);
      for (const { root } of pins) await this.demandComplete(root);
      await this.backend.flush();
      for (const pin of pins) await this.backend.writePin(pin);
    });
  }

  async pin(pin: Pin): Promise<void> {
    await this.add([], [pin]);
  }

  async unpin(root: CID, owner: string): Promise<void> {
    await this.lock.shared(() => this.backend.removePin(root, owner));
  }

  async pins(root?: CID): Promise<Pin[]> {
    const all = await this.backend.readPins();
    const order = ({ root, owner }: Pin) => `${root} ${owner}`;
    return all
      .filter((pin) => root === undefined || pin.root.equals(root))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  async forget(roots: readonly CID[], owner: string): Promise<number> {
    return this.lock.exclusive(async () => {
      const get = (cid: CID) => this.backend.read(multihashKey(cid));
      const isForgotten = (pin: Pin) => pin.owner === owner && roots.some((root) => root.equals(pin.root));
      const others = (await this.backend.readPins()).filter((pin) => !isForgotten(pin));
      // Everything is read before anything is taken away: a store that fails half-way has lost nothing.
      const reached = await readableFrom(roots, get);
      const kept = await readableFrom(
        others.map((pin) => pin.root),
        get,
      );
      for (const root of roots) await this.backend.removePin(root, owner);
      const garbage = [...reached].filter((key) => !kept.has(key));
      for (const key of garbage) await this.backend.remove(key);
      return garbage.length;
    });
  }

  async collectGarbage(): Promise<number> {
    return this.lock.exclusive(async () => {
      const roots = (await this.backend.readPins()).map((pin) => pin.root);
      const kept = await reachableFrom(roots, (cid) => this.backend.read(multihashKey(cid)));
      const garbage: string[] = [];
      for await (const key of this.backend.keys()) if (!kept.has(key)) garbage.push(key);
      for (const key of garbage) await this.backend.remove(key);
      return garbage.length;
    });
  }

  /** Writes a block that isn't there, or whose bytes there have gone bad; one writer a block at a time. */
  private async write(block: Block): Promise<void> {
    await verifyBlock(block);
    const key = multihashKey(block.cid);
    const before = this.writing.get(key);
    if (before !== undefined) return before;
    const now = this.writeUnlessGood(key, block).finally(() => this.writing.delete(key));
    this.writing.set(key, now);
    return now;
  }

  private async writeUnlessGood(key: string, { cid, bytes }: Block): Promise<void> {
    const there = await this.backend.read(key);
    if (there !== undefined) {
      const good = await verifyBlock({ cid, bytes: there }).then(
        () => true,
        () => false,
      );
      if (good) return;
    }
    await this.backend.write(key, bytes);
  }

  private async demandComplete(root: CID): Promise<void> {
    for await (const cid of walkCids(root, (cid) => this.backend.read(multihashKey(cid))))
      if (!(await this.has(cid))) throw blockMissing(cid);
  }
}

function demandOwner(owner: string): void {
  if (owner.length < 1 || owner.length > 200)
    throw new DiptychError("argument-invalid", "The owner of a pin is a text of 1 to 200 characters.");
}
