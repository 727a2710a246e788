/** `diptych patient`: what a patient does with records, from the invitation of a doctor to the end of a grant. */
import { type Command, Option } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { ExportOptions } from "../patient/backup.ts";
import type { PatientChoice } from "../patient/desk.ts";
import type { ExtractOptions } from "../patient/extracting.ts";
import type { HandOverOptions, TakeOverOptions } from "../patient/handingOver.ts";
import type { AcceptOptions, InviteOptions } from "../patient/inviting.ts";
import type { LinkOptions } from "../patient/linking.ts";
import type { ShowOptions } from "../patient/listing.ts";
import type { PublishOptions } from "../patient/publishing.ts";
import type { RecordChoice } from "../patient/recordChoice.ts";
import { addPatientChanges } from "./patientChanges.ts";
import { addPatientGates } from "./patientGates.ts";
import { addRightsOptions, dryRunOption, patientCommand, recordCommand } from "./patientOptions.ts";

export function addPatient(program: Command): void {
  const group = program
    .command("patient")
    .summary("accept, publish, share and revoke one's records")
    .description(
      "A patient owns records: takes them from doctors, splits them into a private and a shared side, publishes both encrypted, and decides who may read which. All keys come from one seed, sealed in the home.",
    )
    .addHelpText(
      "after",
      examples(
        "diptych patient invite --out invitation.json",
        "diptych patient accept info1",
        "diptych patient publish",
        "diptych patient who",
      ),
    );
  group.commandsGroup("From the doctor to the chains:");
  addComing(group);
  addPublish(group);
  group.commandsGroup("To look at records:");
  addLooking(group);
  addPatientChanges(group);
  group.commandsGroup("Gates, other owners, other devices:");
  addPatientGates(group);
  addHandingOver(group);
  addBackup(group);
}

function addComing(group: Command): void {
  patientCommand(group, "invite")
    .summary("write what a doctor needs to make a record for you")
    .description(
      "Draws the id of a record to come and writes it with public keys to a file for the doctor. Makes the patient's keys at the first time.",
    )
    .option("--out <file>", "where to write it, - for stdout", "invitation.json")
    .option("--as <nickname>", "what to call the record here; it never leaves the home")
    .addHelpText(
      "after",
      examples("diptych patient invite", "diptych patient invite --as 'lung 2026' --out for-dr-li.json"),
    )
    .action(
      acting<InviteOptions, []>(async (context, options) => {
        const { invite } = await import("../patient/inviting.ts");
        return invite(context, options);
      }),
    );
  patientCommand(group, "accept")
    .summary("verify what a doctor sent, and keep it sealed")
    .description(
      "Opens what the doctor sent (Info1; - for stdin) and verifies certificate, revocation, commitments, signature, and that the record is this patient's. It stays sealed in the home until it is published.",
    )
    .argument("<info1>", "the file that the doctor wrote")
    .option("--invitation <file>", "the invitation that it answers, where this home doesn't know it")
    .option("--as <nickname>", "what to call the record here; it never leaves the home")
    .addHelpText("after", examples("diptych patient accept info1", "diptych patient accept - < info1"))
    .action(
      acting<AcceptOptions, [file: string]>(async (context, options, file) => {
        const { accept } = await import("../patient/inviting.ts");
        return accept(context, options, file);
      }),
    );
}

function addPublish(group: Command): void {
  addRightsOptions(recordCommand(group, "publish"))
    .summary("encrypt a record and publish it on both chains")
    .description(
      "Encrypts every part, brings the ciphertext to the cloud and one index to each chain. Run again after a stop it goes on where it was. Without options the sides are those of the table of sides, and an example's policies hold: all parts for doctors of yzu-hospital and for government, the shared side for researchers and insurers, too. Policies and purposes are public on the chains, for ever.",
    )
    .option("--shared <parts>", "positions of the shared side, such as 2-7,9")
    .option("--sides <file>", 'JSON that overrides the table of sides, e.g. {"fhir": {"Claim": "shared"}}')
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient publish --dry-run",
        "diptych patient publish --record 0x3f2a --shared 2-7",
        "diptych patient publish --full-policy 'role:doctor' --shared-policy 'role:doctor or role:researcher' --shared-purposes TREAT,HRESCH --full-purposes TREAT",
      ),
    )
    .action(
      acting<PublishOptions, []>(async (context, options) => {
        const { publish } = await import("../patient/publishing.ts");
        return publish(context, options);
      }),
    );
}

function addLooking(group: Command): void {
  patientCommand(group, "list")
    .summary("list one's records and where they stand")
    .description("Lists the records that were accepted here, and those that ledgers and cloud give back.")
    .addHelpText("after", examples("diptych patient list", "diptych patient list --json"))
    .action(
      acting<PatientChoice, []>(async (context, options) => {
        const { listRecords } = await import("../patient/listing.ts");
        return listRecords(context, options);
      }),
    );
  recordCommand(group, "show")
    .summary("show one record: parts, sides, rights, versions")
    .description("Shows how one record stands; what its parts say only with --part or --file.")
    .option("--part <parts>", "print what these parts say, such as 5 or 2-4")
    .option("--file <file>", "write the file that the record was made from, byte for byte; - for stdout")
    .option("--as <nickname>", "call the record so from now on")
    .addHelpText(
      "after",
      examples(
        "diptych patient show",
        "diptych patient show --record 0x3f2a --part 6",
        "diptych patient show --file mine.json",
      ),
    )
    .action(
      acting<ShowOptions, []>(async (context, options) => {
        const { showRecord } = await import("../patient/listing.ts");
        return showRecord(context, options);
      }),
    );
  recordCommand(group, "extract")
    .summary("write some parts with the doctor's signature")
    .description(
      "Writes parts to a file that anybody verifies offline against the doctor's certificate. It isn't encrypted: hand it to whom it is for. The doctor's rule can forbid to show some parts without others.",
    )
    .argument("<parts>", "positions, such as 2-7")
    .requiredOption("--out <file>", "where to write it")
    .addHelpText("after", examples("diptych patient extract 5-6 --out diagnosis.extraction"))
    .action(
      acting<ExtractOptions, [parts: string]>(async (context, options, parts) => {
        const { extractParts } = await import("../patient/extracting.ts");
        return extractParts(context, options, parts);
      }),
    );
  recordCommand(group, "link")
    .summary("print what a requester needs to ask for a view")
    .description(
      "Prints a link to one view of a published record: chain, ledger and ledger record id. The two views' links can't be told to belong together.",
    )
    .addOption(new Option("--view <view>", "which view").choices(["full", "shared"]).default("shared"))
    .option("--out <file>", "write it to a file")
    .addHelpText(
      "after",
      examples("diptych patient link", "diptych patient link --view full --out full.link"),
    )
    .action(
      acting<LinkOptions, []>(async (context, options) => {
        const { link } = await import("../patient/linking.ts");
        return link(context, options);
      }),
    );
  recordCommand(group, "who")
    .summary("list who may read a record now, and until when")
    .description("Lists the grants that are live on both ledgers now.")
    .addHelpText("after", examples("diptych patient who", "diptych patient who --record 0x3f2a --json"))
    .action(
      acting<PatientChoice & RecordChoice, []>(async (context, options) => {
        const { who } = await import("../patient/watching.ts");
        return who(context, options);
      }),
    );
  recordCommand(group, "audit")
    .summary("show all that happened to a record on both ledgers")
    .description(
      "Shows every event of both ledgers, oldest first, and the receipts that gates show of what they released. A receipt proves a release; its absence proves nothing.",
    )
    .option("--no-receipts", "don't ask the gates")
    .addHelpText("after", examples("diptych patient audit", "diptych patient audit --no-receipts --json"))
    .action(
      acting<PatientChoice & RecordChoice & { receipts?: boolean }, []>(async (context, options) => {
        const { audit } = await import("../patient/watching.ts");
        return audit(context, options);
      }),
    );
}

function addHandingOver(group: Command): void {
  recordCommand(group, "hand-over")
    .summary("hand a record to another person")
    .description(
      "Offers a published record to whoever wrote the invitation, on both chains, and writes what only they can open. It stays yours until they take over. What you know you go on knowing.",
    )
    .argument("<invitation>", "the file that take-over --invite wrote")
    .requiredOption("--out <file>", "where to write what they need")
    .addOption(dryRunOption())
    .addHelpText("after", examples("diptych patient hand-over ben.json --out for-ben --record lung"))
    .action(
      acting<HandOverOptions, [file: string]>(async (context, options, file) => {
        const { handOver } = await import("../patient/handingOver.ts");
        return handOver(context, options, file);
      }),
    );
  patientCommand(group, "take-over")
    .summary("take over a record that somebody hands you")
    .description(
      "Verifies what the owner wrote, takes both ledger records over, encrypts everything under new keys and publishes. Run again after a stop it does what is left. With --invite it writes what the owner needs first.",
    )
    .argument("[package]", "the file that hand-over wrote")
    .option("--invite <file>", "write what the owner needs to hand a record to you; - for stdout")
    .addOption(dryRunOption())
    .addHelpText(
      "after",
      examples(
        "diptych patient take-over --invite ben.json --name ben",
        "diptych patient take-over for-ben --name ben --dry-run",
        "diptych patient take-over for-ben --name ben",
      ),
    )
    .action(
      acting<TakeOverOptions, [file?: string]>(async (context, options, file) => {
        const { takeOver } = await import("../patient/handingOver.ts");
        return takeOver(context, options, file);
      }),
    );
}

function addBackup(group: Command): void {
  patientCommand(group, "export")
    .summary("write a sealed back-up: seed, nicknames, records")
    .description(
      "Writes the patient's seed, nicknames and the records as they were accepted to one file, an age file sealed under a passphrase. With it everything comes back in another home.",
    )
    .argument("<file>", "where to write it")
    .option("--seed-only", "leave the records out: published ones come back from ledgers and cloud")
    .addHelpText("after", examples("diptych patient export anna.backup"))
    .action(
      acting<ExportOptions, [file: string]>(async (context, options, file) => {
        const { exportBackup } = await import("../patient/backup.ts");
        return exportBackup(context, options, file);
      }),
    );
  patientCommand(group, "import")
    .summary("bring a patient back from a back-up")
    .description(
      "Makes a patient of a file that export wrote. Published records come back from ledgers and cloud.",
    )
    .argument("<file>", "the back-up, - for stdin")
    .addHelpText("after", examples("diptych --home ~/new patient import anna.backup"))
    .action(
      acting<PatientChoice, [file: string]>(async (context, options, file) => {
        const { importBackup } = await import("../patient/backup.ts");
        return importBackup(context, options, file);
      }),
    );
}
