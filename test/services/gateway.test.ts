/** The gateway: what it keeps, for whom, and whom it serves. */
import { expect } from "chai";
import { type Signer, Wallet } from "ethers";
import {
  type FetchOrder,
  GatewayClient,
  type RootOrder,
  type UploadOrder,
} from "../../src/cloud/gatewayClient.ts";
import {
  type Block,
  type CID,
  carBytes,
  encodeManifest,
  MemoryBlockStore,
  objectToBlocks,
} from "../../src/cloud/index.ts";
import { decodeManifest, parseManifestUrl } from "../../src/cloud/manifest.ts";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import {
  type Chain,
  type Decided,
  fetchMessage,
  indexMessage,
  keepOnlyMessage,
  ownerFetchMessage,
  type Side,
  signMessage,
  uploadMessage,
} from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import type { OpenedIndex } from "../../src/services/gateClient.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import type { Served } from "../../src/services/httpServer.ts";
import { Gateway } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  enrolRequester,
  issueAndPublish,
  type Owner,
  random32,
  through,
  world,
} from "../world.ts";

describe("services: the gateway", () => {
  let chains: Record<Side, Chain>;
  let store: MemoryBlockStore;
  let served: Served;
  let client: GatewayClient;

  before(async () => {
    ({ chains } = await world());
    store = new MemoryBlockStore();
    served = await serveGateway(new Gateway({ store, chains, confirmations: 0 }), {
      requestsPerMinute: 10_000,
    });
    client = new GatewayClient(served.url);
  });
  after(() => served?.close());

  const now = () => Math.floor(Date.now() / 1000);

  const rootOf = (cid: CID) => ({
    ...{ gateway: client.origin, cid: cid.toString(), tag: random32() },
    ...{ time: now(), nonce: random32() },
  });

  async function uploadOrder(
    signer: Signer,
    cid: CID,
    changes: Partial<UploadOrder> = {},
  ): Promise<UploadOrder> {
    const { side = "storage", ...more } = changes;
    const message = { ...rootOf(cid), owners: [await signer.getAddress()], ...more };
    return { side, ...message, signature: await signMessage(signer, uploadMessage, chains[side], message) };
  }

  async function keepOrder(signer: Signer, cid: CID, tag: string): Promise<RootOrder> {
    const message = { ...rootOf(cid), tag };
    const signature = await signMessage(signer, keepOnlyMessage, chains.storage, message);
    return { side: "storage", ...message, signature };
  }

  async function ownFetch(signer: Signer, cid: CID, side: Side = "storage") {
    const message = { gateway: client.origin, cid: cid.toString(), time: now(), nonce: random32() };
    const signature = await signMessage(signer, ownerFetchMessage, chains[side], message);
    return client.fetchOwn({ side, ...message, signature });
  }

  /** A manifest over parts of random bytes. */
  async function makeView(parts: readonly Uint8Array[] = [randomBytes(300), randomBytes(40)]) {
    const objects = await Promise.all(parts.map((part) => objectToBlocks(part)));
    const links = objects.map((object) => object.cid);
    const manifest = await encodeManifest({
      capsule: randomBytes(90),
      keyring: randomBytes(80),
      parts: links,
    });
    const blocks: Block[] = [manifest, ...objects.flatMap((object) => object.blocks)];
    return { root: manifest.cid, blocks };
  }

  async function upload(
    signer: Signer,
    view: { root: CID; blocks: Block[] },
    changes: Partial<UploadOrder> = {},
  ) {
    const order = await uploadOrder(signer, view.root, changes);
    await client.upload(await carBytes([view.root], view.blocks), [order]);
    return order;
  }

  describe("keeping", () => {
    it("keeps what its owner signs, and gives it back to the owner only", async () => {
      const [owner, other] = [Wallet.createRandom(), Wallet.createRandom()];
      const view = await makeView();
      await upload(owner, view);
      const blocks = await ownFetch(owner, view.root);
      expect([...blocks.keys()].sort()).to.deep.equal(view.blocks.map(({ cid }) => cid.toString()).sort());
      for (const { cid, bytes } of view.blocks) expect(blocks.get(cid.toString())).to.deep.equal(bytes);
      await expectCode("block-missing", () => ownFetch(other, view.root));
      await expectCode("block-missing", () => ownFetch(owner, view.root, "shared"));
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
        await expectCode(code, () => upload(owner, { root: view.root, blocks }));
        expect(await store.pins(view.root)).to.deep.equal([]);
      }
      const order = await uploadOrder(owner, view.root);
      await expectCode("block-unexpected", async () => {
        const other = await makeView();
        await client.upload(await carBytes([other.root], other.blocks), [order]);
      });
    });

    it("refuses links into what somebody else uploaded, and takes those into one's own", async () => {
      const [owner, thief] = [Wallet.createRandom(), Wallet.createRandom()];
      const view = await makeView();
      await upload(owner, view);
      const parts = view.blocks.slice(1).map(({ cid }) => cid);
      const manifest = await encodeManifest({ capsule: randomBytes(90), keyring: randomBytes(80), parts });
      const bare = { root: manifest.cid, blocks: [manifest] };
      await expectCode("block-missing", () => upload(thief, bare));
      expect(await store.pins(bare.root)).to.deep.equal([]);
      await upload(owner, bare);
      expect((await ownFetch(owner, bare.root)).size).to.equal(3);
    });

    it("several accounts of one owner sign one upload; each gets its own root", async () => {
      const [one, two] = [Wallet.createRandom(), Wallet.createRandom()];
      const shared = randomBytes(50);
      const views = [await makeView([shared, randomBytes(9)]), await makeView([shared])] as const;
      const owners = [one.address, two.address];
      const signed = async (named: string[]) => [
        await uploadOrder(one, views[0].root, { owners }),
        await uploadOrder(two, views[1].root, { side: "shared", owners: named }),
      ];
      const blocks = [views[0].blocks[0]!, views[1].blocks[0]!, ...views[0].blocks.slice(1)];
      const car = await carBytes([views[0].root, views[1].root], blocks);
      for (const named of [[two.address], [two.address, one.address]])
        await expectCode("signature-invalid", async () => client.upload(car, await signed(named)));
      await client.upload(car, await signed(owners));
      expect((await ownFetch(one, views[0].root)).size).to.equal(3);
      expect((await ownFetch(two, views[1].root, "shared")).size).to.equal(2);
      await expectCode("block-missing", () => ownFetch(one, views[1].root));
      // What was uploaded together may be linked by either from then on.
      const parts = views[0].blocks.slice(1).map(({ cid }) => cid);
      const manifest = await encodeManifest({ capsule: randomBytes(90), keyring: randomBytes(80), parts });
      await upload(two, { root: manifest.cid, blocks: [manifest] }, { side: "shared" });
    });

    it("refuses orders that are malformed, stale, for another gateway, or used before", async () => {
      const owner = Wallet.createRandom();
      const view = await makeView();
      const car = await carBytes([view.root], view.blocks);
      const orders = [
        { ...(await uploadOrder(owner, view.root)), signature: `0x${"00".repeat(65)}` },
        await uploadOrder(owner, view.root, { time: now() - 70 }),
        await uploadOrder(owner, view.root, { time: now() + 70 }),
        await uploadOrder(owner, view.root, { gateway: "https://another.example" }),
      ];
      for (const order of orders) await expectCode("signature-invalid", () => client.upload(car, [order]));
      const order = await uploadOrder(owner, view.root);
      await client.upload(car, [order]);
      await expectCode("signature-invalid", () => client.upload(car, [order]));
      // Whoever changes a signed order speaks as nobody, and can't use up the owner's nonce.
      const fresh = await uploadOrder(owner, view.root);
      await expectCode("signature-invalid", () => client.upload(car, [{ ...fresh, tag: random32() }]));
      await client.upload(car, [fresh]);
      expect(await store.pins(view.root)).to.have.length(1);
    });

    it("refuses what is no upload before it takes a byte", async () => {
      const owner = Wallet.createRandom();
      const view = await makeView();
      const order = await uploadOrder(owner, view.root);
      const car = await carBytes([view.root], view.blocks);
      await expectCode("service-refused", () => client.upload(car, []));
      const many = await Promise.all(Array.from({ length: 17 }, () => uploadOrder(owner, view.root)));
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

    it("takes uploads up to its limit", async () => {
      const small = await serveGateway(new Gateway({ store, chains, confirmations: 0 }), { bodyLimit: 1000 });
      try {
        const owner = Wallet.createRandom();
        const view = await makeView([randomBytes(2000)]);
        const order = await uploadOrder(owner, view.root, { gateway: small.url });
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
      await upload(owner, old, { tag });
      await upload(owner, kept, { tag });
      await upload(owner, elsewhere);
      const order = (signer: Signer, root: CID) => keepOrder(signer, root, tag);
      await expectCode("block-missing", async () => client.keepOnly(await order(other, kept.root)));
      await expectCode("block-missing", async () => client.keepOnly(await order(owner, elsewhere.root)));
      await expectCode("signature-invalid", async () =>
        client.keepOnly({ ...(await order(owner, kept.root)), time: now() - 1000 }),
      );
      await upload(other, kept, { tag });
      await client.keepOnly(await order(other, kept.root));
      expect((await ownFetch(owner, old.root)).size).to.equal(3);

      await client.keepOnly(await order(owner, kept.root));
      await expectCode("block-missing", () => ownFetch(owner, old.root));
      expect(await store.has(old.blocks[2]!.cid)).to.equal(false);
      expect((await ownFetch(owner, kept.root)).size).to.equal(3);
      expect((await ownFetch(owner, elsewhere.root)).size).to.equal(2);
      await client.keepOnly(await order(owner, kept.root));
      // An upload's signature is no such word.
      const { owners: _owners, ...word } = await uploadOrder(owner, kept.root, { tag });
      await expectCode("block-missing", () => client.keepOnly(word));
    });
  });

  describe("serving requesters", () => {
    let owner: Owner;
    let emrId: Uint8Array;
    let requester: Requester;
    let account: Signer;
    let stranger: Signer;
    let decided: Decided;
    let denied: Decided;
    let released: OpenedIndex;

    before(async () => {
      owner = await enrolPatient({ gateway: served.url });
      const published = await issueAndPublish(owner.patient);
      ({ emrId } = published);
      const id = published.ledgerRecordIds.shared;
      account = Wallet.createRandom();
      requester = await enrolRequester(["role:researcher"], { gateway: served.url, account });
      stranger = Wallet.createRandom();
      const outsider = await enrolRequester([], { gateway: served.url, account: stranger });
      ({ decided: denied } = await outsider.request("shared", id));
      ({ decided } = await requester.request("shared", id));
      released = await requester.release("shared", decided);
    });

    async function fetchOrder(
      changes: Partial<FetchOrder> = {},
      index: Partial<FetchOrder["index"]> = {},
      signer: Signer = account,
    ): Promise<FetchOrder> {
      const { plaintext, record } = released;
      const message = {
        gateway: client.origin,
        requestId: decided.requestId,
        cid: parseManifestUrl(plaintext.url).toString(),
        time: now(),
        nonce: random32(),
      };
      const { side = "shared", signature: _signature, index: _index, ...more } = changes;
      const signed = { ...message, ...more };
      const signature = await signMessage(signer, fetchMessage, chains[side], signed);
      const { tag, dIndex } = plaintext;
      const word = { version: record.version, tag: hex(tag), signature: hex(dIndex), ...index };
      return { side, ...signed, signature, index: word };
    }

    it("gives exactly the blocks under the manifest to who was granted", async () => {
      const order = await fetchOrder();
      const blocks = await client.fetch(order);
      const { parts } = decodeManifest(blocks.get(order.cid)!);
      expect(parts).to.have.length(6);
      expect([...blocks.keys()].sort()).to.deep.equal([order.cid, ...parts.map(String)].sort());
    });

    it("refuses who has no grant, even with the index in hand", async () => {
      const order = await fetchOrder({ requestId: denied.requestId }, {}, stranger);
      await expectCode("not-releasable", () => client.fetch(order));
      const invented = await fetchOrder({ requestId: random32() });
      await expectCode("not-releasable", () => client.fetch(invented));
    });

    it("refuses somebody else with a grant that isn't theirs", async () => {
      const order = await fetchOrder({}, {}, stranger);
      await expectCode("signature-invalid", () => client.fetch(order));
    });

    it("refuses a stale, foreign, replayed or changed order", async () => {
      const orders = [
        await fetchOrder({ time: now() - 70 }),
        await fetchOrder({ time: now() + 70 }),
        await fetchOrder({ gateway: "https://another.example" }),
        { ...(await fetchOrder()), nonce: random32() },
        { ...(await fetchOrder()), signature: `0x${"11".repeat(65)}` },
      ];
      for (const order of orders) await expectCode("signature-invalid", () => client.fetch(order));
      const onStorage = await fetchOrder({ side: "storage" });
      await expectCode("not-releasable", () => client.fetch(onStorage));
      const order = await fetchOrder();
      await client.fetch(order);
      await expectCode("signature-invalid", () => client.fetch(order));
    });

    it("refuses another root or tag than the owner signed for this version, and a word of another", async () => {
      const own = await makeView();
      await upload(account, own, { side: "shared" });
      const { ledgerRecordId } = decided;
      const { plaintext } = released;
      const forged = {
        ledgerRecordId,
        version: 1n,
        cid: own.root.toString(),
        tag: hex(plaintext.tag),
      };
      const word = await signMessage(account, indexMessage, chains.shared, forged);
      const orders = [
        await fetchOrder({ cid: own.root.toString() }),
        await fetchOrder({ cid: own.root.toString() }, { signature: word }),
        await fetchOrder({}, { tag: random32() }),
        await fetchOrder({}, { signature: word }),
      ];
      for (const order of orders) await expectCode("signature-invalid", () => client.fetch(order));
      const ahead = await fetchOrder({}, { version: 2 });
      await expectCode("version-moved", () => client.fetch(ahead));
    });

    it("waits for a grant to be final, and says when its node lags or is gone", async () => {
      const early = through(chains.shared, {
        getBlock: async (tag) => chains.shared.provider.getBlock(tag === "latest" ? decided.block : tag),
      });
      const gone = through(chains.shared, {
        getBlock: async () => {
          throw new Error("gone");
        },
      });
      for (const [chain, code] of [
        [early, "node-behind"],
        [gone, "chain-unreachable"],
      ] as const) {
        const gateway = new Gateway({ store, chains: { ...chains, shared: chain }, confirmations: 1 });
        const other = await serveGateway(gateway);
        try {
          const order = await fetchOrder({ gateway: other.url });
          await expectCode(code, () => new GatewayClient(other.url).fetch(order));
        } finally {
          await other.close();
        }
      }
    });

    it("after a widening the old index is no longer served, the same grant's new one is", async () => {
      const old = await fetchOrder();
      await owner.patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
      await expectCode("version-moved", () => client.fetch(old));
      released = await requester.release("shared", decided);
      expect(released.record).to.include({ version: 2, epoch: 1 });
      expect((await client.fetch(await fetchOrder())).size).to.equal(8);
    });

    it("after the epoch has ended nothing is served", async () => {
      await owner.patient.close(emrId, ["shared"]);
      const order = await fetchOrder();
      await expectCode("grant-ended", () => client.fetch(order));
    });
  });
});
