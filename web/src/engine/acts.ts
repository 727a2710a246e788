/** Long work under way: what it reports goes to the page, and the page can stop it. */
import type { ActOptions, Progress } from "diptych";

export type Report = (actId: string, progress: Progress) => void;

export class Acts {
  private readonly running = new Map<string, AbortController>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  /** Runs `work` under an id that the page chose; its progress goes there, `cancel` stops it. */
  async run<T>(actId: string, work: (options: ActOptions) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.running.set(actId, controller);
    try {
      return await work({
        signal: controller.signal,
        progress: paced((progress) => this.report(actId, progress)),
      });
    } finally {
      this.running.delete(actId);
    }
  }

  /** Stops an act before its next step; what it began can be finished by the same act. */
  cancel(actId: string): void {
    this.running.get(actId)?.abort();
  }

  /** Stops all of them: when the keys are locked. */
  cancelAll(): void {
    for (const each of this.running.values()) each.abort();
  }
}

/** Milliseconds between two reports within a step. */
const pace = 100;

/** Passes on the begin and the end of each step, and of what lies between as much as eyes follow: records have thousands of parts. */
function paced(report: (progress: Progress) => void): (progress: Progress) => void {
  let last = 0;
  return (progress) => {
    const between = progress.done !== 0 && progress.done !== progress.total;
    if (between && Date.now() - last < pace) return;
    last = Date.now();
    report(progress);
  };
}
