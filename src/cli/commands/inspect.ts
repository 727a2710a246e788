/** `diptych inspect`: any object of the protocol, in words, without its secrets. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import type { InspectOptions } from "../inspect/inspecting.ts";

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("print an object of the protocol in a readable form, without secrets")
    .description(
      "Says what an object is and what stands in it: sizes, policies, positions, labels and ids; never keys, salts or the contents of parts. Nothing is verified unless it says so. A block is looked up by its CID in the home's store, or read from FILE; an index and a request also by their ids on the ledgers.",
    )
    .argument(
      "<object>",
      "a CID, or what it is: manifest, capsule, index, extraction, header, program, request",
    )
    .argument("[file-or-id]", "a file with its bytes or their hex (- for stdin), or an id on a ledger")
    .option("--ledger <side>", "the ledger to ask for an id: storage or shared (both unless said)")
    .addHelpText(
      "after",
      examples(
        "diptych inspect bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
        "diptych inspect extraction record/record.extraction",
        "diptych inspect index 0x5c0f... --ledger storage",
        "diptych inspect request 0x9a31... --json",
      ),
    )
    .action(
      acting<InspectOptions, [object: string, target?: string]>(async (context, options, object, target) => {
        const { inspect } = await import("../inspect/inspecting.ts");
        return inspect(context, options, object, target);
      }),
    );
}
