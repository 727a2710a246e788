import { expect } from "chai";
import { concat, dataLength, dataSlice, toBeHex } from "ethers";
import { network } from "hardhat";
import { attribute, type Contract, comparison, program, type Signer } from "./fixture.ts";

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

const comparisons = (count: number) => Array.from({ length: count }, (_, i) => comparison(`n${i}`, "=", i));
const leafHashes = (count: number) => Array.from({ length: count }, (_, i) => attribute(`leaf:${i}`));

describe("PolicyProgram", () => {
  let harness: Contract;
  let signer: Signer;

  before(async () => {
    const { ethers } = await network.create("default");
    signer = (await ethers.getSigners())[0]!;
    harness = (await ethers.deployContract("PolicyProgramHarness")) as unknown as Contract;
  });

  it("allows the purposes that it names, or every one when it names none", async () => {
    for (const purpose of [0, 1, 2, 255]) {
      expect(await harness.allows("0x", purpose)).to.equal(true);
      expect(await harness.allows("0x01ff", purpose)).to.equal([1, 255].includes(purpose));
    }
    const all = Array.from({ length: 255 }, (_, i) => i + 1);
    await harness.validate(program(leafHashes(1), "0x00", [], all));
    expect(await harness.evaluate(program(leafHashes(1), "0x00", comparisons(2), [3, 4]), 1n)).to.equal(true);
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
      .withArgs(36 + 255);
  });

  describe("refuses what isn't well-formed, and says where", () => {
    const one = leafHashes(1);
    const two = leafHashes(2);
    const changeOperator = (byte: string) =>
      concat([dataSlice(comparison("n", ">=", 1), 0, 32), byte, "0x00000001"]);
    const cases: [string, string, number][] = [
      ["no bytes", "0x", 0],
      ["three bytes", "0x010100", 0],
      ["another version", concat(["0x02", "0x010000", ...one, "0x00"]), 0],
      ["no leaves", "0x0100000000", 2],
      ["no leaves and nothing else", "0x01000000", 2],
      ["a table that isn't there", "0x01010000", 4],
      ["33 attributes", program(leafHashes(33), "0x00"), 1],
      ["33 comparisons", program([], "0x00", comparisons(33)), 2],
      ["33 leaves of both kinds", program(leafHashes(20), "0x00", comparisons(13)), 2],
      ["a cut table of purposes", "0x0101000301", 5],
      ["a purpose of 0", program(one, "0x00", [], [0]), 4],
      ["a purpose of 0 after others", program(one, "0x00", [], [1, 0]), 5],
      ["a purpose twice", program(one, "0x00", [], [1, 7, 7]), 6],
      ["purposes in descending order", program(one, "0x00", [], [2, 1]), 5],
      ["a cut table of attributes", "0x01010000aaaa", 6],
      ["a cut table of comparisons", program(one, "0x", [comparison("n", "=", 1).slice(0, -2)]), 72],
      ["an operator of 0", program(one, "0x00", [changeOperator("0x00")]), 68],
      ["an operator of 4", program(one, "0x00", [comparison("n", ">=", 1), changeOperator("0x04")]), 105],
      ["an operator of 4 after purposes", program(one, "0x00", [changeOperator("0x04")], [1, 9]), 70],
      ["no operations", program(one, "0x"), 36],
      ["a purpose of 0 and no operations", program(one, "0x", [], [0]), 4],
      ["no operations after comparisons", program(one, "0x", comparisons(1)), 73],
      ["a leaf beyond the table", program(one, "0x01"), 36],
      ["a comparison beyond the table", program(one, "0x02", comparisons(1)), 73],
      ["an unknown operation", program(one, "0x0041"), 37],
      ["an unknown operation with what a threshold takes", program(one, "0x00410101"), 37],
      ["the operation before it with the same", program(one, "0x003f0101"), 37],
      ["the last operation with the same", program(one, "0x00ff0101"), 37],
      ["two values left", program(two, "0x0001"), 70],
      ["a cut threshold", program(two, "0x00014001"), 70],
      ["a threshold cut after its operation", program(two, "0x000140"), 70],
      ["k = 0", program(two, "0x0001400002"), 70],
      ["k > n", program(two, "0x0001400302"), 70],
      ["n over the values there are", program(two, "0x0001400103"), 70],
    ];
    for (const [what, code, offset] of cases)
      it(what, async () => {
        await expect(harness.validate(code))
          .to.be.revertedWithCustomError(harness, "PolicyProgramMalformed")
          .withArgs(offset);
      });
  });

  it("reads nothing that follows a program, not even what would complete a threshold", async () => {
    const whole = program(leafHashes(2), "0x0001400102");
    const size = dataLength(whole);
    const call = harness.interface.encodeFunctionData("validate", [whole]);
    const to = await harness.getAddress();
    for (const missing of [1, 2]) {
      // Says that it's shorter than it is: what is missing still follows.
      const data = concat([dataSlice(call, 0, 36), toBeHex(size - missing, 32), dataSlice(call, 68)]);
      await expect(signer.sendTransaction({ to, data }), `${missing} missing`)
        .to.be.revertedWithCustomError(harness, "PolicyProgramMalformed")
        .withArgs(70);
    }
    await signer.sendTransaction({ to, data: call });
  });

  it("a blob keeps bytes, reads slices, and refuses more than a contract may have", async () => {
    const data = `0x${"5b".repeat(24_575)}`;
    const blob: string = await harness.write.staticCall(data);
    await harness.write(data, { gasLimit: 12_000_000 });
    expect(await harness.length(blob)).to.equal(24_575n);
    expect(await harness.read(blob, 24_570, 5)).to.equal("0x5b5b5b5b5b");
    expect(await harness.read(blob, 24_574, 2)).to.equal("0x5b00");
    expect(await harness.readWord(blob, 24_574)).to.equal(`0x5b${"00".repeat(31)}`);
    expect([...(await harness.readWords(blob, 24_542, 2))]).to.deep.equal([
      `0x${"5b".repeat(32)}`,
      `0x5b${"00".repeat(31)}`,
    ]);
    await expect(harness.write(`${data}5b`, { gasLimit: 12_000_000 })).to.be.revertedWithCustomError(
      harness,
      "CodeBlobNotWritten",
    );
    await expect(harness.write(data, { gasLimit: 3_000_000 })).to.be.revertedWithCustomError(
      harness,
      "CodeBlobNotWritten",
    );
  });

  // Last, since it takes longest.
  describe("at random", () => {
    it("agrees with the plain reading of 150 random policies under 16 random sets of attributes each", async () => {
      const random = randomFrom(20200805);
      let satisfied = 0;
      let total = 0;
      for (let round = 0; round < 150; round++) {
        const leaves = 1 + random(32);
        const attributes = random(leaves + 1);
        const tree = randomTree(random, leaves, 1 + random(4));
        const helds = Array.from(
          { length: 16 },
          () => BigInt(random(2 ** 16)) | (BigInt(random(2 ** 16)) << 16n),
        );
        const answers: boolean[] = await harness.evaluateAll(
          program(leafHashes(attributes), operations(tree), comparisons(leaves - attributes)),
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
  });
});
