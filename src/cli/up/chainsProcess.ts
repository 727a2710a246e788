/** The two local chains with their contracts, in a process of their own. In a clone only: Hardhat makes them. */
import { JsonRpcProvider } from "ethers";
import { startChain } from "../../../scripts/chains.ts";
import { buildContracts, deployChain } from "../../../scripts/deployment.ts";
import type { Side } from "../../ledger/chain.ts";
import type { ChainIdentity } from "../home/binding.ts";
import { operatorIndex } from "./localMoney.ts";
import type { Orders, Running } from "./messages.ts";

export async function startChains(orders: Orders["chains"]): Promise<Running<"chains">> {
  const { default: hre } = await import("hardhat");
  await buildContracts(hre);
  const closers: (() => Promise<void>)[] = [];
  const start = async (side: Side): Promise<ChainIdentity & { rpc: string }> => {
    const local = await startChain(hre, side, orders.ports[side]);
    closers.push(() => local.close());
    const provider = new JsonRpcProvider(local.url, undefined, { staticNetwork: true, cacheTimeout: -1 });
    try {
      const operator = (await provider.getSigner(operatorIndex)).address;
      const { chainId, genesisHash, contracts } = await deployChain(
        hre,
        { request: ({ method, params }) => provider.send(method, (params ?? []) as unknown[]) },
        side,
        {
          parameters: {
            consortium: [operator],
            authority: orders.authority[side],
            gateAdmin: operator,
            pauser: operator,
            // Decisions wait as anywhere, but not for long: nobody plays at this for days.
            minDelay: 1,
            adminDelay: 1,
          },
        },
      );
      const { ledger, attributeRegistry, keyRegistry } = contracts;
      return { chainId, genesisHash, ledger, attributeRegistry, keyRegistry, rpc: local.url };
    } finally {
      provider.destroy();
    }
  };
  const [storage, shared] = await Promise.all([start("storage"), start("shared")]);
  return {
    facts: { chains: { storage, shared } },
    close: async () => {
      await Promise.all(closers.map((close) => close()));
    },
  };
}
