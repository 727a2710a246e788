/** Both chains of the evaluation: simulated here, or real ones that the environment names by URL. */
import {
  BrowserProvider,
  type Eip1193Provider,
  type JsonRpcApiProvider,
  JsonRpcSigner,
  toQuantity,
} from "ethers";
import hre from "hardhat";
import { richBalance } from "../../scripts/chains.ts";
import { buildContracts, deployChain, type RpcProvider } from "../../scripts/deployment.ts";
import { type Chain, openChain, type Side } from "../../src/ledger/chain.ts";

/** A chain with the contracts on it, and the account that runs it. */
export type BedChain = {
  chain: Chain;
  /** The same chain through another provider, so that what the services ask isn't counted as their clients'. */
  serviceChain: Chain;
  provider: JsonRpcApiProvider;
  operator: JsonRpcSigner;
  /** Makes a block of what waits; on a real chain, waits for the next one. */
  nextBlock: () => Promise<number>;
  /** A simulated chain mines each transaction at once (true) or only when told (false). */
  mineAtOnce: (yes: boolean) => Promise<void>;
  /** Changes what a block of a simulated chain takes. */
  setBlockGas: (gas: number) => Promise<void>;
  close: () => Promise<void>;
};

export type ChainSettings = {
  /** Gas that a block of a simulated chain takes. */
  blockGasLimit: number;
};

const usualSettings: ChainSettings = { blockGasLimit: 30_000_000 };
/** A simulated chain makes a block after so many milliseconds even if nobody sends anything: gates don't trust a head that is old. */
const idleBlock = 1_000;
/** Blocks of real chains are awaited this long, in milliseconds. */
const patience = 60_000;

/**
 * Starts or reaches the chain of one side and deploys the contracts. `DIPTYCH_STORAGE_URL` and `DIPTYCH_SHARED_URL` name real
 * chains, `..._KEY` the account that deploys there.
 */
export async function openBedChain(side: Side, settings: Partial<ChainSettings> = {}): Promise<BedChain> {
  const { blockGasLimit } = { ...usualSettings, ...settings };
  await buildContracts(hre);
  const simulated = hre.config.networks[side]?.type === "edr-simulated";
  const override = {
    initialDate: new Date(),
    blockGasLimit,
    accounts: { accountsBalance: richBalance() },
    // Full blocks would make gas dearer and dearer.
    initialBaseFeePerGas: 0,
    mining: { auto: true, interval: idleBlock, mempool: { order: "fifo" as const } },
  };
  const connection = await hre.network.create(simulated ? { network: side, override } : { network: side });
  const node = connection.provider as RpcProvider;
  const chainId = Number(await node.request({ method: "eth_chainId" }));
  const [provider, ownNode] = [1, 2].map(() => {
    const made = new BrowserProvider(connection.provider as Eip1193Provider, chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
    });
    made.pollingInterval = simulated ? 20 : 200;
    return made;
  }) as [BrowserProvider, BrowserProvider];
  const accounts = (await node.request({ method: "eth_accounts" })) as string[];
  const operator = new JsonRpcSigner(provider, accounts[Math.min(2, accounts.length - 1)]!);
  const { address } = operator;
  // Its clock starts at the moment that was set above; starting may have taken a while.
  if (simulated) await provider.send("evm_mine", [Math.floor(Date.now() / 1000)]);
  const parameters = {
    consortium: [address],
    authority: address,
    gateAdmin: address,
    pauser: address,
    minDelay: 1,
    adminDelay: 1,
  };
  const { contracts } = await deployChain(hre, node, side, { parameters });
  const { ledger, attributeRegistry, keyRegistry } = contracts;
  const chain = await openChain({ side, chainId, ledger, attributeRegistry, keyRegistry }, provider);
  return {
    chain,
    serviceChain: { ...chain, provider: ownNode },
    provider,
    operator,
    nextBlock: () => (simulated ? mine(provider) : awaitBlock(provider)),
    mineAtOnce: async (yes) => {
      if (!simulated) return;
      await provider.send("evm_setAutomine", [yes]);
      await provider.send("evm_setIntervalMining", [yes ? idleBlock : 0]);
    },
    setBlockGas: async (gas) => {
      if (simulated) await provider.send("evm_setBlockGasLimit", [toQuantity(gas)]);
    },
    close: async () => {
      provider.destroy();
      ownNode.destroy();
      await connection.close();
    },
  };
}

/** The base fee stays zero, as on a consortium's chain: full blocks would raise it until transactions wait for it to fall. */
async function mine(provider: JsonRpcApiProvider): Promise<number> {
  await provider.send("hardhat_setNextBlockBaseFeePerGas", ["0x0"]);
  await provider.send("evm_mine", []);
  return provider.getBlockNumber();
}

async function awaitBlock(provider: JsonRpcApiProvider): Promise<number> {
  const before = await provider.getBlockNumber();
  for (const until = Date.now() + patience; Date.now() < until; ) {
    const now = await provider.getBlockNumber();
    if (now > before) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The chain made no block within a minute: is it running?");
}
