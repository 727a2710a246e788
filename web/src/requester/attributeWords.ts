/** Attributes as one says them of oneself: "a doctor", "of Yangzhou University Hospital". */
import { useMemo } from "react";
import { isolate } from "../look/isolate.ts";
import type { Formats } from "../words/formats.ts";
import { useFormats, useWords, type Words } from "../words/useWords.ts";

/** What somebody chose and wrote, as attributes; each once. */
export function chosenAttributes(chosen: { role: string; place: string; text: string }): string[] {
  const written = chosen.text.split("\n").map((line) => line.trim());
  return [...new Set([chosen.role, chosen.place, ...written])].filter((each) => each !== "");
}

/** One attribute in words; the attribute itself where there are none. */
function describeOwn(attribute: string, { patient, requester }: Words): string {
  const { person, people } = patient;
  const value = attribute.slice(attribute.indexOf(":") + 1);
  const known = <T>(table: Readonly<Record<string, T>>) =>
    Object.hasOwn(table, attribute) ? table[attribute] : undefined;
  if (isRole(attribute)) return known(person.roles) ?? person.otherRole(isolate(value));
  if (isPlace(attribute)) return requester.who.places(isolate(known(people) ?? value));
  return isolate(attribute);
}

/** Several attributes: what somebody is, of where, and whatever else: "a doctor of Yangzhou University Hospital and level = 3". */
export function describeAll(attributes: readonly string[], words: Words, formats: Formats): string {
  const told = (wanted: (attribute: string) => boolean) =>
    attributes.filter(wanted).map((attribute) => describeOwn(attribute, words));
  const roles = told(isRole);
  const places = told(isPlace);
  const first = [roles, places].map((each) => formats.list(each)).filter((each) => each !== "");
  const others = told((each) => !isRole(each) && !isPlace(each));
  return formats.list([...(first.length === 0 ? [] : [first.join(" ")]), ...others]);
}

export type OwnWords = {
  one: (attribute: string) => string;
  all: (attributes: readonly string[]) => string;
};

export function useOwnWords(): OwnWords {
  const words = useWords();
  const formats = useFormats();
  return useMemo(
    () => ({
      one: (attribute) => describeOwn(attribute, words),
      all: (attributes) => describeAll(attributes, words, formats),
    }),
    [words, formats],
  );
}

function isRole(attribute: string): boolean {
  return attribute.startsWith("role:");
}

function isPlace(attribute: string): boolean {
  return attribute.startsWith("org:");
}
