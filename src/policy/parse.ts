import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Attribute } from "./attribute.ts";
import { type Comparison, countRows, explainEmpty, isOperator, type Operator } from "./comparison.ts";
import { explainLabel, isKeyword } from "./label.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { readValue } from "./number.ts";
import { needsNoQuotes, quote, readTokens, syntaxError, type Token, type TokenKind } from "./tokens.ts";
import { joinPolicies, normalisePolicy, type Policy, parsePlain, tooDeep, tooManyLeaves } from "./tree.ts";

/**
 * Reads a policy:
 *
 *     policy     = all *( "or" all )
 *     all        = term *( "and" term )                     ; "and" binds tighter than "or"
 *     term       = attribute / comparison / "(" policy ")" / threshold
 *     threshold  = number "of" "(" policy *( "," policy ) ")"
 *     attribute  = label ":" value / a JSON string
 *     comparison = label ( "<" / "<=" / "=" / ">=" / ">" ) ( number / date )
 *
 * Keywords are lower case; label and value without quotes take `A-Z a-z 0-9 _ . - / @ + # ~ * %`, the value colons too. A
 * comparison's label has a letter and is no keyword; numbers go from 0 to 4294967295, dates are YYYY-MM-DD.
 * The result is normal (see `Policy`). Throws `policy-syntax` with line, column and a hint, or `policy-limit`.
 */
export function parsePolicy(text: string): Policy {
  if (utf8(text).length > POLICY_LIMITS.textBytes)
    throw new DiptychError("policy-limit", `A policy's text takes at most ${POLICY_LIMITS.textBytes} bytes.`);
  return new Parser(text).read();
}

/** A policy given as text or as a tree, in normal form. Errors as of `parsePolicy` and `normalisePolicy`. */
export function toPolicy(policy: string | Policy): Policy {
  return typeof policy === "string" ? parsePolicy(policy) : normalisePolicy(policy);
}

class Parser {
  private readonly text: string;
  private readonly tokens: Generator<Token, undefined>;
  private token: Token;
  private depth = 0;
  /** As `normalisePolicy` counts them. */
  private rows = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = readTokens(text);
    this.token = this.tokens.next().value!;
  }

  read(): Policy {
    const policy = this.readAny();
    if (this.token.kind !== "end") throw this.unexpected('"and", "or" or the end');
    // Operators without brackets can nest a gate deeper than brackets do.
    return normalisePolicy(policy);
  }

  private readAny(): Policy {
    const choices = [this.readAll()];
    while (this.skipWord("or")) choices.push(this.readAll());
    return joinPolicies(1, choices);
  }

  private readAll(): Policy {
    const terms = [this.readTerm()];
    while (this.skipWord("and")) terms.push(this.readTerm());
    return joinPolicies(terms.length, terms);
  }

  private readTerm(): Policy {
    if (this.token.kind === "(") return this.readBrackets(() => this.readAny());
    if (this.token.kind === "word" && /^[0-9]+$/.test(this.token.text)) return this.readThreshold();
    return this.readLeaf();
  }

  private readThreshold(): Policy {
    const number = this.token;
    this.advance();
    if (this.token.kind === "operator") throw this.labelMissing(number);
    if (!this.skipWord("of")) throw this.unexpected('"of", as in "2 of (a:x, b:y, c:z)"');
    if (this.token.kind !== "(") throw this.unexpected('"("');
    const children = this.readBrackets(() => {
      const list = [this.readAny()];
      while (this.skip(",")) list.push(this.readAny());
      return list;
    });
    const k = /^[1-9][0-9]{0,4}$/.test(number.text) ? Number(number.text) : 0;
    if (k < 1 || k > children.length)
      throw syntaxError(
        this.text,
        number.at,
        `${quote(`${number.text} of`)} ${children.length} can't be; write a number from 1 to ${children.length}.`,
      );
    return joinPolicies(k, children);
  }

  private readBrackets<T>(readInside: () => T): T {
    if (++this.depth > POLICY_LIMITS.depth) throw tooDeep();
    this.advance();
    const inside = readInside();
    if (!this.skip(")")) throw this.unexpected('"and", "or" or ")"');
    this.depth -= 1;
    return inside;
  }

  private readLeaf(): Policy {
    const token = this.token;
    if (token.kind !== "word" && token.kind !== "quoted") throw this.unexpected("an attribute");
    const isAttribute = token.kind === "quoted" || needsNoQuotes(token.text);
    if (!isAttribute && (isKeyword(token.text) || token.text.includes(":")))
      throw this.unexpected("an attribute");
    this.advance();
    if (this.token.kind === "operator") return this.readComparison(token);
    if (!isAttribute) throw this.unexpected("an attribute", token);
    const attribute = this.readAttribute(token);
    this.countRows(1);
    return { kind: "leaf", attribute };
  }

  private readAttribute({ text, at }: Token): Attribute {
    try {
      return parsePlain(text);
    } catch (cause) {
      if (!(cause instanceof DiptychError)) throw cause;
      if (utf8(text).length > POLICY_LIMITS.attributeBytes)
        throw new DiptychError("policy-limit", cause.message, { cause });
      throw syntaxError(this.text, at, cause.message, cause);
    }
  }

  private readComparison(label: Token): Comparison {
    if (label.kind === "quoted")
      throw syntaxError(this.text, label.at, "the label of a comparison stands without quotes.");
    if (typeof readValue(label.text) !== "string") throw this.labelMissing(label);
    const why = explainLabel(label.text);
    if (why !== undefined && label.text.length > POLICY_LIMITS.labelBytes)
      throw new DiptychError("policy-limit", `${why}.`);
    if (why !== undefined) throw syntaxError(this.text, label.at, `${why}.`);
    const { at } = this.token;
    const operator = this.readOperator();
    const written = this.token;
    if (written.kind !== "word") throw this.unexpected("a number or a date");
    const value = readValue(written.text);
    if (typeof value === "string") throw syntaxError(this.text, written.at, `${value}.`);
    const comparison: Comparison = { kind: "comparison", label: label.text, operator, ...value };
    const empty = explainEmpty(comparison);
    if (empty !== undefined) throw syntaxError(this.text, at, `${empty}.`);
    this.advance();
    this.countRows(countRows(comparison));
    return comparison;
  }

  private readOperator(): Operator {
    const { text, at } = this.token;
    if (!isOperator(text)) throw syntaxError(this.text, at, explainOperator(text));
    this.advance();
    return text;
  }

  private countRows(added: number): void {
    if ((this.rows += added) > POLICY_LIMITS.leaves) throw tooManyLeaves();
  }

  private advance(): void {
    this.token = this.tokens.next().value!;
  }

  private skip(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  private skipWord(word: string): boolean {
    return this.token.kind === "word" && this.token.text === word && this.skip("word");
  }

  private labelMissing({ at }: Token): DiptychError {
    return syntaxError(this.text, at, "the label of a comparison comes first, as in level >= 3.");
  }

  private unexpected(wanted: string, token: Token = this.token): DiptychError {
    const found = token.kind === "end" ? "the policy ends" : `there is ${quote(token.text)}`;
    return syntaxError(this.text, token.at, `${found} where ${wanted} should be.${hintFor(token)}`);
  }
}

function explainOperator(text: string): string {
  const instead: Record<string, string> = {
    "==": 'write "=".',
    "=>": 'write ">=".',
    "=<": 'write "<=".',
    "!=": 'there is no negation; write "level < 3 or level > 3".',
    "<>": 'there is no negation; write "level < 3 or level > 3".',
  };
  return `there is no operator ${quote(text)}: ${instead[text] ?? "use one of < <= = >= >."}`;
}

function hintFor({ kind, text }: Token): string {
  if (kind === "operator")
    return text.startsWith("!")
      ? " There is no negation: block an account on the ledger instead."
      : ' A comparison is a label, an operator and a value, as in level >= 3; join two by "and".';
  if (kind !== "word") return "";
  if (text === "not") return " There is no negation: block an account on the ledger instead.";
  if (isKeyword(text))
    return text === text.toLowerCase() ? "" : ` Write ${JSON.stringify(text.toLowerCase())} in lower case.`;
  return needsNoQuotes(text)
    ? ""
    : " Write attributes as label:value, or put them in double quotes; compare numbers as in level >= 3.";
}
