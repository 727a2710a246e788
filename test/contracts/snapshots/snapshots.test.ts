import { expect } from "chai";
import { artifacts } from "hardhat";
import { makeSnapshots, outdatedSnapshots, tooLarge, undocumented } from "../../../scripts/snapshots.ts";

describe("Snapshots of the contracts", () => {
  it("of ABI and storage layout are those that are committed", () => {
    expect(outdatedSnapshots(), "run node scripts/snapshots.ts, and look at what changed").to.deep.equal([]);
  });

  it("stay below the size limit, with a margin", async () => {
    const sizes: Record<string, number> = {};
    for (const file of makeSnapshots().keys()) {
      const name = file.replace(/\.json$/, "");
      sizes[name] = ((await artifacts.readArtifact(name)).deployedBytecode.length - 2) / 2;
    }
    expect(Object.keys(sizes)).to.include.members(["StorageLedger", "SharedLedger"]);
    expect(tooLarge(sizes)).to.deep.equal([]);
    expect(tooLarge({ ...sizes, Huge: 24_000 })).to.have.length(1);
  });

  it("leave nothing in the interfaces without NatSpec", () => {
    expect(undocumented()).to.deep.equal([]);
  });
});
