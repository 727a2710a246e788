/** Orders to the gateway, signed by an account. */
import type { Signer } from "ethers";
import type { KeepOrder, OwnerFetchOrder, UploadOrder } from "../cloud/gatewayClient.ts";
import { hex, randomBytes } from "../core/bytes.ts";
import type { Chain, Side } from "../ledger/chain.ts";
import {
  keepOnlyMessage,
  type MessageKind,
  ownerFetchMessage,
  signMessage,
  uploadMessage,
} from "../ledger/typedData.ts";

/** The fields that make an order good once and for a minute. */
export function fresh(): { time: number; nonce: string } {
  return { time: Math.floor(Date.now() / 1000), nonce: hex(randomBytes(32)) };
}

type Root = { gateway: string; cid: string; tag: string };

/** An order to keep a root, in an upload of these owners' roots. */
export function uploadOrder(
  signer: Signer,
  chain: Chain,
  root: Root & { owners: string[] },
): Promise<UploadOrder> {
  return signOrder(signer, chain, uploadMessage, { ...root, ...fresh() });
}

/** An order to forget all under a tag but one root. */
export async function keepOnlyOrder(signer: Signer, chain: Chain, root: Root): Promise<KeepOrder> {
  const order = await signOrder(signer, chain, keepOnlyMessage, { ...root, ...fresh() });
  return { ...order, owner: await signer.getAddress() };
}

/** An owner's order for the blocks under one of its own roots. */
export async function ownerFetchOrder(
  signer: Signer,
  chain: Chain,
  gateway: string,
  cid: string,
): Promise<OwnerFetchOrder> {
  const order = await signOrder(signer, chain, ownerFetchMessage, { gateway, cid, ...fresh() });
  return { ...order, owner: await signer.getAddress() };
}

async function signOrder<Message extends object>(
  signer: Signer,
  chain: Chain,
  kind: MessageKind<Message>,
  message: Message,
): Promise<Message & { side: Side; signature: string }> {
  const signature = await signMessage(signer, kind, chain, message);
  return { side: chain.side, ...message, signature };
}
