import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Baseline, Setup, Trial, Verdict } from "./runner.ts";

interface Answer {
  ready?: {
    baseline: Baseline;
    failures: { title: string; message: string }[];
    milliseconds: number;
  };
  verdict?: Verdict;
  broken?: string;
}

/** A process that tries mutants one after another. One that hangs or falls is started anew. */
export class Worker {
  #child: ChildProcess | undefined;
  #setup: Setup;
  #limit = 900_000;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /**
   * Starts the process and runs the suite on the contracts as they are, unless what that shows is known. Throws if a test
   * fails.
   */
  async start(known?: Baseline): Promise<Baseline> {
    if (known !== undefined) this.#setup = { ...this.#setup, baseline: known };
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
    const { baseline } = answer.ready;
    this.#setup = { ...this.#setup, baseline };
    // Ten times what a whole run takes is no honest run.
    const whole = Object.values(baseline.lasted).reduce((sum, each) => sum + each, 0);
    this.#limit = Math.max(120_000, 10 * whole);
    return baseline;
  }

  async attempt(trial: Trial): Promise<Verdict> {
    const start = Date.now();
    if (this.#child === undefined) await this.start();
    const answer = await this.#ask({ trial });
    if (answer?.verdict !== undefined) return answer.verdict;
    this.stop();
    return { fate: "timeout", by: answer?.broken ?? "no answer in time", milliseconds: Date.now() - start };
  }

  isRunning(): boolean {
    return this.#child !== undefined;
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
