/** Runs what commands do inside this process, in homes of their own that use the shared world's chains and services. */
import type { JsonRpcProvider } from "ethers";
import { writeConfig } from "../../src/cli/config/config.ts";
import type { Config } from "../../src/cli/config/schema.ts";
import type { Result } from "../../src/cli/frame/acting.ts";
import { Context } from "../../src/cli/frame/context.ts";
import { Output } from "../../src/cli/frame/output.ts";
import { Home } from "../../src/cli/home/home.ts";
import { makeIdentity } from "../../src/cli/home/roleKeys.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import { world } from "../world.ts";

const passphrase = "correct horse battery";
/** Weak on purpose: these keys guard nothing. */
const quick = 10;

/** Makes a home that uses the shared world, with keys of these roles. */
export async function makeHome(folder: string, ...roles: string[]): Promise<Home> {
  const { chains, authorityUrl: authority, gatewayUrl: gateway, confirmations } = await world();
  const placeOf = ({ provider, chainId, ledger, attributeRegistry, keyRegistry }: Chain) => ({
    rpc: (provider as JsonRpcProvider)._getConnection().url,
    ...{ chainId, ledger, attributeRegistry, keyRegistry },
  });
  const config: Config = {
    version: 1,
    chains: { storage: placeOf(chains.storage), shared: placeOf(chains.shared) },
    ...{ authority, gateway, confirmations, local: true },
  };
  const home = await Home.make(folder);
  await writeConfig(home, config);
  for (const role of roles) await makeIdentity(home, role, passphrase, quick);
  return home;
}

/** What a command found out, as `--json` would print it, and its exit status. */
export type Outcome = { json: Record<string, unknown>; text: string; status: number };

/** Runs one command in a home; errors are thrown as they are. */
export async function act(
  folder: string,
  run: (context: Context) => Promise<Result>,
  settings: { yes?: boolean } = {},
): Promise<Outcome> {
  const { DIPTYCH_PASSPHRASE: known } = process.env;
  const { exitCode } = process;
  process.env.DIPTYCH_PASSPHRASE = passphrase;
  process.exitCode = undefined;
  const all = { home: folder, homeWords: [], json: true, yes: settings.yes !== false, quiet: true };
  const context = new Context(all, new Output(all));
  try {
    const { json, text = [] } = await run(context);
    return {
      json: json as Record<string, unknown>,
      text: typeof text === "string" ? text : text.join("\n"),
      status: Number(process.exitCode ?? 0),
    };
  } finally {
    await context.close();
    process.exitCode = exitCode;
    if (known === undefined) delete process.env.DIPTYCH_PASSPHRASE;
    else process.env.DIPTYCH_PASSPHRASE = known;
  }
}
