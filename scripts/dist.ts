// The package's build: JavaScript, declarations and source maps in dist/.
import { spawn } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, isBuilt, packageBuild } from "./built.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "dist");

/**
 * Builds dist/ anew: resolves to the compiler's exit status, after it has printed its complaints. The build is made aside
 * and put in place whole, so that two at once, or a reader, never meet half of one.
 */
export async function buildDist(): Promise<number> {
  const aside = join(root, `.dist-${process.pid}`);
  const state = fingerprint(packageBuild);
  const remove = (path: string) => rmSync(path, { recursive: true, force: true });
  try {
    const status = await compile(aside);
    if (status === 0) {
      writeFileSync(join(aside, basename(packageBuild.stamp)), state);
      remove(folder);
      renameSync(aside, folder);
    }
    return status;
  } finally {
    remove(aside);
  }
}

/** Builds dist/ unless what stands there was made from these very sources. */
export async function ensureDist(): Promise<number> {
  return isBuilt(packageBuild) ? 0 : buildDist();
}

function compile(out: string): Promise<number> {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const child = spawn(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", out], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
}
