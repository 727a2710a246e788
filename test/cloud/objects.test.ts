import * as dagPb from "@ipld/dag-pb";
import { expect } from "chai";
import { exporter } from "ipfs-unixfs-exporter";
import {
  type Block,
  CHUNK_SIZE,
  type CID,
  linksOf,
  makeBlock,
  objectToBlocks,
  readObject,
  readObjectStream,
  walkCids,
  walkDag,
} from "../../src/cloud/index.ts";
import { concat } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { flip, gather, makeUpload, numbered } from "./world.ts";

const getter = (blocks: readonly Block[]) => async (cid: CID) =>
  blocks.find((block) => block.cid.equals(cid))?.bytes;

async function node(links: Block[]): Promise<Block> {
  const entries = links.map(({ cid, bytes }) => ({ Name: "", Hash: cid, Tsize: bytes.length }));
  return makeBlock(dagPb.code, dagPb.encode(dagPb.prepare({ Data: Uint8Array.of(8, 2), Links: entries })));
}

describe("cloud: objects as blocks", () => {
  for (const size of [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, 3 * CHUNK_SIZE + 7])
    it(`gives back ${size} bytes, and any IPFS reader reads the same`, async () => {
      const bytes = numbered(size);
      const { cid, blocks } = await objectToBlocks(bytes);
      expect(blocks[0]!.cid.equals(cid)).to.equal(true);
      expect(blocks.length).to.equal(size <= CHUNK_SIZE ? 1 : Math.ceil(size / CHUNK_SIZE) + 1);
      expect(Buffer.compare(await readObject(cid, getter(blocks), size), bytes)).to.equal(0);
      const get = async function* (link: CID) {
        yield (await getter(blocks)(link))!;
      };
      const entry = await exporter(cid, { get } as never);
      if (!("content" in entry)) throw new Error(`read as ${entry.type}`);
      const theirs = concat(...(await gather(entry.content() as AsyncIterable<Uint8Array>)));
      expect(Buffer.compare(theirs, bytes)).to.equal(0);
    });

  it("repeats equal chunks in reading, though they are one block", async () => {
    const bytes = new Uint8Array(3 * CHUNK_SIZE).fill(5);
    const { cid, blocks } = await objectToBlocks(bytes);
    expect(blocks).to.have.length(2);
    expect(Buffer.compare(await readObject(cid, getter(blocks), bytes.length), bytes)).to.equal(0);
  });

  it("tells a block that is missing or changed, and hands out nothing of it", async () => {
    const { cid, blocks } = await objectToBlocks(numbered(2 * CHUNK_SIZE + 1));
    for (const victim of blocks) {
      const without = blocks.filter((block) => block !== victim);
      await expectCode("block-missing", () => readObject(cid, getter(without), 1e9));
      const changed = blocks.map((block) =>
        block === victim ? { ...block, bytes: flip(block.bytes) } : block,
      );
      const seen: Uint8Array[] = [];
      await expectCode("block-mismatch", async () => {
        for await (const chunk of readObjectStream(cid, getter(changed), 1e9)) seen.push(chunk);
      });
      for (const chunk of seen)
        expect(blocks.some((block) => Buffer.compare(block.bytes, chunk) === 0)).to.equal(true);
    }
  });

  it("stops at the limit, however few blocks make the file", async () => {
    const leaf = await makeBlock(0x55, new Uint8Array(1000));
    const wide = await node(Array.from({ length: 100 }, () => leaf));
    const bomb = await node(Array.from({ length: 100 }, () => wide));
    const get = getter([leaf, wide, bomb]);
    await expectCode("block-unexpected", () => readObject(bomb.cid, get, 100_000));
    expect(await readObject(wide.cid, get, 100_000)).to.have.length(100_000);
  });

  it("refuses files that lead nowhere, are too deep, or link a manifest", async () => {
    const empty = await makeBlock(0x55, new Uint8Array());
    const nothing = await node([]);
    const hollow = await node([empty]);
    const tower = [await makeBlock(0x55, Uint8Array.of(1))];
    for (let i = 0; i < 9; i++) tower.unshift(await node([tower[0]!]));
    const { full } = await makeUpload();
    const odd = await node([full]);
    const get = getter([empty, nothing, hollow, ...tower, full, odd]);
    for (const { cid } of [nothing, hollow, tower[0]!, odd, full])
      await expectCode("block-unexpected", () => readObject(cid, get, 1e6));
    expect(await readObject(tower[1]!.cid, get, 1)).to.have.length(1);
    const garbage = await makeBlock(dagPb.code, Uint8Array.of(255, 255));
    await expectCode("block-unexpected", () => readObject(garbage.cid, getter([garbage]), 1e6));
  });

  it("passes on what its source throws", async () => {
    const { cid } = await objectToBlocks(numbered(10));
    let thrown: unknown;
    await readObject(cid, () => Promise.reject(new RangeError("no network")), 10).catch((error: unknown) => {
      thrown = error;
    });
    expect(thrown).to.be.instanceOf(RangeError);
  });
});

describe("cloud: what lies under a manifest", () => {
  it("every block once, each after one that links it, and none of another view's", async () => {
    const { full, shared, get, parts, own } = await makeUpload();
    for (const [root, objects] of [
      [full, [...parts, own]],
      [shared, parts.slice(1)],
    ] as const) {
      const walked = await gather(walkDag(root.cid, get));
      const names = walked.map(({ cid }) => cid.toString());
      const expected = [root, ...objects.flatMap((object) => object.blocks)].map(({ cid }) => cid.toString());
      expect([...names].sort()).to.deep.equal(expected.sort());
      const linked = new Set([names[0]]);
      for (const block of walked) {
        expect(linked.has(block.cid.toString())).to.equal(true);
        for (const link of linksOf(block)) linked.add(link.toString());
      }
    }
  });

  it("names what is missing or changed, and keeps its limits", async () => {
    const { full, get, parts } = await makeUpload();
    const victim = parts[2]!.blocks.at(-1)!.cid;
    await expectCode("block-missing", () =>
      gather(walkDag(full.cid, async (cid) => (cid.equals(victim) ? undefined : get(cid)))),
    );
    await expectCode("block-mismatch", () =>
      gather(walkDag(full.cid, async (cid) => (cid.equals(victim) ? Uint8Array.of(1) : get(cid)))),
    );
    await expectCode("block-unexpected", () => gather(walkDag(full.cid, get, { maxBlocks: 7 })));
    await expectCode("block-unexpected", () => gather(walkDag(full.cid, get, { maxBytes: 1_500_000 })));
    expect(await gather(walkDag(full.cid, get, { maxBlocks: 8, maxBytes: 2_200_000 }))).to.have.length(8);
  });

  it("can be listed without reading any leaf", async () => {
    const { full, get } = await makeUpload();
    const read: string[] = [];
    const cids = await gather(
      walkCids(full.cid, (cid) => {
        read.push(cid.toString());
        return get(cid);
      }),
    );
    expect(cids).to.have.length(8);
    expect(read).to.have.length(2);
  });
});
