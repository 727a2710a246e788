import { utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { type Attribute, parseAttribute } from "./attribute.ts";
import { POLICY_LIMITS } from "./limits.ts";
import { needsNoQuotes, readTokens, syntaxError, type Token, type TokenKind } from "./tokens.ts";
import { joinPolicies, normalisePolicy, type Policy, tooDeep, tooManyLeaves } from "./tree.ts";

/**
 * Reads a policy:
 *
 *     policy    = all *( "or" all )
 *     all       = term *( "and" term )                      ; "and" binds tighter than "or"
 *     term      = attribute / "(" policy ")" / threshold
 *     threshold = number "of" "(" policy *( "," policy ) ")"
 *     attribute = label ":" value / a JSON string
 *
 * Keywords are lower case; label and value without quotes take `A-Z a-z 0-9 _ . - / @ + # ~ * %`, the value colons too.
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
  private leaves = 0;

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
        `"${number.text} of" ${children.length} can't be; write a number from 1 to ${children.length}.`,
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
    const { kind, text } = this.token;
    if (kind !== "word" && kind !== "quoted") throw this.unexpected("an attribute");
    if (kind === "word" && !needsNoQuotes(text)) throw this.unexpected("an attribute");
    const attribute = this.readAttribute(text);
    if (++this.leaves > POLICY_LIMITS.leaves) throw tooManyLeaves();
    this.advance();
    return { kind: "leaf", attribute };
  }

  private readAttribute(text: string): Attribute {
    try {
      return parseAttribute(text);
    } catch (cause) {
      if (!(cause instanceof DiptychError)) throw cause;
      if (utf8(text).length > POLICY_LIMITS.attributeBytes)
        throw new DiptychError("policy-limit", cause.message, { cause });
      throw syntaxError(this.text, this.token.at, cause.message, cause);
    }
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

  private unexpected(wanted: string): DiptychError {
    const { kind, text, at } = this.token;
    const found = kind === "end" ? "the policy ends" : `there is ${JSON.stringify(text)}`;
    return syntaxError(this.text, at, `${found} where ${wanted} should be.${this.hint()}`);
  }

  private hint(): string {
    const { kind, text } = this.token;
    if (kind !== "word") return "";
    if (text === "not") return " There is no negation: block an account on the ledger instead.";
    if (/^(and|or|of)$/i.test(text))
      return text === text.toLowerCase() ? "" : ` Write ${JSON.stringify(text.toLowerCase())} in lower case.`;
    return needsNoQuotes(text) ? "" : " Write attributes as label:value, or put them in double quotes.";
  }
}
