/** Looks for the patient's name where it would be shared: splitting by type doesn't take it out of narratives. */
import { utf8Decode } from "../core/bytes.ts";
import { rootValue, stringsIn } from "./source.ts";
import type { SplitPart, SplitRecord } from "./split.ts";

/** Scripts that write words without spaces: there a name counts wherever it stands. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** How many names are looked for, and the longest, in characters: each costs a look at every character that is shared. */
const mostNames = 64;
const longestName = 200;

/** Names of one or two Latin letters would be found everywhere. */
const isTelling = (name: string): boolean => (unspaced.test(name) ? name.length >= 2 : name.length >= 3);

/** Finds any of `names` as whole words, in either case. */
function namePattern(names: readonly string[]): RegExp | undefined {
  const patterns = names.map((name) => {
    const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    return unspaced.test(name) ? escaped : `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`;
  });
  return patterns.length > 0 ? new RegExp(patterns.join("|"), "iu") : undefined;
}

const strings = (part: SplitPart): { key: string | undefined; string: string }[] => {
  const text = utf8Decode(part.content);
  return [...stringsIn(text, rootValue(text))];
};

/** Family, given and whole names of all Patient resources, or of the emr9 part `name`. */
function patientNames({ schema, parts }: Pick<SplitRecord, "schema" | "parts">): string[] {
  if (schema === "emr9") {
    const whole = strings(parts[0]!).map((each) => each.string);
    return [...whole, ...whole.flatMap((each) => each.split(/[\s,]+/))];
  }
  const patients = parts.find((part) => part.label === "Patient");
  if (patients === undefined) return [];
  const resources = JSON.parse(utf8Decode(patients.content)) as { name?: unknown }[];
  const names = resources.flatMap(({ name }) => (Array.isArray(name) ? name : []));
  return names
    .flatMap((name: { family?: unknown; given?: unknown; text?: unknown } | null) => [
      name?.family,
      ...(Array.isArray(name?.given) ? name.given : []),
      name?.text,
    ])
    .filter((each): each is string => typeof each === "string");
}

/** The text in an attachment's base64, as far as it is one. */
function attachedText(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}

/** Shared parts that name the patient. */
export interface NamedParts {
  /** Positions, ascending. */
  positions: number[];
  /** Whether all of the patient's names were looked for. */
  complete: boolean;
}

/** The parts on the shared side in which a name of the patient stands; up to 64 names of at most 200 characters are looked for. */
export function namedParts(split: Pick<SplitRecord, "schema" | "parts">): NamedParts {
  const names = [...new Set(patientNames(split).map((name) => name.trim()))].filter(isTelling);
  const sought = names.filter((name) => name.length <= longestName).slice(0, mostNames);
  const complete = sought.length === names.length;
  const pattern = namePattern(sought);
  if (pattern === undefined) return { positions: [], complete };
  const named = split.parts.filter(
    (part) =>
      part.side === "shared" &&
      strings(part).some(
        ({ key, string }) => pattern.test(string) || (key === "data" && pattern.test(attachedText(string))),
      ),
  );
  return { positions: named.map(({ position }) => position), complete };
}

/**
 * Warnings that name each shared part in which a name of the patient stands, and one when there are more or longer names than
 * are looked for; they never say a name.
 */
export function findNames(split: Pick<SplitRecord, "schema" | "parts">): string[] {
  const { positions, complete } = namedParts(split);
  return [
    ...positions.map(
      (position) =>
        `The patient's name may stand in the shared part ${split.parts[position - 1]!.label}: redact it before signing, or make the part private.`,
    ),
    ...(complete
      ? []
      : [
          `The patient has names that were not looked for in the shared parts (${mostNames} of at most ${longestName} characters are): look yourself.`,
        ]),
  ];
}
