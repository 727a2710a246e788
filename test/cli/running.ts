/** Runs a command that goes on, reads its events, and runs short commands beside it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../src/cli/diptych.mjs", import.meta.url));

type Event = Record<string, unknown> & { event?: string };

const environment = () => ({ ...process.env, DIPTYCH_PASSPHRASE: "correct horse battery", NO_COLOR: "1" });

/** A command that goes on. Ended with the tests at the latest. */
export class Running {
  readonly child: ChildProcess;
  readonly events: Event[] = [];
  stderr = "";
  /** What others than we write to stdout. */
  private rest = "";
  private readonly ended: Promise<number | null>;
  private wake: () => void = () => undefined;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, [entry, "--json", ...args], { env: environment() });
    this.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.rest + text).split("\n");
      this.rest = lines.pop()!;
      this.events.push(...lines.map((line) => JSON.parse(line) as Event));
      this.wake();
    });
    this.ended = once(this.child, "close").then(([status]) => status as number | null);
    void this.ended.then(() => this.wake());
  }

  /** The first event, from now or before, that fits; throws when the command ends without one. */
  async event(fits: (event: Event) => boolean): Promise<Event> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Sends a signal and waits for the end; the exit status. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs a command to its end; `json` is what it printed. */
export async function diptych(
  ...args: string[]
): Promise<{ status: number; json: Record<string, unknown>; stderr: string }> {
  const child = spawn(process.execPath, [entry, "--json", ...args], {
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [status] = await once(child, "close");
  return { status, json: JSON.parse(stdout), stderr };
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until none of these processes runs; the test's own time limit ends a wait in vain. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 50));
}
