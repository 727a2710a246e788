/** How an attack with a mutant ends, and what is no end that may be. */
import { hex } from "../../src/core/bytes.ts";
import { DiptychError, type ErrorCode } from "../../src/core/errors.ts";
import type { Random } from "./mutants.ts";

/** How a mutant ended: refused with a code, taken for a text that means something, or no mutant at all. */
export type Ending = ErrorCode | "read" | "narrowed" | "same";

export interface Target {
  readonly name: string;
  /** How many of a thousand mutants: those that are slow to refuse get fewer. */
  readonly share: number;
  readonly attack: (random: Random) => Promise<Ending>;
}

/** Runs `act`, which has to throw one of these codes; its result otherwise. */
export async function attempt<T>(
  codes: readonly ErrorCode[],
  act: () => T | Promise<T>,
): Promise<T | { refused: ErrorCode }> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DiptychError && codes.includes(error.code)) return { refused: error.code };
    throw error;
  }
}

/** Whether `attempt` ended with a refusal. */
export function isRefused(outcome: unknown): outcome is { refused: ErrorCode } {
  return typeof outcome === "object" && outcome !== null && "refused" in outcome;
}

/** The error for a mutant that got through. */
export function taken(what: string, mutant: Uint8Array | string): Error {
  const shown = typeof mutant === "string" ? JSON.stringify(mutant.slice(0, 2000)) : hex(mutant);
  return new Error(`${what}: ${shown}`);
}
