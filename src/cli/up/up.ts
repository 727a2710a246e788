/** `diptych up`: a whole Diptych on this machine that runs until Ctrl-C. */

import { join } from "node:path";
import { JsonRpcProvider } from "ethers";
import { DiptychError } from "../../core/errors.ts";
import { readConfig, writeConfig } from "../config/config.ts";
import type { Config } from "../config/schema.ts";
import type { Context } from "../frame/context.ts";
import { demandProject } from "../frame/project.ts";
import { untilStopped } from "../frame/untilStopped.ts";
import type { Binding } from "../home/binding.ts";
import type { Home } from "../home/home.ts";
import { LocalWorld } from "./localWorld.ts";
import { ensurePage } from "./pageBuild.ts";
import { planWorld, type UpOptions } from "./plan.ts";
import { demandFreePorts } from "./ports.ts";
import { processObject, Screen } from "./screen.ts";

const sides = ["storage", "shared"] as const;

/** Roles whose work stands on the chains; the others go on with new ones. */
const standsOnChains = /^(patient|requester)(-|$)/;

export async function up(context: Context, options: UpOptions): Promise<void> {
  demandProject("up");
  const plan = planWorld(options);
  const { output, signal } = context;
  const home = await context.makeHome();
  const lock = await home.lock("up", "diptych up");
  context.defer(() => lock.release());
  await demandFreePorts(plan);
  if (options.fresh === true) await startAnew(context, home);
  else await demandLocal(home);
  const keepers = {
    world: await context.identity("world", undefined, { make: true }),
    authority: await context.identity("authority", undefined, { make: true }),
  };

  // One after the other: an older account of what runs must not come over a newer one.
  let told = Promise.resolve();
  const world = new LocalWorld(
    home,
    plan,
    () => {
      screen.changed();
      told = told.then(() => writeRunning(home, world));
    },
    () => signal.aborted,
  );
  const screen = new Screen(output, world.processes);
  const building = new AbortController();
  try {
    const log = join(await home.folderOf("run"), "page-build.log");
    const page = plan.page
      ? ensurePage(log, building.signal, () => screen.say("building the web page from its newer sources ..."))
      : Promise.resolve(undefined);
    const started = await Promise.race([world.start(keepers, page), untilStopped(signal)]);
    if (!started) return;
    const { config, binding } = started;
    const before = await rebind(home, binding);
    await writeConfig(home, config);
    await told;
    const address = plan.page ? describePage(started.page, log) : [];
    screen.ready([...address, ...describe(home, config), ...before, ...nextSteps(context)], () =>
      readHeads(config),
    );
    await output.object({
      event: "ready",
      home: home.folder,
      replayNeeded: before.length > 0,
      config,
      ...(started.page === undefined ? {} : { page: started.page }),
    });
    await Promise.race([untilStopped(signal), world.lost]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    screen.done();
    output.note("stopping ...");
    building.abort();
    await world.stop();
    await told;
    await home.write("[]\n", "run", "up.json").catch(() => undefined);
    output.note("stopped; keys and blocks stay, the chains forget");
    await output.object({ event: "stopped" });
  }
}

/** Where to find the page, or why there is none; a world without a page is of use all the same. */
function describePage(page: string | undefined, log: string): string[] {
  if (page !== undefined) return [`Open ${page} in a browser.`, ""];
  return [`The web page could not be built (${log} says why); all else works without it.`, ""];
}

/** A home that is connected to chains elsewhere must not lose its configuration to a local world's. */
async function demandLocal(home: Home): Promise<void> {
  if ((await home.read("config.json")) === undefined || (await readConfig(home)).local === true) return;
  throw new DiptychError(
    "home-mismatch",
    `The home ${home.folder} is connected to chains elsewhere: choose another folder with --home, or --fresh to move what is there aside.`,
  );
}

async function startAnew(context: Context, home: Home): Promise<void> {
  const aside = await home.setAside();
  if (aside !== undefined)
    context.output.note(`What was there lies in ${aside} now; nothing has been deleted.`);
}

/** Binds the home to the new chains, unless work of patients or requesters stands on the ones before. */
async function rebind(home: Home, binding: Binding): Promise<string[]> {
  const roles = (await home.roles()).filter((role) => standsOnChains.test(role));
  if (home.bound === undefined || roles.length === 0) {
    await home.bind(binding);
    return [];
  }
  return [
    "",
    `These chains are new: those on which ${roles.join(", ")} worked are gone, keys and blocks are not.`,
    "  diptych replay      publishes again from the patients' own copies",
    "  diptych up --fresh  starts anew (what is there moves aside)",
  ];
}

function describe(home: Home, config: Config): string[] {
  const chain = (side: "storage" | "shared") => {
    const { chainId, rpc, ledger } = config.chains[side];
    return `${`${side} chain`.padEnd(16)} ${chainId} at ${rpc}, ledger ${ledger}`;
  };
  const { gateway, authority, relayer, gates } = config;
  const services =
    gates === undefined
      ? []
      : [
          `${"gateway".padEnd(16)} ${gateway}`,
          `${"authority".padEnd(16)} ${authority}`,
          `${"relayer".padEnd(16)} ${relayer}, pays for what patients sign`,
          `${"gates".padEnd(16)} ${gates.storage.length} a chain, any ${gates.threshold} open an index`,
        ];
  return [`Diptych runs; its home is ${home.folder}.`, "", ...sides.map(chain), ...services];
}

function nextSteps({ settings }: Context): string[] {
  const diptych = ["diptych", ...settings.homeWords].join(" ");
  return ["", "In another terminal:", `  ${diptych} config check`, `  ${diptych} --help`, "Ctrl-C stops it."];
}

async function readHeads(config: Config): Promise<string[]> {
  return Promise.all(
    sides.map(async (side) => {
      const provider = new JsonRpcProvider(config.chains[side].rpc, config.chains[side].chainId, {
        staticNetwork: true,
      });
      try {
        return `${`${side} chain`.padEnd(16)} block ${await provider.getBlockNumber()}`;
      } finally {
        provider.destroy();
      }
    }),
  );
}

/** What runs, for whoever looks into the home. */
async function writeRunning(home: Home, world: LocalWorld): Promise<void> {
  const running = world.processes.filter((each) => each.pid !== undefined).map(processObject);
  await home.write(`${JSON.stringify(running, null, 2)}\n`, "run", "up.json").catch(() => undefined);
}
