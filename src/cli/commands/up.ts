/** `diptych up`: the command's face. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { UpOptions } from "../up/plan.ts";

export function addUp(program: Command): void {
  program
    .command("up")
    .summary("run chains, contracts and services on this machine until Ctrl-C")
    .description(
      "Starts two chains with their contracts, the gateway, the authority, the relayer, the gates and the web page, each a process of its own, all on loopback; starts again what falls over; writes the configuration that commands in other terminals use. Keys and blocks stay in the home; the chains forget when it stops. Needs a clone of the project.",
    )
    .option(
      "--ports <base>",
      "first of the ports: chains BASE and BASE+1, then gateway, authority, web page and relayer, gates from BASE+10 and BASE+50; 0 takes free ones (default: 8600)",
    )
    .option("--gates <n>", "gates a chain (default: 3)")
    .option("--threshold <t>", "gates that open an index together (default: more than half)")
    .option("--no-services", "chains and contracts only")
    .option("--no-web", "everything but the web page")
    .option(
      "--officer <address...>",
      "accounts that decide at the authority's desk with a wallet, besides the nodes' account number 3",
    )
    .option("--fresh", "move keys, blocks and journals of the home aside first; nothing is deleted")
    .addHelpText(
      "after",
      examples(
        "diptych up",
        "diptych --home ~/second up --ports 9600 --gates 5 --threshold 3",
        "DIPTYCH_PASSPHRASE_FILE=~/.diptych-pass diptych up --json --ports 0",
      ),
    )
    .action(
      acting<UpOptions, []>(
        async (context, options) => {
          const { up } = await import("../up/up.ts");
          await up(context, options);
        },
        { signals: "tells" },
      ),
    );
}
