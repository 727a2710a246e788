import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * The folder with the commands of a Python package at an exact version, in a virtual environment of its own under `home`
 * (made at the first call). Undefined, with a word on stderr, where there is no Python or PyPI can't be reached.
 */
export function commandsOf(home: string, name: string, version: string): string | undefined {
  const folder = join(home, `${name}-${version}`);
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const marker = join(folder, "complete");
  if (existsSync(marker)) return bin;
  const run = (command: string, args: string[]) =>
    spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  const python = process.env.PYTHON ?? "python3";
  const made = run(python, ["-m", "venv", "--clear", folder]);
  if (made.status !== 0) {
    console.error(`skipped: ${name} needs Python 3 with venv, and "${python} -m venv" fails here`);
    return undefined;
  }
  console.error(`installing ${name} ${version} from PyPI ...`);
  const installed = run(join(bin, "python"), ["-m", "pip", "install", "--quiet", `${name}==${version}`]);
  if (installed.status !== 0) {
    console.error(
      `skipped: ${name} ${version} can't be installed from PyPI: ${installed.stderr.trim().split("\n").at(-1)}`,
    );
    return undefined;
  }
  spawnSync(join(bin, "python"), ["-c", `open(${JSON.stringify(marker)}, "w").close()`]);
  return bin;
}
