/** No entry weighs more in a page than its limit, and docs/packages.md states what it weighs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type BundleSize, bundleEntry, sizeLimits, statedSizes } from "../../scripts/sizes.ts";
import { entries, root } from "./consumer.ts";

/** Entries of Node's, which no page bundles. */
const serverSide = /^diptych\/(cloud\/embedded|services\/\w+Server)$/;

describe("package: sizes", () => {
  const bundles = new Map<string, Promise<BundleSize>>();
  function bundled(entry: string): Promise<BundleSize> {
    const bundle = bundles.get(entry) ?? bundleEntry(entry);
    bundles.set(entry, bundle);
    return bundle;
  }

  it("every entry for pages has a limit", () => {
    expect(Object.keys(sizeLimits)).to.have.members(entries.filter((entry) => !serverSide.test(entry)));
  });

  for (const [entry, limit] of Object.entries(sizeLimits))
    it(`${entry} stays under ${limit / 1000} kB, and the docs say what it takes`, async () => {
      const { code } = await bundled(entry);
      expect(code.length).to.be.within(1, limit);
      const stated = statedSizes(await readFile(join(root, "docs", "packages.md"), "utf8"))[entry];
      // Not `closeTo`: where Hardhat's matchers are loaded it takes whole numbers only.
      const apart = Math.abs((stated ?? 0) - code.length / 1000);
      expect(apart < 1 + code.length / 10_000, "run `npm run sizes`").to.equal(true);
    });

  it("a page that needs abe, ces or the policies alone gets no chain, no certificates and no HTTP", async () => {
    for (const entry of ["diptych/abe", "diptych/ces", "diptych/policy"]) {
      const names = (await bundled(entry)).packages.map(([name]) => name);
      expect(
        names.filter((name) => !["mcl-wasm", "@noble/hashes", "@noble/curves"].includes(name)),
      ).to.deep.equal([]);
    }
  });
});
