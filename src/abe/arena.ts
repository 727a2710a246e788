import type { Mcl, Pointer } from "./wasm.ts";

/** Hands out scratch memory inside the instance, which is wiped and given back after each operation. */
export class Arena {
  private readonly mcl: Mcl;

  constructor(mcl: Mcl) {
    this.mcl = mcl;
  }

  run<T>(operate: (frame: Frame) => T): T {
    const frame = new Frame(this.mcl);
    try {
      return operate(frame);
    } finally {
      frame.release();
    }
  }
}

export class Frame {
  private readonly mcl: Mcl;
  private readonly blocks: { at: Pointer; size: number }[] = [];

  constructor(mcl: Mcl) {
    this.mcl = mcl;
  }

  reserve(size: number): Pointer {
    const at = this.mcl._malloc(size);
    if (at === 0) throw new Error("mcl-wasm is out of memory");
    this.blocks.push({ at, size });
    return at;
  }

  put(bytes: Uint8Array): Pointer {
    const at = this.reserve(bytes.length);
    this.write(bytes, at);
    return at;
  }

  write(bytes: Uint8Array, at: Pointer): void {
    this.view(at, bytes.length).set(bytes);
  }

  get(at: Pointer, size: number): Uint8Array {
    return this.view(at, size).slice();
  }

  release(): void {
    for (const { at, size } of this.blocks) {
      this.view(at, size).fill(0);
      this.mcl._free(at);
    }
  }

  /** Made anew each time, since the memory's buffer is another one after it has grown. */
  private view(at: Pointer, size: number): Uint8Array {
    return new Uint8Array(this.mcl.wasmMemory.buffer, at, size);
  }
}
