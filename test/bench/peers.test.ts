import { expect } from "chai";
import { setupBsw } from "../../bench/peers/bsw.ts";
import { type CpaScheme, countOperations, measureBytes } from "../../bench/peers/cpa.ts";
import { setupFabeo } from "../../bench/peers/fabeo.ts";
import { setupFame } from "../../bench/peers/fame.ts";
import { setupWaters } from "../../bench/peers/waters.ts";
import { loadGroup } from "../../src/abe/group.ts";
import { compileLsss, findCombination } from "../../src/policy/index.ts";

const POLICY = "a:1 and (b:2 or 2 of (c:3, d:4, e:5))";
/** Enough, with coefficients that aren't 1; and not enough. */
const HELD = ["a:1", "d:4", "e:5"];
const LACKING = ["a:1", "d:4"];

describe("bench: the schemes that FABEO is compared with", () => {
  for (const setup of [setupFabeo, setupWaters, setupBsw, setupFame])
    it(`${setup.name.slice(5)} opens what it makes, and only with enough attributes of one key`, async () => {
      const { group, counts } = countOperations(await loadGroup());
      const scheme: CpaScheme = setup(group);
      const lsss = compileLsss(POLICY);
      const weights = findCombination(lsss, HELD)!;
      expect(findCombination(lsss, LACKING)).to.equal(undefined);
      const key = scheme.keygen(HELD as never);
      const { ciphertext, shared } = scheme.encrypt(lsss);
      counts.pairings = 0;
      expect(group.equalGT(scheme.decrypt(key, lsss, weights, ciphertext), shared)).to.equal(true);
      expect(counts.pairings).to.equal({ Fabeo: 3, Waters: 5, Bsw: 7, Fame: 6 }[setup.name.slice(5)]);
      const other = setup(group) as CpaScheme;
      const foreign = other.keygen(HELD as never);
      expect(group.equalGT(other.decrypt(foreign, lsss, weights, ciphertext), shared)).to.equal(false);
      expect(measureBytes(key) % 48).to.equal(0);
      expect(measureBytes(ciphertext)).to.be.greaterThan(5 * 48);
    });
});
