/** A record's file, and the parts that it is cut into. */
import { utf8 } from "../../core/bytes.ts";
import { type SplitRecord, sampleRecord, splitRecord } from "../../record/index.ts";
import { readInput } from "./input.ts";
import { readSides } from "./sidesFile.ts";

/**
 * Reads a record, the synthetic one where none is named, and cuts it by the table of sides that `sides` names.
 *
 * @throws DiptychError `usage`, `record-side-table`, and as `splitRecord`
 */
export async function readRecord(
  path: string | undefined,
  sides: string | undefined,
): Promise<{ file: Uint8Array; split: SplitRecord }> {
  const file = path === undefined ? utf8(sampleRecord) : await readInput(path);
  return { file, split: splitRecord(file, { sides: await readSides(sides) }) };
}
