/** Rules on who may read, as sentences. */
import { type Policy, printComparison } from "diptych/policy";
import { isolate } from "../look/isolate.ts";
import type { Formats } from "./formats.ts";
import type { Words } from "./useWords.ts";

/** Words for an attribute, such as "doctors" for role:doctor; undefined where none are known. */
export type NameOf = (attribute: string) => string | undefined;

/** The words for one attribute: those that `nameOf` knows, else made from the attribute itself. */
export function describeAttribute(attribute: string, words: Words, nameOf?: NameOf): string {
  const { labels } = words.look.rule;
  const known = nameOf?.(attribute);
  if (known !== undefined) return attribute.startsWith("org:") ? labels.org(isolate(known)) : isolate(known);
  const at = attribute.indexOf(":");
  const [label, value] = at < 0 ? ["", attribute] : [attribute.slice(0, at), attribute.slice(at + 1)];
  if (label === "role" || label === "org" || label === "id" || label === "emergency")
    return labels[label](isolate(value));
  return label === "" ? labels.mark(isolate(value)) : labels.other(isolate(label), isolate(value));
}

/** A rule as one sentence without its full stop: "doctors of Yangzhou hospital, or government offices". */
export function describeRule(policy: Policy, words: Words, formats: Formats, nameOf?: NameOf): string {
  const { rule } = words.look;
  if (policy.kind === "leaf") return describeAttribute(policy.attribute, words, nameOf);
  if (policy.kind === "comparison") {
    const [label = "", operator = "", value = ""] = printComparison(policy).split(" ");
    return rule.compare(isolate(label), rule.operators[operator] ?? operator, isolate(value));
  }
  const { k, children } = policy;
  if (k === children.length) return describeAll(children, words, formats, nameOf);
  const each = children.map((child) => describeRule(child, words, formats, nameOf));
  return k === 1 ? each.join(rule.orBetween) : rule.atLeast(k, children.length) + formats.list(each);
}

/** People and a place join to "doctors of Yangzhou hospital", where both have names; the rest is told one by one. */
function describeAll(children: readonly Policy[], words: Words, formats: Formats, nameOf?: NameOf): string {
  const { rule } = words.look;
  const named = (label: string) =>
    children.find(
      (child) => child.kind === "leaf" && child.attribute.startsWith(label) && nameOf?.(child.attribute),
    );
  const [role, place] = [named("role:"), named("org:")];
  const joined = role?.kind === "leaf" && place?.kind === "leaf" ? [role, place] : [];
  const others = children
    .filter((child) => !joined.some((one) => one === child))
    .map((child) => {
      const told = describeRule(child, words, formats, nameOf);
      return child.kind === "gate" ? rule.bracket(told) : told;
    });
  const first = joined.map(({ attribute }) => isolate(nameOf?.(attribute) ?? attribute)).join(rule.of);
  return [...(first === "" ? [] : [first]), ...others].join(rule.and);
}
