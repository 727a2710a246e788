import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parsePolicy } from "../../src/policy/index.ts";
import { palette, type Tone } from "../../web/src/look/palette.ts";
import { printGroups, readGroups } from "../../web/src/look/ruleGroups.ts";
import { describeRule } from "../../web/src/words/describeRule.ts";
import { en } from "../../web/src/words/en.ts";
import { explainError } from "../../web/src/words/explained.ts";
import { makeFormats } from "../../web/src/words/formats.ts";
import { pluralsOf } from "../../web/src/words/plural.ts";

const plain = (text: string) => text.replace(/[\u2068\u2069]/g, "");

describe("the page's words", () => {
  it("explain every error of docs/errors.md, in sentences", () => {
    const rows = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8").matchAll(
      /^\| `([a-z0-9-]+)` \|/gm,
    );
    const codes = [...rows].map(([, code]) => code!);
    expect(codes).to.include("policy-syntax");
    for (const code of codes) {
      expect(en.errors, code).to.have.property(code);
      const { title, nextStep } = explainError(en.errors, code);
      for (const sentence of [title, nextStep]) expect(sentence, code).to.match(/^[A-Z].*[.]$/);
    }
  });

  it("use no word of cryptographers' in what people read about errors", () => {
    const jargon =
      /\b(CP-ABE|ABE|HPKE|CID|IPFS|capsule|keyring|manifest|nonce|hash|Merkle|sigma|gas|epoch|EIP)\b/i;
    for (const { title, nextStep } of Object.values(en.errors))
      expect(`${title} ${nextStep}`).not.to.match(jargon);
  });

  it("say that something went wrong for a code that nobody knows, such as a property of every object", () => {
    for (const code of ["of-tomorrow", "constructor", "__proto__", undefined])
      expect(explainError(en.errors, code)).to.equal(en.errors.internal);
  });

  it("take the plural that the language asks for", () => {
    const english = pluralsOf("en");
    expect(english(1, { one: "# part", other: "# parts" })).to.equal("1 part");
    expect(english(1200, { one: "# part", other: "# parts" })).to.equal("1,200 parts");
    const polish = pluralsOf("pl");
    expect(polish(3, { one: "# część", few: "# części", many: "# części!", other: "?" })).to.equal(
      "3 części",
    );
  });
});

describe("the page's dates and numbers", () => {
  const now = new Date(2027, 2, 5, 12);
  const { date, day, relative, bytes, list, shortId } = makeFormats("en-GB");

  it("are written as the locale has them", () => {
    expect(date(now)).to.equal("5 March 2027");
    expect(makeFormats("de").date(now)).to.equal("5. März 2027");
    expect(list(["a", "b", "c"])).to.equal("a, b and c");
    expect([bytes(0), bytes(1), bytes(999), bytes(4_200_000), bytes(5e12)]).to.deep.equal([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "4.2 MB",
      "5,000 GB",
    ]);
  });

  it("tell days and distances from now", () => {
    expect(day(new Date(2027, 2, 5, 0, 1), now)).to.equal("Today");
    expect(day(new Date(2027, 2, 4, 23, 59), now)).to.equal("Yesterday");
    expect(day(new Date(2027, 2, 1), now)).to.match(/^Monday,? 1 March 2027$/);
    expect(relative(new Date(2027, 2, 8, 12), now)).to.equal("in 3 days");
    expect(relative(new Date(2027, 2, 5, 10), now)).to.equal("2 hours ago");
    expect(relative(now, now)).to.equal("now");
  });

  it("write a dash for a date that there can't be, and shorten identifiers", () => {
    expect(date(new Date(Number.NaN))).to.equal("–");
    expect(shortId("0x1234567890abcdef")).to.equal("0x1234…cdef");
    expect(shortId("short")).to.equal("short");
  });
});

describe("rules as sentences", () => {
  const names: Record<string, string> = {
    "role:doctor": "doctors",
    "role:nurse": "nurses",
    "org:yzu": "Yangzhou hospital",
  };
  const say = (text: string) =>
    plain(describeRule(parsePolicy(text), en, makeFormats("en-GB"), (attribute) => names[attribute]));

  it("say who may read", () => {
    expect(say("role:doctor and org:yzu or role:government")).to.equal(
      "doctors of Yangzhou hospital, or people with the role government",
    );
    expect(say("(role:doctor or role:nurse) and org:yzu")).to.equal(
      "(doctors, or nurses), who are also people of Yangzhou hospital",
    );
    expect(say("2 of (role:doctor, level >= 3, id:x)")).to.equal(
      "those who are at least 2 of these 3: doctors, people whose level is at least 3 and the account x",
    );
  });

  it("keep a foreign name from turning the words around it", () => {
    const told = describeRule(parsePolicy("role:doctor"), en, makeFormats("en-GB"), () => "\u202Eevil\u2069");
    expect(told).to.equal("\u2068evil\u2069");
  });
});

describe("rules as groups of people", () => {
  const choices = {
    roles: [{ attribute: "role:doctor", word: "doctors" }],
    organisations: [{ attribute: "org:yzu", word: "Yangzhou hospital" }],
  };

  it("come back as the same text", () => {
    for (const text of ["role:doctor", "role:doctor and org:yzu", "role:doctor and x:y or org:yzu or z:z"])
      expect(printGroups(readGroups(text, choices)!)).to.equal(text);
  });

  it("are told apart from rules that only text can show", () => {
    for (const text of ["2 of (a:a, b:b, c:c)", "(a:a or b:b) and c:c", "level >= 3"])
      expect(readGroups(text, choices)).to.equal(undefined);
  });

  it("give no text while one of them is empty", () => {
    expect(printGroups([])).to.equal(undefined);
    expect(printGroups([{ role: "role:doctor", others: [] }, { others: [] }])).to.equal(undefined);
  });
});

describe("the page's colours", () => {
  const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) =>
      channel(Number.parseInt(colour.slice(at, at + 2), 16) / 255),
    );
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const contrast = (one: string, other: string) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high! + 0.05) / (low! + 0.05);
  };
  const grounds: Tone[] = ["page", "paper", "raised"];
  const texts: [Tone, Tone[]][] = [
    ["text", [...grounds, "private-soft", "shared-soft", "good-soft", "warn-soft", "bad-soft"]],
    ["muted", grounds],
    ["link", [...grounds, "warn-soft", "bad-soft"]],
    ["private-text", [...grounds, "private-soft"]],
    ["shared-text", [...grounds, "shared-soft"]],
    ["good", [...grounds, "good-soft"]],
    ["warn", [...grounds, "warn-soft"]],
    ["bad", [...grounds, "bad-soft"]],
  ];
  const signs: [Tone, Tone[]][] = [
    ["line-strong", grounds],
    ["focus", grounds],
    ["private", ["page", "private-soft"]],
    ["shared", ["page", "shared-soft"]],
    ["hinge", ["page"]],
  ];

  it("are those of the style sheet that the page loads", () => {
    const sheet = readFileSync(new URL("../../web/src/look/variables.css", import.meta.url), "utf8");
    for (const scheme of ["light", "dark"] as const) {
      const block = sheet.split(`:root[data-mantine-color-scheme="${scheme}"]`)[1]!.split("}")[0]!;
      for (const [tone, colour] of Object.entries(palette[scheme]))
        expect(block, `${scheme} ${tone}: run node scripts/brand.ts`).to.include(`--dp-${tone}: ${colour};`);
    }
  });

  for (const scheme of ["light", "dark"] as const)
    it(`stand out from their ground, ${scheme}: 4.5 for text, 3 for signs and borders`, () => {
      const colours = palette[scheme];
      for (const [least, pairs] of [
        [4.5, texts],
        [3, signs],
      ] as const)
        for (const [tone, on] of pairs)
          for (const ground of on)
            expect(contrast(colours[tone], colours[ground]), `${tone} on ${ground}`).to.be.at.least(least);
    });
});
