/** What acts by chance are put together from. */
import fc from "fast-check";
import { PEOPLE, type Wait } from "./acts.ts";
import { sides } from "./calls.ts";

/** One of these by their weights. */
export const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
/** Mostly the first, now and then one of the others. */
export const mostly = <T>(weight: number, first: T, ...others: T[]): fc.Arbitrary<T> =>
  weighted([weight, fc.constant(first)], [1, fc.constantFrom(...others)]);

/** Somebody by number. */
export const person = fc.nat(PEOPLE - 1);
/** Any number, taken round by what there is to choose from. */
export const index = fc.nat(1_000);
/** On which chain, and when. */
export const when = {
  side: fc.constantFrom(...sides),
  wait: weighted<Wait>(
    [10, fc.record({ seconds: fc.integer({ min: 1, max: 3 }) })],
    [2, fc.record({ seconds: fc.integer({ min: 4, max: 900 }) })],
    [3, fc.record({ end: index, by: fc.integer({ min: -1, max: 1 }) })],
  ),
};
