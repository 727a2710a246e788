/** Where a passphrase comes from: a file, the environment, or the person at the terminal. Never an argument. */
import { readFile, stat } from "node:fs/promises";
import password from "@inquirer/password";
import { DiptychError } from "../../core/errors.ts";
import { fromCaller } from "./settings.ts";

/** Shorter ones are not taken for new keys. */
const shortest = 8;

/**
 * The passphrase: DIPTYCH_PASSPHRASE_FILE (its first line), else DIPTYCH_PASSPHRASE, else asked for on the terminal, twice
 * when it is to be a new one.
 *
 * @throws DiptychError `passphrase-missing`, `usage` for a new one of under 8 characters
 */
export async function readPassphrase(what: string, fresh: boolean, signal?: AbortSignal): Promise<string> {
  const given = (await fromFile()) ?? process.env.DIPTYCH_PASSPHRASE;
  const found = given === undefined || given === "" ? await ask(what, fresh, signal) : given;
  if (fresh) demandLength(found);
  return found.normalize("NFC");
}

function demandLength(passphrase: string): void {
  if ([...passphrase].length < shortest)
    throw new DiptychError(
      "usage",
      `A passphrase for new keys has at least ${shortest} characters: choose a longer one.`,
    );
}

async function fromFile(): Promise<string | undefined> {
  const path = process.env.DIPTYCH_PASSPHRASE_FILE;
  if (path === undefined || path === "") return undefined;
  try {
    const { mode } = await stat(fromCaller(path));
    if (process.platform !== "win32" && (mode & 0o004) !== 0)
      process.stderr.write(`note  everybody on this machine can read ${path}: chmod 600 it\n`);
    return (await readFile(fromCaller(path), "utf8")).split(/\r?\n/, 1)[0]!;
  } catch (cause) {
    throw new DiptychError(
      "passphrase-missing",
      `Cannot read the passphrase from ${path}: let DIPTYCH_PASSPHRASE_FILE name a file that you can read.`,
      { cause },
    );
  }
}

async function ask(what: string, fresh: boolean, signal?: AbortSignal): Promise<string> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new DiptychError(
      "passphrase-missing",
      `${what} needs a passphrase and there is no terminal to ask at: set DIPTYCH_PASSPHRASE_FILE or DIPTYCH_PASSPHRASE.`,
    );
  const context = { output: process.stderr, ...(signal === undefined ? {} : { signal }) };
  const theme = { prefix: "" };
  const first = await password(
    { message: fresh ? `New passphrase for ${what}:` : `Passphrase for ${what}:`, theme },
    context,
  );
  if (!fresh) return first;
  demandLength(first);
  const second = await password({ message: "The same again:", theme }, context);
  if (first !== second)
    throw new DiptychError("passphrase-wrong", "The two passphrases differ: run the command again.");
  return first;
}
