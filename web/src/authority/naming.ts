/** What the desk calls attributes and applicants. */
import type { DeskRequest } from "diptych/services";
import { readSubject } from "../engine/subject.ts";
import { isolate } from "../look/isolate.ts";
import { describeAttribute } from "../words/describeRule.ts";
import type { Formats } from "../words/formats.ts";
import type { Words } from "../words/useWords.ts";

/** An attribute in words: "doctors", "people of Yangzhou University Hospital". */
export function wordsFor(attribute: string, words: Words): string {
  const { people } = words.patient;
  return describeAttribute(attribute, words, (each) =>
    Object.hasOwn(people, each) ? people[each] : undefined,
  );
}

/** Whom a request is about, in one isolated text: the name, where there is one. */
export function applicantOf(request: DeskRequest, formats: Formats): string {
  return isolate(
    request.kind === "application" ? formats.shortId(request.account) : readSubject(request.subject).name,
  );
}
