/** The story proves what it tells: each claim is checked, and a claim that doesn't hold ends the run. */
import { type DiptychError, type ErrorCode, isDiptychError } from "../../core/errors.ts";

/** Ends the run unless `holds`. */
export function claim(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`the demo's claim does not hold: ${what}`);
}

/** Demands that `act` is refused with one of these codes; returns the refusal. */
export async function refused(
  codes: readonly ErrorCode[],
  what: string,
  act: () => Promise<unknown>,
): Promise<DiptychError> {
  try {
    await act();
  } catch (error) {
    if (codes.some((code) => isDiptychError(error, code))) return error as DiptychError;
    throw error;
  }
  throw new Error(`the demo's claim does not hold: ${what} should have been refused`);
}
