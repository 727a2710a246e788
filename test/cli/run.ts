/** Runs the command line as a user does, and looks at what it leaves behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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

function isRunning(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch {
    return false;
  }
}
