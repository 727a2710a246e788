/** Whom the gateway serves: who was granted, for the current version, once an order. */
import { expect } from "chai";
import { type Signer, Wallet } from "ethers";
import { type FetchOrder, GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { decodeManifest, parseManifestUrl } from "../../src/cloud/manifest.ts";
import { hex } from "../../src/core/bytes.ts";
import { type Decided, fetchMessage, indexMessage, signMessage } from "../../src/ledger/index.ts";
import type { Requester } from "../../src/roles/requester.ts";
import type { OpenedIndex } from "../../src/services/gateClient.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { Gateway } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, enrolRequester, issueAndPublish, type Owner, random32, through } from "../world.ts";
import { makeView, now, startGateway, type TestGateway } from "./ownGateway.ts";

describe("services: whom the gateway serves", () => {
  let chains: TestGateway["chains"];
  let store: TestGateway["store"];
  let client: TestGateway["client"];
  let gateway: TestGateway;

  let owner: Owner;
  let emrId: Uint8Array;
  let requester: Requester;
  let account: Signer;
  let stranger: Signer;
  let decided: Decided;
  let denied: Decided;
  let released: OpenedIndex;

  before(async () => {
    gateway = await startGateway();
    ({ chains, store, client } = gateway);
    owner = await enrolPatient({ gateway: client.origin });
    const published = await issueAndPublish(owner.patient);
    ({ emrId } = published);
    const id = published.ledgerRecordIds.shared;
    account = Wallet.createRandom();
    requester = await enrolRequester(["role:researcher"], { gateway: client.origin, account });
    stranger = Wallet.createRandom();
    const outsider = await enrolRequester([], { gateway: client.origin, account: stranger });
    ({ decided: denied } = await outsider.request("shared", id));
    ({ decided } = await requester.request("shared", id));
    released = await requester.release("shared", decided);
  });

  after(() => gateway?.close());

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
    await gateway.upload(account, own, { side: "shared" });
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
      const options = { store, chains: { ...chains, shared: chain }, confirmations: 1 };
      const other = await serveGateway(new Gateway(options));
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
