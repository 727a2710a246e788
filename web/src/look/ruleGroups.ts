/** A rule as groups of people: someone in any of the groups may read. */
import {
  alternativesOf,
  joinPolicies,
  type Policy,
  parseAttribute,
  parsePolicy,
  printPolicy,
} from "diptych/policy";
import type { Choice } from "./sides.ts";

/** Who belongs to a group: all that is set has to hold. */
export interface PeopleGroup {
  readonly role?: string | undefined;
  readonly organisation?: string | undefined;
  readonly person?: string | undefined;
  /** Attributes that none of the lists of choices has. */
  readonly others: readonly string[];
}

/** What a group can be made of. */
export interface RuleChoices {
  readonly roles: readonly Choice[];
  readonly organisations: readonly Choice[];
  readonly people?: readonly Choice[];
}

const lists = { role: "roles", organisation: "organisations", person: "people" } as const;
/** The fields of a group that choices fill. */
export const groupFields = ["role", "organisation", "person"] as const;

/** The groups of a policy's text; undefined for a rule that isn't groups joined by "or". Throws as `parsePolicy`. */
export function readGroups(text: string, choices: RuleChoices): PeopleGroup[] | undefined {
  const groups = alternativesOf(parsePolicy(text)).map((one) => readGroup(one, choices));
  return groups.every((group) => group !== undefined) ? groups : undefined;
}

function readGroup(policy: Policy, choices: RuleChoices): PeopleGroup | undefined {
  const all = policy.kind === "gate" ? policy.children : [policy];
  if (policy.kind === "gate" && policy.k !== all.length) return undefined;
  const group: { -readonly [key in keyof PeopleGroup]: PeopleGroup[key] } & { others: string[] } = {
    others: [],
  };
  for (const one of all) {
    if (one.kind !== "leaf") return undefined;
    const field = groupFields.find(
      (name) =>
        group[name] === undefined &&
        choices[lists[name]]?.some(({ attribute }) => attribute === one.attribute),
    );
    if (field) group[field] = one.attribute;
    else group.others.push(one.attribute);
  }
  return group;
}

/** All that a group asks for. */
export function groupAttributes(group: PeopleGroup): string[] {
  return [...groupFields.flatMap((field) => group[field] ?? []), ...group.others];
}

/** The policy's text; undefined while a group is empty or there is none. Throws `attribute-invalid` and `policy-limit`. */
export function printGroups(groups: readonly PeopleGroup[]): string | undefined {
  const all = groups.map(groupAttributes);
  if (all.length === 0 || all.some((attributes) => attributes.length === 0)) return undefined;
  const policies = all.map((attributes) =>
    joinPolicies(
      attributes.length,
      attributes.map((attribute): Policy => ({ kind: "leaf", attribute: parseAttribute(attribute) })),
    ),
  );
  return printPolicy(joinPolicies(1, policies));
}
