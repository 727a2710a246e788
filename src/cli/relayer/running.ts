/** `diptych relayer run`: a relayer in the foreground, as its operator runs it. */

import { formatEther } from "ethers";
import { randomBytes } from "../../core/bytes.ts";
import type { Side } from "../../ledger/chain.ts";
import { keep } from "../../roles/keyStore.ts";
import type { Context } from "../frame/context.ts";
import { type ListenOptions, portOf, readTls } from "../frame/listening.ts";
import { untilStopped } from "../frame/untilStopped.ts";
import { readSeedFile } from "../gate/seeds.ts";
import { demandRoleName } from "../home/roleKeys.ts";
import { fundIfLocal } from "../up/localMoney.ts";
import { startRelayer } from "../up/relayerProcess.ts";
import { readTerms, type TermOptions } from "./terms.ts";

export type RelayerRunOptions = TermOptions & ListenOptions & { name?: string; seedFile?: string };

const usualPort = 8800;
const sides = ["storage", "shared"] as const;

export async function runRelayer(context: Context, options: RelayerRunOptions): Promise<void> {
  const { name, host } = options;
  const port = portOf(options.port, usualPort);
  const [tls, terms, config, home] = await Promise.all([
    readTls(options),
    readTerms(options),
    context.config(),
    context.home(),
  ]);
  const role = demandRoleName(name === undefined ? "relayer" : `relayer-${name}`);
  const lock = await home.lock(role, "diptych relayer run");
  context.defer(() => lock.release());
  const seed = await readSeed(context, options);
  const opened = await context.openChainsOf(config);
  const access = (side: Side) => {
    const { genesisHash: _, ...chain } = config.chains[side];
    return { side, ...chain };
  };
  await home.folderOf("journal");
  const running = await startRelayer(
    {
      port,
      ...(host === undefined ? {} : { host }),
      chains: { storage: access("storage"), shared: access("shared") },
      confirmations: config.confirmations,
      seed,
      journal: home.path("journal", `${role}.jsonl`),
      terms,
    },
    { processMetrics: true, ...(tls === undefined ? {} : { tls }) },
  );
  context.defer(() => running.close());
  const { url, accounts } = running.facts;
  await fundIfLocal(config, opened, accounts);
  const balances = await Promise.all(sides.map((side) => opened[side].provider.getBalance(accounts[side])));
  await context.output.object({ event: "ready", url, accounts, balances: balances.map(String) });
  context.output.note(`relayer at ${url}; it pays with`);
  for (const [i, side] of sides.entries())
    context.output.note(`  ${side.padEnd(8)} ${accounts[side]}, which has ${formatEther(balances[i]!)}`);
  await untilStopped(context.signal);
}

async function readSeed(context: Context, { name, seedFile }: RelayerRunOptions): Promise<Uint8Array> {
  const file = seedFile ?? process.env.DIPTYCH_RELAYER_SEED_FILE;
  if (file !== undefined && file !== "") return readSeedFile(file);
  return keep(await context.role("relayer", name, { make: true }), "relayer/seed", () => randomBytes(32));
}
