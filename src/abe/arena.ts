import type { Mcl, Pointer } from "./wasm.ts";

/** Scratch memory kept for good: enough for a capsule of some forty rows; larger operations borrow more for themselves. */
export const SCRATCH_BYTES = 1 << 19;
/** The strictest alignment that mcl's numbers need. */
const ALIGNMENT = 8;

/**
 * Memory inside the instance. Operations reserve scratch, which is wiped and given back when they end, like a stack;
 * tables live in `allocate`d memory.
 */
export class Arena {
  private readonly mcl: Mcl;
  private readonly region: Pointer;
  private next: Pointer;
  private bytes: Uint8Array;
  private words: Int32Array;

  constructor(mcl: Mcl) {
    this.mcl = mcl;
    this.region = this.allocate(SCRATCH_BYTES);
    this.next = this.region;
    this.bytes = new Uint8Array(mcl.wasmMemory.buffer);
    this.words = new Int32Array(mcl.wasmMemory.buffer);
  }

  /** Runs `operate`, then wipes and takes back what it reserved. Calls may nest. */
  run<T>(operate: (frame: Frame) => T): T {
    const mark = this.next;
    const borrowed: Block[] = [];
    try {
      return operate(new Frame(this, borrowed));
    } finally {
      this.view().fill(0, mark, this.next);
      this.next = mark;
      for (const { at, size } of borrowed) this.free(at, size);
    }
  }

  /** `size` bytes until `free`. */
  allocate(size: number): Pointer {
    const at = this.mcl._malloc(size);
    if (at === 0) throw new Error("mcl-wasm is out of memory");
    // By a view of its own: the memory may just have grown, and the constructor has no other yet.
    new Uint8Array(this.mcl.wasmMemory.buffer, at, size).fill(0);
    return at;
  }

  /** Wipes `size` bytes at `at` and gives them back. */
  free(at: Pointer, size: number): void {
    this.view().fill(0, at, at + size);
    this.mcl._free(at);
  }

  /** Scratch of the region; `undefined` when it is used up. */
  push(size: number): Pointer | undefined {
    const at = this.next;
    const end = at + Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    if (end > this.region + SCRATCH_BYTES) return undefined;
    this.next = end;
    return at;
  }

  /** All of the memory, as it is now: another array after any allocation, since memory that grows detaches its buffer. */
  view(): Uint8Array {
    if (this.bytes.length === 0) this.bytes = new Uint8Array(this.mcl.wasmMemory.buffer);
    return this.bytes;
  }

  /** As `view`, by words of 32 bits. */
  wordView(): Int32Array {
    if (this.words.length === 0) this.words = new Int32Array(this.mcl.wasmMemory.buffer);
    return this.words;
  }
}

interface Block {
  readonly at: Pointer;
  readonly size: number;
}

/** What one operation has reserved. */
export class Frame {
  private readonly arena: Arena;
  private readonly borrowed: Block[];

  constructor(arena: Arena, borrowed: Block[]) {
    this.arena = arena;
    this.borrowed = borrowed;
  }

  reserve(size: number): Pointer {
    const at = this.arena.push(size);
    if (at !== undefined) return at;
    const block = { at: this.arena.allocate(size), size };
    this.borrowed.push(block);
    return block.at;
  }

  put(bytes: Uint8Array): Pointer {
    const at = this.reserve(bytes.length);
    this.write(bytes, at);
    return at;
  }

  write(bytes: Uint8Array, at: Pointer): void {
    this.arena.view().set(bytes, at);
  }

  get(at: Pointer, size: number): Uint8Array {
    return this.arena.view().slice(at, at + size);
  }
}
