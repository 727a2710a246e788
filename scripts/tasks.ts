/** The project's tasks, run under Node 24 with everything installed (scripts/with-node.mjs sees to that). */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt, markBuilt } from "./built.ts";
import { buildDist, ensureDist, ensureWeb } from "./dist.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a package's own command with this very Node; npx inside npm inside npx fails on old machines. */
function tool(name: string, entry: string, args: readonly string[], quiet = false): Promise<number> {
  return node([join(root, "node_modules", name, entry), ...args], quiet);
}

/** Runs Node on `args`; resolves to its exit status. With `quiet`, what it prints goes to stderr. */
function node(args: readonly string[], quiet = false): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["inherit", quiet ? 2 : "inherit", "inherit"],
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
}

/** Compiles the contracts unless what stands in artifacts/ was made from these very sources. */
async function compile(): Promise<number> {
  if (isBuilt()) return 0;
  console.error("diptych: compiling the contracts ...");
  const status = await tool("hardhat", "dist/src/cli.js", ["build", "--quiet"], true);
  if (status === 0) markBuilt();
  else console.error("diptych: the contracts did not compile; the compiler's message stands above.");
  return status;
}

async function inTurn(...steps: (() => Promise<number>)[]): Promise<number> {
  for (const step of steps) {
    const status = await step();
    if (status !== 0) return status;
  }
  return 0;
}

/**
 * The contracts and, beside them, the package and the page: no compiler keeps more than one core busy, and tests that need the
 * same would each build it. What doesn't compile fails its own tests, later.
 */
async function compileAll(): Promise<number> {
  const [status] = await Promise.all([compile(), ensureDist(), ensureWeb()]);
  return status;
}

const biome = (args: string[]) => tool("@biomejs/biome", "bin/biome", args);

const tasks: Record<string, (args: string[]) => Promise<number>> = {
  /** The main job, told as a story. */
  start: (args) => inTurn(compile, () => node([join("src", "cli", "main.ts"), "demo", ...args])),

  /** The command line. */
  diptych: (args) => inTurn(compile, () => node([join("src", "cli", "main.ts"), ...args])),

  /** Contract tests under Hardhat, everything else under mocha. */
  test: (args) =>
    inTurn(args.length > 0 ? compile : compileAll, () => node([join("scripts", "test.ts"), ...args])),

  /** Journeys through the web page in a real browser, by clicking. */
  "test:e2e": (args) =>
    inTurn(compile, () => tool("mocha", "bin/mocha.js", args.length > 0 ? args : ["test/e2e/**/*.test.ts"])),

  /** Pictures of every screen of the page, in docs/screens: narrow and wide, light and dark. */
  screens: () => {
    process.env.DIPTYCH_SCREENS = join(root, "docs", "screens");
    const stories = ["story", "amend", "patientKeys"].map((name) => `test/e2e/${name}.test.ts`);
    return inTurn(compile, () => tool("mocha", "bin/mocha.js", stories));
  },

  /** The long runs: many more of what the suite does a little of. */
  "test:deep": (args) =>
    inTurn(compileAll, () => tool("mocha", "bin/mocha.js", args.length > 0 ? args : ["test/**/*.deep.ts"])),

  /** Everything that reads the code without running it. */
  lint: () =>
    inTurn(
      () => biome(["check", "--error-on-warnings", "."]),
      () => tool("typescript", "bin/tsc", ["-p", "."]),
      () => tool("typescript", "bin/tsc", ["-p", "web"]),
      () =>
        tool("dependency-cruiser", "bin/dependency-cruiser.mjs", [
          "src",
          "web/src",
          "--config",
          ".dependency-cruiser.mjs",
        ]),
      () => tool("solhint", "solhint.js", ["--max-warnings", "0", "contracts/**/*.sol"]),
      () => tool("prettier", "bin/prettier.cjs", ["--check", "contracts/**/*.sol", "test/**/*.sol"]),
      () => tool("knip", "bin/knip.js", []),
    ),

  /** Breaks the contracts in every way it knows, one at a time, and says which breaks the tests let pass. */
  mutate: (args) => node([join("scripts", "mutate.ts"), ...args]),

  /** Static analysis, proofs and coverage of the contracts; needs Python for the first two. */
  audit: (args) =>
    inTurn(
      ...["slither", "halmos", "coverage"].map(
        (each) => () => node([join("scripts", "audit", `${each}.ts`), ...args]),
      ),
    ),

  /** ABI, storage layout and size of the contracts, written to test/contracts/snapshots. */
  snapshots: (args) => node([join("scripts", "snapshots.ts"), ...args]),

  /** The package as npm ships it: JavaScript and declarations in dist/. */
  build: () => buildDist(),

  /** The web page in web/dist: static files that any host can serve. With arguments, Vite's build with these. */
  web: (args) =>
    args.length === 0
      ? ensureWeb()
      : tool("vite", "bin/vite.js", ["build", "--config", "web/vite.config.ts", ...args]),

  /** The reference of the public face, from its docstrings, in docs/api. What is exported and says nothing is an error. */
  docs: () => tool("typedoc", "bin/typedoc", []),

  /** What each entry weighs in a page, written into docs/packages.md. */
  sizes: () => node([join("scripts", "sizes.ts")]),
};

/** `bench:NAME` runs bench/NAME.ts. */
function benchmark(task: string): ((args: string[]) => Promise<number>) | undefined {
  const file = join("bench", `${/^bench:([a-z0-9-]+)$/.exec(task)?.[1]}.ts`);
  if (!existsSync(join(root, file))) return undefined;
  return (args) => node(["--conditions=diptych-source", file, ...args]);
}

const [name = "", ...args] = process.argv.slice(2);
const task = tasks[name] ?? benchmark(name);
if (task === undefined) {
  console.error(`diptych: there is no task "${name}"; there are ${Object.keys(tasks).join(", ")}.`);
  process.exitCode = 2;
} else process.exitCode = await task(args);
