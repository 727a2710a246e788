/** Configuration files: what is wrong in one, and where. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { printableUrl } from "../../src/cli/config/check.ts";
import { parseConfig } from "../../src/cli/config/config.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { isDiptychError } from "../../src/core/errors.ts";
import { expectCode } from "../expectCode.ts";

const page = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const example = /```json\n([\s\S]*?)```/.exec(page)![1]!;
const parse = (text: string) => parseConfig(utf8(text), "x.json");

/** The example with one thing changed: a path of keys, and the new value (undefined: left out). */
function changed(path: string, value: unknown): string {
  const config = JSON.parse(example);
  const keys = path.split(".");
  const last = keys.pop()!;
  const place = keys.reduce((at, key) => at[key], config);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return JSON.stringify(config);
}

describe("cli: configuration", () => {
  it("the one in the docs is taken as it stands", () => {
    expect(parse(example)).to.deep.equal(JSON.parse(example));
  });

  it("may leave services out, and go by finalized blocks", () => {
    for (const name of ["gateway", "authority", "gates"]) parse(changed(name, undefined));
    expect(parse(changed("confirmations", "finalized")).confirmations).to.equal("finalized");
  });

  const bad: [what: string, text: string, said: RegExp][] = [
    ["nothing", "", /is empty|ValueExpected/],
    ["no object", "[]", /\/: /],
    ["no JSON", '{"version": 1,\n "chains": }', /line 2/],
    ["comments", `${example}// x`, /line \d+: InvalidCommentToken/],
    ["a byte order mark", `\ufeff${example}`, /byte order mark/],
    ["a key twice", `{"version": 1, "version": 1}`, /line 1: "version" stands there twice/],
    ["another version", changed("version", 2), /\/version: must be 1/],
    ["a chain too few", changed("chains.shared", undefined), /\/chains: "shared" is missing/],
    ["an unknown key", changed("chains.shared.url", "x"), /\/chains\/shared: "url" is unknown/],
    [
      "a short address",
      changed("chains.storage.ledger", "0x12"),
      /\/chains\/storage\/ledger: must be the address/,
    ],
    [
      "a chain id as text",
      changed("chains.storage.chainId", "1"),
      /\/chains\/storage\/chainId: must be integer/,
    ],
    [
      "no URL",
      changed("chains.storage.rpc", "127.0.0.1:8545"),
      /\/chains\/storage\/rpc: must be .*https?:\/\//,
    ],
    ["a file URL", changed("gateway", "file:///etc/passwd"), /\/gateway: must be the gateway/],
    ["negative confirmations", changed("confirmations", -1), /\/confirmations: must be a number of blocks/],
    ["one chain as two", changed("chains.shared.chainId", 31338), /\/chains: both have the same chainId/],
    ["a threshold above the gates", changed("gates.threshold", 2), /\/gates\/threshold: 2 is more/],
    ["a hundred thousand levels", "[".repeat(100_000), /line 1: it is nested deeper than 16 levels/],
    ["levels below brackets that don't match", "[},".repeat(100_000), /nested deeper than 16 levels/],
    ["levels below a text without an end", `"\n${'{"a":'.repeat(100_000)}`, /line 2: .* deeper than 16/],
    ["half a million entries", `[${"1,".repeat(500_000)}1]`, /\/: must be object/],
    ["a very long key twice", `{"${"k".repeat(9000)}": 1, "${"k".repeat(9000)}": 1}`, /k{64}\.\.\." stands/],
    ["a very long unknown key", changed("k".repeat(9000), 1), /\/: "k{64}\.\.\." is unknown/],
    ["a gate twice", changed("gates.shared", Array(2).fill(`0x${"11".repeat(20)}`)), /\/gates\/shared/],
  ];
  for (const [what, text, said] of bad)
    it(`${what} is refused, with the place`, async () => {
      const error = await expectCode("config-invalid", async () => parse(text));
      expect(error.message)
        .to.match(said)
        .and.match(/^x\.json can't be used: /);
    });

  it("a hundred thousand different keys are looked at once each", async function () {
    // Comparing each with each takes many times as long.
    this.timeout(10_000);
    const members = Array.from({ length: 100_000 }, (_, at) => `"${at}":0`);
    const { message } = await expectCode("config-invalid", () => parse(`{${members.join()}}`));
    expect(message).to.match(/and 10\d{4} more/);
  });

  it("is refused by code, whatever the bytes", () => {
    const outside = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(utf8),
      fc
        .tuple(fc.nat(example.length), fc.nat(20), fc.string({ maxLength: 5 }))
        .map(([at, cut, put]) => utf8(example.slice(0, at) + put + example.slice(at + cut))),
    );
    fc.assert(
      fc.property(outside, (bytes) => {
        try {
          parseConfig(bytes, "x.json");
        } catch (error) {
          expect(isDiptychError(error, "config-invalid"), String(error)).to.equal(true);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it("URLs are shown without their password", () => {
    expect(printableUrl("https://user:secret@node.example.org/x")).to.equal("https://node.example.org/x");
  });
});
