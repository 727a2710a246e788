import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { printComparison } from "./comparison.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { needsNoQuotes } from "./tokens.ts";
import { isOr, normalisePolicy, type Policy } from "./tree.ts";

/**
 * The canonical text of a policy: equal trees give equal texts, and `parsePolicy` gives the normal tree back. Keeps the
 * order of children. Throws as `normalisePolicy` does, and `policy-limit` for a text that `parsePolicy` wouldn't take.
 */
export function printPolicy(policy: Policy): string {
  const text = print(normalisePolicy(policy));
  if (utf8(text).length > POLICY_LIMITS.textBytes)
    throw new DiptychError("policy-limit", `A policy's text takes at most ${POLICY_LIMITS.textBytes} bytes.`);
  return text;
}

function print(policy: Policy): string {
  if (policy.kind === "leaf")
    return needsNoQuotes(policy.attribute) ? policy.attribute : JSON.stringify(policy.attribute);
  if (policy.kind === "comparison") return printComparison(policy);
  if (policy.k === 1) return policy.children.map(print).join(" or ");
  if (policy.k === policy.children.length)
    return policy.children.map((child) => (isOr(child) ? `(${print(child)})` : print(child))).join(" and ");
  return `${policy.k} of (${policy.children.map(print).join(", ")})`;
}
