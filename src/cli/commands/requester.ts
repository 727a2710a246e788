/** `diptych requester`: what somebody who wants to read a record does. */
import { type Command, Option } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { AskOptions, FindOptions, RequestOptions } from "../requester/asking.ts";
import type { ApplyOptions } from "../requester/enrolling.ts";
import type { OpenOptions } from "../requester/opening.ts";
import type { RequesterChoice } from "../requester/requesterRole.ts";

const nameOption = ["--name <name>", "tells several requesters of one home apart"] as const;
const purposeOption = [
  "--purpose <code>",
  "what for: HL7's code, such as TREAT (treatment) or HRESCH (research) (default: TREAT)",
] as const;
const sideOption = () =>
  new Option("--side <side>", "the ledger to look on (default: both)").choices(["storage", "shared"]);
const target = ["<record>", "a ledger record id, or a link (diptych:...)"] as const;
const anId = "0x9c22ff5f21f0b81b113e63f7db6da94fedef11b2119b4088b89664fb9a3cb658";

export function addRequester(program: Command): void {
  const group = program
    .command("requester")
    .summary("apply for attributes, ask a ledger, open what it grants")
    .description(
      "A requester applies to the authority on evidence, collects a key, asks one of the ledgers for a record's view, and opens what is granted.",
    )
    .addHelpText(
      "after",
      examples('diptych requester apply role:researcher --evidence "grant 42"', "diptych requester requests"),
    );
  addEnrolment(group);
  addAsking(group);
  addOpening(group);
}

function addEnrolment(group: Command): void {
  group
    .command("apply")
    .alias("enrol")
    .summary("apply to the authority for attributes, on evidence")
    .description(
      "Applies for attributes on evidence. At the first time it makes the requester's keys and account, sealed under a passphrase.",
    )
    .argument("<attributes...>", "such as role:doctor or 'level = 3'")
    .option("--evidence <text>", "what shows that the attributes are due")
    .option("--evidence-file <file>", "the same, from a text file")
    .option(...nameOption)
    .addHelpText(
      "after",
      examples(
        'diptych requester apply role:doctor org:yzu-hospital --evidence "staff card 0001" --name ward-3',
      ),
    )
    .action(
      acting<ApplyOptions, [attributes: string[]]>(async (context, options, attributes) => {
        const { apply } = await import("../requester/enrolling.ts");
        return apply(context, options, attributes);
      }),
    );
  group
    .command("status")
    .summary("show applications, attested attributes and the key")
    .description(
      "Shows how applications stand, what each chain attests to the account, and what the attribute key holds.",
    )
    .option(...nameOption)
    .addHelpText("after", examples("diptych requester status"))
    .action(
      acting<RequesterChoice, []>(async (context, options) => {
        const { showRequester } = await import("../requester/enrolling.ts");
        return showRequester(context, options);
      }),
    );
  group
    .command("collect")
    .summary("fetch the attribute key")
    .description(
      "Fetches the key for the attributes that are attested now, and checks it against the public key that both chains anchor. To be done again after attributes changed.",
    )
    .option(...nameOption)
    .addHelpText("after", examples("diptych requester collect"))
    .action(
      acting<RequesterChoice, []>(async (context, options) => {
        const { collect } = await import("../requester/enrolling.ts");
        return collect(context, options);
      }),
    );
}

function addAsking(group: Command): void {
  group
    .command("find")
    .summary("look a record up on the ledgers")
    .description("Looks a record up by its id or link, or lists the records of an account. Needs no keys.")
    .argument("[record]", target[1])
    .option("--owner <account>", "list what this account owns")
    .addOption(sideOption())
    .addHelpText(
      "after",
      examples(
        `diptych requester find ${anId}`,
        "diptych requester find --owner 0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
      ),
    )
    .action(
      acting<FindOptions, [record: string | undefined]>(async (context, options, record) => {
        const { find } = await import("../requester/asking.ts");
        return find(context, options, record);
      }),
    );
  group
    .command("explain")
    .summary("tell what a request would rest on now")
    .description(
      "Tells whether a request of this account would be granted now, and which conditions of the policy hold.",
    )
    .argument(...target)
    .option(...purposeOption)
    .addOption(sideOption())
    .option(...nameOption)
    .addHelpText("after", examples(`diptych requester explain ${anId} --purpose HRESCH`))
    .action(
      acting<AskOptions, [record: string]>(async (context, options, record) => {
        const { explain } = await import("../requester/asking.ts");
        return explain(context, options, record);
      }),
    );
  group
    .command("request")
    .summary("ask a ledger for a record's view")
    .description(
      "Asks the ledger for a view; the contract decides and writes the decision down for good. A denial ends with status 3 and says what it rests on.",
    )
    .argument(...target)
    .option(...purposeOption)
    .option("--seconds <n>", "how long the grant shall last (default: a day)")
    .addOption(sideOption())
    .option("--dry-run", "say what would be decided and what gas it would take; send nothing")
    .option(...nameOption)
    .addHelpText(
      "after",
      examples(
        `diptych requester request ${anId}`,
        `diptych requester request ${anId} --purpose ETREAT --dry-run`,
      ),
    )
    .action(
      acting<RequestOptions, [record: string]>(async (context, options, record) => {
        const { request } = await import("../requester/asking.ts");
        return request(context, options, record);
      }),
    );
  group
    .command("requests")
    .summary("list what was granted")
    .description(
      "Lists the granted requests of this requester by number, and how each stands on its chain now.",
    )
    .option(...nameOption)
    .addHelpText("after", examples("diptych requester requests --json"))
    .action(
      acting<RequesterChoice, []>(async (context, options) => {
        const { listGranted } = await import("../requester/asking.ts");
        return listGranted(context, options);
      }),
    );
}

function addOpening(group: Command): void {
  group
    .command("open")
    .summary("open what was granted, into a folder")
    .description(
      "Has the gates release the index, fetches the ciphertext, decrypts it and verifies the doctor's signature; then writes the parts, an extraction that anybody can verify, and the file itself where the view holds all of it.",
    )
    .argument("<request>", "its number, or how its id begins")
    .requiredOption("--out <dir>", "a new or empty folder")
    .option(...nameOption)
    .addHelpText("after", examples("diptych requester open 1 --out record"))
    .action(
      acting<OpenOptions, [request: string]>(async (context, options, request) => {
        const { openRequest } = await import("../requester/opening.ts");
        return openRequest(context, options, request);
      }),
    );
  group
    .command("receipts")
    .summary("list what gates signed about releases")
    .description(
      "Lists the receipts that gates signed when they released an index to this requester, each checked.",
    )
    .argument("[request]", "its number, or how its id begins (default: all)")
    .option(...nameOption)
    .addHelpText("after", examples("diptych requester receipts", "diptych requester receipts 1 --json"))
    .action(
      acting<RequesterChoice, [request: string | undefined]>(async (context, options, request) => {
        const { listReceipts } = await import("../requester/opening.ts");
        return listReceipts(context, options, request);
      }),
    );
}
