import { expect } from "chai";
import { concat, ZeroHash } from "ethers";
import {
  allOf,
  attribute,
  comparison,
  decisions,
  idAttribute,
  type Publishing,
  program,
  refusedBy,
  type World,
} from "./fixture.ts";
import { freshWorld } from "./freshWorld.ts";

describe("IndexLedger: explanations", () => {
  let world: World;
  let first: Publishing;
  let recordId: string;
  const doctor = attribute("role:doctor");

  beforeEach(async () => {
    world = await freshWorld();
    first = world.firstVersion();
    recordId = first.ledgerRecordId;
    await world.publish(first);
    await world.attest(world.requester, ["role:doctor"]);
  });

  const refused = refusedBy(() => world.ledger);
  const publishNext = (last: Publishing, changes: Partial<Publishing>) =>
    world.publish(world.nextVersion(last, changes));
  const explain = async (who: string, purpose = 1) => {
    const found = await world.ledger.explainFor(recordId, who, purpose);
    return { ...found.toObject(), decision: decisions[Number(found.decision)] };
  };

  it("tell which leaves hold: attributes, the account's own id, comparisons, in the program's order", async () => {
    const { requester, stranger, attestNumbers } = world;
    const leaves = [attribute("org:x"), idAttribute(requester.address), doctor];
    const compared = [comparison("level", ">=", 3), comparison("level", ">=", 4)];
    await publishNext(first, { program: program(leaves, "0x0001020304400405", compared, [1, 9]) });
    await attestNumbers(requester, { level: 3 });
    expect(await explain(requester.address)).to.deep.equal({
      decision: "PolicyNotSatisfied",
      purposes: "0x0109",
      attributes: leaves,
      comparisons: concat(compared),
      held: 0b01110n,
    });
    expect((await explain(requester.address, 2)).decision).to.equal("PurposeNotAllowed");
    expect((await explain(stranger.address)).held).to.equal(0n);
    await attestNumbers(requester, { level: 4 });
    const after = await explain(requester.address);
    expect([after.decision, after.held]).to.deep.equal(["Granted", 0b11110n]);
  });

  it("tell of blocks and closes, and of the leaves all the same", async () => {
    const { ledger, owner, requester } = world;
    await ledger.connect(owner).getFunction("setBlocked")(recordId, requester.address, true);
    expect(await explain(requester.address)).to.include({ decision: "Blocked", held: 1n });
    await ledger.connect(owner).getFunction("close")(recordId);
    expect(await explain(requester.address)).to.include({ decision: "Closed", held: 1n });
  });

  it("are there for grants by their request, and not for what was never granted", async () => {
    const { ask, ledger, requester, stranger } = world;
    const { requestId } = await ask(recordId, requester, { purpose: 2 });
    await publishNext(first, { program: program([doctor], "0x00", [], [1]) });
    const found = await ledger.explain(requestId);
    expect(decisions[Number(found.decision)]).to.equal("PurposeNotAllowed");
    expect(found.held).to.equal(1n);
    const denied = await ask(recordId, stranger);
    await refused(ledger.explain(denied.requestId), "IndexLedgerGrantUnknown", denied.requestId);
    await refused(ledger.explainFor(ZeroHash, requester.address, 1), "IndexLedgerRecordUnknown", ZeroHash);
  });

  it("agree with what a request is told, for 32 leaves of each kind and own ids twice", async () => {
    const { requester, ask, attest } = world;
    const own = idAttribute(requester.address);
    await publishNext(first, { program: program([own, doctor, own], "0x000102400303") });
    expect((await explain(requester.address)).held).to.equal(0b111n);
    expect((await ask(recordId)).decision).to.equal("Granted");
    const names = Array.from({ length: 32 }, (_, i) => `x:${i}`);
    await world.publish(world.nextVersion(world.nextVersion(first), { program: allOf(...names) }));
    await attest(requester, names.slice(1));
    const lacking = await explain(requester.address);
    expect([lacking.decision, lacking.held]).to.deep.equal(["PolicyNotSatisfied", 2n ** 32n - 2n]);
  });
});
