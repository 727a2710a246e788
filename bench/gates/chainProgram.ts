/** Program: a local chain with the contracts. */
import { JsonRpcProvider } from "ethers";
import { startChain } from "../../scripts/chains.ts";
import { buildContracts, deployChain } from "../../scripts/deployment.ts";
import { answerWith } from "./processes.ts";

answerWith(async () => {
  const { default: hre } = await import("hardhat");
  await buildContracts(hre);
  const { url } = await startChain(hre, "storage");
  const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const { address } = await provider.getSigner(2);
  const one = { consortium: [address], authority: address, gateAdmin: address, pauser: address };
  const deployment = await deployChain(
    hre,
    { request: ({ method, params }) => provider.send(method, (params ?? []) as unknown[]) },
    "storage",
    { parameters: { ...one, minDelay: 1, adminDelay: 1 } },
  );
  provider.destroy();
  const { ledger, attributeRegistry, keyRegistry } = deployment.contracts;
  const addresses = { side: "storage", chainId: deployment.chainId, ledger, attributeRegistry, keyRegistry };
  return { url, addresses };
});
