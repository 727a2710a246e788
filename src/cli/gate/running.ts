/** `diptych gate run`: one gate in the foreground, as its operator runs it. */
import { unhex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Chain, Side } from "../../ledger/chain.ts";
import { KeyRegistry } from "../../ledger/keyRegistry.ts";
import type { Context } from "../frame/context.ts";
import { type ListenOptions, portOf, readTls } from "../frame/listening.ts";
import { untilStopped } from "../frame/untilStopped.ts";
import { startGate } from "../up/gateProcess.ts";
import { giveMoney, withOperator } from "../up/localMoney.ts";
import { cardOf, type GateCard, gateStore, readSeedFile, type Seeds, storedSeeds } from "./seeds.ts";

export type GateRunOptions = ListenOptions & {
  side: Side;
  name?: string;
  seedFile?: string;
  nextSeedFile?: string;
  url?: string;
  register?: boolean;
};

const usualPort = 8700;

export async function runGate(context: Context, options: GateRunOptions): Promise<void> {
  const { side } = options;
  const port = portOf(options.port, usualPort);
  const tls = await readTls(options);
  const config = await context.config();
  const { rpc, genesisHash: _, ...addresses } = config.chains[side];
  const chain = { side, rpc, ...addresses };
  const seeds = await readSeeds(context, options);
  const cards = await Promise.all(
    [seeds.seed, ...(seeds.nextSeed === undefined ? [] : [seeds.nextSeed])].map((seed) =>
      cardOf(seed, chain),
    ),
  );
  if (options.register === true && config.local !== true)
    throw new DiptychError(
      "usage",
      "--register is for chains of `diptych up`: give the card that is printed to the gates' administrator.",
    );
  const running = await startGate(
    {
      ...seeds,
      port,
      chain,
      confirmations: config.confirmations,
      ...(options.host === undefined ? {} : { host: options.host }),
    },
    { processMetrics: true, ...(tls === undefined ? {} : { tls }) },
  );
  context.defer(() => running.close());
  const url = options.url ?? running.facts.url;
  const opened = (await context.openChainsOf(config))[side];
  if (options.register === true) await register(opened, rpc, cards, url);
  const registry = new KeyRegistry(opened);
  for (const [i, card] of cards.entries()) {
    const registered = (await registry.gate(card.address)).url;
    await context.output.object({
      event: "ready",
      side,
      url,
      ...card,
      coming: i > 0,
      registered: registered !== "",
    });
    for (const line of describe(side, url, card, i > 0, registered)) context.output.note(line);
  }
  await untilStopped(context.signal);
}

function describe(side: Side, url: string, card: GateCard, coming: boolean, registered: string): string[] {
  const what = coming ? "its account to come" : "its account";
  const state =
    registered === ""
      ? `not registered yet: the gates' administrator registers this account, key and signature with ${url}`
      : registered === url
        ? "registered"
        : `registered with another URL, ${registered}`;
  return [
    `gate of the ${side} chain at ${url}, ${what} is ${card.address}`,
    `  key        ${card.hpkeKey}`,
    `  signature  ${card.signature}`,
    `  ${state}`,
  ];
}

async function register(chain: Chain, rpc: string, cards: readonly GateCard[], url: string): Promise<void> {
  const registry = new KeyRegistry(chain);
  await withOperator(rpc, async (operator) => {
    for (const { address, hpkeKey, signature } of cards) {
      await registry.setGate(operator, { address, hpkeKey: unhex(hpkeKey), url, signature });
      await giveMoney(operator, address);
    }
  });
}

async function readSeeds(context: Context, options: GateRunOptions): Promise<Seeds> {
  const file = options.seedFile ?? process.env.DIPTYCH_GATE_SEED_FILE;
  if (file === undefined || file === "") {
    if (options.nextSeedFile !== undefined)
      throw new DiptychError(
        "usage",
        "--next-seed-file goes with --seed-file; a seed in the home changes by `gate rotate`.",
      );
    return storedSeeds(await gateStore(context, options.side, options.name, true));
  }
  const seed = await readSeedFile(file);
  if (options.nextSeedFile === undefined) return { seed };
  return { seed, nextSeed: await readSeedFile(options.nextSeedFile) };
}
