/**
 * What a part says, for eyes: its fields and texts out of the JSON that the doctor signed. Nothing here is believed or interpreted:
 * whatever stands in a record stays text.
 */
import { hex, utf8Decode } from "diptych/core";
import { inOneLine } from "./fhirWords.ts";
import { parseWritten, Written } from "./written.ts";

/** One line of a part; `level` is how deep it stands. `number`: an entry of a list begins, so many-th, which more lines tell. */
export type Line = { name?: string; text?: string; number?: number; level: number };

/** One thing in a part: the part itself, an entry of the list that the part is, or a FHIR resource of it. */
export type Entry = { title?: string; lines: Line[] };

export type Reading = {
  entries: Entry[];
  /** Entries and lines that are there and not shown. */
  more: number;
  /** The text as it was signed, from its beginning. */
  source: string;
  sourceCut: boolean;
};

/** As much as a screen takes at once. */
const longestText = 2_000;
const longestSource = 100_000;
const mostEntries = 200;
const mostLines = 60;
const deepest = 6;
/** As much of a part is looked into: a part may hold gigabytes of a picture. */
const longestJson = 8_000_000;

/** Names of FHIR that say nothing to people who read a summary. */
const dull = new Set([
  "resourceType",
  "id",
  "meta",
  "system",
  "reference",
  "url",
  "contentType",
  "use",
  "div",
]);
const nothing: ReadonlySet<string> = new Set();
/** Where a FHIR resource says what it is about. */
const telling = ["code", "vaccineCode", "medicationCodeableConcept", "type", "category", "class", "name"];

/** A part's content, read for eyes; what is no text is shown as its size. */
export function readContent(content: Uint8Array, schema: string): Reading {
  const text = textOf(content);
  if (text === undefined)
    return { entries: [], more: 0, source: hex(content.slice(0, 512)), sourceCut: content.length > 512 };
  const source = cut(text, longestSource);
  const rest = { source, sourceCut: source.length < text.length };
  const value = jsonIn(text);
  if (value === undefined)
    return { entries: [{ lines: [{ text: cut(text, longestText), level: 0 }] }], more: 0, ...rest };
  const resources = schema === "fhir-r4" && Array.isArray(value);
  const members = resources || isListOfEntries(value, nothing) ? (value as unknown[]) : undefined;
  if (members === undefined) {
    const { lines, more } = linesOf(value, nothing);
    return { entries: [{ lines }], more, ...rest };
  }
  const shown = members.slice(0, mostEntries).map((member) => {
    const { lines, more } = linesOf(member, resources ? dull : nothing);
    const title = resources ? titleOf(member) : undefined;
    return { entry: { ...(title === undefined ? {} : { title }), lines }, more };
  });
  const more = shown.reduce((sum, each) => sum + each.more, members.length - shown.length);
  return { entries: shown.map(({ entry }) => entry), more, ...rest };
}

/** The first words of a part. */
export function summarise(content: Uint8Array, schema: string): string {
  if (content.length > longestJson) return "";
  const text = textOf(content);
  const value = text === undefined ? undefined : jsonIn(text);
  if (value === undefined) return cut(text ?? "", 120);
  const resources = schema === "fhir-r4" && Array.isArray(value) ? value : undefined;
  if (resources === undefined) return cut(plainest(value), 120);
  const titles = resources.slice(0, 20).flatMap((each) => titleOf(each) ?? []);
  return cut([...new Set(titles)].join(", "), 120);
}

function textOf(content: Uint8Array): string | undefined {
  try {
    return utf8Decode(content);
  } catch {
    return undefined;
  }
}

function jsonIn(text: string): unknown {
  if (text.length > longestJson) return undefined;
  try {
    return parseWritten(text);
  } catch {
    return undefined;
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}

/** All that a value says, line by line, without the names in `without`. */
function linesOf(value: unknown, without: ReadonlySet<string>): { lines: Line[]; more: number } {
  const lines: Line[] = [];
  let more = 0;
  const put = (line: Line) => {
    if (lines.length < mostLines) lines.push(line);
    else more++;
  };
  const visit = (each: unknown, level: number, name?: string) => {
    const named = name === undefined ? {} : { name: cut(name, 100) };
    if (typeof each !== "object" || each === null || each instanceof Written) {
      put({ ...named, text: cut(String(each ?? "–"), longestText), level });
      return;
    }
    if (more > 10_000) return;
    const line = without === dull ? inOneLine(each) : undefined;
    if (line !== undefined) {
      put({ ...named, text: cut(line, longestText), level });
      return;
    }
    const members: [string | undefined, unknown][] = Array.isArray(each)
      ? each.map((member) => [undefined, member])
      : Object.entries(each).filter(([key]) => !without.has(key));
    if (level >= deepest) {
      put({ ...named, text: cut(JSON.stringify(each), longestText), level });
      return;
    }
    const only = members.length === 1 ? members[0] : undefined;
    if (name !== undefined && only !== undefined) return visit(only[1], level, name);
    if (name !== undefined) put({ ...named, level });
    const within = name === undefined ? level : level + 1;
    const numbered = isListOfEntries(each, without);
    for (const [at, [key, member]] of members.entries()) {
      if (numbered) put({ number: at + 1, level: within });
      visit(member, numbered ? within + 1 : within, key);
    }
  };
  visit(value, 0);
  return { lines, more };
}

/** A list of several things of which some take more than a line: where one ends and the next begins has to be told. */
function isListOfEntries(value: unknown, without: ReadonlySet<string>): boolean {
  const isLong = (member: unknown) => {
    if (typeof member !== "object" || member === null || member instanceof Written) return false;
    if (without === dull && inOneLine(member) !== undefined) return false;
    return Object.keys(member).filter((key) => Array.isArray(member) || !without.has(key)).length > 1;
  };
  return Array.isArray(value) && value.length > 1 && value.some(isLong);
}

/** The first text that tells what a FHIR resource is about. */
function titleOf(resource: unknown): string | undefined {
  if (typeof resource !== "object" || resource === null) return undefined;
  const members = resource as Record<string, unknown>;
  for (const name of telling) {
    const text = Object.hasOwn(members, name) ? plainest(members[name]) : "";
    if (text !== "") return cut(text, 200);
  }
  return undefined;
}

/** The text of a value: of FHIR's coded ones the words before the code. */
function plainest(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (value instanceof Written || typeof value === "boolean") return String(value);
  if (typeof value !== "object" || value === null || depth > deepest) return "";
  if (Array.isArray(value))
    return value
      .slice(0, 5)
      .map((each) => plainest(each, depth + 1))
      .filter(Boolean)
      .join(", ");
  const members = value as Record<string, unknown>;
  for (const name of ["text", "display", "family", "value", "coding", "code"]) {
    const text = Object.hasOwn(members, name) ? plainest(members[name], depth + 1) : "";
    if (text !== "") return text;
  }
  return Object.values(members)
    .slice(0, 5)
    .map((each) => plainest(each, depth + 1))
    .filter(Boolean)
    .join(", ");
}
