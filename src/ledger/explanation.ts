/** Why a ledger decides as it does, in people's words: which leaves of a policy hold for somebody, and which don't. */
import { hex, unhex } from "../core/bytes.ts";
import { COMPARISON_SIZE, encodeLeaf, parsePolicy, policyLeaves, printComparison } from "../policy/index.ts";
import { purposeCodes } from "./policyText.ts";
import { type Decision, decisions } from "./request.ts";

/** One leaf of a policy, and whether the requester has it now. */
export type ExplainedLeaf = {
  /** `role:doctor`, `level >= 3`; or its hash where no published text tells what it is. */
  text: string;
  held: boolean;
};

/** What a decision rests on. */
export type Explanation = {
  /** What would be decided now, a pause aside. */
  decision: Exclude<Decision, "paused">;
  /** HL7's codes of the purposes that the policy allows; none for any. */
  purposes: string[];
  leaves: ExplainedLeaf[];
  /** The policy's text, where one that was published compiles to the program. */
  policy?: string;
};

/** Reads what the contract's `explain` answers, with the policy's text where it is known. */
export function explanationFrom(found: Record<string, unknown>, policy: string | undefined): Explanation {
  const attributes = [...(found.attributes as string[])];
  const comparisons = unhex(String(found.comparisons));
  const count = comparisons.length / COMPARISON_SIZE;
  const keys = [
    ...attributes,
    ...Array.from({ length: count }, (_, i) =>
      hex(comparisons.slice(i * COMPARISON_SIZE, (i + 1) * COMPARISON_SIZE)),
    ),
  ];
  const held = BigInt(found.held as bigint);
  const texts = policy === undefined ? new Map<string, string>() : leafTexts(policy);
  return {
    decision: (decisions[Number(found.decision)] ?? "policy-not-satisfied") as Explanation["decision"],
    purposes: purposeCodes(unhex(String(found.purposes))),
    leaves: keys.map((key, i) => ({ text: texts.get(key) ?? key, held: ((held >> BigInt(i)) & 1n) === 1n })),
    ...(policy === undefined ? {} : { policy }),
  };
}

function leafTexts(policy: string): Map<string, string> {
  return new Map(
    policyLeaves(parsePolicy(policy)).map((leaf) => [
      hex(encodeLeaf(leaf)),
      leaf.kind === "leaf" ? leaf.attribute : printComparison(leaf),
    ]),
  );
}

const reasons: Record<Explanation["decision"], string> = {
  granted: "A request would be granted.",
  closed: "The record is closed: nothing is granted until its owner publishes again.",
  blocked: "The record's owner has blocked this account.",
  "purpose-not-allowed": "The record may not be asked for this purpose.",
  "policy-not-satisfied": "The account does not satisfy the record's policy.",
};

/** An explanation in a few sentences. */
export function describeExplanation({ decision, purposes, leaves, policy }: Explanation): string {
  const list = (held: boolean) => leaves.filter((leaf) => leaf.held === held).map((leaf) => leaf.text);
  const [has, lacks] = [list(true), list(false)];
  return [
    reasons[decision],
    ...(purposes.length === 0 ? [] : [`It may be asked for ${purposes.join(", ")} only.`]),
    ...(policy === undefined ? [] : [`Policy: ${policy}.`]),
    ...(has.length === 0 ? [] : [`Held: ${has.join(", ")}.`]),
    ...(lacks.length === 0 ? [] : [`Not held: ${lacks.join(", ")}.`]),
  ].join(" ");
}
