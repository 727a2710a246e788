import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Setup, Trial, Verdict } from "./runner.ts";

interface Answer {
  ready?: {
    lasted: Record<string, number>;
    failures: { title: string; message: string }[];
    milliseconds: number;
  };
  verdict?: Verdict;
  broken?: string;
}

/** A process that tries mutants one after another. One that hangs or falls is started anew. */
export class Worker {
  #child: ChildProcess | undefined;
  readonly #setup: Setup;
  #limit = 120_000;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /**
   * Starts the process and runs the suite on the contracts as they are; resolves to how long each file took, in
   * milliseconds. Throws if a test fails.
   */
  async start(): Promise<Record<string, number>> {
    const { root } = this.#setup;
    this.#child = fork(fileURLToPath(new URL("./runner.ts", import.meta.url)), [], {
      cwd: root,
      execArgv: ["--conditions=diptych-source", "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const answer = await this.#ask({ setup: this.#setup });
    const failures = answer?.ready?.failures ?? [];
    if (answer?.ready === undefined || failures.length > 0) {
      this.stop();
      const reasons = failures.map(({ title, message }) => `${title}: ${message}`);
      throw new Error(
        `the suite doesn't pass on the contracts as they are:\n${[answer?.broken, ...reasons].join("\n")}`,
      );
    }
    // Ten times what a whole run takes is no honest run.
    this.#limit = Math.max(60_000, 10 * answer.ready.milliseconds);
    return answer.ready.lasted;
  }

  async attempt(trial: Trial): Promise<Verdict> {
    const start = Date.now();
    if (this.#child === undefined) await this.start();
    const answer = await this.#ask({ trial });
    if (answer?.verdict !== undefined) return answer.verdict;
    this.stop();
    return { fate: "timeout", by: answer?.broken ?? "no answer in time", milliseconds: Date.now() - start };
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** The child's next message; undefined if it ends or takes too long. */
  #ask(message: object): Promise<Answer | undefined> {
    const child = this.#child;
    if (child === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const end = (answer?: Answer) => {
        clearTimeout(timer);
        child.off("message", end).off("exit", fall);
        resolve(answer);
      };
      const fall = () => end();
      const timer = setTimeout(fall, this.#limit);
      child.on("message", end).on("exit", fall);
      child.send(message);
    });
  }
}
