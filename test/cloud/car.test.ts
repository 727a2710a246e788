import { CarReader } from "@ipld/car/reader";
import { CarWriter } from "@ipld/car/writer";
import * as dagCbor from "@ipld/dag-cbor";
import { expect } from "chai";
import {
  type Block,
  type CID,
  carBytes,
  makeBlock,
  readCar,
  walkDag,
  writeCar,
} from "../../src/cloud/index.ts";
import { concat, randomBytes } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import vectors from "./vectors/cloud.json" with { type: "json" };
import { flip, gather, makeUpload } from "./world.ts";

type Upload = Awaited<ReturnType<typeof makeUpload>>;

/** All blocks of an archive by CID. */
async function readAll(...given: Parameters<typeof readCar>) {
  const { roots, blocks } = await readCar(...given);
  const all = new Map((await gather(blocks)).map(({ cid, bytes }) => [cid.toString(), bytes]));
  return { roots, blocks: all };
}

describe("cloud: CAR archives", () => {
  let upload: Upload;
  let walked: Block[];
  let car: Uint8Array;
  let roots: CID[];
  before(async () => {
    upload = await makeUpload();
    walked = await gather(walkDag(upload.full.cid, upload.get));
    roots = [upload.full.cid];
    car = await carBytes(roots, walked);
  });

  it("goes there and back, in memory and in pieces", async () => {
    const { blocks, roots: got } = await readAll(car, { roots });
    expect(got.map(String)).to.deep.equal(roots.map(String));
    expect([...blocks.keys()]).to.deep.equal(walked.map(({ cid }) => cid.toString()));
    for (const block of walked)
      expect(Buffer.compare(blocks.get(block.cid.toString())!, block.bytes)).to.equal(0);
    const pieces = async function* () {
      for (let at = 0; at < car.length; at += 70_001) yield car.subarray(at, at + 70_001);
    };
    const stream = await readCar(pieces());
    expect((await gather(stream.blocks)).length).to.equal(walked.length);
    expect(Buffer.compare(concat(...(await gather(writeCar(roots, walked)))), car)).to.equal(0);
  });

  it("is what IPFS's own library reads and writes", async () => {
    const theirs = await CarReader.fromBytes(car);
    expect((await theirs.getRoots()).map(String)).to.deep.equal(roots.map(String));
    expect(await gather(theirs.blocks())).to.have.length(walked.length);
    const { writer, out } = CarWriter.create(roots);
    const written = gather(out);
    for (const block of walked) await writer.put(block);
    await writer.close();
    expect(Buffer.compare(concat(...(await written)), car)).to.equal(0);
  });

  it("the test vector opens", async () => {
    const { blocks } = await readAll(Buffer.from(vectors.car.bytes, "hex"));
    expect([...blocks.keys()]).to.deep.equal([
      vectors.car.root,
      vectors.objects.small,
      vectors.objects.empty,
    ]);
  });

  it("one upload carries all its roots", async () => {
    const both = [upload.full.cid, upload.shared.cid];
    const bytes = await carBytes(both, [upload.full, upload.shared, ...walked.slice(1)]);
    expect((await readAll(bytes, { roots: both })).blocks.size).to.equal(walked.length + 1);
    await expectCode("block-unexpected", () => readAll(bytes, { roots: [...both].reverse() }));
  });

  it("refuses other roots than those asked for, and none", async () => {
    await expectCode("block-unexpected", () => readAll(car, { roots: [upload.shared.cid] }));
    const noRoots = await carBytes([], walked);
    await expectCode("block-unexpected", () => readAll(noRoots));
  });

  it("refuses blocks that nobody asked for, twice, or before what links them", async () => {
    const stray = await makeBlock(0x55, randomBytes(9));
    const orders = [
      [...walked, stray],
      [walked[0]!, stray, ...walked.slice(1)],
      [...walked, walked[1]!],
      [walked[1]!, walked[0]!, ...walked.slice(2)],
      [...walked, upload.shared],
    ];
    for (const blocks of orders) {
      const bytes = await carBytes(roots, blocks);
      await expectCode("block-unexpected", () => readAll(bytes, { roots }));
    }
  });

  it("tells missing blocks, unless they are known to be at hand", async () => {
    // Leaving out a block with links leaves its children unasked for, so this is about leaves.
    const leaves = walked.filter(({ cid }) => cid.code === 0x55);
    expect(leaves).to.have.length(6);
    for (const left of leaves) {
      const bytes = await carBytes(
        roots,
        walked.filter((block) => block !== left),
      );
      await expectCode("block-missing", () => readAll(bytes, { roots }));
      const known = (cid: CID) => cid.equals(left.cid);
      expect((await readAll(bytes, { roots, known })).blocks.size).to.equal(walked.length - 1);
    }
    await expectCode("block-missing", async () => readAll(await carBytes(roots, []), { roots }));
  });

  it("refuses bytes that aren't their CID's", async () => {
    const last = walked.at(-1)!;
    const at = car.length - 1;
    await expectCode("block-mismatch", () => readAll(flip(car, at), { roots }));
    const swapped = [...walked.slice(0, -1), { cid: last.cid, bytes: randomBytes(last.bytes.length) }];
    const bytes = await carBytes(roots, swapped);
    await expectCode("block-mismatch", () => readAll(bytes, { roots }));
  });

  it("refuses archives that are cut, empty, of version 2, or no archives", async () => {
    const header = (value: unknown) => {
      const encoded = dagCbor.encode(value);
      return concat(Uint8Array.of(encoded.length), encoded);
    };
    const bad = [
      new Uint8Array(),
      car.slice(0, 20),
      car.slice(0, -1),
      concat(car, Uint8Array.of(0)),
      concat(car, Uint8Array.of(5, 1)),
      header({ version: 2 }),
      header({ version: 1 }),
      header({ roots, version: 3 }),
      Uint8Array.of(3, 1, 2, 3),
    ];
    for (const bytes of bad) await expectCode("encoding-invalid", () => readAll(bytes));
  });

  it("keeps its limits, and doesn't wait for a block whose length is a lie", async () => {
    await expectCode("block-unexpected", () => readAll(car, { roots, maxBytes: car.length - 1 }));
    await expectCode("block-unexpected", () => readAll(car, { roots, maxBlocks: walked.length - 1 }));
    expect(
      (await readAll(car, { roots, maxBytes: car.length, maxBlocks: walked.length })).blocks.size,
    ).to.equal(8);
    const first = await gather(writeCar(roots, []));
    let asked = 0;
    const endless = async function* () {
      yield first[0]!;
      yield Uint8Array.of(0xff, 0xff, 0xff, 0x7f);
      for (; asked < 100; asked++) yield new Uint8Array(65_536);
    };
    await expectCode("block-unexpected", async () => gather((await readCar(endless())).blocks));
    expect(asked).to.equal(0);
  });

  it("passes on what its source throws, and lets go of it when the reader stops", async () => {
    let closed = false;
    const source = async function* () {
      try {
        yield car.slice(0, car.length - 100);
        throw new RangeError("the line went dead");
      } finally {
        closed = true;
      }
    };
    let thrown: unknown;
    await readCar(source(), { roots })
      .then(({ blocks }) => gather(blocks))
      .catch((error: unknown) => {
        thrown = error;
      });
    expect(thrown).to.be.instanceOf(RangeError);
    closed = false;
    const { blocks } = await readCar(source(), { roots });
    for await (const _ of blocks) break;
    expect(closed).to.equal(true);
    closed = false;
    await expectCode("block-unexpected", () => readCar(source(), { roots: [upload.shared.cid] }));
    expect(closed).to.equal(true);
  });
});
