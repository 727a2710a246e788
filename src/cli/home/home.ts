/**
 * The home folder: everything that a person's Diptych keeps on this machine.
 *
 *     home.json      format version, and the chains that the home is bound to
 *     config.json    chains and services (see ../config/schema.ts)
 *     keys/          one sealed identity a role, and beside it that role's sealed secrets
 *     blocks/        the gateway's block store, when it runs here
 *     journal/       what was begun and not yet finished
 *     run/           locks, and what `diptych up` has running
 */
import { readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Binding } from "./binding.ts";
import { closeToOthers, isMissing, makeFolder, readIfThere, replaceFile, touching } from "./files.ts";
import { type Lock, takeLock } from "./lock.ts";

const format = 1;
/** Short locks are waited for so long, in milliseconds. */
const shortWait = 5000;

type HomeFile = { format: number; bound?: Binding };

/** What moves aside when a home starts anew. */
const contents = ["config.json", "keys", "blocks", "journal"];

export class Home {
  readonly folder: string;
  private state: HomeFile;
  /** Whether others could enter the folder when it was opened; they no longer can. */
  readonly wasOpenToOthers: boolean;

  private constructor(folder: string, state: HomeFile, wasOpenToOthers: boolean) {
    this.folder = folder;
    this.state = state;
    this.wasOpenToOthers = wasOpenToOthers;
  }

  /** Opens the home in `folder`. @throws DiptychError `home-missing`, `home-invalid`, `home-newer`, `home-unwritable` */
  static async open(folder: string): Promise<Home> {
    const state = await readState(folder);
    if (state === undefined)
      throw new DiptychError(
        "home-missing",
        `There is no Diptych home at ${folder}: run \`diptych up\`, or \`diptych connect CONFIG\`, or name another folder with --home.`,
      );
    return new Home(folder, state, await closeToOthers(folder).catch(() => false));
  }

  /** Opens the home in `folder`, making it where there is none yet. @throws as `open`, but for `home-missing` */
  static async make(folder: string): Promise<Home> {
    if ((await readState(folder)) === undefined) {
      const names = await touching(folder, () => readdir(folder).catch(unlessMissing));
      if (names?.some((name) => name !== "run"))
        throw new DiptychError(
          "home-invalid",
          `${folder} holds other files and isn't a Diptych home: choose a new or empty folder with --home.`,
        );
      await makeFolder(join(folder, "run"));
      await closeToOthers(folder);
      const lock = await takeLock(join(folder, "run", "home.lock"), "making the home", shortWait);
      try {
        if ((await readState(folder)) === undefined)
          await replaceFile(join(folder, "home.json"), `${JSON.stringify({ format })}\n`);
      } finally {
        await lock.release();
      }
    }
    return Home.open(folder);
  }

  /** A path inside the home. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** A folder inside the home, made if need be. */
  async folderOf(...names: string[]): Promise<string> {
    await makeFolder(this.path(...names));
    return this.path(...names);
  }

  /** A file of the home, or undefined. */
  read(...names: string[]): Promise<Uint8Array | undefined> {
    return readIfThere(this.path(...names));
  }

  /** Replaces a file of the home in one step; its folder must be there. */
  write(data: string | Uint8Array, ...names: string[]): Promise<void> {
    return replaceFile(this.path(...names), data);
  }

  /**
   * Takes the lock of that name (`[a-z0-9.-]+`) until it is released or the process ends.
   *
   * @throws DiptychError `home-locked` when somebody else has it for longer than `wait` milliseconds
   */
  async lock(name: string, what: string, wait = 0): Promise<Lock> {
    return takeLock(join(await this.folderOf("run"), `${name}.lock`), what, wait);
  }

  /** The chains that this home is bound to; undefined for a new home. */
  get bound(): Binding | undefined {
    return this.state.bound;
  }

  /** Binds the home to these chains, or to none. */
  async bind(bound: Binding | undefined): Promise<void> {
    const lock = await this.lock("home", "binding the home", shortWait);
    try {
      const state: HomeFile = { ...((await readState(this.folder)) ?? { format }) };
      delete state.bound;
      if (bound !== undefined) state.bound = bound;
      await this.write(`${JSON.stringify(state, null, 2)}\n`, "home.json");
      this.state = state;
    } finally {
      await lock.release();
    }
  }

  /** The roles that have keys here, such as `patient-anna`. */
  async roles(): Promise<string[]> {
    const names = await touching(this.path("keys"), () => readdir(this.path("keys")).catch(unlessMissing));
    return (names ?? [])
      .filter((name) => name.endsWith(".age"))
      .map((name) => basename(name, ".age"))
      .sort();
  }

  /**
   * Starts anew: keys, blocks, journals and configuration move into a folder of their own inside the home; nothing is deleted.
   * Returns that folder, or undefined when there was nothing.
   *
   * @throws DiptychError `home-locked` when somebody works as one of the roles
   */
  async setAside(): Promise<string | undefined> {
    const locks: Lock[] = [];
    try {
      for (const role of await this.roles()) locks.push(await this.lockRole(role, "starting anew"));
      return await this.moveAside();
    } finally {
      for (const lock of locks) await lock.release();
    }
  }

  /** Takes a role's lock: who has it is the only one to change the role's keys. @throws DiptychError `home-locked` */
  lockRole(role: string, what: string): Promise<Lock> {
    return this.lock(`role-${role}`, what);
  }

  private async moveAside(): Promise<string | undefined> {
    const there = await touching(this.folder, () => readdir(this.folder));
    const moving = contents.filter((name) => there.includes(name));
    await this.bind(undefined);
    if (moving.length === 0) return undefined;
    const aside = await this.folderOf(`before-${new Date().toISOString().replaceAll(":", "-")}`);
    for (const name of moving)
      await touching(this.path(name), () => rename(this.path(name), join(aside, name)));
    return aside;
  }
}

async function readState(folder: string): Promise<HomeFile | undefined> {
  const path = join(folder, "home.json");
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  let state: Partial<HomeFile> | null;
  try {
    state = JSON.parse(utf8Decode(bytes)) as Partial<HomeFile> | null;
  } catch (cause) {
    throw damaged(path, cause);
  }
  if (!Number.isSafeInteger(state?.format) || state!.format! < 1) throw damaged(path);
  if (state!.format! > format)
    throw new DiptychError(
      "home-newer",
      `A newer Diptych made the home ${folder} (format ${state!.format}, this one knows ${format}): use that version. Nothing has been changed.`,
    );
  return state as HomeFile;
}

function damaged(path: string, cause?: unknown): DiptychError {
  return new DiptychError(
    "home-invalid",
    `${path} is damaged: restore it from a copy, or choose another folder with --home.`,
    { cause },
  );
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
  return undefined;
}
