/**
 * Replacing a file in one step. The package `write-file-atomic` writes once and takes a short write for a whole one: on a disk that
 * is nearly full it would put half of a key in the place of the old.
 */
import { randomBytes } from "node:crypto";
import { open, realpath, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes all of `data` beside the file, flushes it, and moves it into place: whenever this stops, the old file or the new one
 * stands there whole. Throws what the system says, and leaves nothing beside the file then.
 */
export async function replaceWhole(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const fresh = `${target}.${process.pid}.${randomBytes(6).toString("hex")}`;
  const file = await open(fresh, "wx", mode);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await unlink(fresh).catch(() => undefined);
    throw error;
  }
  await flushFolder(dirname(target));
}

/** So that the new name outlives a power cut; not every system lets folders be opened. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
