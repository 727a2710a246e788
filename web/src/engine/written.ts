/** JSON whose numbers stay as they were written: 38.20 is not 38.2 in a record, and long ones lose no digits. */

/** A number, as its source writes it. */
export class Written {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }

  toJSON(): string {
    return this.source;
  }
}

/** Parses JSON; numbers are `Written`. Throws what JSON.parse throws. */
export function parseWritten(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new Written(context?.source ?? String(value)) : value,
  );
}
