/** Domain strings keep hashes of different uses apart, so whoever implements the protocol needs each of them, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = fileURLToPath(new URL("../..", import.meta.url));
const domain = /diptych\/[a-z0-9/-]+\/v[0-9]+/g;

function domainsInCode(): Set<string> {
  const found = new Set<string>();
  for (const path of readdirSync(`${root}/src`, { recursive: true, encoding: "utf8" }))
    if (path.endsWith(".ts"))
      for (const [each] of readFileSync(`${root}/src/${path}`, "utf8").matchAll(domain)) found.add(each);
  return found;
}

/** Those of the section's table, as often as they stand there. */
function domainsInProtocol(): string[] {
  const sections = readFileSync(`${root}/docs/protocol.md`, "utf8").split(/^## /m);
  const section = sections.find((each) => each.startsWith("7. Domain strings"))!;
  return [...section.matchAll(domain)].map(([each]) => each);
}

describe("protocol: domain strings", () => {
  it("all of the code stand in the protocol's table, and no others, each once", () => {
    const told = domainsInProtocol();
    expect(told.length).to.be.above(50);
    expect([...told].sort()).to.deep.equal([...domainsInCode()].sort());
  });
});
