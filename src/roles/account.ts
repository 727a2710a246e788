/** An account on a chain: any ethers Signer, or a wallet behind an EIP-1193 provider. */
import { BrowserProvider, type Eip1193Provider, type Signer } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";

export type AccountSource = Signer | Eip1193Provider;

/**
 * The signer that `source` has on `chain`. A signer made for another chain is connected to this one's node; a wallet must
 * already stand on the chain, since only its page can ask the user to switch.
 *
 * @throws DiptychError `chain-mismatch` when a wallet stands on another chain
 */
export async function signerOn(source: AccountSource, chain: Chain): Promise<Signer> {
  if (!("request" in source))
    return source.provider === chain.provider ? source : source.connect(chain.provider);
  const provider = new BrowserProvider(source);
  const { chainId } = await provider.getNetwork();
  if (Number(chainId) !== chain.chainId)
    throw new DiptychError(
      "chain-mismatch",
      `The wallet stands on chain ${chainId}: switch it to the ${chain.side} chain ${chain.chainId} and try again.`,
    );
  return provider.getSigner();
}
