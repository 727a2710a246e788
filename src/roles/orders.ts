/** Orders to the gateway, signed by an account. */
import type { Signer } from "ethers";
import type { OwnerFetchOrder, RootOrder, UploadOrder } from "../cloud/gatewayClient.ts";
import { hex, randomBytes } from "../core/bytes.ts";
import type { Chain } from "../ledger/chain.ts";
import { keepOnlyMessage, ownerFetchMessage, signMessage, uploadMessage } from "../ledger/typedData.ts";

/** The fields that make an order good once and for a minute. */
export function fresh(): { time: number; nonce: string } {
  return { time: Math.floor(Date.now() / 1000), nonce: hex(randomBytes(32)) };
}

type Root = { gateway: string; cid: string; tag: string };

/** An order to keep a root, in an upload of these owners' roots. */
export async function uploadOrder(
  signer: Signer,
  chain: Chain,
  root: Root & { owners: string[] },
): Promise<UploadOrder> {
  const message = { ...root, ...fresh() };
  return {
    side: chain.side,
    ...message,
    signature: await signMessage(signer, uploadMessage, chain, message),
  };
}

/** An order to forget all under a tag but one root. */
export async function keepOnlyOrder(signer: Signer, chain: Chain, root: Root): Promise<RootOrder> {
  const message = { ...root, ...fresh() };
  return {
    side: chain.side,
    ...message,
    signature: await signMessage(signer, keepOnlyMessage, chain, message),
  };
}

/** An owner's order for the blocks under one of its own roots. */
export async function ownerFetchOrder(
  signer: Signer,
  chain: Chain,
  gateway: string,
  cid: string,
): Promise<OwnerFetchOrder> {
  const message = { gateway, cid, ...fresh() };
  return {
    side: chain.side,
    ...message,
    signature: await signMessage(signer, ownerFetchMessage, chain, message),
  };
}
