/** Commands of a patient, each killed at every one of its effects, before and after it; the same command again completes. And one whose clock is off. */
import { expect } from "chai";
import { type KillingHome, openKillingHome } from "../cli/killing.ts";
import { scratch } from "../cli/run.ts";

type Case = {
  /** The command line for a record. */
  command: (emrId: string) => string[];
  /** What stands before it. */
  prepare: (at: KillingHome) => Promise<string>;
  /** Transactions on each chain, and roots in the cloud, that it comes to in all. */
  sends: [storage: number, shared: number];
  roots: number;
};

async function published(at: KillingHome): Promise<string> {
  const emrId = await at.takeRecord();
  const { status, stderr } = await at.run(["patient", "publish", "--record", emrId]);
  expect(status, stderr).to.equal(0);
  return emrId;
}

const stranger = `0x${"7".repeat(40)}`;
const cases: Record<string, Case> = {
  publish: {
    command: (emrId) => ["patient", "publish", "--record", emrId],
    prepare: (at) => at.takeRecord(),
    sends: [1, 1],
    roots: 2,
  },
  share: {
    command: (emrId) => ["patient", "share", "8", "--record", emrId],
    prepare: published,
    sends: [0, 1],
    roots: 1,
  },
  unshare: {
    command: (emrId) => ["patient", "unshare", "7", "--record", emrId],
    prepare: published,
    sends: [1, 2],
    roots: 2,
  },
  "revoke --block": {
    command: (emrId) => ["patient", "revoke", stranger, "--block", "--record", emrId],
    prepare: published,
    sends: [3, 3],
    roots: 2,
  },
};

describe("cli: commands killed at each of their effects", function () {
  this.timeout(3_600_000);
  const folder = scratch();
  let at: KillingHome;
  before(async () => {
    at = await openKillingHome(folder);
  });
  after(() => at?.close());

  for (const [name, { command, prepare, sends, roots }] of Object.entries(cases))
    it(`${name}: the same command completes, and nothing is stored or paid for twice`, async () => {
      let points = 0;
      for (let effect = 1, through = false; !through; effect++)
        for (const when of ["before", "after"] as const) {
          const emrId = await prepare(at);
          const [sentBefore, rootsBefore] = [await at.sent(), at.roots()];
          const first = await at.run(command(emrId), { effect, when });
          if (!first.killed) {
            expect(first.status, first.stderr).to.equal(0);
            through = true;
          } else {
            points++;
            const again = await at.run(command(emrId));
            expect(again.status, `${when} effect ${effect}: ${again.stderr}`).to.equal(0);
          }
          const sent = (await at.sent()).map((count, i) => count - sentBefore[i]!);
          expect(sent, `${when} effect ${effect}`).to.deep.equal(sends);
          expect(at.roots() - rootsBefore, `${when} effect ${effect}`).to.equal(roots);
          const { json } = await at.run(["patient", "list"]);
          const { records } = json as { records: { emrId: string; unfinished: string[] }[] };
          expect(records.find((each) => each.emrId === emrId)?.unfinished).to.deep.equal([]);
        }
      console.log(`      killed at ${points} points`);
    });

  it("publishing with the clock an hour off is refused before anything is sent, and works when it is set", async () => {
    const emrId = await at.takeRecord();
    const publish = ["patient", "publish", "--record", emrId];
    const before = await at.sent();
    for (const seconds of [3600, -3600]) {
      const shift = `const now = Date.now; Date.now = () => now() + ${seconds * 1000};`;
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
      const off = await at.run(publish, undefined, { NODE_OPTIONS });
      expect(off.status, off.stderr).not.to.equal(0);
      expect(off.json).to.have.nested.property("error.code", "signature-invalid");
      expect(off.stderr + JSON.stringify(off.json)).to.contain("set the clock");
    }
    expect(await at.sent()).to.deep.equal(before);
    const right = await at.run(publish);
    expect(right.status, right.stderr).to.equal(0);
  });
});
