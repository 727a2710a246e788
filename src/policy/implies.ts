import { DiptychError } from "../core/errors.ts";
import type { Attribute } from "./attribute.ts";
import { toPolicy } from "./parse.ts";
import { evaluate } from "./satisfies.ts";
import { isAnd, isOr, type Policy, policyLeaves } from "./tree.ts";

/** Leaves that may be looked at before the question counts as too hard: well under a second. */
const BUDGET = 5_000_000;

/**
 * Whether every attribute set that satisfies `a` satisfies `b`. Exact. The question is coNP-hard, so `policy-limit` is
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
    return this.isEvident(a, b, new Map()) || !this.findCounterexample(a, b);
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
    if (a.kind === "leaf" && b.kind === "leaf") return a.attribute === b.attribute;
    // If all but k - 1 children of a imply b, whichever k hold, one of them does.
    if (a.kind === "gate") {
      const implying = a.children.filter((child) => this.isEvident(child, b, known)).length;
      if (implying > a.children.length - a.k) return true;
    }
    if (b.kind === "gate" && b.children.filter((child) => this.isEvident(a, child, known)).length >= b.k)
      return true;
    if (a.kind === "leaf" || b.kind === "leaf") return false;
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

  /** Looks for a set that satisfies `a` and not `b`, cutting every branch that monotony settles. */
  private findCounterexample(a: Policy, b: Policy): boolean {
    const leavesOfA = policyLeaves(a);
    const variables = [...new Set(leavesOfA)];
    const cost = 2 * (leavesOfA.length + policyLeaves(b).length);
    // What a doesn't mention doesn't help a, so a counterexample can do without.
    const open = new Set<Attribute>(variables);
    const held = new Set<Attribute>();
    const isHeld = (attribute: Attribute) => held.has(attribute);
    const isPossible = (attribute: Attribute) => held.has(attribute) || open.has(attribute);
    const search = (next: number): boolean => {
      this.spend(cost);
      if (!evaluate(a, isPossible) || evaluate(b, isHeld)) return false;
      if (evaluate(a, isHeld) || !evaluate(b, isPossible)) return true;
      const variable = variables[next]!;
      open.delete(variable);
      if (search(next + 1)) return true;
      held.add(variable);
      const found = search(next + 1);
      held.delete(variable);
      open.add(variable);
      return found;
    };
    return search(0);
  }
}
