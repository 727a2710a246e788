/** Files that a command writes for somebody else. */
import { stat } from "node:fs/promises";
import type { Context } from "./context.ts";
import { writeOutput } from "./outputFile.ts";
import { fromCaller } from "./settings.ts";

/** Asks before a file is replaced. */
export async function confirmReplacing(context: Context, path: string): Promise<void> {
  const there = await stat(fromCaller(path)).catch(() => undefined);
  if (there !== undefined) await context.confirm(`${path} is there already: replace it?`);
}

/** Writes a file for somebody else; asks before it replaces one. */
export async function writeNew(context: Context, path: string, data: string | Uint8Array): Promise<void> {
  await confirmReplacing(context, path);
  await writeOutput(fromCaller(path), data, path);
}
