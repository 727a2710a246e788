/** `diptych connect`: use chains and services that run elsewhere. */
import type { Command } from "commander";
import { acting, type Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { examples } from "../frame/examples.ts";

type ConnectOptions = { fresh?: boolean };

export function addConnect(program: Command): void {
  program
    .command("connect")
    .summary("use chains and services that run elsewhere")
    .description(
      "Reads a configuration file (- for stdin), asks both chains whether they are what it says, and keeps it in the home, which it makes if need be.",
    )
    .argument("<config>", "a configuration file; `diptych config schema` says what stands in it")
    .option(
      "--fresh",
      "when the home is bound to other chains: move its keys, blocks and journals aside first",
    )
    .addHelpText(
      "after",
      examples("diptych connect hospital.json", "diptych --home ~/other connect - < hospital.json"),
    )
    .action(acting<ConnectOptions, [file: string]>(connect));
}

async function connect(context: Context, { fresh }: ConnectOptions, file: string): Promise<Result> {
  const { parseConfig, writeConfig } = await import("../config/config.ts");
  const { nameOfInput, readInput } = await import("../frame/input.ts");
  const { demandSame } = await import("../home/binding.ts");
  const config = parseConfig(await readInput(file), nameOfInput(file));
  const home = await context.makeHome();
  const lock = await home.lock("up", "connecting");
  context.defer(() => lock.release());
  const found = await context.identifyChains(config);
  if (home.bound !== undefined && fresh !== true) demandSame(home.bound, found);
  const aside = fresh === true ? await home.setAside() : undefined;
  await writeConfig(home, config);
  await home.bind(found);
  return {
    json: { home: home.folder, bound: found, ...(aside === undefined ? {} : { setAside: aside }) },
    text: [
      ...(aside === undefined ? [] : [`What was there lies in ${aside} now; nothing has been deleted.`]),
      `${home.folder} uses the storage chain ${found.storage.chainId} and the shared chain ${found.shared.chainId} now.`,
      "Next: diptych config check",
    ],
  };
}
