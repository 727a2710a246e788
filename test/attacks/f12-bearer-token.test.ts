/** F12: (url, Tag, d_Index) is a bearer token (5.2.2): whoever sees it fetches for ever. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { carBytes } from "../../src/cloud/car.ts";
import { type FetchOrder, GatewayClient } from "../../src/cloud/gatewayClient.ts";
import { decodeManifest, encodeManifest } from "../../src/cloud/manifest.ts";
import { MemoryBlockStore } from "../../src/cloud/memoryStore.ts";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { fetchMessage, signMessage } from "../../src/ledger/typedData.ts";
import { fresh, ownerFetchOrder, uploadOrder } from "../../src/roles/orders.ts";
import type { IndexPlaintext } from "../../src/seal/index.ts";
import { Gateway } from "../../src/services/gateway.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { expectCode } from "../expectCode.ts";
import { setup } from "./paper/abe.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, encryptRecord, signIndex } from "./paper/storage.ts";
import { aliceSample, makeRequester, rights, type Stage, stage, storeSample } from "./world.ts";

/** An order as the requester's role makes it, with the time and gateway that an attacker wishes. */
async function makeOrder(
  { world }: Stage,
  signer: Wallet,
  requestId: string,
  { url, tag, dIndex }: Pick<IndexPlaintext, "url" | "tag" | "dIndex">,
  change: { time?: number; gateway?: string; version?: number } = {},
): Promise<FetchOrder> {
  const { version = 1, ...rest } = change;
  const cid = url.slice("ipfs://".length);
  const message = { gateway: world.gatewayUrl, requestId, cid, ...fresh(), ...rest };
  const signature = await signMessage(signer, fetchMessage, world.chains.shared, message);
  return { side: "shared", ...message, signature, index: { version, tag: hex(tag), signature: hex(dIndex) } };
}

describe("F12 bearer tokens", () => {
  it("the paper: an eavesdropper fetches with what passed by, after the requester's revocation too", async () => {
    const doctor = drawKey();
    const { publicKey } = await setup();
    const policies = paper.emr.map(() => rights.full);
    const { record } = await encryptRecord(paper.sign(paper.emr, "", doctor), policies, publicKey);
    const cloud = new Cloud(doctor);
    const passedBy = signIndex(cloud.put(record), randomBytes(32), doctor);
    expect(cloud.fetch(passedBy)).to.equal(record);
    // Nothing that P or a chain does afterwards is seen by the cloud: the same three values fetch again.
    expect(cloud.fetch({ ...passedBy })).to.equal(record);
    expect(cloud.fetch({ ...passedBy, signature: 1n }), "it does look at d_Index").to.equal(undefined);
  });

  it("Diptych: the gateway wants the requester's own, fresh signature beside it", async () => {
    const here = await stage();
    const { world, requesters } = here;
    const { ids } = await aliceSample();
    const account = new Wallet(hex(randomBytes(32)));
    const researcher = await makeRequester(world, ["role:researcher"], account);
    const { decided } = await researcher.request("shared", ids.shared);
    const { plaintext } = await researcher.release("shared", decided);
    const gateway = new GatewayClient(world.gatewayUrl);

    const order = await makeOrder(here, account, decided.requestId, plaintext);
    expect((await gateway.fetch(order)).size).to.equal(7);
    await expectCode("signature-invalid", () => gateway.fetch(order));
    await expectCode("signature-invalid", () => gateway.fetch({ ...order, nonce: hex(randomBytes(32)) }));
    const now = Math.floor(Date.now() / 1000);
    for (const time of [now - 120, now + 120])
      await expectCode("signature-invalid", async () =>
        gateway.fetch(await makeOrder(here, account, decided.requestId, plaintext, { time })),
      );
    // A thief signs for themself under the overheard request, and under one of their own that was denied.
    const thief = new Wallet(hex(randomBytes(32)));
    await expectCode("signature-invalid", async () =>
      gateway.fetch(await makeOrder(here, thief, decided.requestId, plaintext)),
    );
    const denied = await requesters.stranger.request("shared", ids.shared);
    await expectCode("not-releasable", () =>
      requesters.stranger.fetch("shared", denied.decided.requestId, plaintext, 1),
    );
    await expectCode("not-releasable", () =>
      requesters.stranger.fetch("shared", hex(randomBytes(32)), plaintext, 1),
    );
    // An order for one gateway is none for another.
    const { chains } = world;
    const second = await serveGateway(
      new Gateway({ store: new MemoryBlockStore(), chains, confirmations: 0 }),
    );
    try {
      const unused = await makeOrder(here, account, decided.requestId, plaintext);
      await expectCode("signature-invalid", () => new GatewayClient(second.url).fetch(unused));
      expect((await gateway.fetch(unused)).size).to.equal(7);
    } finally {
      await second.close();
    }
  });

  it("Diptych: a grant for one record fetches no other, and none fetches after it has ended", async () => {
    const here = await stage();
    const { world, alice } = here;
    const { ids } = await aliceSample();
    const account = new Wallet(hex(randomBytes(32)));
    const researcher = await makeRequester(world, ["role:researcher"], account);
    const other = await storeSample(here, alice);
    const own = (await researcher.request("shared", ids.shared)).decided;
    const theirs = (await researcher.request("shared", other.ids.shared)).decided;
    const { plaintext } = await researcher.release("shared", theirs);
    await researcher.fetch("shared", theirs.requestId, plaintext, 1);
    await expectCode("signature-invalid", () => researcher.fetch("shared", own.requestId, plaintext, 1));
    await alice.patient.block(other.emrId, researcher.address);
    await expectCode("grant-ended", () => researcher.fetch("shared", theirs.requestId, plaintext, 1));
    await alice.patient.change(other.emrId, { block: [researcher.address] });
    await expectCode("grant-ended", () => researcher.fetch("shared", theirs.requestId, plaintext, 2));
  });

  it("Diptych: nobody gets at another owner's blocks as an owner, nor by linking them", async () => {
    const { world, alice, mallory } = await stage();
    const { draft } = await aliceSample();
    const view = draft.views[1]!;
    const gateway = new GatewayClient(world.gatewayUrl);
    const fetchAs = async ({ keys }: typeof alice) => {
      const signer = keys.account(view.chain);
      return gateway.fetchOwn(await ownerFetchOrder(signer, view.chain, gateway.origin, String(view.root)));
    };
    expect((await fetchAs(alice)).size).to.equal(7);
    await expectCode("block-missing", () => fetchAs(mallory));

    const { capsule, keyring, parts } = decodeManifest(view.manifest.bytes);
    const linking = await encodeManifest({ capsule, keyring: randomBytes(keyring.length), parts });
    const upload = async (block: typeof linking) => {
      const tag = hex(randomBytes(32));
      const signer = mallory.keys.account(view.chain);
      const root = { gateway: gateway.origin, cid: String(block.cid), tag, owners: [signer.address] };
      const order = await uploadOrder(signer, view.chain, root);
      await gateway.upload(await carBytes([block.cid], [block]), [order]);
    };
    await expectCode("block-missing", () => upload(linking));
    await expectCode("block-missing", () => upload(view.manifest));
  });

  it("Diptych: nobody joins another's upload, and so their blocks, with an order caught on its way", async () => {
    const { world, alice, mallory } = await stage();
    const view = (await aliceSample()).draft.views[1]!;
    const gateway = new GatewayClient(world.gatewayUrl);
    const { capsule, keyring, parts } = decodeManifest(view.manifest.bytes);
    const linking = () => encodeManifest({ capsule, keyring: randomBytes(keyring.length), parts });
    const [next, hers] = [await linking(), await linking()];
    const [owner, thief] = [alice.keys.account(view.chain), mallory.keys.account(view.chain)];
    const order = (signer: typeof owner, { cid }: typeof next, owners: string[]) => {
      const tag = hex(randomBytes(32));
      return uploadOrder(signer, view.chain, { gateway: gateway.origin, cid: String(cid), tag, owners });
    };
    const both = [owner.address, thief.address];
    const car = await carBytes([next.cid, hers.cid], [next, hers]);
    for (const relabel of [{}, { owners: both }]) {
      const caught = { ...(await order(owner, next, [owner.address])), ...relabel };
      const own = await order(thief, hers, both);
      await expectCode("signature-invalid", () => gateway.upload(car, [caught, own]));
    }
    await gateway.upload(await carBytes([next.cid], [next]), [await order(owner, next, [owner.address])]);
  });
});
