/** `diptych demo`: the main job as a story, on chains of its own. */
import type { Command } from "commander";
import { acting } from "../frame/acting.ts";
import { examples } from "../frame/examples.ts";
import { fromProject } from "../frame/project.ts";

type DemoOptions = { record?: string; sides?: string; out?: string };
/** Its module: not followed by the compiler, since the package is built without it. */
type Story = { demo(options: DemoOptions & { json: boolean }): Promise<void> };

export function addDemo(program: Command): void {
  program
    .command("demo")
    .summary("play one record through everything, on chains of its own")
    .description(
      "Starts two local chains, an authority, a gateway and gates on loopback, plays one signed record through storing (section 5.1 of the paper), sharing (5.2) and managing (5.3), and ends them again: a minute or so. With --json the story goes to stderr (docs/demo-report.md has the report). Needs a clone of the project.",
    )
    .option("--record <file>", "a FHIR R4 Bundle or an emr9 JSON file; a synthetic sample unless given")
    .option(
      "--sides <file>",
      'JSON that overrides which parts are private or shared, e.g. {"fhir": {"Claim": "shared"}}',
    )
    .option("--out <dir>", "write what each party got to DIR, a new or empty folder")
    .addHelpText(
      "after",
      examples(
        "diptych demo",
        "diptych demo --record bundle.json --out parties",
        "diptych demo --json > report.json",
      ),
    )
    .action(
      acting<DemoOptions, []>(
        async ({ settings }, options) => {
          const { demo } = await fromProject<Story>("demo", "../demo/demo.ts");
          await demo({ ...options, json: settings.json });
        },
        { signals: "own" },
      ),
    );
}
