import { DiptychError } from "../core/errors.ts";
import { type Comparison, toInterval } from "./comparison.ts";
import { hasCounterexample } from "./counterexample.ts";
import { toPolicy } from "./parse.ts";
import { isAnd, isOr, type Leaf, type Policy } from "./tree.ts";

/** Leaves that may be looked at before the question counts as too hard: well under a second. */
const BUDGET = 5_000_000;

/**
 * Whether every attribute set that satisfies `a` satisfies `b`. Exact, also in numbers; a set has one value a label, so that
 * `level >= 5 and level <= 3` implies anything. The question is coNP-hard, so `policy-limit` is
 * thrown when an answer would take too long; policies of a few dozen leaves, and long ones that are alike, get one.
 */
export function implies(a: string | Policy, b: string | Policy): boolean {
  return new Implication().holds(toPolicy(a), toPolicy(b));
}

class Implication {
  private left = BUDGET;

  holds(a: Policy, b: Policy): boolean {
    // These two steps are exact in both directions.
    if (isOr(a)) return a.children.every((child) => this.holds(child, b));
    if (isAnd(b)) return b.children.every((child) => this.holds(a, child));
    return this.isEvident(a, b, new Map()) || !hasCounterexample(a, b, (work) => this.spend(work));
  }

  private spend(leaves: number): void {
    if ((this.left -= leaves) < 0)
      throw new DiptychError(
        "policy-limit",
        "These two policies are too complex to compare. Write them more alike.",
      );
  }

  /** A sound shortcut by structure alone: `true` is certain, `false` says nothing. Spares alike policies the search. */
  private isEvident(a: Policy, b: Policy, known: Map<Policy, Map<Policy, boolean>>): boolean {
    const row = known.get(a) ?? new Map<Policy, boolean>();
    known.set(a, row);
    const before = row.get(b);
    if (before !== undefined) return before;
    this.spend(1);
    const answer = this.followsByStructure(a, b, known);
    row.set(b, answer);
    return answer;
  }

  private followsByStructure(a: Policy, b: Policy, known: Map<Policy, Map<Policy, boolean>>): boolean {
    if (a.kind !== "gate" && b.kind !== "gate") return leafImplies(a, b);
    // If all but k - 1 children of a imply b, whichever k hold, one of them does.
    if (a.kind === "gate") {
      const implying = a.children.filter((child) => this.isEvident(child, b, known)).length;
      if (implying > a.children.length - a.k) return true;
    }
    if (b.kind === "gate" && b.children.filter((child) => this.isEvident(a, child, known)).length >= b.k)
      return true;
    if (a.kind !== "gate" || b.kind !== "gate") return false;
    // Pair off children that imply one another; at least k - (unpaired) of the pairs hold.
    const free = new Set(b.children);
    let pairs = 0;
    for (const child of a.children)
      for (const partner of free)
        if (this.isEvident(child, partner, known)) {
          free.delete(partner);
          pairs += 1;
          break;
        }
    return a.k - (a.children.length - pairs) >= b.k;
  }
}

function leafImplies(a: Leaf | Comparison, b: Leaf | Comparison): boolean {
  if (a.kind === "leaf" || b.kind === "leaf")
    return a.kind === "leaf" && b.kind === "leaf" && a.attribute === b.attribute;
  if (a.label !== b.label || a.unit !== b.unit) return false;
  const [inner, outer] = [toInterval(a), toInterval(b)];
  return inner.low >= outer.low && inner.high <= outer.high;
}
