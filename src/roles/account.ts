/** An account on a chain: any ethers Signer, or a wallet behind an EIP-1193 provider. */
import { BrowserProvider, type Eip1193Provider, type Provider, type Signer } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain, Side } from "../ledger/chain.ts";

/** A signer of ethers, or what a wallet gives a page. */
export type AccountSource = Signer | Eip1193Provider;

/**
 * The signer that `source` has on `chain`. A key is connected to this chain's node; a wallet, or a signer that its node
 * signs for, must already stand on the chain, since only its page can ask the user to switch.
 *
 * @throws DiptychError `chain-mismatch` when a wallet stands on another chain
 */
export async function signerOn(source: AccountSource, chain: Chain): Promise<Signer> {
  if (!("request" in source)) return connectTo(source, chain);
  const provider = new BrowserProvider(source);
  await demandChain(provider, chain);
  return provider.getSigner();
}

/** Demands that the sources which chains have of their own are all of one account. @throws DiptychError `argument-invalid` */
export async function demandAccount(
  account: Address,
  chains: readonly Chain[],
  sources: Partial<Record<Side, AccountSource>> = {},
): Promise<void> {
  for (const chain of chains) {
    const source = sources[chain.side];
    if (source === undefined) continue;
    const found = await (await signerOn(source, chain)).getAddress();
    if (found.toLowerCase() !== account.toLowerCase())
      throw new DiptychError(
        "argument-invalid",
        "A requester asks all chains with one and the same account.",
      );
  }
}

/** A key connects to any node; a signer that lives in its node stays where it is. */
async function connectTo(signer: Signer, chain: Chain): Promise<Signer> {
  if (signer.provider === chain.provider) return signer;
  try {
    return signer.connect(chain.provider);
  } catch {
    if (signer.provider !== null) await demandChain(signer.provider, chain);
    return signer;
  }
}

async function demandChain(provider: Provider, chain: Chain): Promise<void> {
  const { chainId } = await provider.getNetwork();
  if (Number(chainId) === chain.chainId) return;
  throw new DiptychError(
    "chain-mismatch",
    `The wallet stands on chain ${chainId}: switch it to the ${chain.side} chain ${chain.chainId} and try again.`,
  );
}
