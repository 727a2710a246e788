/** Starts the processes of a local world one after the other, and writes down how they are reached. */

import type { JsonRpcProvider } from "ethers";
import { randomBytes } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { openChain, type Side } from "../../ledger/chain.ts";
import { KeyRegistry, signGate } from "../../ledger/keyRegistry.ts";
import { type KeyStore, keep } from "../../roles/keyStore.ts";
import { deriveGateKeys } from "../../services/gateKeys.ts";
import { deriveRelayerAccounts } from "../../services/relayerKeys.ts";

import type { Config } from "../config/schema.ts";
import type { Binding } from "../home/binding.ts";
import type { Home } from "../home/home.ts";
import { openRoleKeys, type RoleIdentity } from "../home/roleKeys.ts";
import { authorityAccounts } from "./authorityProcess.ts";
import { giveMoney, localOfficer, withOperator } from "./localMoney.ts";
import type { ChainAccess, Facts, Kind, Orders } from "./messages.ts";
import type { Plan } from "./plan.ts";
import { Supervised } from "./supervised.ts";

const sides = ["storage", "shared"] as const;
/** Blocks upon a block before anybody here believes it: nobody reorganises these chains. */
const confirmations = 1;
const authorityName = "Diptych local authority";
/** Money is no matter here: one owner may use up all that the relayer has in a day. */
const localLimits = { actsPerOwner: 10_000, gasPerOwner: 1_000_000_000 };

/** Whom a world belongs to. */
export type Keepers = { world: RoleIdentity; authority: RoleIdentity };

export class LocalWorld {
  readonly processes: Supervised[] = [];
  private readonly home: Home;
  private readonly plan: Plan;
  private readonly changed: () => void;
  private readonly aborted: () => boolean;
  private reportLoss: (error: DiptychError) => void = () => undefined;
  /** Rejects when the chains end by themselves: their state is gone, and with it the world. */
  readonly lost: Promise<never>;

  constructor(home: Home, plan: Plan, changed: () => void, aborted: () => boolean) {
    this.home = home;
    this.plan = plan;
    this.changed = changed;
    this.aborted = aborted;
    this.lost = new Promise((_, reject) => {
      this.reportLoss = reject;
    });
    this.lost.catch(() => undefined);
  }

  /**
   * Starts everything; resolves to the configuration that reaches it, what binds a home to it, and the page's address. `page` is the
   * folder of the page, once it is built, or undefined where there is none.
   */
  async start(
    keepers: Keepers,
    page: Promise<string | undefined>,
  ): Promise<{ config: Config; binding: Binding; page: string | undefined }> {
    const { plan, home } = this;
    await home.folderOf("run");
    const authorityStore = await openRoleKeys(home, keepers.authority);
    const accounts = await authorityAccounts(authorityStore);
    const authority = { storage: accounts.storage.address, shared: accounts.shared.address };
    const { chains } = await this.run("chains", "chains", { ports: plan.ports.chains, authority }, () =>
      this.reportLoss(
        new DiptychError(
          "start-failed",
          `The chains' process ended (${home.path("run", "chains.log")} says why) and their state is gone: run \`diptych up\` again.`,
        ),
      ),
    );
    const access = {
      storage: accessOf("storage", chains.storage),
      shared: accessOf("shared", chains.shared),
    };
    await Promise.all(
      sides.map((side) => withOperator(access[side].rpc, (operator) => giveMoney(operator, authority[side]))),
    );
    const config: Config = {
      version: 1,
      chains: { storage: chainConfig(chains.storage), shared: chainConfig(chains.shared) },
      confirmations,
      local: true,
    };
    let pageUrl: string | undefined;
    if (plan.services) {
      const local = await Promise.all(sides.map((side) => localOfficer(access[side].rpc)));
      const officers = [...new Set([...local, ...plan.officers])];
      const gateStore = await openRoleKeys(home, keepers.world);
      const [gateway, desk, relayer, storageGates, sharedGates] = await settled([
        this.run("gateway", "gateway", {
          port: plan.ports.gateway,
          chains: access,
          confirmations,
          folder: await home.folderOf("blocks"),
        }),
        this.run("authority", "authority", {
          port: plan.ports.authority,
          chains: access,
          home: home.folder,
          keys: keepers.authority,
          name: authorityName,
          officers,
        }),
        this.startRelayer(access, gateStore),
        this.startGates("storage", access.storage, gateStore),
        this.startGates("shared", access.shared, gateStore),
      ] as const);
      config.gateway = gateway.url;
      config.authority = desk.url;
      config.relayer = relayer.url;
      const addresses = (gates: Facts["gate"][]) => gates.map(({ address }) => address);
      config.gates = {
        threshold: plan.threshold,
        storage: addresses(storageGates),
        shared: addresses(sharedGates),
      };
      const connect = [...storageGates, ...sharedGates, gateway, desk, relayer].map(({ url }) => url);
      for (const side of sides) connect.push(access[side].rpc);
      const folder = await page;
      if (folder !== undefined)
        ({ url: pageUrl } = await this.run("page", "page", {
          ...{ port: plan.ports.page, folder, connect },
          config: { ...config, authorityName: desk.name, officers },
        }));
    }
    const { storage, shared } = chains;
    const binding = { storage: identityOf(storage), shared: identityOf(shared) };
    return { config, binding, page: pageUrl };
  }

  /** Ends everything, the chains last. */
  async stop(): Promise<void> {
    const [chains, ...others] = this.processes;
    await Promise.all(others.map((each) => each.stop()));
    await chains?.stop();
  }

  private async startRelayer(chains: Record<Side, ChainAccess>, store: KeyStore): Promise<Facts["relayer"]> {
    const seed = await keep(store, "relayer/seed", () => randomBytes(32));
    const accounts = deriveRelayerAccounts(seed);
    await Promise.all(
      sides.map((side) =>
        withOperator(chains[side].rpc, (operator) => giveMoney(operator, accounts[side].address)),
      ),
    );
    return this.run("relayer", "relayer", {
      port: this.plan.ports.relayer,
      chains,
      confirmations,
      seed,
      journal: this.home.path("run", "relayer.jsonl"),
      terms: { limits: localLimits },
    });
  }

  private async startGates(side: Side, chain: ChainAccess, store: KeyStore): Promise<Facts["gate"][]> {
    const seeds: Uint8Array[] = [];
    for (let i = 0; i < this.plan.gates; i++)
      seeds.push(await keep(store, `gate/${side}/${i + 1}`, () => randomBytes(32)));
    const facts = await Promise.all(
      seeds.map((seed, i) =>
        this.run("gate", `gate-${side}-${i + 1}`, {
          port: this.plan.ports.gate(side, i),
          chain,
          confirmations,
          seed,
        }),
      ),
    );
    const opened = await openChain(chain, chain.rpc);
    try {
      const registry = new KeyRegistry(opened);
      await withOperator(chain.rpc, async (operator) => {
        for (const [i, { url }] of facts.entries()) {
          const { address, wallet, hpke } = await deriveGateKeys(seeds[i]!);
          const signature = await signGate(wallet, opened, hpke.publicKey);
          await registry.setGate(operator, { address, hpkeKey: hpke.publicKey, url, signature });
          await giveMoney(operator, address);
        }
      });
    } finally {
      (opened.provider as JsonRpcProvider).destroy();
    }
    return facts;
  }

  private async run<K extends Kind>(
    kind: K,
    name: string,
    orders: Orders[K],
    lost?: () => void,
  ): Promise<Facts[K]> {
    // Told to stop: nothing new begins.
    if (this.aborted()) throw new DiptychError("start-failed", "stopped before everything had started.");
    const process = new Supervised<K>({
      name,
      kind,
      orders,
      log: this.home.path("run", `${name}.log`),
      changed: this.changed,
      ...(lost === undefined ? {} : { lost }),
    });
    this.processes.push(process as unknown as Supervised);
    return process.start();
  }
}

/** Waits for all even if one fails, so that whoever cleans up sees all that has started. */
async function settled<T extends readonly unknown[]>(
  promises: readonly [...{ [I in keyof T]: Promise<T[I]> }],
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}

type StandingChain = Facts["chains"]["chains"][Side];

function accessOf(
  side: Side,
  { chainId, rpc, ledger, attributeRegistry, keyRegistry }: StandingChain,
): ChainAccess {
  return { side, chainId, rpc, ledger, attributeRegistry, keyRegistry };
}

function chainConfig({ chainId, rpc, ledger, attributeRegistry, keyRegistry, genesisHash }: StandingChain) {
  return { chainId, rpc, ledger, attributeRegistry, keyRegistry, genesisHash };
}

function identityOf({ rpc: _, ...identity }: StandingChain) {
  return identity;
}
