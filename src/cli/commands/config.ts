/** `diptych config`: what the configuration says, whether it holds, and how one is written. */
import type { Command } from "commander";
import { acting, type Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { examples } from "../frame/examples.ts";

export function addConfig(program: Command): void {
  const group = program
    .command("config")
    .summary("show, check and describe the configuration of chains and services")
    .description("Shows and checks the one file that names chains, contracts and services.")
    .addHelpText("after", examples("diptych config check", "diptych config show"));
  group
    .command("check")
    .summary("say what is wrong in a configuration, and what answers")
    .description(
      "Reads a configuration (the home's unless FILE is given, - for stdin), says what is wrong in it and where, then asks both chains for their ids and contracts, and each service and gate whether it answers. Ends with 0 when all is well.",
    )
    .argument("[file]", "a configuration file")
    .addHelpText("after", examples("diptych config check", "diptych config check hospital.json --json"))
    .action(acting<object, [file?: string]>(check));
  group
    .command("show")
    .summary("print the home's configuration")
    .description("Prints the home's configuration, as JSON.")
    .addHelpText("after", examples("diptych config show > config.json"))
    .action(
      acting<object, []>(async (context) => {
        const config = await context.config();
        return { json: config, text: JSON.stringify(config, null, 2) };
      }),
    );
  group
    .command("schema")
    .summary("print the JSON schema of configuration files")
    .description("Prints the JSON schema of configuration files.")
    .addHelpText("after", examples("diptych config schema > diptych-config.schema.json"))
    .action(
      acting<object, []>(async () => {
        const { configSchema } = await import("../config/schema.ts");
        return { json: configSchema, text: JSON.stringify(configSchema, null, 2) };
      }),
    );
}

async function check(context: Context, _options: object, file?: string): Promise<Result> {
  const { checkConfig } = await import("../config/check.ts");
  const { parseConfig } = await import("../config/config.ts");
  const { nameOfInput, readInput } = await import("../frame/input.ts");
  const config =
    file === undefined ? await context.config() : parseConfig(await readInput(file), nameOfInput(file));
  const bound = file === undefined ? (await context.home()).bound : undefined;
  const findings = await checkConfig(config, bound);
  const rows = findings.map(({ ok, what, target, ms }) => [ok ? "ok" : "FAILS", what, target, `${ms} ms`]);
  const lines = context.output.table(rows).flatMap((line, i) => {
    const { ok, code, message } = findings[i]!;
    return ok ? [line] : [context.output.style("red", line), `       ${message} [${code}]`];
  });
  const bad = findings.find(({ ok }) => !ok);
  if (bad !== undefined) context.failWith(bad.code);
  return { json: { ok: bad === undefined, findings }, text: lines };
}
