/** How the models say what should come of a call. */
import type { Fields, Happening, Plain, Refusal, Verdict } from "./calls.ts";

export const refuse = (error: string, args: Fields = {}): Refusal => ({ error, args });

/** The refusal, in a list to be spread, when it applies. */
export const when = (applies: boolean, error: string, args: Fields = {}): Refusal[] =>
  applies ? [refuse(error, args)] : [];

export const happen = (event: string, args: Fields): Happening => ({ event, args });

/** Refused for these reasons; if there are none, done, with the events that doing it says. */
export function settle(refusals: readonly Refusal[], act: () => readonly Happening[]): Verdict {
  return refusals.length > 0 ? { refusals, events: [] } : { refusals, events: act() };
}

/** A whole number as answers have it. */
export const whole = (value: number | bigint): Plain => String(value);
