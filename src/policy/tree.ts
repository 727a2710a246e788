import { DiptychError } from "../core/errors.ts";
import { type Attribute, numericAttribute, parseAttribute } from "./attribute.ts";
import { type Comparison, countRows, explainComparison } from "./comparison.ts";
import { POLICY_LIMITS } from "./limits.ts";

/** One attribute to hold; never a numeric one, for that is a `Comparison`. */
export interface Leaf {
  readonly kind: "leaf";
  readonly attribute: Attribute;
}

/** At least `k` of the children: `or` is k = 1, `and` is k = the number of children. */
export interface Gate {
  readonly kind: "gate";
  readonly k: number;
  readonly children: readonly Policy[];
}

/**
 * Which attribute sets open something; monotone, there is no "not". A policy is normal when every gate has at least
 * two children, no `and` stands directly in an `and` and no `or` in an `or`. All that this package returns is normal.
 */
export type Policy = Leaf | Comparison | Gate;

/** Whether the gate is an `or`. */
export function isOr(policy: Policy): policy is Gate {
  return policy.kind === "gate" && policy.k === 1;
}

/** Whether the gate is an `and`. */
export function isAnd(policy: Policy): policy is Gate {
  return policy.kind === "gate" && policy.k === policy.children.length;
}

/** What stands between the outermost `or`s: each of these alone satisfies the policy. One that is no `or` is its only alternative. */
export function alternativesOf(policy: Policy): readonly Policy[] {
  return isOr(policy) ? policy.children : [policy];
}

/** A normal gate over normal children: a single child stands for itself, `and` in `and` and `or` in `or` are merged. */
export function joinPolicies(k: number, children: readonly Policy[]): Policy {
  if (!Number.isInteger(k) || k < 1 || k > children.length)
    throw new DiptychError("argument-invalid", `A gate can't ask for ${k} of ${children.length}.`);
  if (children.length === 1) return children[0]!;
  const mergeable = k === 1 ? isOr : k === children.length ? isAnd : undefined;
  if (!mergeable) return { kind: "gate", k, children: [...children] };
  const merged = children.flatMap((child) => (mergeable(child) ? child.children : [child]));
  return { kind: "gate", k: k === 1 ? 1 : merged.length, children: merged };
}

/**
 * The normal form of a policy that may have been put together by hand. Throws `policy-limit` when it has too many
 * leaves (rows, where comparisons are concerned) or is too deep, `attribute-invalid` for a leaf that isn't a plain
 * attribute, `argument-invalid` for a gate or a comparison that can't be.
 */
export function normalisePolicy(policy: Policy): Policy {
  let rows = 0;
  const count = (added: number) => {
    if ((rows += added) > POLICY_LIMITS.leaves) throw tooManyLeaves();
  };
  const visit = (node: Policy, depth: number): Policy => {
    if (node.kind === "leaf") {
      count(1);
      return { kind: "leaf", attribute: parsePlain(node.attribute) };
    }
    if (node.kind === "comparison") {
      const normal = normaliseComparison(node);
      count(countRows(normal));
      return normal;
    }
    if (depth === POLICY_LIMITS.depth) throw tooDeep();
    return joinPolicies(
      node.k,
      node.children.map((child) => visit(child, depth + 1)),
    );
  };
  return visit(policy, 0);
}

/** An attribute that may be a leaf. Throws `attribute-invalid`, for numeric attributes too. */
export function parsePlain(text: string): Attribute {
  const attribute = parseAttribute(text);
  if (numericAttribute(attribute))
    throw new DiptychError(
      "attribute-invalid",
      `In a policy ${JSON.stringify(attribute)} is a comparison: write it without quotes.`,
    );
  return attribute;
}

function normaliseComparison(comparison: Comparison): Comparison {
  const why = explainComparison(comparison);
  if (why !== undefined) throw new DiptychError("argument-invalid", `A comparison can't be: ${why}.`);
  const { label, unit, operator, value } = comparison;
  return { kind: "comparison", label, unit, operator, value };
}

/** Every leaf and comparison, from left to right, with repetitions. */
export function policyLeaves(policy: Policy): (Leaf | Comparison)[] {
  return policy.kind === "gate" ? policy.children.flatMap(policyLeaves) : [policy];
}

export function tooManyLeaves(): DiptychError {
  return new DiptychError(
    "policy-limit",
    `The policy has more than ${POLICY_LIMITS.leaves} leaves, where a comparison counts as up to 32: one for each bit ` +
      "that it looks at. Replace groups of attributes by one attribute, or use round numbers.",
  );
}

export function tooDeep(): DiptychError {
  return new DiptychError("policy-limit", `The policy is nested deeper than ${POLICY_LIMITS.depth} levels.`);
}
