/** `--sides`: a table of sides in a file. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { parseSides, type SideOverrides } from "../../record/index.ts";
import { nameOfInput, readInput } from "./input.ts";

const longestTable = 1 << 20;

/** The table in a file; an empty one where none is named. @throws DiptychError `usage`, `record-side-table` */
export async function readSides(path: string | undefined): Promise<SideOverrides> {
  if (path === undefined) return {};
  const bytes = await readInput(path, longestTable);
  let table: unknown;
  try {
    table = JSON.parse(utf8Decode(bytes));
  } catch (cause) {
    throw new DiptychError(
      "record-side-table",
      `${nameOfInput(path)} is not JSON: give --sides an object with "emr9" and "fhir" in it.`,
      { cause },
    );
  }
  return parseSides(table);
}
