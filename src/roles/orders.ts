/** Orders to the gateway, signed by an account. */
import type { Signer } from "ethers";
import type { OwnerFetchOrder, RootOrder } from "../cloud/gatewayClient.ts";
import { hex, randomBytes } from "../core/bytes.ts";
import type { Chain } from "../ledger/chain.ts";
import { type MessageKind, ownerFetchMessage, type Pinning, signMessage } from "../ledger/typedData.ts";

/** The fields that make an order good once and for a minute. */
export function fresh(): { time: number; nonce: string } {
  return { time: Math.floor(Date.now() / 1000), nonce: hex(randomBytes(32)) };
}

/** An order to keep or forget a root. */
export async function rootOrder(
  kind: MessageKind<Pinning>,
  signer: Signer,
  chain: Chain,
  root: { gateway: string; cid: string; tag: string },
): Promise<RootOrder> {
  const message = { ...root, ...fresh() };
  return { side: chain.side, ...message, signature: await signMessage(signer, kind, chain, message) };
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
