import { fileURLToPath } from "node:url";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig, task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { NetworkUserConfig } from "hardhat/types/config";
import { richBalance } from "./scripts/chains.ts";

/** Consortium engines lag behind: bytecode for this level runs on all of them. */
const EVM_VERSION = "paris";

/** The level that the local chains run at. */
const HARDFORK = "osaka";

// The compiler comes from npm: nothing is downloaded while building. Both build profiles are the same, since Ignition
// builds with "production" and must deploy what was tested. Compiling through the IR would save 1% of gas and take twice
// as long.
const compiler = {
  version: "0.8.30",
  path: fileURLToPath(new URL("./node_modules/solc/soljson.js", import.meta.url)),
  settings: {
    evmVersion: EVM_VERSION,
    optimizer: { enabled: true, runs: 800 },
  },
};

/**
 * Calls that the invariant tests of the contracts make: 10,000 in the suite, as many as the environment says in deep tests.
 * Each invariant gets runs of 100 calls; there are seven.
 */
const invariantCalls = Number(process.env.DIPTYCH_INVARIANT_CALLS ?? 10_000);

/** A chain by URL when the environment names one, else a simulated one that mines per transaction and every second. */
function chain(chainId: number, name: "STORAGE" | "SHARED"): NetworkUserConfig {
  const url = process.env[`DIPTYCH_${name}_URL`];
  const key = process.env[`DIPTYCH_${name}_KEY`];
  if (url !== undefined && url !== "")
    return { type: "http", url, accounts: key === undefined || key === "" ? "remote" : [key] };
  return {
    type: "edr-simulated",
    chainId,
    hardfork: HARDFORK,
    accounts: { accountsBalance: richBalance() },
    mining: { auto: true, interval: 1000 },
    // Without it each of several transactions in one second would push the chain's clock ahead of the wall's.
    allowBlocksWithSameTimestamp: true,
  };
}

const deploy = task(
  "deploy",
  "Deploy Diptych to the storage and the shared chain, or the one named by --network",
)
  .addOption({
    name: "parameters",
    description:
      "Accounts and delays (default: ignition/parameters/NETWORK.json; empty ones are the deployer)",
    type: ArgumentType.STRING_WITHOUT_DEFAULT,
    defaultValue: undefined,
  })
  .setAction(() => import("./scripts/deploy.ts"))
  .build();

const checkDeployment = task(
  "check-deployment",
  "Read back what stands on both chains, or the one named by --network, and say what is wrong with it",
)
  .addFlag({ name: "json", description: "Print the findings as JSON" })
  .setAction(() => import("./scripts/checkDeployment.ts"))
  .build();

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  tasks: [deploy, checkDeployment],
  solidity: { profiles: { default: compiler, production: compiler } },
  paths: { tests: { mocha: "test/contracts", solidity: "test/contracts" } },
  test: {
    solidity: { invariant: { runs: Math.ceil(invariantCalls / 700), depth: 100, failOnRevert: true } },
  },
  typechain: { dontOverrideCompile: true },
  networks: {
    default: { type: "edr-simulated", hardfork: HARDFORK },
    storage: chain(31338, "STORAGE"),
    shared: chain(31339, "SHARED"),
  },
  ignition: { requiredConfirmations: 1, blockPollingInterval: 200 },
});
