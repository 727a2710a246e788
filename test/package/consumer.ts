/** An empty project on disk that has the packed package installed, and nothing else but what the package depends on. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ensureDist } from "../../scripts/dist.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Manifest {
  exports: Record<string, string | Record<string, string>>;
  dependencies: Record<string, string>;
  files: string[];
  scripts: Record<string, string>;
  bin: Record<string, string>;
}

export const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;

export interface Consumer {
  /** Folder of the project. */
  folder: string;
  /** The archive that npm made. */
  archive: string;
  /** Paths of the packed files, as `dist/index.js`. */
  files: string[];
}

const run = promisify(execFile);

let made: Promise<Consumer> | undefined;

/** The project, made at the first call and removed after the last test. Needs no network. */
export function consumer(): Promise<Consumer> {
  made ??= make();
  return made;
}

after(async () => {
  const project = await made?.catch(() => undefined);
  if (project !== undefined) await rm(dirname(project.folder), { recursive: true, force: true });
});

async function make(): Promise<Consumer> {
  if ((await ensureDist()) !== 0) throw new Error("The package doesn't compile: see above.");
  const place = await realpath(await mkdtemp(join(tmpdir(), "diptych-package-")));
  const folder = join(place, "project");
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  await writeFile(join(folder, "package.json"), `{ "name": "project", "private": true, "type": "module" }\n`);
  const { archive, files } = await pack(place);
  // npm's archives have everything in one folder named "package".
  await run("tar", ["-xzf", basename(archive)], { cwd: place });
  await cp(join(place, "package"), join(modules, "diptych"), { recursive: true });
  // What npm would install, from the project's own install. Whatever isn't declared is not to be found from here.
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name), "junction");
  }
  return { folder, archive, files };
}

/** npm's own script where npm tells it, run by this Node; else the command on the PATH. */
export function npm(): [command: string, ...args: string[]] {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js") === true) return [process.execPath, script];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** `npm pack` without `prepack`, which would build once more what stands in dist. */
async function pack(place: string): Promise<{ archive: string; files: string[] }> {
  const [command, ...first] = npm();
  const args = [...first, "pack", "--ignore-scripts", "--json", "--pack-destination", place];
  const { stdout } = await run(command, args, { cwd: root, shell: command.endsWith(".cmd") });
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  const archive = (await readdir(place)).find((name) => name.endsWith(".tgz"));
  return { archive: join(place, archive!), files: packed!.files.map(({ path }) => path) };
}

/** What a program of the project prints; throws with its complaints when it fails. */
export async function runIn({ folder }: Consumer, name: string, code: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, code);
  const { stdout } = await run(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return stdout;
}

/** The subpaths that are modules, as one imports them. */
export const entries = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target !== "string")
  .map(([subpath]) => subpath.replace(/^\./, "diptych"));
