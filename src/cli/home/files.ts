/** Files of a home folder: readable by their owner only, and either the old or the new content, never half of one. */
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { DiptychError } from "../../core/errors.ts";
import { replaceWhole } from "./replacing.ts";

const ownerOnlyFolder = 0o700;
const ownerOnlyFile = 0o600;

/** Makes a folder (and those above it) that only its owner can enter. @throws DiptychError `home-unwritable` */
export async function makeFolder(path: string): Promise<void> {
  await touching(path, () => mkdir(path, { recursive: true, mode: ownerOnlyFolder }));
}

/** The file's bytes, or undefined when there is none. @throws DiptychError `home-unwritable` */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return touching(path, async () => {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

/** Replaces the file in one step; it is on disk when this resolves. @throws DiptychError `home-unwritable` */
export async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  await touching(path, () => replaceWhole(path, data, ownerOnlyFile));
}

/** Takes away what others may do in the folder; says whether there was something to take. */
export async function closeToOthers(folder: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  return touching(folder, async () => {
    const { mode } = await stat(folder);
    if ((mode & 0o077) === 0) return false;
    await chmod(folder, ownerOnlyFolder);
    return true;
  });
}

/** Runs something that touches the disk; the disk's refusals become `home-unwritable`. */
export async function touching<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof DiptychError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    throw new DiptychError(
      "home-unwritable",
      `Cannot use ${path}: ${reasons[code] ?? `the system says ${code}`}.`,
      {
        cause,
      },
    );
  }
}

const reasons: Record<string, string> = {
  EACCES: "its rights don't allow it; look at its owner and mode",
  EPERM: "its rights don't allow it; look at its owner and mode",
  EROFS: "it lies on a read-only disk; choose another folder with --home",
  ENOSPC: "the disk is full; make room and run the command again",
  EDQUOT: "your share of the disk is used up; make room and run the command again",
  EFBIG: "files may not grow that large here; raise the limit (ulimit -f) and run the command again",
  ENOTDIR: "something above it is a file, not a folder; choose another folder with --home",
  EISDIR: "it is a folder and should be a file",
  EEXIST: "there is a file where a folder should be; choose another folder with --home",
};

/** What the disk has against something, and what to do, where more can be said than that it didn't work. */
export function reasonOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  return ["EROFS", "ENOSPC", "EDQUOT", "EFBIG"].includes(code)
    ? reasons[code]!.replace("; choose another folder with --home", "")
    : undefined;
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
