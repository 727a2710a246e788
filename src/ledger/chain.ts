/** One of the two chains, as a role sees it: a node to ask and the contracts that stand there. */
import { BrowserProvider, type Eip1193Provider, type JsonRpcApiProvider, type Provider } from "ethers";
import { DiptychError } from "../core/errors.ts";
import { NodeProvider } from "./nodeProvider.ts";

/** Which of the two chains: the storage chain keeps Index_full, the shared chain Index_share. */
export type Side = "storage" | "shared";

/** A 20-byte account or contract address, `0x` and 40 hex digits. */
export type Address = string;

/** Where Diptych stands on a chain. */
export type ChainAddresses = {
  side: Side;
  chainId: number;
  ledger: Address;
  attributeRegistry: Address;
  keyRegistry: Address;
};

/** A chain's addresses and a provider that reaches it. */
export type Chain = ChainAddresses & { provider: Provider };

/** How a chain's node is asked. */
export type ChainOptions = {
  /**
   * Milliseconds that a question to a node given by URL waits for others to go with it; 10 unless said. Services that ask their
   * own node, near by, wait less.
   */
  batchStallTime?: number;
};

/**
 * Opens a chain by the URL of its JSON-RPC node, an EIP-1193 provider or an ethers provider, and checks that it is the chain
 * that `addresses` names and that the contracts stand there.
 *
 * @throws DiptychError `chain-unreachable`, `chain-mismatch`, `contract-missing`
 */
export async function openChain(
  addresses: ChainAddresses,
  node: string | Eip1193Provider | JsonRpcApiProvider,
  options: ChainOptions = {},
): Promise<Chain> {
  const provider = openProvider(node, addresses.chainId, options);
  try {
    await checkChain(addresses, provider);
  } catch (error) {
    if (provider !== node) provider.destroy();
    throw error;
  }
  return { ...addresses, provider };
}

async function checkChain(addresses: ChainAddresses, provider: JsonRpcApiProvider): Promise<void> {
  const found = await askChain(() => provider.send("eth_chainId", []), addresses);
  if (Number(found) !== addresses.chainId)
    throw new DiptychError(
      "chain-mismatch",
      `The node answers for chain ${Number(found)}, not for the ${addresses.side} chain ${addresses.chainId}: check the node's address.`,
    );
  for (const name of ["ledger", "attributeRegistry", "keyRegistry"] as const) {
    const code = await askChain(() => provider.getCode(addresses[name]), addresses);
    if (code === "0x")
      throw new DiptychError(
        "contract-missing",
        `There is no contract at ${addresses[name]} (${name}) on the ${addresses.side} chain: deploy first, or check the addresses.`,
      );
  }
}

function openProvider(
  node: string | Eip1193Provider | JsonRpcApiProvider,
  chainId: number,
  options: ChainOptions,
): JsonRpcApiProvider {
  // Told the chain id, ethers doesn't go on asking a node that isn't there; whether it is right is checked above.
  if (typeof node === "string")
    return new NodeProvider(node, chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 200,
      ...options,
    });
  return "request" in node ? new BrowserProvider(node) : node;
}

/** Runs a question to the chain's node; a node that doesn't answer within ten seconds is unreachable. */
async function askChain<T>(ask: () => Promise<T>, addresses: ChainAddresses): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer within 10 s")), 10_000);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (cause) {
    throw new DiptychError(
      "chain-unreachable",
      `The node of the ${addresses.side} chain does not answer: is it running?`,
      {
        cause,
      },
    );
  } finally {
    clearTimeout(timer);
  }
}
