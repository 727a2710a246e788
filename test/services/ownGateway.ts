/** A gateway of a test's own over a store in memory, and hand-made orders to it. */
import type { Signer } from "ethers";
import { GatewayClient, type KeepOrder, type UploadOrder } from "../../src/cloud/gatewayClient.ts";
import {
  type Block,
  type CID,
  carBytes,
  encodeManifest,
  MemoryBlockStore,
  objectToBlocks,
} from "../../src/cloud/index.ts";
import { randomBytes } from "../../src/core/bytes.ts";
import {
  keepOnlyMessage,
  ownerFetchMessage,
  type Side,
  signMessage,
  uploadMessage,
} from "../../src/ledger/index.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { Gateway } from "../../src/services/index.ts";
import { random32, world } from "../world.ts";

/** Unix seconds. */
export const now = () => Math.floor(Date.now() / 1000);

export type View = { root: CID; blocks: Block[] };

/** A manifest over parts of random bytes. */
export async function makeView(
  parts: readonly Uint8Array[] = [randomBytes(300), randomBytes(40)],
): Promise<View> {
  const objects = await Promise.all(parts.map((part) => objectToBlocks(part)));
  const links = objects.map((object) => object.cid);
  const manifest = await encodeManifest({ capsule: randomBytes(90), keyring: randomBytes(80), parts: links });
  return { root: manifest.cid, blocks: [manifest, ...objects.flatMap((object) => object.blocks)] };
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

/** Starts it; whoever does closes it. */
export async function startGateway() {
  const { chains } = await world();
  const store = new MemoryBlockStore();
  const gateway = new Gateway({ store, chains, confirmations: 0 });
  const served = await serveGateway(gateway, { requestsPerMinute: 10_000 });
  const client = new GatewayClient(served.url);

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

  async function upload(signer: Signer, view: View, changes: Partial<UploadOrder> = {}) {
    const order = await uploadOrder(signer, view.root, changes);
    await client.upload(await carBytes([view.root], view.blocks), [order]);
  }

  async function keepOrder(signer: Signer, cid: CID, tag: string): Promise<KeepOrder> {
    const message = { ...rootOf(cid), tag };
    const signature = await signMessage(signer, keepOnlyMessage, chains.storage, message);
    return { side: "storage", owner: await signer.getAddress(), ...message, signature };
  }

  async function ownFetch(signer: Signer, cid: CID, side: Side = "storage") {
    const message = { gateway: client.origin, cid: cid.toString(), time: now(), nonce: random32() };
    const signature = await signMessage(signer, ownerFetchMessage, chains[side], message);
    return client.fetchOwn({ side, owner: await signer.getAddress(), ...message, signature });
  }

  return { chains, store, client, uploadOrder, upload, keepOrder, ownFetch, close: () => served.close() };
}
