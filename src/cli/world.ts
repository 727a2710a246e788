/**
 * A whole Diptych on this machine: two chains with their contracts, an authority, a gateway over a block store on disk, and
 * gates, all on loopback. Whoever starts it closes it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonRpcProvider, type Signer, Wallet } from "ethers";
import { startChain } from "../../scripts/chains.ts";
import { buildContracts, deployChain } from "../../scripts/deployment.ts";
import { EmbeddedBlockStore } from "../cloud/embedded.ts";
import { randomBytes } from "../core/bytes.ts";
import { type Chain, openChain, type Side } from "../ledger/chain.ts";
import { KeyRegistry, signGate } from "../ledger/keyRegistry.ts";
import { Authority } from "../roles/authority.ts";
import { memoryKeyStore } from "../roles/keyStore.ts";
import { serveAuthority } from "../services/authorityServer.ts";
import { Gate } from "../services/gate.ts";
import { deriveGateKeys } from "../services/gateKeys.ts";
import { serveGate } from "../services/gateServer.ts";
import { Gateway } from "../services/gateway.ts";
import { serveGateway } from "../services/gatewayServer.ts";

export type World = {
  chains: Record<Side, Chain>;
  authority: Authority;
  authorityUrl: string;
  gatewayUrl: string;
  /** Addresses of the gates of each chain. */
  gates: Record<Side, string[]>;
  /** Blocks upon a block before the services believe it. */
  confirmations: number;
  /** Folder of the embedded block store. */
  storeFolder: string;
  /** Gas that deploying took is not counted; this gives an account money for gas on both local chains. */
  fund: (address: string) => Promise<void>;
  /** Ends one gate, to see what happens. */
  stopGate: (side: Side, number: number) => Promise<void>;
  close: () => Promise<void>;
};

export type WorldOptions = {
  /** Gates a chain; 3 unless said. */
  gates?: number;
  /** Blocks upon a block before services believe it; 1 unless said. */
  confirmations?: number;
  /** Called with a sentence when something has started. */
  progress?: (sentence: string) => void;
  /** Aborting stops the start at its next stage. */
  signal?: AbortSignal;
};

const sides = ["storage", "shared"] as const;

/** Starts everything; what has started is ended again when something fails. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each().catch(() => undefined);
  };
  try {
    return { ...(await start(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: WorldOptions,
  closers: (() => Promise<unknown>)[],
): Promise<Omit<World, "close">> {
  const say = (sentence: string) => {
    options.signal?.throwIfAborted();
    options.progress?.(sentence);
  };
  const confirmations = options.confirmations ?? 1;
  const storeFolder = await mkdtemp(join(tmpdir(), "diptych-"));
  closers.push(() => rm(storeFolder, { recursive: true, force: true }));

  const { default: hre } = await import("hardhat");
  await buildContracts(hre);
  options.signal?.throwIfAborted();
  const local = await both(async (side) => {
    const chain = await startChain(hre, side);
    closers.push(() => chain.close());
    return chain;
  });
  say(
    `two chains: storage ${local.storage.chainId} at ${local.storage.url}, shared ${local.shared.chainId} at ${local.shared.url}`,
  );

  const authorityAccounts = await both(async () => Wallet.createRandom());
  const operators = await both(async (side) => operatorOf(local[side].url, closers));
  const chains = await both(async (side) => {
    const provider = operators[side].provider as JsonRpcProvider;
    const deployment = await deployChain(
      hre,
      { request: ({ method, params }) => provider.send(method, (params ?? []) as unknown[]) },
      side,
      {
        parameters: {
          consortium: [operators[side].address],
          authority: authorityAccounts[side].address,
          gateAdmin: operators[side].address,
          pauser: operators[side].address,
          // A world that lives for minutes: decisions wait as anywhere, but not for long.
          minDelay: 1,
          adminDelay: 1,
        },
      },
    );
    await send(operators[side], authorityAccounts[side].address);
    const { ledger, attributeRegistry, keyRegistry } = deployment.contracts;
    const addresses = { side, chainId: deployment.chainId, ledger, attributeRegistry, keyRegistry };
    const chain = await openChain(addresses, local[side].url);
    closers.push(async () => (chain.provider as JsonRpcProvider).destroy());
    return chain;
  });
  say(`contracts deployed through Ignition: ${chains.storage.ledger} and ${chains.shared.ledger}`);

  const gates = await both((side) =>
    startGates(chains[side], local[side].url, operators[side], options.gates ?? 3, confirmations, closers),
  );
  const store = await EmbeddedBlockStore.open(storeFolder);
  const gateway = await serveGateway(new Gateway({ store, chains, confirmations }));
  closers.push(() => gateway.close());

  const authority = await Authority.open({
    name: "Diptych test consortium",
    keyStore: memoryKeyStore(),
    chains,
    accounts: authorityAccounts,
  });
  const desk = await serveAuthority(authority);
  closers.push(() => desk.close());
  say(`services on loopback: authority, gateway, ${gates.storage.addresses.length} gates a chain`);

  return {
    chains,
    authority,
    authorityUrl: desk.url,
    gatewayUrl: gateway.url,
    gates: { storage: gates.storage.addresses, shared: gates.shared.addresses },
    confirmations,
    storeFolder,
    fund: async (address) => {
      await both((side) => send(operators[side], address));
    },
    stopGate: (side, number) => gates[side].stop(number),
  };
}

/** Does it for both sides at once. Waits for both even if one fails, so that whoever cleans up sees all that has started. */
async function both<T>(make: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  const made = sides.map(make);
  await Promise.allSettled(made);
  const [storage, shared] = await Promise.all(made);
  return { storage: storage as T, shared: shared as T };
}

type Operator = Signer & { address: string };

/** The account that is the consortium of a local chain: registers gates, pauses, decides. Its node signs for it. */
async function operatorOf(url: string, closers: (() => Promise<unknown>)[]): Promise<Operator> {
  const provider = new JsonRpcProvider(url, undefined, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 200,
  });
  closers.push(async () => provider.destroy());
  return (await provider.getSigner(2)) as Operator;
}

async function send(from: Operator, to: string): Promise<void> {
  const sent = await from.sendTransaction({ to, value: 10n ** 18n });
  await sent.wait();
}

async function startGates(
  chain: Chain,
  url: string,
  operator: Operator,
  count: number,
  confirmations: number,
  closers: (() => Promise<unknown>)[],
): Promise<{ addresses: string[]; stop: (number: number) => Promise<void> }> {
  const registry = new KeyRegistry(chain);
  const addresses: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  for (let number = 0; number < count; number++) {
    const seed = randomBytes(32);
    const own = await openChain(chain, url);
    const served = await serveGate(await Gate.open(own, seed, confirmations));
    const stop = async () => {
      await served.close();
      (own.provider as JsonRpcProvider).destroy();
    };
    closers.push(stop);
    stops.push(stop);
    const { address, wallet, hpke } = await deriveGateKeys(seed);
    const signature = await signGate(wallet, chain, hpke.publicKey);
    await registry.setGate(operator, { address, hpkeKey: hpke.publicKey, url: served.url, signature });
    addresses.push(address);
  }
  return { addresses, stop: (number) => stops[number]!() };
}
