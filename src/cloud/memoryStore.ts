/** A block store in memory: for tests, and for browsers while they put an upload together. */

import { type Pin, type StoreBackend, VerifyingBlockStore } from "./blockStore.ts";
import type { CID } from "./blocks.ts";

class MemoryBackend implements StoreBackend {
  private readonly blocks = new Map<string, Uint8Array>();
  private readonly pinned = new Map<string, Pin>();

  async read(key: string): Promise<Uint8Array | undefined> {
    return this.blocks.get(key)?.slice();
  }

  async has(key: string): Promise<boolean> {
    return this.blocks.has(key);
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.blocks.set(key, bytes.slice());
  }

  async remove(key: string): Promise<void> {
    this.blocks.delete(key);
  }

  keys(): Iterable<string> {
    return this.blocks.keys();
  }

  async flush(): Promise<void> {}

  async writePin(pin: Pin): Promise<void> {
    this.pinned.set(`${pin.root} ${pin.owner}`, { ...pin, meta: { ...pin.meta } });
  }

  async removePin(root: CID, owner: string): Promise<void> {
    this.pinned.delete(`${root} ${owner}`);
  }

  async readPins(): Promise<Pin[]> {
    return [...this.pinned.values()].map((pin) => ({ ...pin, meta: { ...pin.meta } }));
  }
}

export class MemoryBlockStore extends VerifyingBlockStore {
  constructor() {
    super(new MemoryBackend());
  }
}
