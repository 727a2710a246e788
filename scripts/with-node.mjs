// Runs a task of the project on a machine that has any Node since 18 and npm: finds or fetches Node 24, installs the
// packages once, then hands over to scripts/tasks.ts under that Node. Plain JavaScript of Node 18: nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".diptych-installed.json");
const neededMajor = 24;

/** Ends with one sentence on stderr that says what to do. */
function give(up) {
  console.error(`diptych: ${up}`);
  process.exit(1);
}

/** npm's or npx's own script where it tells us (npm sets npm_execpath), else the command on the PATH. */
function npmCommand(node, tool) {
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith("npm-cli.js")) {
    const script = join(dirname(npmScript), `${tool}-cli.js`);
    if (existsSync(script)) return [node, script];
  }
  return [process.platform === "win32" ? `${tool}.cmd` : tool];
}

function run([command, ...first], args, options) {
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    shell: command.endsWith(".cmd"),
    ...options,
  });
}

function major(version) {
  return Number(version.replace(/^v/, "").split(".")[0]);
}

/** The path of a Node of at least version 24: this one, the one found last time, or one that npx fetches. */
function findNode(stamp) {
  if (major(process.version) >= neededMajor) return process.execPath;
  if (stamp?.node !== undefined && existsSync(stamp.node)) return stamp.node;
  console.error(
    `diptych: Node ${process.version} is older than ${neededMajor}, fetching Node ${neededMajor} once ...`,
  );
  const found = run(
    npmCommand(process.execPath, "npx"),
    ["-y", "-p", `node@${neededMajor}`, "node", "-p", "process.execPath"],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const path = (found.stdout ?? "").trim().split(/\r?\n/).pop() ?? "";
  if (found.status !== 0 || !existsSync(path))
    give(
      `could not fetch Node ${neededMajor} (is the network up?): install Node ${neededMajor} or newer yourself, or try again when npm can reach its registry.`,
    );
  return path;
}

function environment(node) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return undefined;
  }
}

/** What the installed packages depend on; a change of any means installing again. */
function fingerprint() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.platform} ${process.arch}`)
    .digest("hex");
}

/** Whether every package that the project names is there: a half-deleted node_modules is installed again, not run. */
function complete() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.keys({ ...dependencies, ...devDependencies }).every((name) =>
    existsSync(join(modules, name, "package.json")),
  );
}

function installed(stamp, wanted) {
  if (!complete()) return false;
  if (stamp?.packages === wanted) return true;
  // `npm ci` by hand under Node 24 works just as well: npm leaves its own record of what it installed.
  const record = join(modules, ".package-lock.json");
  return (
    stamp === undefined &&
    existsSync(record) &&
    existsSync(join(modules, `@nomicfoundation`, `edr-${process.platform}-${process.arch}${libc()}`)) &&
    statSync(record).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

/** The suffix of native packages on this platform. */
function libc() {
  if (process.platform === "win32") return "-msvc";
  if (process.platform !== "linux") return "";
  return process.report?.getReport()?.header?.glibcVersionRuntime === undefined ? "-musl" : "-gnu";
}

/** Two runs at once wait for one another's install; a lock older than ten minutes is left over and taken. */
function lock(act) {
  const path = join(root, ".install-lock");
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch (error) {
      if (error.code !== "EEXIST")
        give(
          `cannot write to ${root} (${error.code}): the project folder must be writable to install its packages.`,
        );
      try {
        if (Date.now() - statSync(path).mtimeMs > 600_000) rmSync(path, { recursive: true, force: true });
      } catch {}
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  const release = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", release);
  try {
    act();
  } finally {
    release();
    process.off("exit", release);
  }
}

function install(node, wanted) {
  lock(() => {
    if (installed(readStamp(), wanted)) return;
    console.error("diptych: installing packages (once, a minute or two) ...");
    const done = run(
      npmCommand(node, "npm"),
      ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--no-progress"],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: environment(node),
      },
    );
    if (done.status !== 0) {
      const why = `${done.stderr ?? ""}${done.stdout ?? ""}`.trim().split(/\r?\n/).slice(0, 3).join(" / ");
      give(
        `the packages could not be installed (${why || done.error?.message || "no reason given"}): check that npm can reach its registry and that the disk has 1 GB free, then run the same command again.`,
      );
    }
  });
}

const stamp = readStamp();
const node = findNode(stamp);
const wanted = fingerprint();
if (!installed(stamp, wanted)) install(node, wanted);
if (stamp?.packages !== wanted || stamp.node !== node) {
  try {
    writeFileSync(stampFile, JSON.stringify({ packages: wanted, node }));
  } catch (error) {
    give(
      `cannot write to ${modules} (${error.code}): make the project folder writable and run the same command again.`,
    );
  }
}
const task = spawn(node, [join(root, "scripts", "tasks.ts"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...environment(node), INIT_CWD: process.env.INIT_CWD ?? process.cwd() },
});
// Ctrl-C reaches the whole group by itself; a signal to this process alone must be handed on, so that nothing is left running.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal === "SIGINT" || task.kill(signal));
task.on("error", (error) =>
  give(`could not start Node (${error.message}): delete node_modules and run the same command again.`),
);
task.on("close", (status, signal) => process.exit(signal === null ? (status ?? 1) : 1));
