import type { Comparison } from "./comparison.ts";
import { holdsLeaf, readHoldings } from "./holdings.ts";
import { toPolicy } from "./parse.ts";
import type { Leaf, Policy } from "./tree.ts";

/**
 * Whether a holder of `attributes` meets the policy. Throws for what isn't a policy or an attribute, and
 * `attribute-invalid` for two values of one label.
 */
export function satisfies(policy: string | Policy, attributes: Iterable<string>): boolean {
  const holdings = readHoldings(attributes);
  return evaluate(toPolicy(policy), (leaf) => holdsLeaf(holdings, leaf));
}

/** The policy's truth when `holds` decides the leaves. */
export function evaluate(policy: Policy, holds: (leaf: Leaf | Comparison) => boolean): boolean {
  if (policy.kind !== "gate") return holds(policy);
  let missing = policy.k;
  for (const child of policy.children) if (evaluate(child, holds) && --missing === 0) return true;
  return false;
}
