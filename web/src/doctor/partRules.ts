/** A doctor's rules on which parts may be shown without which others, one sentence each, and what can't be true at once. */
import type { Ceas } from "diptych/ces";

/** One rule. Positions count from 1. */
export type PartRule =
  | { kind: "always"; position: number }
  | { kind: "never"; position: number }
  | { kind: "needs"; position: number; needs: number };

/** Why rules can't stand. */
export type Contradiction =
  /** A part can't need itself. */
  | { kind: "itself"; position: number }
  /** Always shown, and only with the whole record. */
  | { kind: "always-never"; position: number }
  /** One part needs another, and one of the two is only shown with the whole record. */
  | { kind: "needs-never"; position: number; needs: number }
  /** Whatever is shown brings everything along: only the whole record is left. */
  | { kind: "nothing-alone" };

/** The rules as sentences, by position. */
export function listRules({ mandatory, implications, never }: Ceas): PartRule[] {
  const rules: PartRule[] = [
    ...mandatory.map((position) => ({ kind: "always", position }) as const),
    ...implications.map((each) => ({ kind: "needs", ...each }) as const),
    ...never.map((position) => ({ kind: "never", position }) as const),
  ];
  return rules.sort((a, b) => a.position - b.position);
}

/** A rule's name among others: two that say the same have the same. */
export function keyOfRule(rule: PartRule): string {
  return `${rule.kind}-${rule.position}-${rule.kind === "needs" ? rule.needs : ""}`;
}

/** The rules with one more; the same when it stands there already. */
export function addRule(ceas: Ceas, rule: PartRule): Ceas {
  const key = keyOfRule(rule);
  return rulesOf([...listRules(ceas).filter((each) => keyOfRule(each) !== key), rule]);
}

export function removeRule(ceas: Ceas, rule: PartRule): Ceas {
  const key = keyOfRule(rule);
  return rulesOf(listRules(ceas).filter((each) => keyOfRule(each) !== key));
}

/** In the order that signatures have them. */
function rulesOf(rules: readonly PartRule[]): Ceas {
  const positions = (kind: PartRule["kind"]) =>
    rules
      .filter((each) => each.kind === kind)
      .map(({ position }) => position)
      .sort((a, b) => a - b);
  const implications = rules
    .filter((each) => each.kind === "needs")
    .map(({ position, needs }) => ({ position, needs }))
    .sort((a, b) => a.position - b.position || a.needs - b.needs);
  return { mandatory: positions("always"), implications, never: positions("never") };
}

/** What of these rules for a record of n parts can't be true at once; undefined when all can. */
export function findContradiction(ceas: Ceas, n: number): Contradiction | undefined {
  const never = new Set(ceas.never);
  const self = ceas.implications.find((each) => each.position === each.needs);
  if (self !== undefined) return { kind: "itself", position: self.position };
  const both = ceas.mandatory.find((position) => never.has(position));
  if (both !== undefined) return { kind: "always-never", position: both };
  const hidden = ceas.implications.find((each) => never.has(each.position) || never.has(each.needs));
  if (hidden !== undefined) return { kind: "needs-never", ...hidden };
  return somethingAlone(ceas, n) ? undefined : { kind: "nothing-alone" };
}

/** Whether any subset but the whole can be shown: the smallest that holds one part, for some part. */
function somethingAlone({ mandatory, implications, never }: Ceas, n: number): boolean {
  // A part that is only in the whole record leaves room for what is without it.
  if (never.length > 0) return never.length < n;
  const needs = new Map<number, number[]>();
  for (const { position, needs: needed } of implications)
    needs.set(position, [...(needs.get(position) ?? []), needed]);
  const closure = (from: readonly number[]) => {
    const found = new Set(from);
    for (const position of found) for (const each of needs.get(position) ?? []) found.add(each);
    return found;
  };
  const base = closure(mandatory);
  if (base.size === n) return false;
  // A part that needs nothing beyond what is always there is the quick answer; otherwise each has to be tried.
  for (let position = 1; position <= n; position++) if (closure([...base, position]).size < n) return true;
  return false;
}
