/** Puts a wallet on a chain, adding the chain to it where it doesn't know it (EIP-3326, EIP-3085). */
import type { Side } from "diptych";
import type { ChainFacts } from "../engine/config.ts";
import { Failure } from "../engine/failures.ts";
import type { WalletProvider } from "./discovery.ts";

/** A chain as a wallet shows it. */
export type WalletChain = ChainFacts & { side: Side; name: string };

/** Told before the wallet is asked for something it shows to the person. */
export type Asking = (kind: "switch" | "add") => void;

/** Codes of wallets that don't have the chain: EIP-3326 says 4902, some answer 4901, MetaMask on phones -32603. */
const unknownChain = new Set([4902, 4901, -32603]);

/** @throws Failure `signature-refused` when the person says no, `chain-mismatch` when the wallet won't go there */
export async function ensureChain(
  provider: WalletProvider,
  chain: WalletChain,
  asking: Asking,
): Promise<void> {
  if (await standsOn(provider, chain)) return;
  asking("switch");
  try {
    await switchTo(provider, chain);
  } catch (error) {
    if (!unknownChain.has(codeOf(error))) throw walletFailure(error);
    asking("add");
    await add(provider, chain);
    // Some wallets go there by themselves after the add, some have to be told.
    if (!(await standsOn(provider, chain))) {
      asking("switch");
      await switchTo(provider, chain).catch((cause) => {
        throw walletFailure(cause);
      });
    }
  }
  if (await standsOn(provider, chain)) return;
  throw new Failure(
    "chain-mismatch",
    `The wallet stayed on another chain: switch it to ${chain.name} (${chain.chainId}) yourself, then go on.`,
  );
}

async function standsOn(provider: WalletProvider, { chainId }: WalletChain): Promise<boolean> {
  return Number(await provider.request({ method: "eth_chainId" })) === chainId;
}

async function switchTo(provider: WalletProvider, { chainId }: WalletChain): Promise<void> {
  await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: hexOf(chainId) }] });
}

async function add(provider: WalletProvider, { chainId, name, rpc }: WalletChain): Promise<void> {
  const chain = {
    chainId: hexOf(chainId),
    chainName: name,
    rpcUrls: [rpc],
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
  };
  try {
    await provider.request({ method: "wallet_addEthereumChain", params: [chain] });
  } catch (error) {
    throw walletFailure(error);
  }
}

const hexOf = (chainId: number) => `0x${chainId.toString(16)}`;

function codeOf(error: unknown): number {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { originalError?: { code?: unknown } } };
  return Number(data?.originalError?.code ?? code);
}

/** A wallet's refusal under our codes; anything else as it is. */
export function walletFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = (error as { message?: unknown } | null)?.message;
  const code = codeOf(error);
  if (code === 4001)
    return new Failure(
      "signature-refused",
      "You said no in the wallet. Nothing was sent; go on when you like.",
    );
  if (code === 4100 || code === -32002)
    return new Failure("wallet-locked", "The wallet is locked, or waits for you: open it, then go on.");
  return new Failure("wallet-failed", `The wallet answered: ${String(message ?? error)}`);
}
