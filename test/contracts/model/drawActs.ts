/** Plays by chance, weighted so that most acts succeed and every way to fail comes up. */
import fc from "fast-check";
import { type Act, PEOPLE } from "./acts.ts";
import { index, person, weighted, when } from "./drawing.ts";
import { firstAttest, officialActs } from "./drawOfficialActs.ts";
import { firstPublish, ownerActs } from "./drawOwnerActs.ts";

/**
 * Up to so many acts among these people, after some that publish records and attest attributes on both chains, so that
 * there is something to act on.
 */
export function plays(people: readonly string[], most: number): fc.Arbitrary<Act[]> {
  const act = weighted<Act>(
    ...ownerActs(people),
    ...officialActs,
    [6, fc.record({ kind: fc.constant("replay" as const), ...when, call: index, by: person })],
    [3, fc.record({ kind: fc.constant("wait" as const), ...when })],
  );
  const everybody = Array.from({ length: 2 * PEOPLE }, (_, i) => firstAttest(i % PEOPLE));
  const opening = fc.tuple(
    fc.array(firstPublish(people), { minLength: 6, maxLength: 6 }),
    fc.tuple(...everybody),
  );
  return fc
    .tuple(opening, fc.array(act, { minLength: 1, maxLength: most, size: "max" }))
    .map(([[published, attested], rest]) => [...published, ...attested, ...rest]);
}
