/** `diptych patient publish`, killed between the two ledgers: the same command completes. The deep tests kill it everywhere. */
import { expect } from "chai";
import { type KillingHome, openKillingHome } from "./killing.ts";
import { scratch } from "./run.ts";

describe("cli: a command that is killed", function () {
  this.timeout(240_000);
  const folder = scratch();
  let at: KillingHome;
  before(async () => {
    at = await openKillingHome(folder);
  });
  after(() => at?.close());

  it("publishing, killed when the first ledger has it: the same again publishes the rest, and pays nothing twice", async () => {
    const emrId = await at.takeRecord();
    const publish = ["patient", "publish", "--record", emrId];
    const [before, roots] = [await at.sent(), at.roots()];
    // The upload is the first effect, the storage chain's transaction the second.
    const killed = await at.run(publish, { effect: 2, when: "after" });
    expect(killed.killed, killed.stderr).to.equal(true);
    expect((await at.sent()).map((count, i) => count - before[i]!)).to.deep.equal([1, 0]);
    const again = await at.run(publish);
    expect(again.status, again.stderr).to.equal(0);
    const { published } = again.json as { published: { view: string; version: number }[] };
    expect(published.map(({ view, version }) => [view, version])).to.deep.equal([
      ["full", 1],
      ["shared", 1],
    ]);
    expect((await at.sent()).map((count, i) => count - before[i]!)).to.deep.equal([1, 1]);
    expect(at.roots() - roots).to.equal(2);
  });
});
