/** The contracts decide on policies as the policy package does: its program run here, and the policy's plain meaning. */
import { expect } from "chai";
import { dataLength, dataSlice, hexlify } from "ethers";
import fc from "fast-check";
import {
  attributeHash,
  compileProgram,
  numberSlot,
  numericAttribute,
  parseAttribute,
  runProgram,
  satisfies,
} from "../../src/policy/index.ts";
import type { Contract, Signer, World } from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

const plain = ["role:doctor", "org:yzu-hospital", "a:x", "b:y"];
const values = ["0", "1", "2", "3", "7", "4294967295", "1970-01-01", "1970-01-04", "2027-01-01"];
const labels = ["level", "expires", "n"];

const leaf = fc.oneof(
  fc.constantFrom(...plain),
  fc
    .tuple(fc.constantFrom(...labels), fc.constantFrom("<", "<=", "=", ">=", ">"), fc.constantFrom(...values))
    // Such comparisons admit nobody, and the language refuses them.
    .filter(([, operator, value]) => !(operator === "<" && ["0", "1970-01-01"].includes(value)))
    .filter(([, operator, value]) => !(operator === ">" && value === "4294967295"))
    .map((parts) => parts.join(" ")),
);

/** Policies as text, up to 16 leaves. */
const policies: fc.Arbitrary<string> = fc.letrec<{ policy: string }>((tie) => ({
  policy: fc.oneof(
    { maxDepth: 2, depthSize: "max" },
    leaf,
    fc
      .array(tie("policy"), { minLength: 2, maxLength: 4 })
      .chain((children) => fc.nat(children.length - 1).map((k) => `${k + 1} of (${children.join(", ")})`)),
  ),
})).policy;

/** What one account has: some attributes, and under each label nothing, a number or a date. */
const holdings: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.subarray(plain),
    ...labels.map((label) => fc.option(fc.constantFrom(...values)).map((value) => ({ label, value }))),
  )
  .map(([attributes, ...numbers]) => [
    ...attributes,
    ...numbers.filter(({ value }) => value !== null).map(({ label, value }) => `${label} = ${value}`),
  ]);

/** The tables of a program, as the ledger hands them to the registry. */
function tablesOf(code: string): { leaves: string[]; comparisons: string } {
  const [attributes, comparisons] = [Number(dataSlice(code, 1, 2)), Number(dataSlice(code, 2, 3))];
  expect(dataSlice(code, 3, 4), "no purposes").to.equal("0x00");
  const end = 4 + 32 * attributes;
  expect(dataLength(code)).to.be.at.least(end + 37 * comparisons + 1);
  return {
    leaves: Array.from({ length: attributes }, (_, i) => dataSlice(code, 4 + 32 * i, 36 + 32 * i)),
    comparisons: dataSlice(code, end, end + 37 * comparisons),
  };
}

describe("Policies with comparisons: contracts and policy package decide alike", () => {
  let world: World;
  let harness: Contract;
  let accounts: { signer: Signer; has: string[] }[];

  /** Attests what texts say, as an authority does. */
  async function attestTexts(signer: Signer, texts: string[]): Promise<void> {
    const registry = world.attributes.connect(world.authority);
    const numbers = texts.map(numericAttribute).filter((numeric) => numeric !== undefined);
    const others = texts.filter((text) => numericAttribute(text) === undefined);
    const expiry = (await world.now()) + 3600n;
    if (others.length > 0) await world.attest(signer, others);
    if (numbers.length > 0)
      await registry.getFunction("attestNumbers")(
        signer.address,
        numbers.map(({ label, unit, value }) => ({ label, unit: unit === "number" ? 1 : 2, value })),
        expiry,
      );
  }

  before(async () => {
    world = await freshWorld();
    harness = (await world.ethers.deployContract("PolicyProgramHarness")) as unknown as Contract;
    const sets = fc.sample(holdings, { numRuns: 8, seed: 2020 });
    accounts = world.gates.slice(3, 11).map((signer, i) => ({ signer, has: sets[i]! }));
    expect(new Set(accounts.map(({ has }) => has.join())).size).to.equal(8);
    for (const { signer, has } of accounts) await attestTexts(signer, has);
  });

  it("on 60 random policies for 8 accounts", async () => {
    let granted = 0;
    let total = 0;
    const decideAlike = async (policy: string) => {
      const program = compileProgram(policy);
      const { leaves, comparisons } = tablesOf(hexlify(program));
      const bitmaps = await Promise.all(
        accounts.map(({ signer }) => world.attributes.holds(signer.address, leaves, comparisons)),
      );
      const answers: boolean[] = [...(await harness.evaluateAll(program, bitmaps))];
      for (const [i, { has }] of accounts.entries()) {
        expect(answers[i], `${policy} with ${has}`).to.equal(satisfies(policy, has));
        expect(answers[i], `${policy} with ${has}`).to.equal(run(program, has));
        granted += Number(answers[i]);
        total++;
      }
    };
    await fc.assert(fc.asyncProperty(policies, decideAlike), { numRuns: 60 });
    // A comparison of constants would compare nothing.
    expect(granted).to.be.within(total / 10, (total * 9) / 10);
  });

  it("in the ledger itself, from text to decision", async () => {
    const policy = "role:doctor and (level >= 3 or expires > 2027-01-01)";
    const record = world.firstVersion({ program: hexlify(compileProgram(policy)) });
    await world.publish(record);
    const decided = async () =>
      (await world.ask(record.ledgerRecordId, world.requester)).decision === "Granted";
    const has = new Map<string, string>();
    const steps = [
      "level = 3",
      "role:doctor",
      "level = 2",
      "expires = 2027-01-01",
      "expires = 2027-01-02",
      "level = 3",
    ];
    const answers: boolean[] = [];
    for (const step of steps) {
      await attestTexts(world.requester, [step]);
      has.set(numericAttribute(step)?.label ?? step, step);
      answers.push(await decided());
      expect(answers.at(-1), step).to.equal(satisfies(policy, has.values()));
    }
    expect(answers).to.deep.equal([false, true, false, false, true, true]);
  });
});

/** Runs a program here, over attributes given as text. */
function run(program: Uint8Array, texts: string[]): boolean {
  const held = new Set<string>();
  const numbers = new Map<string, number>();
  for (const text of texts) {
    const numeric = numericAttribute(text);
    if (numeric === undefined) held.add(hexlify(attributeHash(parseAttribute(text))));
    else numbers.set(hexlify(numberSlot(numeric.label, numeric.unit)), numeric.value);
  }
  return runProgram(program, { holds: (hash) => held.has(hash), number: (slot) => numbers.get(slot) });
}
