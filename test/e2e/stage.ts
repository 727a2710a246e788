/**
 * What all journeys play on: one Diptych on this machine with the page that belongs to it, and one browser. Started at the first
 * call, ended after the last test. People, accounts and records are made anew by each journey.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HDNodeWallet, Interface, type JsonRpcProvider, Wallet } from "ethers";
import type { Browser } from "playwright-core";
import { ensureWeb } from "../../scripts/dist.ts";
import { Desk } from "../../src/cli/authority/desk.ts";
import { DeskForOfficers } from "../../src/cli/authority/officersDesk.ts";
import { authorityAccounts } from "../../src/cli/up/authorityProcess.ts";
import type { PageConfig } from "../../src/cli/up/pageConfig.ts";
import { startPage } from "../../src/cli/up/pageProcess.ts";
import { startWorld, type World } from "../../src/cli/world.ts";
import { EmbeddedBlockStore } from "../../src/cloud/embedded.ts";
import { attributeRegistryAbi } from "../../src/ledger/abi/index.ts";
import type { Side } from "../../src/ledger/chain.ts";
import { KeyRegistry } from "../../src/ledger/keyRegistry.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import { Gateway } from "../../src/services/gateway.ts";
import { LetterFolder, serveGateway } from "../../src/services/gatewayServer.ts";
import type { Served } from "../../src/services/httpServer.ts";
import { Officers } from "../../src/services/officers.ts";
import { openBrowser } from "../browser.ts";
import { govern } from "../world.ts";

export type Stage = {
  world: World;
  browser: Browser;
  /** Where the page answers. */
  url: string;
  config: PageConfig;
  /** The account that decides at the authority's desk. */
  officer: HDNodeWallet;
  /** The desk itself, for journeys whose story isn't the authority's. */
  desk: Desk;
  gateway: Switch;
};

/** A service that a journey ends and starts again, at the same address. */
export type Switch = { url: string; stop: () => Promise<void>; start: () => Promise<void> };

const sides = ["storage", "shared"] as const;
const name = "Consortium of Yangzhou";
/** Journeys ask more in a minute than a person does. */
const requestsPerMinute = 100_000;

let started: Promise<Stage | string> | undefined;
const closers: (() => Promise<unknown>)[] = [];

/** The stage; skips the tests of `context` where no browser can be had, saying so, unless `DIPTYCH_BROWSER` is `required`. */
export async function openStage(context: Mocha.Context): Promise<Stage> {
  context.timeout(240_000);
  const stage = await (started ??= start());
  if (typeof stage !== "string") return stage;
  if (process.env.DIPTYCH_BROWSER === "required") throw new Error(stage);
  console.warn(`    skipped, nothing of the page was tried: ${stage}`);
  return context.skip();
}

// Outside of any suite, so it runs once, when all files are through.
after(async function () {
  this.timeout(60_000);
  await started?.catch(() => undefined);
  for (const each of closers.splice(0).reverse()) await each().catch(() => undefined);
});

/** The stage, or why there is no browser for it. */
async function start(): Promise<Stage | string> {
  const browser = await openBrowser();
  if (typeof browser === "string") return browser;
  closers.push(() => browser.close());
  const folder = await findPage();
  // Whoever waits for the newest block only waits for nothing.
  const world = await startWorld({ confirmations: 0 });
  closers.push(() => world.close());
  for (const { provider } of Object.values(world.chains)) (provider as JsonRpcProvider).pollingInterval = 50;
  const officer = Wallet.createRandom();
  const { desk, authority } = await openAuthority(world, officer.address);
  const gateway = await openGateway(world);
  const chainOf = (side: Side) => {
    const { chainId, provider, ledger, attributeRegistry, keyRegistry } = world.chains[side];
    const { url: rpc } = (provider as JsonRpcProvider)._getConnection();
    return { chainId, rpc, ledger, attributeRegistry, keyRegistry };
  };
  const config: PageConfig = {
    version: 1,
    chains: { storage: chainOf("storage"), shared: chainOf("shared") },
    gateway: gateway.url,
    authority: authority.url,
    gates: { threshold: 2, ...world.gates },
    confirmations: 0,
    local: true,
    authorityName: name,
    officers: [officer.address],
  };
  const connect = [gateway.url, authority.url, ...sides.map((side) => config.chains[side].rpc)];
  for (const side of sides)
    for (const gate of world.gates[side])
      connect.push((await new KeyRegistry(world.chains[side]).gate(gate)).url);
  const page = await startPage({ port: 0, folder, config, connect });
  closers.push(() => page.close());
  return { world, browser, url: page.facts.url, config, officer, desk, gateway };
}

/** The folder of the page: `DIPTYCH_PAGE` for one that was built before, else the one of these very sources. */
async function findPage(): Promise<string> {
  const { DIPTYCH_PAGE: told } = process.env;
  if (told !== undefined && told !== "") return told;
  if ((await ensureWeb()) !== 0) throw new Error("the web page could not be built");
  return join(import.meta.dirname, "..", "..", "web", "dist");
}

/** An authority whose officer decides over HTTP. */
async function openAuthority(world: World, officer: string): Promise<{ desk: Desk; authority: Served }> {
  const { chains } = world;
  const keyStore = memoryKeyStore();
  const accounts = await authorityAccounts(keyStore);
  await Promise.all(sides.map((side) => entitle(world, keyStore, side)));
  const options = { name, keyStore, chains, accounts };
  const desk = await Desk.open(options);
  await desk.anchor();
  const officers = new Officers({
    ...{ name, chains, officers: [officer] },
    desk: await DeskForOfficers.open(options, desk),
  });
  const authority = await serveAuthority(desk, { officers, requestsPerMinute });
  closers.push(() => authority.close());
  return { desk, authority };
}

/** Has a chain let the authority's account act as one. */
async function entitle(world: World, keyStore: KeyStore, side: Side): Promise<void> {
  const abi = new Interface(attributeRegistryAbi);
  const { address } = (await authorityAccounts(keyStore))[side];
  await world.fund(address);
  const { attributeRegistry, provider } = world.chains[side];
  const asked = { to: attributeRegistry, data: abi.encodeFunctionData("AUTHORITY_ROLE") };
  const [role] = abi.decodeFunctionResult("AUTHORITY_ROLE", await provider.call(asked));
  const data = abi.encodeFunctionData("grantRole", [role, address]);
  await govern(world.chains[side], { target: attributeRegistry, data });
}

async function openGateway({ chains }: World): Promise<Switch> {
  const folder = await mkdtemp(join(tmpdir(), "diptych-e2e-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const store = await EmbeddedBlockStore.open(join(folder, "blocks"));
  const letters = await LetterFolder.open(join(folder, "letters"));
  const serve = (port: number) =>
    serveGateway(new Gateway({ store, chains, confirmations: 0 }), { port, letters, requestsPerMinute });
  let running: Served | undefined = await serve(0);
  const { url } = running;
  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  closers.push(stop);
  return {
    url,
    stop,
    start: async () => {
      running ??= await serve(Number(new URL(url).port));
    },
  };
}
