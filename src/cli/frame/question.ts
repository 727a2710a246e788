/** A yes or no from the person at the terminal. */
import { createInterface } from "node:readline/promises";
import { DiptychError } from "../../core/errors.ts";

/** Asks, and demands a yes. @throws DiptychError `usage` for a no, or where nobody can be asked */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new DiptychError("usage", `${question} There is no terminal to ask at: say --yes if you mean it.`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new DiptychError("usage", "Nothing has been done.");
  } finally {
    asking.close();
  }
}
