/** The command line. `npm start` is `diptych demo`. */
import { Command } from "commander";
import { DiptychError } from "../core/errors.ts";
import { demo } from "./demo/demo.ts";

// Commands take these settings over when they are made, so they stand first.
const program = new Command("diptych")
  .description(
    "A patient's electronic medical record, encrypted on IPFS; two blockchains decide who reads which side of it.",
  )
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .configureOutput({
    outputError: (text, write) =>
      write(`diptych: ${text.replace(/^error: |\.?\s*$/g, "").replaceAll("\n", " ")}: see --help. [usage]\n`),
  });

program
  .command("demo", { isDefault: true })
  .summary("play one record through everything, on local chains")
  .description(
    "Starts two local chains, an authority, a gateway and gates on loopback, plays one signed record through storing (5.1), sharing (5.2) and managing (5.3), and ends them again.",
  )
  .option("--record <file>", "a FHIR R4 Bundle or an emr9 JSON file; a synthetic sample unless given")
  .option(
    "--sides <file>",
    'JSON that overrides which parts are private or shared, e.g. {"fhir": {"Claim": "shared"}}',
  )
  .option("--json", "one JSON object on stdout (docs/demo-report.md), the story on stderr")
  .option("--out <dir>", "write what each party got to DIR, a new or empty folder")
  .addHelpText(
    "after",
    `
Examples:
  npm start
  npm start -- --record bundle.json --out /tmp/parties
  npm start --silent -- --json > report.json`,
  )
  .action(demo);

try {
  await program.parseAsync();
} catch (error) {
  const known = error instanceof DiptychError;
  console.error(
    `diptych: ${error instanceof Error ? error.message : String(error)}${known ? ` [${error.code}]` : ""}`,
  );
  if (!known || process.env.DIPTYCH_DEBUG !== undefined) console.error(error);
  process.exitCode = known && error.code === "usage" ? 2 : 1;
}
