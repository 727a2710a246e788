/** An error in words. */

/** One sentence on what happened, one on what to do. */
export interface Explained {
  readonly title: string;
  readonly nextStep: string;
}

/** The entry of `code`; of a code that nobody knows, the entry of "internal". */
export function explainError(entries: Record<string, Explained>, code: string | undefined): Explained {
  return (code !== undefined && Object.hasOwn(entries, code) && entries[code]) || entries.internal!;
}
