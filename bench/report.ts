/**
 * What every benchmark writes: a table on the terminal, and NAME.json, NAME.csv and NAME.svg in bench/results. Results
 * are worth committing only from a clean tree: `commit` says which one, and whether it was.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** One measurement, flat, so that it is a line of CSV. */
export type Row = Readonly<Record<string, string | number>>;

export interface Figure {
  readonly value: number;
  /** As "ms", "bytes", or "x" for a ratio. */
  readonly unit: string;
  /** What the figure should reach, where somebody said so. */
  readonly target?: number;
  readonly better: "higher" | "lower";
}

export interface Report {
  /** Names the files. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly figures: Readonly<Record<string, Figure>>;
  /** A Vega-Lite picture; `rows` become its data. */
  readonly picture?: object;
}

/** `value` to `digits` significant digits. */
export function round(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

export function meetsTarget({ value, target, better }: Figure): boolean {
  return target === undefined || (better === "higher" ? value >= target : value <= target);
}

/** Writes the files into `directory` and prints rows and figures. */
export async function writeReport(report: Report, directory: string): Promise<void> {
  const { name, rows, figures, picture } = report;
  mkdirSync(directory, { recursive: true });
  const result = { name, commit: readCommit(), machine: describeMachine(), rows, figures };
  writeFileSync(`${directory}/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${directory}/${name}.csv`, formatCsv(rows));
  if (picture) writeFileSync(`${directory}/${name}.svg`, await draw(picture, rows));
  printTable(rows);
  printFigures(figures);
}

/** A table of the figures, and which targets they meet. */
export function printFigures(figures: Readonly<Record<string, Figure>>): void {
  printTable(
    Object.entries(figures).map(([figure, measured]) => ({
      figure,
      value: measured.value,
      unit: measured.unit,
      target: measured.target ?? "",
      met: measured.target === undefined ? "" : meetsTarget(measured) ? "yes" : "NO",
    })),
  );
}

/** The commit that stands here, and whether something differs from it. */
export function readCommit(): string {
  const git = (...words: string[]) => execFileSync("git", words, { encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src", "contracts", "bench", ":!bench/results") !== "";
    return git("rev-parse", "HEAD") + (changed ? " and changes" : "");
  } catch {
    return "unknown";
  }
}

/** What a result was measured on. */
export function describeMachine(): Record<string, string | number> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadAverage: round(loadavg()[0]!, 3),
  };
}

function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** The rows with a line of their columns. */
export function formatCsv(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const quote = (cell: string | number = "") => {
    const text = String(cell);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => columns.map((column) => quote(row[column])).join(","));
  return [columns.join(","), ...lines, ""].join("\n");
}

/** A Vega-Lite picture of the rows, as SVG. */
export async function draw(picture: object, rows: readonly Row[]): Promise<string> {
  const spec = { ...picture, data: { values: rows } } as TopLevelSpec;
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}

/** Rows on the terminal, in columns. */
export function printTable(rows: readonly Row[]): void {
  const columns = columnsOf(rows);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const isNumber = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === "number"));
  for (const line of cells) {
    const padded = line.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)));
    process.stdout.write(`${padded.join("  ").trimEnd()}\n`);
  }
  process.stdout.write("\n");
}
