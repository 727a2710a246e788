/** Which parts can be moved to the other side, and which go along, by what the doctor allows to be shared by itself. */
import type { Ceas } from "diptych/ces";
import { envelopeLabel } from "diptych/record";
import type { Side } from "../look/sides.ts";

/** Why a part stays where it is. `others` are positions that keep it there. */
export type Lock =
  | { kind: "envelope" | "never" | "mandatory" | "lastShared" | "lastPrivate" }
  | { kind: "needs" | "needed"; others: number[] };

/** What moving a part comes to: others that it can't move without, or why it stays. Those others may take more along. */
export type Move = { along: readonly number[]; lock?: Lock };

export type PlacedPart = { position: number; label: string; side: Side };

/** Which parts a part can't move without, by position: from the private side, and from the shared one. */
type Ways = ReadonlyMap<number, readonly number[]>;

/**
 * What it comes to to move each part to the other side, by position. A part without a lock can be moved with all that go along
 * (`alongWith`), and what results is a shared side that the doctor's rule permits if this one is. Records hold tens of thousands of
 * parts, so it takes no more than one look at each part and each rule.
 */
export function movesOf(parts: readonly PlacedPart[], ceas: Ceas): Map<number, Move> {
  const [never, mandatory] = [new Set(ceas.never), new Set(ceas.mandatory)];
  const frames = parts.filter(({ label }) => label === envelopeLabel).map(({ position }) => position);
  const { needs, neededBy } = waysOf(parts, ceas);
  const on = (side: Side) => parts.filter((part) => part.side === side).map(({ position }) => position);
  const [inPrivate, inShared] = [on("private"), on("shared")];
  const isFrame = new Set(frames);
  // Whatever leads to a part that stays, stays.
  const staysPrivate = reach([...frames, ...never], neededOf(needs));
  const staysShared = reach(ceas.mandatory, neededOf(neededBy));
  const takesAllPrivate = reachingAll(inPrivate, needs);
  const takesAllShared = reachingAll(inShared, neededBy);
  return new Map(
    parts.map(({ position, side }) => [position, side === "private" ? toShare(position) : toKeep(position)]),
  );

  function toShare(position: number): Move {
    if (isFrame.has(position)) return { along: [], lock: { kind: "envelope" } };
    if (never.has(position)) return { along: [], lock: { kind: "never" } };
    const along = needs.get(position) ?? [];
    const others = along.filter((each) => staysPrivate.has(each));
    if (others.length > 0) return { along: [], lock: { kind: "needs", others } };
    return takesAllPrivate.has(position) ? { along, lock: { kind: "lastPrivate" } } : { along };
  }

  function toKeep(position: number): Move {
    if (mandatory.has(position)) return { along: [], lock: { kind: "mandatory" } };
    const along = neededBy.get(position) ?? [];
    const others = along.filter((each) => staysShared.has(each));
    if (others.length > 0) return { along: [], lock: { kind: "needed", others } };
    return takesAllShared.has(position) ? { along, lock: { kind: "lastShared" } } : { along };
  }
}

/** All that go along when a part moves to the other side, ascending; no fewer could. */
export function alongWith(position: number, parts: readonly PlacedPart[], ceas: Ceas): number[] {
  const { needs, neededBy } = waysOf(parts, ceas);
  const found = reach([position], needs.has(position) ? needs : neededBy);
  found.delete(position);
  return [...found].sort((a, b) => a - b);
}

/** Rules of the doctor by which these parts go together: the first only with the second. */
export function tiesWithin(positions: readonly number[], { implications }: Ceas): [number, number][] {
  const here = new Set(positions);
  return implications
    .filter(({ position, needs }) => here.has(position) && here.has(needs))
    .map(({ position, needs }) => [position, needs]);
}

/** Rules that hold within one side: what is private needs what is private, what is shared is needed by what is shared. */
function waysOf(parts: readonly PlacedPart[], { implications }: Ceas): { needs: Ways; neededBy: Ways } {
  const shared = new Set(parts.filter(({ side }) => side === "shared").map(({ position }) => position));
  const [needs, neededBy] = [new Map<number, number[]>(), new Map<number, number[]>()];
  for (const { position, needs: other } of implications) {
    if (!shared.has(position) && !shared.has(other)) add(needs, position, other);
    if (shared.has(position) && shared.has(other)) add(neededBy, other, position);
  }
  return { needs, neededBy };
}

/** The same ways, the other way round. */
function neededOf(ways: Ways): Ways {
  const back = new Map<number, number[]>();
  for (const [from, ends] of ways) for (const end of ends) add(back, end, from);
  return back;
}

/** All that is reached from these, with themselves. */
function reach(from: Iterable<number>, ways: Ways): Set<number> {
  const found = new Set(from);
  // A set that grows is gone through to its end.
  for (const each of found) for (const next of ways.get(each) ?? []) found.add(next);
  return found;
}

/** Those of `all` from which all of it is reached. */
function reachingAll(all: readonly number[], ways: Ways): Set<number> {
  const seen = new Set<number>();
  // If any reaches all, the last that none before it reached does.
  let last: number | undefined;
  for (const each of all)
    if (!seen.has(each)) {
      last = each;
      seen.add(each);
      for (const queue = [each]; queue.length > 0; )
        for (const next of ways.get(queue.pop()!) ?? [])
          if (!seen.has(next)) {
            seen.add(next);
            queue.push(next);
          }
    }
  if (last === undefined || reach([last], ways).size < all.length) return new Set();
  return reach([last], neededOf(ways));
}

function add(lists: Map<number, number[]>, key: number, value: number): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
