/** Which chains a home belongs to: local chains forget at a restart, keys and blocks don't. */
import type { JsonRpcApiProvider } from "ethers";
import { DiptychError } from "../../core/errors.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";

/** What tells a chain from every other, one with the same id included. */
export type ChainIdentity = {
  chainId: number;
  genesisHash: string;
  ledger: Address;
  attributeRegistry: Address;
  keyRegistry: Address;
};

export type Binding = Record<Side, ChainIdentity>;

/** Asks a chain's node for what identifies it. @throws DiptychError `chain-unreachable` */
export async function identify(chain: Chain): Promise<ChainIdentity> {
  const { chainId, ledger, attributeRegistry, keyRegistry } = chain;
  return { chainId, genesisHash: await readGenesisHash(chain), ledger, attributeRegistry, keyRegistry };
}

async function readGenesisHash(chain: Chain): Promise<string> {
  try {
    const first = (await (chain.provider as JsonRpcApiProvider).send("eth_getBlockByNumber", [
      "0x0",
      false,
    ])) as {
      hash: string;
    };
    return first.hash;
  } catch (cause) {
    throw new DiptychError(
      "chain-unreachable",
      `The node of the ${chain.side} chain doesn't tell its first block: is it running, and whole?`,
      { cause },
    );
  }
}

/** The sides on which two bindings differ. */
export function differences(a: Binding, b: Binding): Side[] {
  return (["storage", "shared"] as const).filter((side) =>
    (["chainId", "genesisHash", "ledger", "attributeRegistry", "keyRegistry"] as const).some(
      (name) => String(a[side][name]).toLowerCase() !== String(b[side][name]).toLowerCase(),
    ),
  );
}

/** Demands that the chains are those that the home is bound to. @throws DiptychError `home-mismatch` */
export function demandSame(bound: Binding, found: Binding): void {
  const [side] = differences(bound, found);
  if (side === undefined) return;
  const why =
    bound[side].genesisHash === found[side].genesisHash
      ? `its contracts stand elsewhere (${found[side].ledger} instead of ${bound[side].ledger})`
      : `its first block is ${found[side].genesisHash.slice(0, 10)} instead of ${bound[side].genesisHash.slice(0, 10)}; local chains forget at a restart`;
  throw new DiptychError(
    "home-mismatch",
    `The ${side} chain isn't the one that this home is bound to: ${why}. Publish again with \`diptych replay\`, or start anew with \`diptych up --fresh\` (\`diptych connect --fresh\` for chains elsewhere).`,
  );
}
