/** `diptych patient gates`: who opens indexes for those whom the ledgers granted it. */
import { type Command, Option } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { RefreshOptions, RenewOptions, SetOptions, SideChoice } from "../patient/gates.ts";
import { dryRunOption, patientCommand } from "./patientOptions.ts";

const sideOption = () =>
  new Option("--side <side>", "one chain only (default: both)").choices(["storage", "shared"]);

export function addPatientGates(parent: Command): void {
  const group = parent
    .command("gates")
    .summary("choose gates, look at them, deal them new shares")
    .description(
      "Gates hold shares of the patient's index keys, one key a chain. Any threshold of them open an index together, for a request that the ledger granted; none alone.",
    )
    .addHelpText("after", examples("diptych patient gates set", "diptych patient gates list"));
  patientCommand(group, "set")
    .summary("share the index keys out to gates")
    .description(
      "Shares the index keys out, to the gates of the configuration unless others are named. Others than before take over at once; nothing is published anew. `publish` does it by itself at the first time.",
    )
    .addOption(sideOption())
    .option("--gates <accounts>", "accounts of gates of that side, commas between")
    .option(
      "--threshold <number>",
      "how many open an index together (default: the configuration's, or more than half)",
    )
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient gates set",
        "diptych patient gates set --side shared --gates 0x7099...79C8,0x90F7...b906 --threshold 2",
      ),
    )
    .action(
      acting<SetOptions, []>(async (context, options) => {
        const { setGates } = await import("../patient/gates.ts");
        return setGates(context, options);
      }),
    );
  patientCommand(group, "list")
    .summary("list the gates that hold shares, and how they are")
    .description(
      "Lists the gates of both chains, whether each says that it serves, and complaints about shares.",
    )
    .addOption(sideOption())
    .addHelpText("after", examples("diptych patient gates list", "diptych patient gates list --side shared"))
    .action(
      acting<SideChoice, []>(async (context, options) => {
        const { listGates } = await import("../patient/gates.ts");
        return listGates(context, options);
      }),
    );
  patientCommand(group, "refresh")
    .summary("deal fresh shares to the gates of now")
    .description(
      "Deals fresh shares of the same keys, as after a gate changed its keys. --replace names gates that have new accounts.",
    )
    .addOption(sideOption())
    .option("--replace <pairs>", "OLD=NEW accounts of gates of that side, commas between")
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples("diptych patient gates refresh", "diptych patient gates refresh --side shared"),
    )
    .action(
      acting<RefreshOptions, []>(async (context, options) => {
        const { refreshGates } = await import("../patient/gates.ts");
        return refreshGates(context, options);
      }),
    );
  patientCommand(group, "renew")
    .summary("make a new index key after shares were lost")
    .description(
      "For when as many shares as the threshold may be stolen: makes a new index key on one chain and publishes every open record there under it. What was published before counts as exposed.",
    )
    .addOption(new Option("--side <side>", "the chain").choices(["storage", "shared"]).makeOptionMandatory())
    .option("--gates <accounts>", "other gates, commas between (default: those of now)")
    .option("--threshold <number>", "how many of them open an index together")
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient gates renew --side storage --dry-run",
        "diptych patient gates renew --side storage",
      ),
    )
    .action(
      acting<RenewOptions, []>(async (context, options) => {
        const { renewGates } = await import("../patient/gates.ts");
        return renewGates(context, options);
      }),
    );
}
