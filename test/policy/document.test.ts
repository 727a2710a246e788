import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parsePolicy, printPolicy } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";

const page = readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");

/** The insides of all code blocks of one kind. */
function blocks(kind: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\``, "gm"))].map((match) => match[1]!);
}

describe("policy: the page about the language", () => {
  it("shows policies that parse", () => {
    const lines = blocks("policy").flatMap((block) => block.trim().split("\n"));
    expect(lines).to.have.length.greaterThan(10);
    for (const line of lines) expect(printPolicy(parsePolicy(line))).to.be.a("string");
  });

  it("shows the errors that texts give", async () => {
    const pairs = blocks("errors").flatMap((block) => block.trim().split("\n\n"));
    expect(pairs).to.have.length.greaterThan(5);
    for (const pair of pairs) {
      const [text, message] = pair.split("\n");
      const error = await expectCode("policy-syntax", () => parsePolicy(text!));
      expect(error.message).to.equal(message);
    }
  });
});
