import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { EmbeddedBlockStore } from "../../src/cloud/embedded.ts";
import { type BlockStore, MemoryBlockStore, makeBlock, walkDag } from "../../src/cloud/index.ts";
import { SharedLock } from "../../src/cloud/sharedLock.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { flip, gather, makeUpload, pinOf, plain } from "./world.ts";

type Upload = Awaited<ReturnType<typeof makeUpload>>;
let folder: string;

for (const [name, open] of [
  ["memory", async (): Promise<BlockStore> => new MemoryBlockStore()],
  ["disk", async (): Promise<BlockStore> => EmbeddedBlockStore.open(folder)],
] as const)
  describe(`cloud: the block store in ${name}`, () => {
    let store: BlockStore;
    let upload: Upload;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "diptych-store-"));
      store = await open();
      upload = await makeUpload();
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("keeps blocks, refuses wrong ones, tells missing ones", async () => {
      const { cid, bytes } = await makeBlock(0x55, randomBytes(100));
      await expectCode("block-missing", () => store.get(cid));
      await expectCode("block-mismatch", () => store.put({ cid, bytes: flip(bytes) }));
      expect(await store.has(cid)).to.equal(false);
      await Promise.all([store.put({ cid, bytes }), store.put({ cid, bytes })]);
      expect(await store.get(cid)).to.deep.equal(bytes);
      expect(await store.has(cid)).to.equal(true);
      await store.delete(cid);
      await store.delete(cid);
      expect(await store.has(cid)).to.equal(false);
    });

    it("hands out copies, so that nobody can change what it holds", async () => {
      const { cid, bytes } = await makeBlock(0x55, randomBytes(100));
      const given = bytes.slice();
      await store.put({ cid, bytes: given });
      given.fill(0);
      (await store.get(cid)).fill(0);
      expect(await store.get(cid)).to.deep.equal(bytes);
    });

    it("takes an upload whole, and gives it back by walking", async () => {
      const pins = [pinOf(upload.full.cid), pinOf(upload.shared.cid, "shared:0xcd")];
      await store.add(upload.blocks, pins);
      expect(plain(await store.pins())).to.have.deep.members(plain(pins));
      expect(plain(await store.pins(upload.full.cid))).to.deep.equal(plain(pins.slice(0, 1)));
      const walked = await gather(walkDag(upload.full.cid, (cid) => store.get(cid)));
      expect(walked).to.have.length(8);
    });

    it("pins nothing of an upload that is incomplete, wrong or breaks off", async () => {
      const pins = [pinOf(upload.full.cid)];
      const [first, ...rest] = upload.blocks;
      await expectCode("block-missing", () => store.add(upload.blocks.slice(0, -1), pins));
      await expectCode("block-mismatch", () =>
        store.add([{ ...first!, bytes: randomBytes(9) }, ...rest], pins),
      );
      const broken = async function* () {
        yield* upload.blocks.slice(0, 3);
        throw new RangeError("the line went dead");
      };
      expect(await store.add(broken(), pins).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
      await expectCode("argument-invalid", () => store.add([], [{ ...pins[0]!, owner: "" }]));
      expect(await store.pins()).to.deep.equal([]);
      expect(await store.collectGarbage()).to.be.greaterThan(0);
      expect(await store.has(first!.cid)).to.equal(false);
    });

    it("collects what no pin reaches, and only that", async () => {
      await store.add(upload.blocks, [pinOf(upload.full.cid), pinOf(upload.shared.cid)]);
      const stray = await makeBlock(0x55, randomBytes(9));
      await store.put(stray);
      expect(await store.collectGarbage()).to.equal(1);
      // The full view goes: its manifest, the part that only it had, and the patient's own copy.
      await store.unpin(upload.full.cid, "storage:0xab");
      expect(await store.collectGarbage()).to.equal(3);
      expect(await gather(walkDag(upload.shared.cid, (cid) => store.get(cid)))).to.have.length(6);
      await store.unpin(upload.shared.cid, "storage:0xab");
      expect(await store.collectGarbage()).to.equal(6);
      expect(await store.collectGarbage()).to.equal(0);
    });

    it("a pin is its owner's: somebody else's unpin or pin of the same root changes nothing", async () => {
      await store.add(upload.blocks, [pinOf(upload.full.cid)]);
      await store.unpin(upload.full.cid, "storage:mallory");
      expect(plain(await store.pins())).to.deep.equal(plain([pinOf(upload.full.cid)]));
      await store.pin(pinOf(upload.full.cid, "storage:mallory"));
      await store.unpin(upload.full.cid, "storage:0xab");
      expect(plain(await store.pins())).to.deep.equal(plain([pinOf(upload.full.cid, "storage:mallory")]));
    });

    it("pinning again replaces what was kept with the pin", async () => {
      await store.add(upload.blocks, [pinOf(upload.full.cid)]);
      const pin = pinOf(upload.full.cid);
      const again = { ...pin, meta: { tag: "0x02" } };
      await store.pin(again);
      expect(plain(await store.pins())).to.deep.equal(plain([again]));
      await expectCode("block-missing", async () =>
        store.pin(pinOf((await makeBlock(0x55, randomBytes(5))).cid)),
      );
    });

    it("a collection waits for an upload that is under way, and takes none of it", async () => {
      let collected = -1;
      let collecting: Promise<unknown> | undefined;
      const slow = async function* () {
        yield* upload.blocks.slice(0, 4);
        collecting = store.collectGarbage().then((count) => {
          collected = count;
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(collected).to.equal(-1);
        yield* upload.blocks.slice(4);
      };
      await store.add(slow(), [pinOf(upload.full.cid), pinOf(upload.shared.cid)]);
      await collecting;
      expect(collected).to.equal(0);
    });

    it("forgets an owner's roots whatever is wrong with another's, and keeps what others reach", async () => {
      await store.add(upload.blocks, [pinOf(upload.full.cid), pinOf(upload.shared.cid)]);
      const { owner } = pinOf(upload.full.cid);
      await store.delete(upload.shared.cid);
      expect(await store.forget([upload.full.cid], owner)).to.be.greaterThan(0);
      expect(await store.pins(upload.full.cid)).to.deep.equal([]);
      expect(await store.has(upload.full.cid)).to.equal(false);
    });

    it("deletes nothing while a pinned manifest is missing", async () => {
      await store.add(upload.blocks, [pinOf(upload.full.cid)]);
      await store.delete(upload.full.cid);
      await expectCode("block-missing", () => store.collectGarbage());
      expect(await store.has(upload.parts[0]!.cid)).to.equal(true);
    });
  });

describe("cloud: the store on disk", () => {
  let upload: Upload;
  let store: EmbeddedBlockStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "diptych-store-"));
    store = await EmbeddedBlockStore.open(folder);
    upload = await makeUpload();
    await store.add(upload.blocks, [pinOf(upload.full.cid), pinOf(upload.shared.cid)]);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = async (under: string) => {
    const entries = await readdir(join(folder, under), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };

  it("is there again after a restart", async () => {
    const again = await EmbeddedBlockStore.open(folder);
    expect(plain(await again.pins())).to.deep.equal(plain(await store.pins()));
    expect(await gather(walkDag(upload.full.cid, (cid) => again.get(cid)))).to.have.length(8);
    expect(await again.collectGarbage()).to.equal(0);
  });

  it("tells a block that went bad on disk, and mends it when it is uploaded again", async () => {
    const { cid } = upload.parts[1]!;
    const path = (
      await Promise.all((await files("blocks")).map(async (file) => [file, await readFile(file)] as const))
    ).find(([, bytes]) => bytes.length === 2000)![0];
    for (const bad of [new Uint8Array(), flip(await readFile(path))]) {
      await writeFile(path, bad);
      await expectCode("block-mismatch", () => store.get(cid));
      await store.add(upload.blocks, []);
      expect(await store.get(cid)).to.have.length(2000);
    }
  });

  it("says so when a pin file is damaged, and collects nothing then", async () => {
    const [pin] = await files("pins");
    for (const text of ["", "{}", '{"v":2}', "null", '{"v":1,"root":"x","owner":"o","meta":{}}']) {
      await writeFile(pin!, text);
      await expectCode("store-failed", () => store.pins());
      await expectCode("store-failed", () => store.collectGarbage());
    }
    expect(await store.has(upload.full.cid)).to.equal(true);
  });

  it("leaves no half-written files about", async () => {
    const names = [...(await files("blocks")), ...(await files("pins"))];
    expect(names.filter((name) => !name.endsWith(".data") && !name.endsWith(".json"))).to.deep.equal([]);
    expect(await files("pins")).to.have.length(2);
    expect(await files("blocks")).to.have.length(9);
  });

  it("says so when the folder can't be", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    await expectCode("store-failed", () => EmbeddedBlockStore.open(file));
  });
});

describe("cloud: the store's lock", () => {
  it("lets sharers in together, and whoever wants to be alone before later sharers", async () => {
    const lock = new SharedLock();
    const log: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const act = (name: string, wait?: Promise<void>) => async () => {
      log.push(`${name} in`);
      await wait;
      log.push(`${name} out`);
    };
    const all = [
      lock.shared(act("a", held)),
      lock.shared(act("b", held)),
      lock.exclusive(act("alone")),
      lock.shared(act("c")),
    ];
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(log).to.deep.equal(["a in", "b in"]);
    release();
    await Promise.all(all);
    expect(log.slice(2)).to.deep.equal(["a out", "b out", "alone in", "alone out", "c in", "c out"]);
  });

  it("goes on after a failure", async () => {
    const lock = new SharedLock();
    const fail = () => Promise.reject(new Error("no"));
    await lock.exclusive(fail).catch(() => {});
    await lock.shared(fail).catch(() => {});
    expect(await lock.exclusive(async () => 5)).to.equal(5);
  });
});
