import {
  errorDeploymentResultToExceptionMessage,
  HardhatArtifactResolver,
} from "@nomicfoundation/hardhat-ignition/helpers";
import { DeploymentResultType, deploy } from "@nomicfoundation/ignition-core";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { sharedChain } from "../ignition/modules/SharedChain.ts";
import { storageChain } from "../ignition/modules/StorageChain.ts";
import { DiptychError } from "../src/core/errors.ts";
import { isBuilt, markBuilt } from "./built.ts";
import type { ChainParameters } from "./parameters.ts";

/** Which of the two chains. */
export type Side = "storage" | "shared";

export const sides: readonly Side[] = ["storage", "shared"];

/** The accounts of a node that deploy when none is named: not the same on both chains, or the contracts' addresses would be. */
export const deployerIndexes: Readonly<Record<Side, number>> = { storage: 0, shared: 1 };

/** Anything that answers JSON-RPC requests and signs for its own accounts: a Hardhat connection's provider, a wallet. */
export interface RpcProvider {
  request(call: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

export interface DeploymentOptions {
  /** Who pays for and sends the deployment; must be one of the provider's accounts. Default: by `deployerIndexes`. */
  deployer?: string;
  parameters: ChainParameters;
  /** Folder of Ignition's journal: a deployment that was cut off goes on, a finished one isn't made twice. Default: no journal. */
  journal?: string;
}

/** What stands on a chain, and what tells this chain from another with the same id. */
export interface Deployment {
  chainId: number;
  genesisHash: string;
  contracts: { ledger: string; attributeRegistry: string; keyRegistry: string; timelock: string };
}

/** Compiles the contracts if something changed since the last time; says nothing. */
export async function buildContracts(hre: HardhatRuntimeEnvironment): Promise<void> {
  if (isBuilt()) return;
  await hre.tasks.getTask("build").run({ quiet: true });
  markBuilt();
}

/**
 * Deploys all contracts of one side through Ignition. The contracts must have been built.
 * Errors: "argument-invalid" when the provider has no account to deploy from; "transaction-reverted" when Ignition
 * could not finish, with its reasons.
 */
export async function deployChain(
  hre: HardhatRuntimeEnvironment,
  provider: RpcProvider,
  side: Side,
  options: DeploymentOptions,
): Promise<Deployment> {
  const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
  const deployer = options.deployer ?? accounts[deployerIndexes[side]] ?? accounts[0];
  if (deployer === undefined)
    throw new DiptychError(
      "argument-invalid",
      `the ${side} chain's node has no account: give a key to deploy with`,
    );
  const module = side === "storage" ? storageChain : sharedChain;
  const result = await deploy({
    artifactResolver: new HardhatArtifactResolver(hre.artifacts),
    provider: provider as { request(call: { method: string }): Promise<unknown> },
    ignitionModule: module as typeof storageChain,
    deploymentParameters: { [module.id]: { ...options.parameters } },
    accounts,
    defaultSender: deployer,
    config: hre.config.ignition,
    ...(options.journal === undefined ? {} : { deploymentDir: options.journal }),
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT)
    throw new DiptychError(
      "transaction-reverted",
      `the deployment to the ${side} chain did not finish: ${errorDeploymentResultToExceptionMessage(result)}`,
    );
  const address = (name: keyof Deployment["contracts"]) => result.contracts[module.results[name].id]!.address;
  return {
    ...(await identifyChain(provider)),
    contracts: {
      ledger: address("ledger"),
      attributeRegistry: address("attributeRegistry"),
      keyRegistry: address("keyRegistry"),
      timelock: address("timelock"),
    },
  };
}

/** The chain id and the hash of the first block: together they tell a restarted local chain from the one before. */
export async function identifyChain(
  provider: RpcProvider,
): Promise<{ chainId: number; genesisHash: string }> {
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  const block = (await provider.request({ method: "eth_getBlockByNumber", params: ["0x0", false] })) as {
    hash: string;
  };
  return { chainId, genesisHash: block.hash };
}
