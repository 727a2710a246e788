/** What `diptych up` shows while it runs: one screen that is painted over on terminals, a line a change elsewhere. */
import { createLogUpdate } from "log-update";
import type { Output } from "../frame/output.ts";
import type { Supervised } from "./supervised.ts";

/** How a chain stands, for the screen. */
export type Heads = () => Promise<string[]>;

const repaint = 1000;
const colours = { running: "green", starting: "yellow", waiting: "red", ended: "dim" } as const;

export class Screen {
  private readonly output: Output;
  private readonly processes: readonly Supervised[];
  private readonly live: ReturnType<typeof createLogUpdate> | undefined;
  private readonly told = new Map<Supervised, string>();
  private heads: Heads = async () => [];
  private lastHeads: string[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private above: string[] = [];

  constructor(output: Output, processes: readonly Supervised[]) {
    this.output = output;
    this.processes = processes;
    const wanted = process.stdout.isTTY === true && !output.json;
    this.live = wanted ? createLogUpdate(process.stdout) : undefined;
    if (wanted)
      this.timer = setInterval(() => {
        void this.heads()
          .then((heads) => {
            this.lastHeads = heads;
          })
          .catch(() => undefined);
        this.paint();
      }, repaint);
  }

  /** A process has another state. */
  changed(): void {
    if (this.live !== undefined) {
      this.paint();
      return;
    }
    for (const each of this.processes) {
      const said = `${each.state} ${each.restarts}`;
      if (this.told.get(each) === said) continue;
      this.told.set(each, said);
      this.output.note(`${each.name.padEnd(16)} ${stateInWords(each)}`);
      void this.output.object({ event: "process", ...processObject(each) });
    }
  }

  /** Something goes on that is no process of the world. */
  say(line: string): void {
    if (this.live === undefined) this.output.note(line);
    else {
      this.above = [line];
      this.paint();
    }
  }

  /** Everything runs: these lines stay above the processes. */
  ready(lines: readonly string[], heads: Heads): void {
    this.heads = heads;
    this.above = [...lines];
    if (this.live === undefined) for (const line of lines) this.output.line(line);
    else this.paint();
  }

  /** Leaves what is painted as it stands. */
  done(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.live?.done();
  }

  private paint(): void {
    if (this.timer === undefined) return;
    const rows = this.processes.map((each) => [
      each.name,
      this.output.style(colours[each.state], stateInWords(each)),
      urlOf(each),
    ]);
    this.live?.([...this.above, "", ...this.output.table(rows), ...this.lastHeads, ""].join("\n"));
  }
}

/** A process, for `--json` and for the home's list. */
export function processObject(each: Supervised) {
  const { name, state, restarts, pid } = each;
  return { name, state, restarts, pid, ...(urlOf(each) === "" ? {} : { url: urlOf(each) }) };
}

function stateInWords({ state, restarts, trouble }: Supervised): string {
  const again = restarts === 0 ? "" : `, started again ${restarts === 1 ? "once" : `${restarts} times`}`;
  if (state === "waiting") return `ended (${trouble}), starting again soon`;
  return `${state}${again}`;
}

function urlOf({ facts }: Supervised): string {
  return facts !== undefined && "url" in facts ? facts.url : "";
}
