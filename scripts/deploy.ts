// The task `hardhat deploy [--network storage|shared] [--parameters FILE]`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { DiptychError } from "../src/core/errors.ts";
import {
  buildContracts,
  deployChain,
  deployerIndexes,
  identifyChain,
  type Side,
  sides,
} from "./deployment.ts";
import { readParameters } from "./parameters.ts";

interface DeployArguments {
  parameters: string | undefined;
}

/** Deploys to the named network or to both, writes deployments/<network>.json, and says what it did. */
export default async function deployNetworks(
  task: DeployArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const named = hre.globalOptions.network;
  const chosen = sides.filter((side) => named === undefined || side === named);
  try {
    if (chosen.length === 0)
      throw new DiptychError(
        "usage",
        `--network must be one of ${sides.join(", ")}, or left out for both; got ${named}`,
      );
    await buildContracts(hre);
    for (const side of chosen) await deployNetwork(side, task, hre);
  } catch (error) {
    // Hardhat would call it unexpected and ask for a bug report.
    if (!(error instanceof DiptychError)) throw error;
    console.error(`deploy: ${error.message}`);
    process.exitCode = 1;
  }
}

async function deployNetwork(
  side: Side,
  task: DeployArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const connection = await hre.network.create(side);
  try {
    const { provider } = connection;
    const simulated = connection.networkConfig.type === "edr-simulated";
    const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
    const deployer = accounts[deployerIndexes[side]] ?? accounts[0];
    if (deployer === undefined)
      throw new DiptychError(
        "usage",
        `the node of ${side} has no account of its own: give a key in DIPTYCH_${side.toUpperCase()}_KEY`,
      );
    const given = task.parameters ?? join(hre.config.paths.ignition, "parameters", `${side}.json`);
    const parameters = readParameters(given, side, deployer);
    const { chainId, genesisHash } = await identifyChain(provider);
    // A chain that was started anew has another first block, and so a journal of its own.
    const journal = join(
      hre.config.paths.ignition,
      "deployments",
      `${side}-${chainId}-${genesisHash.slice(2, 10)}`,
    );
    const deployment = await deployChain(hre, provider, side, {
      deployer,
      parameters,
      ...(simulated ? {} : { journal }),
    });
    const folder = join(hre.config.paths.root, "deployments");
    const file = join(folder, `${side}.json`);
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${JSON.stringify({ ...deployment, parameters }, null, 2)}\n`);
    console.log(`${side}: chain ${chainId}, deployed by ${deployer}`);
    console.log(`  ledger             ${deployment.contracts.ledger}`);
    console.log(`  attribute registry ${deployment.contracts.attributeRegistry}`);
    console.log(`  key registry       ${deployment.contracts.keyRegistry}`);
    console.log(`  timelock           ${deployment.contracts.timelock}, the administrator of all`);
    console.log(
      `  consortium         ${parameters.consortium.join(", ")}; changes wait ${parameters.minDelay} s`,
    );
    console.log(`  authority          ${parameters.authority}`);
    console.log(`  gates registered   by ${parameters.gateAdmin}; new grants paused by ${parameters.pauser}`);
    console.log(`  written to deployments/${side}.json`);
    if (simulated)
      console.log(
        `  This chain lives in this command's memory only and is gone now. For one that stays, set DIPTYCH_${side.toUpperCase()}_URL.`,
      );
  } finally {
    await connection.close();
  }
}
