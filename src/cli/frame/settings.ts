/** The options that every command takes, wherever they stand on the line. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";

/** The global options, resolved. */
export type Settings = {
  /** Absolute path of the home folder. */
  home: string;
  /** What names it on a command line that others are to type: nothing where it is the usual one. */
  homeWords: readonly string[];
  /** One JSON object on stdout, nothing else there. */
  json: boolean;
  /** Every question is answered with yes. */
  yes: boolean;
  /** No notes and no progress. */
  quiet: boolean;
};

/** Adds the global options to the program. */
export function addGlobalOptions(program: Command): void {
  program
    .option("--home <dir>", "folder of keys, blocks and settings (default: $DIPTYCH_HOME or ~/.diptych)")
    .option("--json", "results as JSON on stdout, one object a line")
    .option("--yes", "answer every question with yes")
    .option("--quiet", "no notes, no progress")
    .option("--no-color", "no colours; so does NO_COLOR");
}

/** Reads the global options of a command that runs; `--no-color` takes effect on all that writes in this process. */
export function readSettings(command: Command): Settings {
  const given = command.optsWithGlobals<{
    home?: string;
    json?: boolean;
    yes?: boolean;
    quiet?: boolean;
    color?: boolean;
  }>();
  if (given.color === false) {
    process.env.NO_COLOR = "1";
    delete process.env.FORCE_COLOR;
  }
  const home = given.home ?? process.env.DIPTYCH_HOME ?? join(homedir(), ".diptych");
  return {
    home: fromCaller(home),
    homeWords: given.home === undefined ? [] : ["--home", given.home],
    json: given.json === true,
    yes: given.yes === true,
    quiet: given.quiet === true,
  };
}

/** A path as the caller meant it: npm runs scripts from the project's folder, wherever it was called. */
export function fromCaller(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
