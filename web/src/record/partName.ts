/** What a part of a record is called. */
import type { Words } from "../words/useWords.ts";

/** The catalogue's word for a part's label, else the label itself, which a doctor wrote: show it isolated. */
export function partName(label: string, { parts }: Pick<Words, "parts">): string {
  return Object.hasOwn(parts, label) ? parts[label]! : label;
}
