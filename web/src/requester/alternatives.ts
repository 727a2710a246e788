/** A rule's alternatives, and how far somebody fulfils each. */
import type { ExplainedLeaf } from "diptych/ledger";
import {
  alternativesOf,
  type Policy,
  parsePolicy,
  policyLeaves,
  printComparison,
  printPolicy,
} from "diptych/policy";

/** One way in. `leaves` are what it names. */
export type Alternative = { policy: string; met: boolean; leaves: ExplainedLeaf[] };

/** The ways in that a policy gives, with what is held of each. Undefined when its text doesn't name just these leaves. */
export function waysIn(
  policy: string | undefined,
  leaves: readonly ExplainedLeaf[],
): Alternative[] | undefined {
  if (policy === undefined) return undefined;
  const held = new Map(leaves.map((leaf) => [leaf.text, leaf.held]));
  const read = parsePolicy(policy);
  if (policyLeaves(read).some((leaf) => !held.has(textOf(leaf)))) return undefined;
  return alternativesOf(read).map((way) => ({
    policy: printPolicy(way),
    met: isMet(way, held),
    leaves: policyLeaves(way).map((leaf) => ({ text: textOf(leaf), held: held.get(textOf(leaf)) === true })),
  }));
}

function isMet(policy: Policy, held: ReadonlyMap<string, boolean>): boolean {
  if (policy.kind !== "gate") return held.get(textOf(policy)) === true;
  return policy.children.filter((child) => isMet(child, held)).length >= policy.k;
}

function textOf(leaf: Exclude<Policy, { kind: "gate" }>): string {
  return leaf.kind === "leaf" ? leaf.attribute : printComparison(leaf);
}
