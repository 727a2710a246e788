/** Tells the story of a run, step by step, and keeps what the JSON report says of each. */
import { styleText } from "node:util";

/** One step of the paper, done: what it took and moved. */
export type Step = { step: string; name: string; ms: number; gas?: number; bytes?: number; skipped?: true };

/** What a step reports besides its time. */
export type Outcome = { lines?: string[]; gas?: bigint; bytes?: number; skipped?: boolean };

type Colour = Parameters<typeof styleText>[0];

const indent = " ".repeat(9);

const chapters: Record<string, string> = {
  "5.1": "Storing a record",
  "5.2": "Sharing it",
  "5.3": "Managing it",
};

export class Narrator {
  readonly steps: Step[] = [];
  private readonly out: NodeJS.WriteStream;
  private chapter = "";

  /** Writes to `out`, in colour when it is a terminal that wants it. */
  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  private style(colour: Colour, text: string): string {
    return styleText(colour, text, { stream: this.out });
  }

  line(text = ""): void {
    this.out.write(`${text}\n`);
  }

  /** A line that belongs to the running step; long ones are folded between words. */
  detail(text: string): void {
    for (const line of fold(text, (this.out.columns ?? 120) - indent.length)) this.line(`${indent}${line}`);
  }

  title(text: string, below: string): void {
    this.line(this.style("bold", text));
    this.line(this.style("dim", below));
  }

  warn(text: string): void {
    this.line(`${this.style("yellow", "note")}     ${text}`);
  }

  /**
   * Plays one step: prints its section and name, runs it, prints what it says and what it cost. Between both, `tell` prints a
   * line at once.
   */
  async step(
    section: string,
    name: string,
    act: (tell: (text: string) => void) => Promise<Outcome>,
  ): Promise<void> {
    this.openChapter(section);
    this.line(`${this.style("cyan", section.padEnd(6))}   ${this.style("bold", name)}`);
    const start = performance.now();
    const outcome = await act((text) => this.detail(text));
    const ms = Math.round(performance.now() - start);
    for (const text of outcome.lines ?? []) this.detail(text);
    this.detail(this.style("dim", costs(ms, outcome)));
    this.steps.push({
      step: section,
      name,
      ms,
      ...(outcome.gas === undefined ? {} : { gas: Number(outcome.gas) }),
      ...(outcome.bytes === undefined ? {} : { bytes: outcome.bytes }),
      ...(outcome.skipped === true ? { skipped: true as const } : {}),
    });
  }

  private openChapter(section: string): void {
    const chapter = section.slice(0, 3);
    const title = chapters[chapter];
    if (chapter === this.chapter || title === undefined) return;
    this.chapter = chapter;
    this.line();
    this.line(`${this.style("bold", `${chapter}  ${title}`)}`);
  }
}

/** Cuts a text into lines of at most `width` characters, between words where there are any. */
function fold(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1)!;
    const longer = last === "" ? word : `${last} ${word}`;
    if (last === "" || longer.length <= Math.max(width, 40)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function costs(ms: number, outcome: Outcome): string {
  const parts = [ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`];
  if (outcome.gas !== undefined) parts.push(`${outcome.gas.toLocaleString("en")} gas`);
  if (outcome.bytes !== undefined) parts.push(bytesInWords(outcome.bytes));
  return parts.join(" · ");
}

/** A number of bytes as people read it: 812 bytes, 1.2 kB, 3.4 MB. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
