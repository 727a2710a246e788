/**
 * Locks against two writers, one file each. A lock names the process that holds it and when that process started: whoever
 * finds a lock of a process that is gone takes it over.
 */
import { randomBytes } from "node:crypto";
import { link, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { DiptychError } from "../../core/errors.ts";
import { isMissing, touching } from "./files.ts";

/** Given back by `release`; ends with the process in any case, since others look whether it lives. */
export type Lock = { release(): Promise<void> };

type Holder = { pid: number; started: string; what: string };

/** A takeover takes milliseconds: one that is older was cut off. */
const longestTakeover = 10_000;
/** How often a lock that is held is looked at again, in milliseconds. */
const pollPause = 50;

/**
 * Takes the lock file at `path`. `what` says who we are to others who find it; waits at most `wait` milliseconds for a living
 * holder to let go.
 *
 * @throws DiptychError `home-locked` naming the holder, `home-unwritable`
 */
export async function takeLock(path: string, what: string, wait = 0): Promise<Lock> {
  const mine: Holder = { pid: process.pid, started: (await startOf(process.pid)) ?? "", what };
  const deadline = Date.now() + wait;
  for (;;) {
    if (await claim(path, mine)) return { release: () => letGo(path, mine) };
    const holder = await readHolder(path);
    if (holder === "gone") continue;
    if (!(await isAlive(holder))) {
      await removeStale(path);
      continue;
    }
    if (Date.now() >= deadline)
      throw new DiptychError(
        "home-locked",
        `Another diptych (${holder.what}, process ${holder.pid}) is at work on this: wait until it ends, or end it.`,
      );
    await pause(pollPause);
  }
}

/** Puts the lock in place with its content, all at once, unless one stands there. */
async function claim(path: string, mine: Holder): Promise<boolean> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  try {
    await touching(path, () => writeFile(draft, JSON.stringify(mine), { mode: 0o600, flag: "wx" }));
    return await claimByLink(draft, path, mine);
  } finally {
    // On a full disk it may be there, and empty.
    await unlink(draft).catch(() => undefined);
  }
}

async function claimByLink(draft: string, path: string, mine: Holder): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    return claimWithoutLinks(path, mine);
  }
}

/** For disks without hard links: others may see the file before its content, and wait for that. */
async function claimWithoutLinks(path: string, mine: Holder): Promise<boolean> {
  return touching(path, async () => {
    try {
      await writeFile(path, JSON.stringify(mine), { mode: 0o600, flag: "wx" });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      await unlink(path).catch(() => undefined);
      throw error;
    }
  });
}

async function readHolder(path: string): Promise<Holder | "gone"> {
  try {
    const { pid, started, what } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    if (Number.isSafeInteger(pid) && pid! > 0)
      return { pid: pid!, started: String(started), what: String(what) };
  } catch (error) {
    if (isMissing(error)) return "gone";
    if (!(error instanceof SyntaxError)) return touching(path, () => Promise.reject(error));
  }
  // Damaged: nobody's.
  return { pid: 0, started: "", what: "unknown" };
}

/** Takes a dead holder's lock away: one at a time, looking again, or one might take away a lock that was just taken. */
async function removeStale(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await writeFile(guard, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      return touching(path, () => Promise.reject(error));
    const age = await stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > longestTakeover) await unlink(guard).catch(() => undefined);
    await pause(pollPause);
    return;
  }
  try {
    const holder = await readHolder(path);
    if (holder !== "gone" && !(await isAlive(holder))) await unlink(path);
  } finally {
    await unlink(guard).catch(() => undefined);
  }
}

async function letGo(path: string, mine: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (holder !== "gone" && holder.pid === mine.pid && holder.started === mine.started)
    await unlink(path).catch(() => undefined);
}

/** Whether the process that took the lock still runs, and isn't another one with the same number. */
async function isAlive({ pid, started }: Holder): Promise<boolean> {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = await startOf(pid);
  return now === undefined || started === "" || now === started;
}

/** When the process started, in the kernel's own count; undefined where the system doesn't tell. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold anything; the start is the 22nd.
    return status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
