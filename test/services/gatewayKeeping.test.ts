/** What the gateway keeps, and for whom. */
import { expect } from "chai";
import { type Signer, Wallet } from "ethers";
import { GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { type Block, type CID, carBytes, encodeManifest, objectToBlocks } from "../../src/cloud/index.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { Gateway } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { random32 } from "../world.ts";
import { makeView, now, startGateway, type TestGateway } from "./ownGateway.ts";

describe("services: what the gateway keeps", () => {
  let chains: TestGateway["chains"];
  let store: TestGateway["store"];
  let client: TestGateway["client"];
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
    ({ chains, store, client } = gateway);
  });
  after(() => gateway?.close());

  it("keeps what its owner signs, and gives it back to the owner only", async () => {
    const [owner, other] = [Wallet.createRandom(), Wallet.createRandom()];
    const view = await makeView();
    await gateway.upload(owner, view);
    const blocks = await gateway.ownFetch(owner, view.root);
    expect([...blocks.keys()].sort()).to.deep.equal(view.blocks.map(({ cid }) => cid.toString()).sort());
    for (const { cid, bytes } of view.blocks) expect(blocks.get(cid.toString())).to.deep.equal(bytes);
    await expectCode("block-missing", () => gateway.ownFetch(other, view.root));
    await expectCode("block-missing", () => gateway.ownFetch(owner, view.root, "shared"));
  });

  it("refuses an upload that lacks a block, or brings a stray or a false one, and pins nothing", async () => {
    const owner = Wallet.createRandom();
    const view = await makeView();
    const [stray] = (await objectToBlocks(randomBytes(30))).blocks;
    const [manifest, first, second] = view.blocks as [Block, Block, Block];
    const forged = { cid: first.cid, bytes: randomBytes(first.bytes.length) };
    const cars: [Block[], "block-missing" | "block-unexpected" | "block-mismatch"][] = [
      [[manifest, first], "block-missing"],
      [[manifest], "block-missing"],
      [[...view.blocks, stray!], "block-unexpected"],
      [[manifest, first, first, second], "block-unexpected"],
      [[first, manifest, second], "block-unexpected"],
      [[manifest, forged, second], "block-mismatch"],
    ];
    for (const [blocks, code] of cars) {
      await expectCode(code, () => gateway.upload(owner, { root: view.root, blocks }));
      expect(await store.pins(view.root)).to.deep.equal([]);
    }
    const order = await gateway.uploadOrder(owner, view.root);
    await expectCode("block-unexpected", async () => {
      const other = await makeView();
      await client.upload(await carBytes([other.root], other.blocks), [order]);
    });
  });

  it("refuses links into what somebody else uploaded, and takes those into one's own", async () => {
    const [owner, thief] = [Wallet.createRandom(), Wallet.createRandom()];
    const view = await makeView();
    await gateway.upload(owner, view);
    const parts = view.blocks.slice(1).map(({ cid }) => cid);
    const manifest = await encodeManifest({ capsule: randomBytes(90), keyring: randomBytes(80), parts });
    const bare = { root: manifest.cid, blocks: [manifest] };
    await expectCode("block-missing", () => gateway.upload(thief, bare));
    expect(await store.pins(bare.root)).to.deep.equal([]);
    await gateway.upload(owner, bare);
    expect((await gateway.ownFetch(owner, bare.root)).size).to.equal(3);
  });

  it("several accounts of one owner sign one upload; each gets its own root", async () => {
    const [one, two] = [Wallet.createRandom(), Wallet.createRandom()];
    const shared = randomBytes(50);
    const views = [await makeView([shared, randomBytes(9)]), await makeView([shared])] as const;
    const owners = [one.address, two.address];
    const signed = async (named: string[]) => [
      await gateway.uploadOrder(one, views[0].root, { owners }),
      await gateway.uploadOrder(two, views[1].root, { side: "shared", owners: named }),
    ];
    const blocks = [views[0].blocks[0]!, views[1].blocks[0]!, ...views[0].blocks.slice(1)];
    const car = await carBytes([views[0].root, views[1].root], blocks);
    for (const named of [[two.address], [two.address, one.address]])
      await expectCode("signature-invalid", async () => client.upload(car, await signed(named)));
    await client.upload(car, await signed(owners));
    expect((await gateway.ownFetch(one, views[0].root)).size).to.equal(3);
    expect((await gateway.ownFetch(two, views[1].root, "shared")).size).to.equal(2);
    await expectCode("block-missing", () => gateway.ownFetch(one, views[1].root));
    // What was uploaded together may be linked by either from then on.
    const parts = views[0].blocks.slice(1).map(({ cid }) => cid);
    const manifest = await encodeManifest({ capsule: randomBytes(90), keyring: randomBytes(80), parts });
    await gateway.upload(two, { root: manifest.cid, blocks: [manifest] }, { side: "shared" });
  });

  it("refuses orders that are malformed, stale, for another gateway, or used before", async () => {
    const owner = Wallet.createRandom();
    const view = await makeView();
    const car = await carBytes([view.root], view.blocks);
    const orders = [
      { ...(await gateway.uploadOrder(owner, view.root)), signature: `0x${"00".repeat(65)}` },
      await gateway.uploadOrder(owner, view.root, { time: now() - 70 }),
      await gateway.uploadOrder(owner, view.root, { time: now() + 70 }),
      await gateway.uploadOrder(owner, view.root, { gateway: "https://another.example" }),
    ];
    for (const order of orders) await expectCode("signature-invalid", () => client.upload(car, [order]));
    const order = await gateway.uploadOrder(owner, view.root);
    await client.upload(car, [order]);
    await expectCode("signature-invalid", () => client.upload(car, [order]));
    // Whoever changes a signed order speaks as nobody, and can't use up the owner's nonce.
    const fresh = await gateway.uploadOrder(owner, view.root);
    await expectCode("signature-invalid", () => client.upload(car, [{ ...fresh, tag: random32() }]));
    await client.upload(car, [fresh]);
    expect(await store.pins(view.root)).to.have.length(1);
  });

  it("refuses what is no upload before it takes a byte", async () => {
    const owner = Wallet.createRandom();
    const view = await makeView();
    const order = await gateway.uploadOrder(owner, view.root);
    const car = await carBytes([view.root], view.blocks);
    await expectCode("service-refused", () => client.upload(car, []));
    const many = await Promise.all(Array.from({ length: 17 }, () => gateway.uploadOrder(owner, view.root)));
    await expectCode("service-refused", () => client.upload(car, many));
    await expectCode("service-refused", () => client.upload(car, [{ ...order, more: 1 } as never]));
    await expectCode("service-refused", () => client.upload(car, [{ ...order, cid: "../../etc/passwd" }]));
    const url = `${client.origin}/v1/uploads`;
    for (const headers of [{}, { "content-type": "application/vnd.ipld.car", "diptych-roots": "e30" }]) {
      const answer = await fetch(url, { method: "POST", headers, body: car as BodyInit });
      expect(answer.status).to.equal(400);
    }
    expect(await store.pins(view.root)).to.deep.equal([]);
  });

  it("tells whoever sends a long upload how far it is, and refuses one before it is through", async () => {
    const owner = Wallet.createRandom();
    const view = await makeView([new Uint8Array(900_000).fill(1), new Uint8Array(900_000)]);
    const car = await carBytes([view.root], view.blocks);
    const told: number[] = [];
    const progress = (done: number, total?: number) => {
      expect(total).to.equal(car.length);
      told.push(done);
    };
    const order = await gateway.uploadOrder(owner, view.root);
    const forged = { ...order, tag: random32() };
    await expectCode("signature-invalid", () => client.upload(car, [forged], { progress }));
    told.length = 0;
    await client.upload(car, [order], { progress });
    expect(told.length).to.be.above(20);
    expect(told).to.deep.equal([...told].sort((a, b) => a - b));
    expect([told[0], told.at(-1)]).to.deep.equal([0, car.length]);
    expect(await store.pins(view.root)).to.have.length(1);
    const broken = () => {
      throw new Error("a display that broke");
    };
    const failed = client.upload(car, [order], { progress: broken }).catch((error: unknown) => error);
    expect(await failed).to.have.property("message", "a display that broke");
  });

  it("takes uploads up to its limit", async () => {
    const small = await serveGateway(new Gateway({ store, chains, confirmations: 0 }), { bodyLimit: 1000 });
    try {
      const owner = Wallet.createRandom();
      const view = await makeView([randomBytes(2000)]);
      const order = await gateway.uploadOrder(owner, view.root, { gateway: small.url });
      const car = await carBytes([view.root], view.blocks);
      await expectCode("service-refused", () => new GatewayClient(small.url).upload(car, [order]));
    } finally {
      await small.close();
    }
  });

  it("keeps only what an owner says under a tag: nobody else's word counts, and shared blocks stay", async () => {
    const [owner, other] = [Wallet.createRandom(), Wallet.createRandom()];
    const tag = random32();
    const common = randomBytes(60);
    const [old, kept, elsewhere] = [
      await makeView([common, randomBytes(61)]),
      await makeView([common, randomBytes(62)]),
      await makeView([randomBytes(63)]),
    ];
    await gateway.upload(owner, old, { tag });
    await gateway.upload(owner, kept, { tag });
    await gateway.upload(owner, elsewhere);
    const order = (signer: Signer, root: CID) => gateway.keepOrder(signer, root, tag);
    await expectCode("block-missing", async () => client.keepOnly(await order(other, kept.root)));
    await expectCode("block-missing", async () => client.keepOnly(await order(owner, elsewhere.root)));
    await expectCode("signature-invalid", async () =>
      client.keepOnly({ ...(await order(owner, kept.root)), time: now() - 1000 }),
    );
    await gateway.upload(other, kept, { tag });
    await client.keepOnly(await order(other, kept.root));
    expect((await gateway.ownFetch(owner, old.root)).size).to.equal(3);

    await client.keepOnly(await order(owner, kept.root));
    await expectCode("block-missing", () => gateway.ownFetch(owner, old.root));
    expect(await store.has(old.blocks[2]!.cid)).to.equal(false);
    expect((await gateway.ownFetch(owner, kept.root)).size).to.equal(3);
    expect((await gateway.ownFetch(owner, elsewhere.root)).size).to.equal(2);
    await client.keepOnly(await order(owner, kept.root));
    // An upload's signature is no such word.
    const { owners: _owners, ...word } = await gateway.uploadOrder(owner, kept.root, { tag });
    await expectCode("signature-invalid", () => client.keepOnly({ ...word, owner: owner.address }));
  });

  it("forgets nothing that was uploaded after the kept root, nor anything when the kept root is damaged", async () => {
    const owner = Wallet.createRandom();
    const tag = random32();
    const common = randomBytes(64);
    const [old, standing, coming] = [
      await makeView([common, randomBytes(65)]),
      await makeView([common, randomBytes(66)]),
      await makeView([common, randomBytes(67)]),
    ];
    for (const view of [old, standing, coming]) await gateway.upload(owner, view, { tag });
    const keep = async () => client.keepOnly(await gateway.keepOrder(owner, standing.root, tag));
    await store.delete(standing.blocks[2]!.cid);
    await expectCode("block-missing", keep);
    expect((await gateway.ownFetch(owner, old.root)).size).to.equal(3);
    await gateway.upload(owner, standing, { tag });
    await keep();
    await expectCode("block-missing", () => gateway.ownFetch(owner, old.root));
    expect((await gateway.ownFetch(owner, standing.root)).size).to.equal(3);
    expect((await gateway.ownFetch(owner, coming.root)).size).to.equal(3);
  });
});
