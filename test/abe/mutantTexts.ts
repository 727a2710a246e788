/** Hostile policy and attribute texts. */
import { pick, type Random } from "./mutants.ts";

export const policySeeds = [
  "a:1",
  "a:1 or z:3",
  "a:1 and b:2",
  "2 of (a:1, b:2, a:1)",
  "role:doctor and (org:yzu-hospital or 2 of (a:x, b:y, c:z))",
  "level >= 3",
  "level > 2147483647 and expires <= 2028-05-01",
  "(level = 4294967295 or a:1) and (level < 16 or z:1)",
  '"a b" or "\\u00e9\\"\\\\" and a:1',
] as const;

export const attributeSeeds = [
  "role:doctor",
  "id:0x00112233445566778899aAbBcCdDeEfF00112233",
  "level = 3",
  "expires = 2028-05-01",
  "a b",
  "\u00e9:\u212b",
  "%:::",
] as const;

/** What a policy's text is made of, and what looks like it. */
const tokens = [
  ...[
    "(",
    ")",
    ",",
    '"',
    "\\",
    "and",
    "or",
    "of",
    "not",
    "AND",
    "1",
    "2",
    "0",
    "99999",
    "4097 of (",
    "of(",
    "&",
    "|",
  ],
  ...[
    "level",
    "level:",
    "expires",
    "<",
    "<=",
    "=",
    ">=",
    ">",
    "==",
    "!=",
    "=>",
    "=<",
    "<>",
    "-",
    "+",
    "0x10",
    "1e3",
  ],
  ...[
    "4294967295",
    "4294967296",
    "03",
    "3.5",
    "-1",
    "1970-01-01",
    "9999-12-31",
    "10000-01-01",
    "2027-02-29",
    "a:1",
  ],
  ...[
    '"level = 3"',
    '"level  =  3"',
    '"level \\u003d 3"',
    '"level\\u2003=\\u20033"',
    '"\\u0001n31=1:level"',
    '""',
  ],
  ...[
    "level >= 3",
    "level <= 0",
    "level >= 0",
    "level > 4294967295",
    "level < 0",
    "expires > 9999-12-31",
    "\n",
    "\t",
  ],
] as const;

/** Characters that parsers and people read in different ways. */
const characters = [
  ..."\u0000\u0001\u0007\u001b\u007f\u0085\u00a0\u00ad\u0301\u200b\u200d\u2028\u2029\u202e\u2066\u3000\ufeff\ufffd",
  ...[
    "\ud800",
    "\udc00",
    "\u{1f600}",
    "\u{e0001}",
    "\uff1d",
    "\uff13",
    "\u0663",
    "\u2215",
    "\u0430",
    "\u212b",
    "\ufb01",
  ],
  ..."\"\\'`<>=!:,()%_ \t\r\n/",
];

/** Whole texts of another size or depth. */
const large: readonly ((text: string, random: Random) => string)[] = [
  (text, random) =>
    Array(1 + random(700))
      .fill(text)
      .join(" or "),
  (text, random) =>
    Array(1 + random(40))
      .fill(text)
      .join(" and "),
  (text, random) => "(".repeat(random(6000)) + text + ")".repeat(random(6000)),
  (text, random) => "(".repeat(20 + random(20)) + text,
  (text, random) => {
    const depth = random(40);
    return "1 of (".repeat(depth) + text + ")".repeat(depth);
  },
  (text, random) => {
    const depth = 28 + random(8);
    return `${"a:1 and (b:2 or ".repeat(depth >> 1)}${text}${")".repeat(depth >> 1)}`;
  },
  (text, random) =>
    `${1 + random(520)} of (${Array(1 + random(520))
      .fill(text)
      .join(", ")})`,
  (text, random) => text + pick([" ", "\n", "a", '"', "\\", "=", ":"], random).repeat(random(70_000)),
  (text, random) =>
    Array(1 + random(20))
      .fill(`${text} or level = ${random(2 ** 32)}`)
      .join(" and "),
];

function splice(text: string, by: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + by + text.slice(at + random(4));
}

/** Another text, made from `text`: tokens and characters added, changed and left out, one or several times. */
export function mutateText(text: string, random: Random): string {
  if (random(40) === 0) return pick(large, random)(text, random);
  let mutant = text;
  for (let times = 1 + (random(2) && random(4)); times > 0; times--)
    switch (random(6)) {
      case 0:
        mutant = splice(mutant, pick(tokens, random), random);
        break;
      case 1:
        mutant = splice(mutant, ` ${pick(tokens, random)} `, random);
        break;
      case 2:
        mutant = splice(mutant, pick(characters, random), random);
        break;
      case 3:
        mutant = splice(mutant, String.fromCodePoint(random(random(2) ? 0x250 : 0x11_0000)), random);
        break;
      case 4:
        mutant = splice(mutant, "", random);
        break;
      default: {
        const at = random(mutant.length + 1);
        mutant = splice(mutant, mutant.slice(at, at + random(12)), random);
      }
    }
  return mutant;
}

/** The same policy in a text that isn't the canonical one, or very nearly the same policy. */
export function restate(text: string, random: Random): string {
  const [left, right] = text.split(/ (?:or|and) /);
  return pick(
    [
      ` ${text}`,
      `${text}\n`,
      `(${text})`,
      `1 of (${text})`,
      `${text} or ${text}`,
      `${text} and ${text}`,
      `\ufeff${text}`,
      text.replace(" ", "  "),
      text.replace(/a:1/, '"a:1"'),
      text.replace(/ or /, " and "),
      text.replace(/ and /, " or "),
      text.replace(/>= (\d+)$/, (_, value: string) => `> ${Number(value) - 1}`),
      text.replace(/[a-z]/, (letter) => letter.toUpperCase()),
      text.normalize("NFD"),
      right === undefined ? text : `${right} or ${left}`,
      right === undefined ? text : `${right} and ${left}`,
    ],
    random,
  );
}
