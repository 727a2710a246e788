/** The commands of `diptych patient` that change what others may read. */
import { type Command, Option } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { AmendOptions, AmendRequestOptions } from "../patient/amending.ts";
import type { ChangeOptions } from "../patient/changing.ts";
import type { RightsOptions } from "../patient/rights.ts";
import type { StopOptions } from "../patient/stopping.ts";
import { addRightsOptions, dryRunOption, recordCommand } from "./patientOptions.ts";

export function addPatientChanges(group: Command): void {
  group.commandsGroup("Who may read what:");
  addMoving(group);
  addAllowing(group);
  group.commandsGroup("To stop readers:");
  addStopping(group);
  group.commandsGroup("Next revisions:");
  addAmending(group);
}

const viewOption = () =>
  new Option("--view <view>", "one view only (default: both)").choices(["full", "shared"]);

function addMoving(group: Command): void {
  for (const [name, to] of [
    ["share", "shared"],
    ["unshare", "private"],
  ] as const)
    recordCommand(group, name)
      .summary(`move parts to the ${to} side`)
      .description(
        to === "shared"
          ? "Moves parts to the shared side and publishes the shared view anew; shows before and after, and asks."
          : "Moves parts back to the private side: ends the shared view's grants, encrypts the parts again under new keys, and publishes anew. What somebody read before nothing takes back.",
      )
      .argument("<parts>", "positions, such as 8 or 2-4,9")
      .addOption(dryRunOption())
      .addHelpText(
        "after",
        examples(`diptych patient ${name} 8`, `diptych patient ${name} 2-4,9 --record 0x3f2a --dry-run`),
      )
      .action(
        acting<ChangeOptions, [parts: string]>(async (context, options, parts) => {
          const { moveParts } = await import("../patient/changing.ts");
          return moveParts(context, options, to, parts);
        }),
      );
}

function addAllowing(group: Command): void {
  addRightsOptions(recordCommand(group, "allow"))
    .summary("change who may read which view")
    .description(
      "Changes the policies or purposes of the views; what isn't named stays. Where somebody loses something, grants end and keys change; otherwise both stay. Shows before and after, and asks.",
    )
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient allow --shared-policy 'role:doctor or role:researcher'",
        "diptych patient allow --shared-purposes TREAT,HRESCH",
        "diptych patient allow --shared-purposes any --yes",
      ),
    )
    .action(
      acting<ChangeOptions & RightsOptions, []>(async (context, options) => {
        const { allow } = await import("../patient/changing.ts");
        return allow(context, options);
      }),
    );
  recordCommand(group, "reopen")
    .summary("publish what was closed again, under new keys")
    .description(
      "Publishes closed views again. All their parts get new keys, and grants have to be asked for anew.",
    )
    .addOption(viewOption())
    .addOption(dryRunOption())
    .addHelpText("after", examples("diptych patient reopen", "diptych patient reopen --view shared"))
    .action(
      acting<StopOptions, []>(async (context, options) => {
        const { reopen } = await import("../patient/changing.ts");
        return reopen(context, options);
      }),
    );
  recordCommand(group, "finish")
    .summary("finish what was begun and stopped")
    .description("Brings acts to their end that a stop cut off; `diptych patient list` names them.")
    .addOption(dryRunOption())
    .addHelpText("after", examples("diptych patient finish", "diptych patient finish --dry-run"))
    .action(
      acting<ChangeOptions, []>(async (context, options) => {
        const { finish } = await import("../patient/finishing.ts");
        return finish(context, options);
      }),
    );
}

function addStopping(group: Command): void {
  recordCommand(group, "revoke")
    .summary("end an account's grants")
    .description(
      "Ends what an account was granted. It may ask again; with --block it is kept out, and every part that it could read gets a new key.",
    )
    .argument("<account>", "the requester's account")
    .option("--block", "block it on both ledgers, too, and change the keys")
    .addOption(viewOption())
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient revoke 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
        "diptych patient revoke 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --block",
      ),
    )
    .action(
      acting<StopOptions & { block?: boolean }, [account: string]>(async (context, options, account) => {
        const { revoke } = await import("../patient/stopping.ts");
        return revoke(context, options, account);
      }),
    );
  for (const name of ["block", "unblock"] as const)
    recordCommand(group, name)
      .summary(name === "block" ? "stop one account at once" : "let a blocked account in again")
      .description(
        name === "block"
          ? "Stops one account with one cheap transaction a ledger, whatever its attributes. Keys stay as they are; see revoke --block."
          : "Takes a block back; what the account was granted, and nothing else has ended, is live again.",
      )
      .argument("<account>", "the requester's account")
      .addOption(viewOption())
      .addOption(dryRunOption())
      .addHelpText(
        "after",
        examples(`diptych patient ${name} 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --view shared`),
      )
      .action(
        acting<StopOptions, [account: string]>(async (context, options, account) => {
          const stopping = await import("../patient/stopping.ts");
          return stopping[name](context, options, account);
        }),
      );
  recordCommand(group, "close")
    .summary("end everybody's grants at once")
    .description(
      "Ends every grant with one cheap transaction a ledger: every request is denied and nothing released until reopen.",
    )
    .addOption(viewOption())
    .addOption(dryRunOption())
    .addHelpText("after", examples("diptych patient close", "diptych patient close --view shared --yes"))
    .action(
      acting<StopOptions, []>(async (context, options) => {
        const { close } = await import("../patient/stopping.ts");
        return close(context, options);
      }),
    );
}

function addAmending(group: Command): void {
  recordCommand(group, "amend-request")
    .summary("send a record to a doctor who is to amend it")
    .description(
      "Seals the whole record as it stands, with its salts, to the doctor who wrote the invitation; shows who that is, and asks. The same doctor as before, or another, can sign its next revision.",
    )
    .argument("<invitation>", "the file that `diptych doctor amend-invite` wrote")
    .requiredOption("--out <file>", "where to write it")
    .addHelpText("after", examples("diptych patient amend-request dr-li.amend --out for-dr-li --record lung"))
    .action(
      acting<AmendRequestOptions, [file: string]>(async (context, options, file) => {
        const { requestAmendment } = await import("../patient/amending.ts");
        return requestAmendment(context, options, file);
      }),
    );
  recordCommand(group, "amend")
    .summary("take the next revision of a record from a doctor")
    .description(
      "Verifies what the doctor wrote (- for stdin) and holds it against what stands: shows which parts are replaced and new, and asks. Then publishes it on both chains; untouched parts stay where they lie, and grants go on. Run again after a stop it goes on where it was.",
    )
    .argument("<info1>", "the file that `diptych doctor amend` wrote")
    .option("--share <parts>", "new parts that go to the shared side (default: none)")
    .option("--only <parts>", "refuse it if it replaces any other than these parts")
    .option("--reopen", "publish closed views again, under new keys")
    .option("--show", "print what the replaced and new parts say")
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient amend info1-revision2 --show --dry-run",
        "diptych patient amend info1-revision2 --only 6,7",
        "diptych patient amend info1-revision2 --share 10 --yes",
      ),
    )
    .action(
      acting<AmendOptions, [file: string]>(async (context, options, file) => {
        const { amend } = await import("../patient/amending.ts");
        return amend(context, options, file);
      }),
    );
}
