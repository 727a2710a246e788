/** Which parts can be moved to the other side, by what the doctor allows to be shared by itself. */
import type { Ceas } from "diptych/ces";
import { envelopeLabel } from "diptych/record";
import type { Side } from "../look/sides.ts";

/** Why a part stays where it is. `others` are positions. */
export type Lock =
  | { kind: "envelope" | "never" | "mandatory" | "lastShared" | "lastPrivate" }
  | { kind: "needs" | "needed"; others: number[] };

export type PlacedPart = { position: number; label: string; side: Side };

/**
 * What keeps each part where it stands now, by position; a part without an entry can be moved, and what results is a shared side that
 * the doctor's rule permits if this one is.
 */
export function locksOf(parts: readonly PlacedPart[], ceas: Ceas): Map<number, Lock> {
  const shared = new Set(parts.filter(({ side }) => side === "shared").map(({ position }) => position));
  const [never, mandatory] = [new Set(ceas.never), new Set(ceas.mandatory)];
  const [needs, neededBy] = [new Map<number, number[]>(), new Map<number, number[]>()];
  for (const { position, needs: other } of ceas.implications) {
    if (!shared.has(other)) add(needs, position, other);
    if (shared.has(position)) add(neededBy, other, position);
  }
  const locks = new Map<number, Lock>();
  for (const { position, label, side } of parts) {
    const lock = side === "private" ? toShare(position, label) : toKeep(position);
    if (lock !== undefined) locks.set(position, lock);
  }
  return locks;

  function toShare(position: number, label: string): Lock | undefined {
    if (label === envelopeLabel) return { kind: "envelope" };
    if (never.has(position)) return { kind: "never" };
    const others = needs.get(position);
    if (others !== undefined) return { kind: "needs", others };
    return shared.size === parts.length - 1 ? { kind: "lastPrivate" } : undefined;
  }

  function toKeep(position: number): Lock | undefined {
    if (mandatory.has(position)) return { kind: "mandatory" };
    const others = neededBy.get(position);
    if (others !== undefined) return { kind: "needed", others };
    return shared.size === 1 ? { kind: "lastShared" } : undefined;
  }
}

function add(lists: Map<number, number[]>, key: number, value: number): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}
