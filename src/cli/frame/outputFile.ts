/** Files that a command writes where its user says: whole, or not at all. */
import { stat, writeFile } from "node:fs/promises";
import { DiptychError } from "../../core/errors.ts";
import { reasonOf } from "../home/files.ts";
import { replaceWhole } from "../home/replacing.ts";

const ownerOnlyFile = 0o600;

/**
 * Writes a file for its owner only. What was there before stays as it was until all of the new is on disk; devices and pipes are
 * written to as they are.
 *
 * @throws DiptychError `usage`
 */
export async function writeOutput(file: string, data: string | Uint8Array, named = file): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined);
    if (there === undefined || there.isFile()) await replaceWhole(file, data, ownerOnlyFile);
    else await writeFile(file, data);
  } catch (cause) {
    throw cannotWrite(named, cause, "name a file in a folder that is there and that you can write to");
  }
}

/** What to say when the disk takes no output; `advice` where the system gives no reason of its own. */
export function cannotWrite(named: string, cause: unknown, advice: string): DiptychError {
  return new DiptychError("usage", `Cannot write ${named}: ${reasonOf(cause) ?? advice}.`, { cause });
}
