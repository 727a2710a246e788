/**
 * Where a command's words go. Results go to stdout, for people as lines, with `--json` as one object; everything else
 * (notes, warnings, progress, questions) goes to stderr, so that a pipe gets results only.
 */
import { stripVTControlCharacters, styleText } from "node:util";
import ora from "ora";
import type { Progress as ActProgress } from "../../roles/progress.ts";
import type { Settings } from "./settings.ts";
import { rateInWords, StepWords } from "./stepProgress.ts";

type Style = Parameters<typeof styleText>[0];

/** What takes longer than a second shows that it goes on. */
export type Progress = {
  /** Tells where it stands. */
  update(text: string): void;
  /** Tells how many of how many are done, with the rate and the time that is left. */
  count(done: number, total: number, unit: string): void;
  /** Tells the step that a role's act is at. */
  step(progress: ActProgress): void;
  /** Ends it, leaving a line when `text` is given. */
  done(text?: string): void;
};

/** Shown again at most this often, in milliseconds. */
const shortestPause = 100;

export class Output {
  readonly json: boolean;
  private readonly quiet: boolean;

  constructor(settings: Pick<Settings, "json" | "quiet">) {
    this.json = settings.json;
    this.quiet = settings.quiet;
  }

  /** A line of the result, for people; nothing with `--json`. */
  line(text = ""): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** What a reader may like to know, on stderr; nothing with `--quiet`. */
  note(text: string): void {
    if (!this.quiet) process.stderr.write(`${text}\n`);
  }

  /** What a reader must know, on stderr. */
  warn(text: string): void {
    process.stderr.write(`${this.style("yellow", "note", process.stderr)}  ${text}\n`);
  }

  /** One JSON object on a line of its own, with `--json` only: the result, or an event of a command that goes on. */
  object(value: unknown): Promise<void> {
    if (!this.json) return Promise.resolve();
    // A reader that has gone is no failure of the command; other errors of stdout end the program (see main.ts).
    return new Promise((resolve) => {
      process.stdout.write(`${JSON.stringify(value, plainValue)}\n`, () => resolve());
    });
  }

  /** Colours a text when `stream` is a terminal that wants it. */
  style(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
    return styleText(style, text, { stream });
  }

  /** Lines of a table: columns as wide as their longest cell, two spaces apart. */
  table(rows: readonly (readonly string[])[]): string[] {
    const widthOf = (cell: string) => stripVTControlCharacters(cell).length;
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))));
    return rows.map((row) =>
      row
        .map((cell, column) => cell + " ".repeat(widths[column]! - widthOf(cell)))
        .join("  ")
        .trimEnd(),
    );
  }

  /** Starts showing that something goes on: a spinner on terminals, a line elsewhere, nothing with `--quiet`. */
  progress(title: string): Progress {
    const start = performance.now();
    // A terminal of no width (some pipes of scripts say so) would have a spinner clear lines without end.
    const live = process.stderr.isTTY === true && process.stderr.columns > 0 && !this.quiet;
    const spinner = live ? ora({ text: title, discardStdin: false }).start() : undefined;
    if (!live) this.note(`${title} ...`);
    const steps = new StepWords();
    let shown = 0;
    const show = (text: string, atOnce = false) => {
      const now = performance.now();
      if (spinner === undefined || (!atOnce && now - shown < shortestPause)) return;
      shown = now;
      spinner.text = `${title}: ${text}`;
    };
    return {
      update: (text) => show(text),
      count: (done, total, unit) => {
        const seconds = (performance.now() - start) / 1000;
        show(`${done} of ${total} ${unit}${rateInWords(done, total, seconds, unit)}`);
      },
      // In words even where they aren't shown: rates count from a step's beginning. What may stand for long is shown at once.
      step: (progress) => show(steps.tell(progress), progress.done === 0 || progress.done === progress.total),
      done: (text) => {
        spinner?.stop();
        if (text !== undefined) this.note(text);
      },
    };
  }
}

/** JSON has neither big integers nor bytes: decimal digits and hex stand for them. */
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  return value;
}
