// What the project builds from its sources: the package (JavaScript, declarations and source maps in dist/) and the web page.
import { spawn } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, isBuilt, type Product, packageBuild, webBuild } from "./built.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Builds dist/ anew: resolves to the compiler's exit status, after it has printed its complaints. */
export function buildDist(): Promise<number> {
  const compiler = join("typescript", "bin", "tsc");
  return buildAside(packageBuild, (out) => run(compiler, ["-p", "tsconfig.build.json", "--outDir", out]));
}

/** Builds dist/ unless what stands there was made from these very sources. */
export async function ensureDist(): Promise<number> {
  return isBuilt(packageBuild) ? 0 : buildDist();
}

/** Builds web/dist/ unless what stands there was made from these very sources. */
export async function ensureWeb(): Promise<number> {
  if (isBuilt(webBuild)) return 0;
  console.error("diptych: building the web page ...");
  const vite = join("vite", "bin", "vite.js");
  return buildAside(webBuild, (out) =>
    run(vite, ["build", "web", "--outDir", out, "--emptyOutDir", "--logLevel", "warn"]),
  );
}

/** The build is made aside and put in place whole, so that two at once, or a reader, never meet half of one. */
async function buildAside(product: Product, make: (out: string) => Promise<number>): Promise<number> {
  const folder = join(root, dirname(product.stamp));
  const aside = join(dirname(folder), `.dist-${process.pid}`);
  const state = fingerprint(product);
  const remove = (path: string) => rmSync(path, { recursive: true, force: true });
  try {
    const status = await make(aside);
    if (status === 0) {
      writeFileSync(join(aside, basename(product.stamp)), state);
      remove(folder);
      try {
        renameSync(aside, folder);
      } catch (error) {
        // Another build of the same sources may have come in between.
        if (!isBuilt(product)) throw error;
      }
    }
    return status;
  } finally {
    remove(aside);
  }
}

function run(tool: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(root, "node_modules", tool), ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
}
