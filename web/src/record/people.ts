/** People and places that rules name, in words. */
import { alternativesOf, type Policy, parsePolicy, policyLeaves } from "diptych/policy";
import { useMemo } from "react";
import type { RuleChoices } from "../look/ruleGroups.ts";
import type { Choice } from "../look/sides.ts";
import { describeRule, type NameOf } from "../words/describeRule.ts";
import { useFormats, useWords } from "../words/useWords.ts";

/** Attributes that a policy's text names; none where it can't be read. */
function attributesIn(text: string): string[] {
  let policy: Policy;
  try {
    policy = parsePolicy(text);
  } catch {
    return [];
  }
  return policyLeaves(policy).flatMap((each) => (each.kind === "leaf" ? [each.attribute] : []));
}

export type People = {
  choices: RuleChoices;
  nameOf: NameOf;
  sentenceOf: (policy: string) => string;
  /** A sentence for each group of people that a rule lets in. */
  groupsOf: (policy: string) => string[];
};

/** What rules can be built from, and how they are told: what is known, and whatever these rules name already. */
export function usePeople(...policies: readonly string[]): People {
  const words = useWords();
  const formats = useFormats();
  const named = policies.join("\n");
  return useMemo(() => {
    const { people } = words.patient;
    const nameOf: NameOf = (attribute) => (Object.hasOwn(people, attribute) ? people[attribute] : undefined);
    const found = named.split("\n").flatMap(attributesIn);
    const choose = (label: string): Choice[] =>
      [...new Set([...Object.keys(people), ...found])]
        .filter((attribute) => attribute.startsWith(label))
        .map((attribute) => ({ attribute, word: nameOf(attribute) ?? attribute.slice(label.length) }));
    const sentenceOf = (policy: string) => {
      try {
        return describeRule(parsePolicy(policy), words, formats, nameOf);
      } catch {
        return policy;
      }
    };
    const groupsOf = (policy: string) => {
      try {
        return alternativesOf(parsePolicy(policy)).map((each) =>
          capitalise(describeRule(each, words, formats, nameOf)),
        );
      } catch {
        return [];
      }
    };
    return {
      choices: { roles: choose("role:"), organisations: choose("org:") },
      nameOf,
      sentenceOf,
      groupsOf,
    };
  }, [words, formats, named]);
}

/** With a capital letter, as at the beginning of a sentence. */
export function capitalise(sentence: string): string {
  return sentence.replace(/\p{L}/u, (first) => first.toUpperCase());
}

export type NameOfAccount = (
  account: string,
  attributes: readonly string[],
) => { who: string; detail: string };

/**
 * Who an account is, by what the authority attests of it: "a doctor of Yangzhou University Hospital". The account itself is the
 * detail; of somebody unknown it is all there is.
 */
export function useNameOfAccount(): NameOfAccount {
  const { patient } = useWords();
  const formats = useFormats();
  const { person, people } = patient;
  return (account, attributes) => {
    const short = person.account(formats.shortId(account));
    const valued = (label: string) =>
      attributes
        .filter((each) => each.startsWith(label))
        .map((each) => ({ each, value: each.slice(label.length) }));
    const roles = valued("role:").map(({ each, value }) => person.roles[each] ?? person.otherRole(value));
    const places = valued("org:").map(({ each, value }) => people[each] ?? value);
    if (roles.length + places.length === 0) return { who: short, detail: account };
    const who = roles.length === 0 ? person.somebody : formats.list(roles);
    return {
      who: places.length === 0 ? who : person.of(who, formats.list(places)),
      detail: capitalise(short),
    };
  };
}

/** The rules of the paper's example, which a first publish starts from. */
export const firstRules = {
  full: "role:doctor and org:yzu-hospital or role:government",
  shared: "role:doctor and org:yzu-hospital or role:government or role:researcher or role:insurer",
};
