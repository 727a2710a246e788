/** Files of stores on disk, for Node only: what lasts, and what a failing disk becomes. */
import { open } from "node:fs/promises";
import { DiptychError } from "../core/errors.ts";

/** For catching: nothing where there is no such file, else the error. */
export function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  return undefined;
}

/** Makes a file's bytes last; nothing happens when it isn't there. */
export async function syncPath(path: string, flags: string): Promise<void> {
  const file = await open(path, flags).catch(unlessMissing);
  if (file === undefined) return;
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes names in a folder last; Windows has no such thing and keeps them anyway. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform !== "win32") await syncPath(folder, "r");
}

/** Does something with files. @throws DiptychError `store-failed` for whatever goes wrong */
export async function guarding<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof DiptychError) throw cause;
    throw new DiptychError(
      "store-failed",
      `The store could not ${what}: look at the disk and its permissions.`,
      { cause },
    );
  }
}
