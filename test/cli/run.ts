/** Runs the command line as a user does, and looks at what it leaves behind. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

export type Outcome = {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Folders of Diptych's own that still lie in the temporary folder. */
  folders: string[];
  /** Whether a process that it started still runs. */
  running: boolean;
};

/** A folder of the test's own, deleted after the last test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "test-diptych-cli-"));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type OnText = (all: string, child: ChildProcess) => void;

const waiting: (() => Promise<void>)[] = [];

/**
 * Puts a run off until somebody asks for an outcome: then all that any file has put off start, three at a time, since each
 * waits for its chains half of the time. `prepare` gives the arguments; `onText` sees stdout and stderr as they grow.
 */
export function putOff(prepare: () => Promise<readonly string[]>, onText?: OnText): () => Promise<Outcome> {
  let settle: (run: Promise<Outcome>) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  waiting.push(async () => {
    const run = prepare().then((args) => runCli(args, onText));
    settle(run);
    await run.catch(() => undefined);
  });
  return () => {
    const queue = waiting.splice(0);
    const work = async () => {
      for (let run = queue.shift(); run !== undefined; run = queue.shift()) await run();
    };
    for (let workers = 0; workers < 3; workers++) void work();
    return outcome;
  };
}

async function runCli(args: readonly string[], onText: OnText = () => undefined): Promise<Outcome> {
  const temporary = await mkdtemp(join(tmpdir(), "test-diptych-tmp-"));
  const { INIT_CWD: _, ...env } = process.env;
  const child = spawn(process.execPath, [join("src", "cli", "main.ts"), ...args], {
    cwd: root,
    // A group of its own: whatever it starts belongs to it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, TMPDIR: temporary, TEMP: temporary, TMP: temporary, NO_COLOR: "1" },
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      onText(said.stdout + said.stderr, child);
    });
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (...ended) => resolve(ended));
  });
  const folders = (await readdir(temporary)).filter((each) => each.startsWith("diptych-"));
  await rm(temporary, { recursive: true, force: true });
  return { status, signal, ...said, folders, running: isRunning(-child.pid!) };
}

/** How a command line ended that shared its process with others. */
type Line = { status: number; stdout: string; stderr: string };

/** Several command lines, one after the other in one process, since starting one takes most of the time. */
export async function runInTurn(lines: readonly (readonly string[])[]): Promise<Line[]> {
  const main = pathToFileURL(join(root, "src", "cli", "main.ts")).href;
  const code = `
    for (const [at, words] of ${JSON.stringify(lines)}.entries()) {
      process.argv.splice(2, Infinity, ...words);
      process.exitCode = 0;
      await import(${JSON.stringify(main)} + "?" + at);
      process.stdout.write("\\0" + process.exitCode + "\\0");
      process.stderr.write("\\0");
    }
    process.exitCode = 0;`;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", code, "diptych"],
    { cwd: root, env: { ...process.env, NO_COLOR: "1" } },
  );
  const [told, complained] = [stdout.split("\0"), stderr.split("\0")];
  return lines.map((_, at) => ({
    status: Number(told[2 * at + 1]),
    stdout: told[2 * at]!,
    stderr: complained[at]!,
  }));
}

function isRunning(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch {
    return false;
  }
}
