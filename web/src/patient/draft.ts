/** What a patient wants of one record and hasn't saved: sides and rules, beside those that stand. */
import type { Rights } from "diptych";
import { allowsAll, implies, parsePolicy } from "diptych/policy";
import { useMemo, useState } from "react";
import type { Wish } from "../engine/patientPreview.ts";
import type { RecordFacts } from "../engine/patientRecords.ts";
import type { Side } from "../look/sides.ts";
import { firstRules } from "../record/people.ts";

export type Draft = {
  /** Positions on the shared side as wanted. */
  shared: readonly number[];
  rights: Rights;
  /** Positions that were moved. */
  moved: readonly number[];
  rightsChanged: boolean;
  /** Why the rules can't be saved, if so. */
  fault: RulesFault | undefined;
  move: (positions: readonly number[], to: Side) => void;
  setRights: (rights: Rights, valid: boolean) => void;
  undo: () => void;
  wish: Wish;
};

export type RulesFault = "invalid" | "implied" | "purposes";

/** `usual`: positions on the shared side where nothing is stored yet. */
export function useDraft(facts: RecordFacts, usual: readonly number[]): Draft {
  // Moves and not the side that they lead to: what another window changes meanwhile stays changed.
  const [moves, setMoves] = useState<ReadonlyMap<number, Side>>(new Map());
  const [rules, setRules] = useState<{ rights: Rights; valid: boolean }>();
  const standing = useMemo(() => (facts.rights === undefined ? usual : sharedOf(facts)), [facts, usual]);
  const shared = useMemo(() => withMoves(standing, moves), [standing, moves]);
  const standingRights = facts.rights ?? firstRules;
  const rights = rules?.rights ?? standingRights;
  const moved = useMemo(() => {
    const [here, before] = [new Set(shared), new Set(standing)];
    return facts.sides
      .map(({ position }) => position)
      .filter((position) => here.has(position) !== before.has(position));
  }, [facts, shared, standing]);
  const rightsChanged = rules !== undefined && !sameRights(rights, standingRights);
  return {
    shared,
    rights,
    moved,
    rightsChanged,
    fault: rules === undefined ? undefined : faultOf(rights, rules.valid),
    move: (positions, to) => setMoves(new Map([...moves, ...positions.map((each) => [each, to] as const)])),
    setRights: (next, valid) => setRules({ rights: next, valid }),
    undo: () => {
      setMoves(new Map());
      setRules(undefined);
    },
    wish: {
      ...(facts.rights === undefined || moved.length > 0 ? { shared } : {}),
      ...(facts.rights === undefined || rightsChanged ? { rights } : {}),
    },
  };
}

function withMoves(standing: readonly number[], moves: ReadonlyMap<number, Side>): number[] {
  const shared = new Set(standing);
  for (const [position, to] of moves) {
    if (to === "shared") shared.add(position);
    else shared.delete(position);
  }
  return [...shared].sort((a, b) => a - b);
}

function sharedOf({ sides }: RecordFacts): number[] {
  return sides.filter(({ side }) => side === "shared").map(({ position }) => position);
}

function sameRights(a: Rights, b: Rights): boolean {
  const purposes = (rights: Rights) => [rights.purposes?.full ?? [], rights.purposes?.shared ?? []];
  return (
    a.full === b.full && a.shared === b.shared && JSON.stringify(purposes(a)) === JSON.stringify(purposes(b))
  );
}

/** Whoever reads the whole record reads the shared side, for the same purposes. */
export function faultOf(rights: Rights, valid: boolean): RulesFault | undefined {
  if (!valid) return "invalid";
  try {
    if (!implies(parsePolicy(rights.full), parsePolicy(rights.shared))) return "implied";
  } catch {
    return "invalid";
  }
  return allowsAll(rights.purposes?.full, rights.purposes?.shared) ? undefined : "purposes";
}
