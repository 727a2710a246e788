/**
 * JSON as source text: strict, and cut by offsets, so that numbers, escapes, white space and the order of keys stay as
 * they stand. Nothing here recurses, so depth can't exhaust the stack.
 */
import { createScanner } from "jsonc-parser";
import { utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";

/** Half-open range of offsets into a text. */
export interface Span {
  start: number;
  end: number;
}

export interface Member {
  key: string;
  value: Span;
}

const maxBytes = 256 * 1024 * 1024;
const maxDepth = 512;

const notJson = (why: string, cause?: unknown) =>
  new DiptychError("record-not-json", `This file isn't strict JSON in UTF-8: ${why}.`, { cause });

/** Tokens of `text` from `start` on, without white space; the last one is empty. */
function* tokens(text: string, start: number): Generator<Span, undefined> {
  const scanner = createScanner(text, true);
  scanner.setPosition(start);
  for (;;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    yield { start: offset, end: offset + scanner.getTokenLength() };
    if (offset >= text.length) return;
  }
}

const opens = (char: string | undefined): boolean => char === "{" || char === "[";
const closes = (char: string | undefined): boolean => char === "}" || char === "]";

/**
 * Text of a strict JSON file. Throws `record-not-json` (not UTF-8, a byte order mark, comments, trailing commas, more than
 * 512 levels) or `record-too-large` (over 256 MiB, which is what all engines can hold as one text).
 */
export function readSource(bytes: Uint8Array): string {
  if (bytes.length > maxBytes)
    throw new DiptychError(
      "record-too-large",
      "A record file may have 256 MiB at most: split it into several.",
    );
  let text: string;
  try {
    text = utf8Decode(bytes);
  } catch (cause) {
    throw notJson("its bytes aren't UTF-8; save it as UTF-8", cause);
  }
  if (text.startsWith("\ufeff")) throw notJson("it starts with a byte order mark; save it without one");
  let depth = 0;
  for (const { start } of tokens(text, 0)) {
    if (opens(text[start]) && ++depth > maxDepth)
      throw notJson(`it is nested deeper than ${maxDepth} levels`);
    if (closes(text[start])) depth--;
  }
  try {
    JSON.parse(text);
  } catch (cause) {
    throw notJson("its syntax is wrong; comments and trailing commas aren't JSON", cause);
  }
  return text;
}

/** The range of the first value in a text that `readSource` returned. */
export function rootValue(text: string): Span {
  return { start: text.search(/[^\s]/), end: text.trimEnd().length };
}

/** Tokens inside the object or array at `container`, each with the number of containers open around it. */
function* inside(text: string, container: Span): Generator<Span & { depth: number }> {
  let depth = 0;
  for (const token of tokens(text, container.start)) {
    if (closes(text[token.start])) depth--;
    if (token.start + 1 >= container.end) return;
    if (token.start > container.start) yield { ...token, depth };
    if (opens(text[token.start])) depth++;
  }
}

/** Ranges of the elements of the array, or of the keys and values of the object, at `container`. */
function children(text: string, container: Span): Span[] {
  const found: Span[] = [];
  let current: Span | undefined;
  for (const { start, end, depth } of inside(text, container)) {
    const separates = depth === 1 && (text[start] === "," || text[start] === ":");
    if (separates) {
      if (current) found.push(current);
      current = undefined;
    } else current = { start: current?.start ?? start, end };
  }
  if (current) found.push(current);
  return found;
}

/** Ranges of the elements when the value is an array. */
export function elementsOf(text: string, value: Span): Span[] | undefined {
  return text[value.start] === "[" ? children(text, value) : undefined;
}

/** Keys (unescaped) and ranges of the values when the value is an object; repeated keys as often as they stand there. */
export function membersOf(text: string, value: Span): Member[] | undefined {
  if (text[value.start] !== "{") return undefined;
  const all = children(text, value);
  return Array.from({ length: all.length / 2 }, (_, at) => ({
    key: JSON.parse(slice(text, all[2 * at]!)) as string,
    value: all[2 * at + 1]!,
  }));
}

/** The source text of a range. */
export function slice(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

/** The text when the value is a JSON string. */
export function stringOf(text: string, value: Span): string | undefined {
  return text[value.start] === '"' ? (JSON.parse(slice(text, value)) as string) : undefined;
}

/** All strings anywhere in the value that aren't keys, each with the key it stands under (of the nearest object). */
export function* stringsIn(
  text: string,
  value: Span,
): Generator<{ key: string | undefined; string: string }> {
  const keys: (string | undefined)[] = [];
  let pending: string | undefined;
  for (const token of tokens(text, value.start)) {
    if (token.start >= value.end) break;
    const char = text[token.start];
    // A string is a key only once its colon follows, so each string waits for the next token.
    if (pending !== undefined && char === ":") keys[keys.length - 1] = pending;
    else if (pending !== undefined) yield { key: keys.at(-1), string: pending };
    pending = char === '"' ? (JSON.parse(slice(text, token)) as string) : undefined;
    if (char === "{") keys.push(undefined);
    else if (char === "[") keys.push(keys.at(-1));
    else if (closes(char)) keys.pop();
  }
  if (pending !== undefined) yield { key: keys.at(-1), string: pending };
}
