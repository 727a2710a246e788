/** What a policy's text means, and what is told about it, the plainest way. */

import { keccak256, toUtf8Bytes } from "ethers";
import { type Comparison, type Policy, parsePolicy, policyLeaves } from "../../../src/policy/index.ts";
import { meets } from "../../policy/plain.ts";
import { comparison } from "../fixture.ts";
import type { Hex, Unit } from "./calls.ts";

/** What an account has at a moment. */
export interface Holdings {
  has(attribute: string): boolean;
  number(label: string, unit: Unit): number | undefined;
}

const parsed = new Map<string, Policy>();

function parse(policy: string): Policy {
  if (!parsed.has(policy)) parsed.set(policy, parsePolicy(policy));
  return parsed.get(policy)!;
}

/** Whether an account with these holdings satisfies the policy. */
export function isMet(policy: string, held: Holdings): boolean {
  return isMetBy(parse(policy), held);
}

function isMetBy(policy: Policy, held: Holdings): boolean {
  if (policy.kind === "leaf") return held.has(policy.attribute);
  if (policy.kind === "comparison") return compares(policy, held);
  return policy.children.filter((child) => isMetBy(child, held)).length >= policy.k;
}

function compares({ label, unit, operator, value }: Comparison, held: Holdings): boolean {
  const number = held.number(label, unit);
  return number !== undefined && meets(number, operator, value);
}

/** A comparison as explanations show it: `> v` as `>= v + 1`, `< v` as `<= v - 1`. */
function shownComparison({ label, unit, operator, value }: Comparison): Hex {
  if (operator === ">") return comparison(label, ">=", value + 1, unit);
  if (operator === "<") return comparison(label, "<=", value - 1, unit);
  return comparison(label, operator, value, unit);
}

/** What explanations show of a policy's leaves, each once in order of first mention, and which of them hold. */
export function leavesOf(policy: string, held: Holdings) {
  const attributes = new Map<Hex, boolean>();
  const comparisons = new Map<Hex, boolean>();
  for (const leaf of policyLeaves(parse(policy)))
    if (leaf.kind === "leaf")
      attributes.set(keccak256(toUtf8Bytes(leaf.attribute)), held.has(leaf.attribute));
    else comparisons.set(shownComparison(leaf), compares(leaf, held));
  const bits = [...attributes.values(), ...comparisons.values()];
  return {
    attributes: [...attributes.keys()],
    comparisons: [...comparisons.keys()],
    held: bits.reduce((sum, holds, bit) => (holds ? sum | (1n << BigInt(bit)) : sum), 0n),
  };
}
