import { expect } from "chai";
import { concat, toBeHex } from "ethers";
import { allOf, attribute, comparison, openWorld, point, program, slot, type World } from "./fixture.ts";

const five = ["role:doctor", "org:yzu-hospital", "dept:cardiology", "level:senior", "country:cn"];

// Prints what the common calls cost; nothing is asserted about gas.
describe("Gas", () => {
  let world: World;
  const rows: [string, bigint][] = [];

  before(async () => {
    world = await openWorld();
  });

  after(() => {
    for (const [what, gas] of rows) console.log(`      ${what.padEnd(52)} ${gas.toString().padStart(8)}`);
  });

  async function measure(
    what: string,
    call: Promise<{ wait(): Promise<{ gasUsed: bigint; status: number | null } | null> }>,
  ) {
    const receipt = await (await call).wait();
    expect(receipt?.status).to.equal(1);
    rows.push([what, receipt!.gasUsed]);
  }

  it("of what patients do", async () => {
    const {
      keys,
      ledger,
      owner,
      relayer,
      gates,
      firstVersion,
      nextVersion,
      publish,
      publishFor,
      signPublish,
    } = world;
    const accounts = gates.slice(0, 3).map((gate) => gate.address);
    const shares = accounts.map(() => `0x${"5a".repeat(113)}`);
    const deal = keys.connect(owner).getFunction("deal");
    const commitments = concat([point(4), point(5)]);
    await measure(
      "deal, 2 of 3 gates, shares of 113 bytes",
      deal(point(4), 2, accounts, commitments, shares),
    );
    await measure("deal again", deal(point(4), 2, accounts, commitments, shares));

    const index = `0x${"ab".repeat(300)}`;
    // One publish before, as a chain's very first pays for a counter.
    await publish(await firstVersion({ salt: toBeHex(1, 32), program: allOf(...five), index }));
    const deadline = (await world.now()) + 1000n;
    const first = await firstVersion({ program: allOf(...five), index, deadline });
    await measure("publish, index of 300 bytes, 5 leaves", publish(first));
    const second = nextVersion(first, { index: `0x${"cd".repeat(300)}` });
    await measure("republish, the same policy", publish(second));
    const third = nextVersion(second, { epoch: 2n, program: allOf(...five.toReversed()) });
    await measure("republish, another policy and epoch", publish(third));
    const relayed = await firstVersion({ program: allOf(...five), index, deadline, salt: toBeHex(2, 32) });
    await measure("publishFor, the owner's first", publishFor(relayed, await signPublish(relayed), relayer));
    const again = nextVersion(relayed, { nonce: 1n });
    await measure("publishFor, republish", publishFor(again, await signPublish(again), relayer));
    const { ledgerRecordId } = first.publication;
    const setBlocked = ledger.connect(owner).getFunction("setBlocked");
    await measure("setBlocked", setBlocked(ledgerRecordId, relayer.address, true));
    await measure("setBlocked, back", setBlocked(ledgerRecordId, relayer.address, false));
    await measure("close", ledger.connect(owner).getFunction("close")(ledgerRecordId));
  });

  it("of what the authority does", async () => {
    const { attributes, authority, requester } = world;
    const expiry = (await world.now()) + 3600n;
    const attest = attributes.connect(authority).getFunction("attest");
    const ten = Array.from({ length: 10 }, (_, i) => attribute(`t:${i}`));
    await measure("attest 1", attest(requester.address, [attribute("t:one")], expiry));
    await measure("attest 10", attest(requester.address, ten, expiry));
    await measure("attest 5", attest(requester.address, five.map(attribute), expiry));
    const labels = five.map((_, i) => slot(`n${i}`));
    const attestNumbers = attributes.connect(authority).getFunction("attestNumbers");
    await measure("attestNumbers 1", attestNumbers(requester.address, [slot("level")], [3], expiry));
    await measure(
      "attestNumbers 1, another value",
      attestNumbers(requester.address, [slot("level")], [4], expiry),
    );
    await measure("attestNumbers 5", attestNumbers(requester.address, labels, [1, 2, 3, 4, 5], expiry));
    const both = [
      attributes.interface.encodeFunctionData("attest", [requester.address, [attribute("t:two")], expiry]),
      attributes.interface.encodeFunctionData("attestNumbers", [
        requester.address,
        [slot("years")],
        [9],
        expiry,
      ]),
    ];
    await measure(
      "multicall of attest 1 and attestNumbers 1",
      attributes.connect(authority).getFunction("multicall")(both),
    );
    await measure(
      "revoke 1",
      attributes.connect(authority).getFunction("revoke")(requester.address, [attribute("t:one")]),
    );
  });

  it("of what requesters do", async () => {
    const { ask, attest, attestNumbers, requester, stranger, firstVersion, publish } = world;
    const record = await firstVersion({ program: allOf(...five), salt: toBeHex(7, 32) });
    await publish(record);
    const { ledgerRecordId } = record.publication;
    await ask(ledgerRecordId, requester);
    rows.push(["request, 5 leaves, granted", (await ask(ledgerRecordId, requester)).gasUsed]);
    rows.push(["request, 5 leaves, denied", (await ask(ledgerRecordId, stranger)).gasUsed]);
    const names = Array.from({ length: 32 }, (_, i) => `y:${i}`);
    const large = await firstVersion({ program: allOf(...names), salt: toBeHex(8, 32) });
    await publish(large);
    await attest(requester, names);
    rows.push([
      "request, 32 leaves, granted",
      (await ask(large.publication.ledgerRecordId, requester)).gasUsed,
    ]);

    const all = (attributes: readonly string[], labels: readonly string[]) => {
      const count = attributes.length + labels.length;
      const pushes = Array.from({ length: count }, (_, i) => toBeHex(i, 1));
      const operations = concat([...pushes, "0x40", toBeHex(count, 1), toBeHex(count, 1)]);
      const bounds = labels.map((label) => comparison(label, ">=", 1));
      return program(attributes.map(attribute), operations, bounds);
    };
    const labels = Array.from({ length: 32 }, (_, i) => `z${i}`);
    await attestNumbers(requester, Object.fromEntries(labels.map((label) => [label, 7])));
    const cases = [
      ["request, 3 attributes and 2 comparisons, granted", all(five.slice(0, 3), labels.slice(0, 2))],
      ["request, 32 comparisons, granted", all([], labels)],
    ] as const;
    for (const [i, [what, code]] of cases.entries()) {
      const record = await firstVersion({ program: code, salt: toBeHex(9 + i, 32) });
      await publish(record);
      const { decision, gasUsed } = await ask(record.publication.ledgerRecordId, requester);
      expect(decision).to.equal("Granted");
      rows.push([what, gasUsed]);
    }
  });
});
