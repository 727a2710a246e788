/**
 * A block store on disk, for Node only: IPFS blocks under `blocks` in the layout of blockstore-fs, each pin a small JSON
 * file under `pins`. One process at a time may use a folder.
 *
 * @module
 */
import { mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FsBlockstore } from "blockstore-fs";
import { NextToLast } from "blockstore-fs/sharding";
import { hex, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import { type Pin, type StoreBackend, VerifyingBlockStore } from "./blockStore.ts";
import { CID, multihashKey, parseCid, RAW } from "./blocks.ts";
import { guarding, syncFolder, syncPath, unlessMissing } from "./embeddedDisk.ts";

export class EmbeddedBlockStore extends VerifyingBlockStore {
  /** Opens the store in `folder`, making it if need be; throws `store-failed`. */
  static async open(folder: string): Promise<EmbeddedBlockStore> {
    const blocks = new FsBlockstore(join(folder, "blocks"));
    const pins = join(folder, "pins");
    await guarding("open the block store", async () => {
      await mkdir(pins, { recursive: true });
      await blocks.open();
    });
    return new EmbeddedBlockStore(new DiskBackend(blocks, pins));
  }
}

class DiskBackend implements StoreBackend {
  private readonly blocks: FsBlockstore;
  private readonly pinFolder: string;
  private readonly layout = new NextToLast();
  private unflushed = new Set<string>();
  private pinNumber = 0;

  constructor(blocks: FsBlockstore, pinFolder: string) {
    this.blocks = blocks;
    this.pinFolder = pinFolder;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return guarding("read a block", () => readIfThere(this.pathOf(key)));
  }

  async has(key: string): Promise<boolean> {
    return guarding("look for a block", () => this.blocks.has(CID.parse(key)));
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await guarding("write a block", () => this.blocks.put(CID.parse(key), bytes));
    this.unflushed.add(this.pathOf(key));
  }

  async remove(key: string): Promise<void> {
    await guarding("delete a block", () => this.blocks.delete(CID.parse(key)));
  }

  async *keys(): AsyncGenerator<string, void, undefined> {
    // File names hold multihashes only, so the codec is lost here; it plays no part in a key.
    const files = this.blocks.getAll();
    while (true) {
      const next = await guarding("list the blocks", async () => files.next());
      if (next.done) return;
      yield multihashKey(CID.createV1(RAW, next.value.cid.multihash));
    }
  }

  async flush(): Promise<void> {
    const paths = [...this.unflushed];
    await guarding("flush the blocks", async () => {
      for (const path of paths) await syncPath(path, "r+");
      for (const folder of new Set(paths.map(dirname))) await syncFolder(folder);
      if (paths.length > 0) await syncFolder(this.blocks.path);
    });
    for (const path of paths) this.unflushed.delete(path);
  }

  async writePin(pin: Pin): Promise<void> {
    const path = this.pinPath(pin.root, pin.owner);
    const text = JSON.stringify({ v: 1, root: pin.root.toString(), owner: pin.owner, meta: pin.meta });
    await guarding("write a pin", async () => {
      const fresh = `${path}.${process.pid}.${this.pinNumber++}.new`;
      const file = await open(fresh, "w");
      try {
        await file.writeFile(`${text}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
      await syncFolder(this.pinFolder);
    });
  }

  async removePin(root: CID, owner: string): Promise<void> {
    await guarding("remove a pin", async () => {
      await unlink(this.pinPath(root, owner)).catch(unlessMissing);
      await syncFolder(this.pinFolder);
    });
  }

  async readPins(): Promise<Pin[]> {
    return guarding("read the pins", async () => {
      const names = (await readdir(this.pinFolder)).filter((name) => name.endsWith(".json"));
      const pins = names.map(async (name) => {
        const bytes = await readIfThere(join(this.pinFolder, name));
        return bytes === undefined ? [] : [parsePin(new TextDecoder().decode(bytes), name)];
      });
      return (await Promise.all(pins)).flat();
    });
  }

  private pathOf(key: string): string {
    const { dir, file } = this.layout.encode(CID.parse(key));
    return join(this.blocks.path, dir, file);
  }

  private pinPath(root: CID, owner: string): string {
    const name = hex(hash("diptych/cloud/pin-owner/v1", utf8(owner))).slice(2, 34);
    return join(this.pinFolder, `${root}.${name}.json`);
  }
}

function parsePin(text: string, name: string): Pin {
  try {
    const { v, root, owner, meta } = JSON.parse(text) as Record<string, unknown>;
    const entries = Object.entries(meta as Record<string, unknown>);
    if (v === 1 && typeof owner === "string" && entries.every(([, value]) => typeof value === "string"))
      return {
        root: parseCid(String(root)),
        owner,
        meta: Object.fromEntries(entries) as Record<string, string>,
      };
  } catch {}
  throw new DiptychError(
    "store-failed",
    `The pin file ${name} is damaged: delete it and pin again, or restore it.`,
  );
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).then((bytes) => new Uint8Array(bytes), unlessMissing);
}
