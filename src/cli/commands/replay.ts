/** `diptych replay`: after chains forgot everything, publishes again what patients of this home had published. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { ReplayOptions } from "../replay/replaying.ts";
import { dryRunOption } from "./patientOptions.ts";

export function addReplay(program: Command): void {
  program
    .command("replay")
    .summary("publish again on new chains what the home's patients had published")
    .description(
      "Chains of `diptych up` forget everything when it stops. This accepts and publishes the patients' records again from the sealed copies in the home, with the sides, rights, blocks and closures of before, and binds the home to the new chains. Grants and attestations are not the patient's: requesters are attested and ask anew.",
    )
    .option("--name <name>", "one patient only; the home is bound when all have been replayed")
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples("diptych replay --dry-run", "diptych replay", "diptych replay --name anna"),
    )
    .action(
      acting<ReplayOptions, []>(async (context, options) => {
        const { replay } = await import("../replay/replaying.ts");
        return replay(context, options);
      }),
    );
}
