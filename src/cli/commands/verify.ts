/** `diptych verify`: anybody, offline. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { VerifyOptions } from "../verify/verifying.ts";

export function addVerify(program: Command): void {
  program
    .command("verify")
    .summary("verify an extraction offline, without chain or keys")
    .description(
      "Verifies that a doctor signed the parts in an extraction file, and that showing just these is allowed. Ends with 0 only if an authority that you trust certified the doctor's key; without one it says whom you would have to trust, and ends with 5.",
    )
    .argument("<file>", "an extraction, as `requester open` and `patient extract` write it (- for stdin)")
    .option("--authority-certificate <file>", "certificate of the authority that you trust (PEM or DER)")
    .addHelpText(
      "after",
      examples(
        "diptych verify record/record.extraction --authority-certificate authority.pem",
        "diptych verify - --json < record.extraction",
      ),
    )
    .action(
      acting<VerifyOptions, [file: string]>(async (context, options, file) => {
        const { verifyFile } = await import("../verify/verifying.ts");
        return verifyFile(context, options, file);
      }),
    );
}
