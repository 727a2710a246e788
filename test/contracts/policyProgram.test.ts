import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import { network } from "hardhat";
import { compileProgram, runProgram } from "../../src/policy/index.ts";
import { attribute, type Contract, program } from "./fixture.ts";

type Tree = number | { k: number; children: Tree[] };

/** What a tree of thresholds over leaves means: the plain reading of the policy language. */
function means(tree: Tree, held: bigint): boolean {
  if (typeof tree === "number") return ((held >> BigInt(tree)) & 1n) === 1n;
  return tree.children.filter((child) => means(child, held)).length >= tree.k;
}

function operations(tree: Tree): string {
  if (typeof tree === "number") return toBeHex(tree, 1);
  return concat([
    ...tree.children.map(operations),
    "0x40",
    toBeHex(tree.k, 1),
    toBeHex(tree.children.length, 1),
  ]);
}

/** A small generator with a seed: a failing case can be run again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomTree(random: (below: number) => number, leaves: number, depth: number): Tree {
  if (depth === 0 || random(4) === 0) return random(leaves);
  const children = Array.from({ length: 2 + random(4) }, () => randomTree(random, leaves, depth - 1));
  return { k: 1 + random(children.length), children };
}

const leafHashes = (count: number) => Array.from({ length: count }, (_, i) => attribute(`leaf:${i}`));

describe("PolicyProgram", () => {
  let harness: Contract;

  before(async () => {
    const { ethers } = await network.create("default");
    harness = (await ethers.deployContract("PolicyProgramHarness")) as unknown as Contract;
  });

  it("agrees with the plain reading of 300 random policies under 16 random sets of attributes each", async () => {
    const random = randomFrom(20200805);
    let satisfied = 0;
    let total = 0;
    for (let round = 0; round < 300; round++) {
      const leaves = 1 + random(32);
      const tree = randomTree(random, leaves, 1 + random(4));
      const helds = Array.from(
        { length: 16 },
        () => BigInt(random(2 ** 16)) | (BigInt(random(2 ** 16)) << 16n),
      );
      const answers: boolean[] = await harness.evaluateAll(
        program(leafHashes(leaves), operations(tree)),
        helds,
      );
      for (const [i, held] of helds.entries()) {
        expect(answers[i], `round ${round}, ${JSON.stringify(tree)}, ${held}`).to.equal(means(tree, held));
        satisfied += Number(answers[i]);
        total++;
      }
    }
    // A comparison of constants would compare nothing.
    expect(satisfied).to.be.within(total / 10, (total * 9) / 10);
  });

  it("takes what policies compile to, and decides as their own evaluator does", async () => {
    const policies = [
      "role:doctor",
      "(role:doctor and org:yzu-hospital) or role:government",
      "role:doctor and (org:yzu-hospital or 2 of (a:x, b:y, c:z))",
      "3 of (a:x, b:y, role:doctor, 2 of (a:x, c:z, org:yzu-hospital), role:government)",
    ];
    const names = ["role:doctor", "org:yzu-hospital", "role:government", "a:x", "b:y", "c:z"];
    for (const policy of policies) {
      const code = compileProgram(policy);
      const leaves: string[] = [...(await harness.leavesOf(code))];
      const subsets = Array.from({ length: 64 }, (_, bits) =>
        names.filter((_, i) => ((bits >> i) & 1) === 1).map(attribute),
      );
      const helds = subsets.map((subset) =>
        leaves.reduce((held, leaf, i) => (subset.includes(leaf) ? held | (1n << BigInt(i)) : held), 0n),
      );
      const answers: boolean[] = [...(await harness.evaluateAll(code, helds))];
      const expected = subsets.map((subset) => runProgram(code, (leaf) => subset.includes(leaf)));
      expect(answers, policy).to.deep.equal(expected);
      expect(new Set(answers).size, policy).to.equal(2);
    }
  });

  it("tells the leaves in order", async () => {
    const hashes = leafHashes(32);
    expect([...(await harness.leavesOf(program(hashes, "0x00")))]).to.deep.equal(hashes);
  });

  it("runs 255 values deep and refuses 256", async () => {
    const deep = (count: number) =>
      program(
        leafHashes(1),
        concat([`0x${"00".repeat(count)}`, "0x40", toBeHex(Math.min(count, 255), 1), "0xff"]),
      );
    expect(await harness.evaluate(deep(255), 1n)).to.equal(true);
    expect(await harness.evaluate(deep(255), 0n)).to.equal(false);
    await expect(harness.validate(deep(256)))
      .to.be.revertedWithCustomError(harness, "PolicyProgramMalformed")
      .withArgs(34 + 255);
  });

  describe("refuses what isn't well-formed, and says where", () => {
    const one = leafHashes(1);
    const two = leafHashes(2);
    const cases: [string, string, number][] = [
      ["no bytes", "0x", 0],
      ["one byte", "0x01", 0],
      ["another version", concat(["0x02", "0x01", ...one, "0x00"]), 0],
      ["no leaves", "0x010000", 1],
      ["33 leaves", program(leafHashes(33), "0x00"), 1],
      ["a cut table of leaves", "0x0101aaaa", 4],
      ["no operations", program(one, "0x"), 34],
      ["a leaf beyond the table", program(one, "0x01"), 34],
      ["an unknown operation", program(one, "0x0041"), 35],
      ["two values left", program(two, "0x0001"), 68],
      ["a cut threshold", program(two, "0x00014001"), 68],
      ["a threshold cut after its operation", program(two, "0x000140"), 68],
      ["k = 0", program(two, "0x0001400002"), 68],
      ["k > n", program(two, "0x0001400302"), 68],
      ["n over the values there are", program(two, "0x0001400103"), 68],
    ];
    for (const [what, code, offset] of cases)
      it(what, async () => {
        await expect(harness.validate(code))
          .to.be.revertedWithCustomError(harness, "PolicyProgramMalformed")
          .withArgs(offset);
      });
  });

  it("a blob keeps bytes, reads slices, and refuses more than a contract may have", async () => {
    const data = `0x${"5b".repeat(24_575)}`;
    const blob: string = await harness.write.staticCall(data);
    await harness.write(data, { gasLimit: 12_000_000 });
    expect(await harness.length(blob)).to.equal(24_575n);
    expect(await harness.read(blob, 24_570, 5)).to.equal("0x5b5b5b5b5b");
    expect(await harness.read(blob, 24_574, 2)).to.equal("0x5b00");
    await expect(harness.write(`${data}5b`, { gasLimit: 12_000_000 })).to.be.revertedWithCustomError(
      harness,
      "CodeBlobNotWritten",
    );
    await expect(harness.write(data, { gasLimit: 3_000_000 })).to.be.revertedWithCustomError(
      harness,
      "CodeBlobNotWritten",
    );
  });
});
