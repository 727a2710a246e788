/** Pieces of the page. */
import type { Row } from "../report.ts";

/** A table of these fields under these headings; numbers stand right. */
export function table(rows: readonly Row[], columns: Readonly<Record<string, string>>): string {
  const fields = Object.keys(columns);
  const isNumber = fields.map((field) => rows.every((row) => typeof (row[field] ?? 0) === "number"));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(Object.values(columns)),
    line(isNumber.map((number) => (number ? "---:" : "---"))),
    ...rows.map((row) => line(fields.map((field) => print(row[field])))),
  ].join("\n");
}

/** A number with its thousands apart. */
export function print(cell: string | number | undefined): string {
  if (cell === undefined || Number.isNaN(cell)) return "";
  return typeof cell === "number" ? cell.toLocaleString("en-US", { maximumFractionDigits: 4 }) : cell;
}

/** One row for each value of `key`, with the `field` of each scheme in a column of its own. */
export function pivot(rows: readonly Row[], key: string, across: string, field: string): Row[] {
  const keys = [...new Set(rows.map((row) => row[key]!))];
  return keys.map((value) => {
    const own = rows.filter((row) => row[key] === value);
    return {
      [key]: value,
      ...Object.fromEntries(
        own.flatMap((row) => (row[field] === undefined ? [] : [[row[across]!, row[field]!]])),
      ),
    };
  });
}

/** Headings for a pivoted table. */
export function headings(key: string, title: string, rows: readonly Row[]): Record<string, string> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== key);
  return { [key]: title, ...Object.fromEntries(names.map((name) => [name, name])) };
}
