/** How a command that fails says so: one sentence, its code, and what to do; with `--json` the same as an object. */
import { CommanderError } from "commander";
import { DiptychError } from "../../core/errors.ts";
import { exitStatus, exitStatusOf } from "./exitStatus.ts";
import { Output } from "./output.ts";
import { printable } from "./printing.ts";

/** Prints an error and returns the exit status that goes with it. Help that was asked for is none. */
export async function reportFailure(error: unknown, json: boolean): Promise<number> {
  if (error instanceof ReportedFailure) return reportFailure(error.cause, false);
  if (error instanceof CommanderError && (error.exitCode === 0 || error.code === "commander.help"))
    return exitStatus.ok;
  if (isCtrlC(error)) {
    process.stderr.write("\n");
    return exitStatus.interrupted;
  }
  const { code, message, status } = describe(error);
  process.stderr.write(`diptych: ${message} [${code}]\n`);
  if (process.env.DIPTYCH_DEBUG !== undefined) console.error(error);
  await new Output({ json, quiet: false }).object({ error: { code, message } });
  return status;
}

/** Ctrl-C at a question: there the terminal passes the key on, and sends no signal. */
function isCtrlC(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === "ExitPromptError" || (name === "AbortError" && code === "ABORT_ERR");
}

/** Thrown for an error whose JSON has been printed already, as a report of its own. */
export class ReportedFailure extends Error {
  constructor(cause: unknown) {
    super("reported", { cause });
  }
}

function describe(error: unknown): { code: string; message: string; status: number } {
  if (error instanceof CommanderError) {
    const words = error.message
      .replace(/^error: /, "")
      .replace(/\.?\s*$/, "")
      .replaceAll("\n", " ");
    return { code: "usage", message: `${words}: see --help.`, status: exitStatus.usage };
  }
  if (error instanceof DiptychError)
    return { code: error.code, message: printable(error.message), status: exitStatusOf(error) };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "internal",
    message: `a fault of the program: ${printable(message)}; run it again with DIPTYCH_DEBUG=1 and report what it prints.`,
    status: exitStatus.unexpected,
  };
}
