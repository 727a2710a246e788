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

/** Whether the process that wrote the lock still runs; one without a number in it gets five seconds to write it. */
function isHeld(path) {
  try {
    process.kill(Number(readFileSync(join(path, "pid"), "utf8")), 0);
    return true;
  } catch (error) {
    if (error.code === "ESRCH") return false;
    if (error.code === "EPERM") return true;
    try {
      return Date.now() - statSync(path).mtimeMs < 5_000;
    } catch {
      return true;
    }
  }
}

/** Two runs at once wait for one another's install; a lock whose process is gone is taken over. */
async function lock(act) {
  const path = join(root, ".install-lock");
  let told = false;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, "pid"), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== "EEXIST")
        give(
          `cannot write to ${root} (${error.code}): the project folder must be writable to install its packages.`,
        );
      if (!isHeld(path)) rmSync(path, { recursive: true, force: true });
      else {
        if (!told) console.error("diptych: another run is installing the packages, waiting for it ...");
        told = true;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      }
    }
  }
  const release = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", release);
  try {
    await act();
  } finally {
    release();
    process.off("exit", release);
  }
}

/** Runs npm and ends it when this process is told to end: two npm at once in one folder would break each other's work. */
function npmInstall(node) {
  const [command, ...first] = npmCommand(node, "npm");
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--no-progress"];
  const child = spawn(command, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(node),
    shell: command.endsWith(".cmd"),
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  let stopped = false;
  const stop = () => {
    stopped = true;
    child.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ ok: false, said: error.message }));
    child.on("close", (status) => {
      for (const each of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(each, stop);
      resolve({ ok: status === 0 && !stopped, said, stopped });
    });
  });
}

async function install(node, wanted) {
  await lock(async () => {
    if (installed(readStamp(), wanted)) return;
    console.error("diptych: installing packages (once, a minute or two) ...");
    const done = await npmInstall(node);
    if (done.stopped) give("the install was stopped; run the same command again to go on.");
    if (done.ok) return;
    const why = done.said.trim().split(/\r?\n/).slice(0, 3).join(" / ");
    give(
      `the packages could not be installed (${why || "no reason given"}): check that npm can reach its registry and that the disk has 1 GB free, then run the same command again.`,
    );
  });
}

const stamp = readStamp();
const node = findNode(stamp);
const wanted = fingerprint();
if (!installed(stamp, wanted)) await install(node, wanted);
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
