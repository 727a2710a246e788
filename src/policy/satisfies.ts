import { type Attribute, parseAttributes } from "./attribute.ts";
import { toPolicy } from "./parse.ts";
import type { Policy } from "./tree.ts";

/** Whether a holder of `attributes` meets the policy. Throws for what isn't a policy or an attribute. */
export function satisfies(policy: string | Policy, attributes: Iterable<string>): boolean {
  const held = new Set<Attribute>(parseAttributes(attributes));
  return evaluate(toPolicy(policy), (attribute) => held.has(attribute));
}

/** The policy's truth when `holds` decides the leaves. */
export function evaluate(policy: Policy, holds: (attribute: Attribute) => boolean): boolean {
  if (policy.kind === "leaf") return holds(policy.attribute);
  let missing = policy.k;
  for (const child of policy.children) if (evaluate(child, holds) && --missing === 0) return true;
  return false;
}
