import { DiptychError } from "../core/errors.ts";

export type TokenKind = "word" | "quoted" | "operator" | "(" | ")" | "," | "end";

export interface Token {
  readonly kind: TokenKind;
  /** A word or an operator as written, a quoted attribute without its quotes and escapes. */
  readonly text: string;
  /** Offset into the policy's text, in UTF-16 units. */
  readonly at: number;
}

/** Characters of words that need no quotes; a colon makes a word an attribute. */
const wordCharacters = /[A-Za-z0-9_.\-/@+#~*%:]+/y;
/** What stands for an operator, whether or not there is such an operator. */
const operatorCharacters = /[<>=!]+/y;
const quotedString = /"(?:[^"\\]|\\.)*"/y;
const space = /[ \t\r\n]+/y;
const bareAttribute = /^[A-Za-z0-9_.\-/@+#~*%]+:[A-Za-z0-9_.\-/@+#~*%:]+$/;

/** Whether an attribute may stand in a policy without quotes. */
export function needsNoQuotes(attribute: string): boolean {
  return bareAttribute.test(attribute);
}

/** `policy-syntax` with line and column (both from 1, columns in characters) of the place `at`. */
export function syntaxError(text: string, at: number, what: string, cause?: unknown): DiptychError {
  const before = text.slice(0, at).split("\n");
  const column = [...before[before.length - 1]!].length + 1;
  return new DiptychError("policy-syntax", `Policy, line ${before.length}, column ${column}: ${what}`, {
    cause,
  });
}

/** A piece of a policy as messages quote it: no longer than anybody would read. */
export function quote(text: string): string {
  const characters = [...text.slice(0, 128)];
  return JSON.stringify(characters.length <= 60 ? text : `${characters.slice(0, 60).join("")}…`);
}

/** Splits a policy's text; the last token is `end`. Throws `policy-syntax`. */
export function* readTokens(text: string): Generator<Token, undefined> {
  const take = (pattern: RegExp, at: number): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  let at = 0;
  while (at < text.length) {
    const skipped = take(space, at);
    if (skipped) {
      at += skipped.length;
      continue;
    }
    const character = text[at]!;
    if (character === "(" || character === ")" || character === ",") {
      yield { kind: character, text: character, at };
      at += 1;
    } else if (character === '"') {
      const written = take(quotedString, at);
      if (!written) throw syntaxError(text, at, "this quote is never closed.");
      yield { kind: "quoted", text: unquote(text, written, at), at };
      at += written.length;
    } else {
      const word = take(wordCharacters, at);
      const written = word ?? take(operatorCharacters, at);
      if (!written) throw syntaxError(text, at, complaint(text, at));
      yield { kind: word ? "word" : "operator", text: written, at };
      at += written.length;
    }
  }
  yield { kind: "end", text: "", at };
}

function unquote(text: string, written: string, at: number): string {
  try {
    return JSON.parse(written) as string;
  } catch (cause) {
    const hint = "inside quotes use JSON's escapes, such as \\\" and \\\\, and no line breaks.";
    throw syntaxError(text, at, `this quoted attribute can't be read: ${hint}`, cause);
  }
}

function complaint(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at)!);
  if (character === "&" || character === "|") return 'write "and" and "or" as words.';
  return `${JSON.stringify(character)} can't stand here; put attributes with such characters in double quotes.`;
}
