/** The one judgement on what a parser does with hostile bytes: it answers, or refuses in a typed and short way. */
import { hex } from "../../src/core/bytes.ts";
import { DiptychError } from "../../src/core/errors.ts";
import type { Parser } from "./parsers.ts";

/** A refusal is a sentence or two; it may quote what it refuses, not repeat it. */
const longestMessage = 1000;

/** Throws unless the parser returns, or refuses with a DiptychError; true when it returned. */
export async function judge({ name, read }: Parser, bytes: Uint8Array, what?: string): Promise<boolean> {
  try {
    const outcome = read(bytes);
    if (outcome instanceof Promise) await outcome;
    return true;
  } catch (error) {
    if (error instanceof DiptychError && error.message.length <= longestMessage) return false;
    const input = what ?? (bytes.length > 4000 ? `${hex(bytes.subarray(0, 4000))}...` : hex(bytes));
    const how = error instanceof DiptychError ? `refused in ${error.message.length} characters` : "failed";
    // No cause: the stack of one that ran out would be all that there is to read.
    const stack = error instanceof Error ? String(error.stack).split("\n", 6).join("\n") : String(error);
    throw new Error(`${name} ${how}: ${input}\n${stack.slice(0, 2000)}`);
  }
}
