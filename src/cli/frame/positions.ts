/** Positions of parts as people type them: "2-7,9". */
import { DiptychError } from "../../core/errors.ts";

const most = 65_535;

/** Reads numbers and ranges, from 1 up; ascending, each once. @throws DiptychError `usage` */
export function parsePositions(text: string, last = most): number[] {
  const found = new Set<number>();
  for (const item of text.split(",")) {
    const [, from, to] = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5}))?\s*$/.exec(item) ?? [];
    const [first, end] = [Number(from), Number(to ?? from)];
    if (from === undefined || first < 1 || end < first)
      throw new DiptychError(
        "usage",
        `${JSON.stringify(text.slice(0, 40))} doesn't name parts: write numbers and ranges such as 2-7,9.`,
      );
    if (end > last)
      throw new DiptychError("usage", `There is no part ${end}: this record has parts 1 to ${last}.`);
    for (let position = first; position <= end; position++) found.add(position);
  }
  return [...found].sort((a, b) => a - b);
}

/** The same for people: 2,3,4,9 as "2-4, 9". */
export function printPositions(positions: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const position of [...positions].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] + 1 === position) run[1] = position;
    else runs.push([position, position]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");
}
