/** `--dry-run` of a patient's commands: what it names is what the act sends; the dry run itself sends and keeps nothing. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readConfig, writeConfig } from "../../src/cli/config/config.ts";
import type { Context } from "../../src/cli/frame/context.ts";
import { type AmendOptions, amend } from "../../src/cli/patient/amending.ts";
import { reopen } from "../../src/cli/patient/changing.ts";
import { openDesk } from "../../src/cli/patient/desk.ts";
import { finish } from "../../src/cli/patient/finishing.ts";
import { refreshGates, renewGates, setGates } from "../../src/cli/patient/gates.ts";
import { handOver, takeOver } from "../../src/cli/patient/handingOver.ts";
import { accept, invite } from "../../src/cli/patient/inviting.ts";
import { publish } from "../../src/cli/patient/publishing.ts";
import { block, close } from "../../src/cli/patient/stopping.ts";
import { replay } from "../../src/cli/replay/replaying.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { Side } from "../../src/ledger/index.ts";
import { sharedPositions } from "../../src/record/index.ts";
import { parseInvitation } from "../../src/roles/invitation.ts";
import type { Progress } from "../../src/roles/progress.ts";
import { expectCode } from "../expectCode.ts";
import { amend as haveAmended } from "../roles/amendmentWorld.ts";
import { sample, sides, theDoctor, world } from "../world.ts";
import { act, makeHome } from "./acting.ts";
import { scratch } from "./run.ts";

type Transaction = { side: Side; act: string; gas: bigint | null };

describe("cli: dry runs of a patient", function () {
  this.timeout(240_000);
  const folder = scratch();
  const home = join(folder, "home");
  const at = (run: Parameters<typeof act>[1]) => act(home, run);
  const accounts = new Map<string, Record<Side, string>>();

  before(async () => {
    const { gates } = await world();
    const made = await makeHome(home, "patient-anna", "patient-ben");
    await writeConfig(made, { ...(await readConfig(made)), gates: { threshold: 2, ...gates } });
    for (const name of ["anna", "ben"]) {
      const { json } = await at((context) => invite(context, { name, out: "-" }));
      accounts.set(name, json.accounts as Record<Side, string>);
    }
  });

  async function sent(name: string): Promise<Record<Side, number>> {
    const { chains } = await world();
    const [storage, shared] = await Promise.all(
      sides.map((side) => chains[side].provider.getTransactionCount(accounts.get(name)![side])),
    );
    return { storage: storage!, shared: shared! };
  }

  /** Runs a command dry, then for real: the first sends nothing, the second as many transactions on each chain as the first named. */
  async function compare(
    name: string,
    run: (dryRun: boolean) => Parameters<typeof act>[1],
  ): Promise<Transaction[]> {
    const before = await sent(name);
    const { json } = await at(run(true));
    expect(await sent(name)).to.deep.equal(before);
    const planned = json.transactions as Transaction[];
    await at(run(false));
    const after = await sent(name);
    for (const side of sides)
      expect(after[side] - before[side], JSON.stringify(planned.map((each) => each.act))).to.equal(
        planned.filter((each) => each.side === side).length,
      );
    for (const { gas } of planned)
      expect(gas).to.satisfy((each: bigint | null) => each === null || (each > 30_000n && each < 1_000_000n));
    return planned;
  }

  it("gates set and refresh", async () => {
    const name = "anna";
    await compare(name, (dryRun) => (context) => setGates(context, { name, dryRun }));
    const dealt = await compare(name, (dryRun) => (context) => refreshGates(context, { name, dryRun }));
    expect(dealt.map(({ side }) => side)).to.deep.equal(["storage", "shared"]);
    await compare(name, (dryRun) => (context) => refreshGates(context, { name, side: "shared", dryRun }));
  });

  it("publish, gates renew, and finish where there is nothing to finish", async () => {
    const name = "anna";
    const { json } = await at((context) => invite(context, { name, out: "-" }));
    const invitation = parseInvitation(JSON.stringify(json.invitation));
    writeFileSync(join(folder, "info1"), await (await theDoctor()).issue(sample(), invitation));
    await at((context) => accept(context, { name }, join(folder, "info1")));
    await compare(name, (dryRun) => (context) => publish(context, { name, dryRun }));
    const renewed = await compare(
      name,
      (dryRun) => (context) => renewGates(context, { name, side: "shared", dryRun }),
    );
    expect(renewed.map(({ act: what }) => what.split(" ")[0])).to.deep.equal([
      "share",
      "close",
      "publish",
      "publish",
    ]);
    expect(await compare(name, (dryRun) => (context) => finish(context, { name, dryRun }))).to.deep.equal([]);
  });

  it("block, and finish where a change was called off between the ledgers", async () => {
    const name = "anna";
    const whom = `0x${"5".repeat(40)}`;
    await at((context) => block(context, { name, view: "full" }, whom));
    const blocked = await compare(name, (dryRun) => (context) => block(context, { name, dryRun }, whom));
    expect(blocked.map(({ side }) => side)).to.deep.equal(["shared"]);
    const stop = new AbortController();
    await at(async (context) => {
      const { patient } = await openDesk(context, { name });
      const shared = sharedPositions(sample()).slice(1);
      const progress = ({ step, done }: Progress) => {
        if (step === "publish" && done === 1) stop.abort(new Error("called off"));
      };
      const failed = patient.change(patient.list()[0]!, { shared }, { signal: stop.signal, progress });
      expect(await failed.catch((error: Error) => error.message)).to.equal("called off");
      return { json: {} };
    });
    const left = await compare(name, (dryRun) => (context) => finish(context, { name, dryRun }));
    expect(left.map(({ side, act: what }) => [side, what])).to.deep.equal([
      ["shared", "publish the shared view"],
    ]);
  });

  it("amend: refuses what the command refuses, and names the views that it opens again", async () => {
    const name = "anna";
    const info1 = join(folder, "info1-revision2");
    await at(async (context) => {
      const { patient } = await openDesk(context, { name });
      writeFileSync(info1, await haveAmended(patient, patient.list()[0]!, await theDoctor()));
      return { json: {} };
    });
    const amending = (wishes: AmendOptions) => (dryRun: boolean) => (context: Context) =>
      amend(context, { name, dryRun, ...wishes }, info1);
    const refused = async (code: ErrorCode, wishes: AmendOptions) => {
      for (const dryRun of [true, false]) await expectCode(code, () => at(amending(wishes)(dryRun)));
    };
    await refused("amendment-invalid", { only: "6" });
    await refused("argument-invalid", { share: "9" });
    await at((context) => close(context, { name, view: "shared" }));
    await refused("change-unfinished", { only: "6,7" });
    const wishes = { only: "6,7", reopen: true };
    const before = await at(amending(wishes)(true));
    const planned = await compare(name, amending(wishes));
    expect(planned.map(({ side, act: what }) => [side, what])).to.deep.equal([
      ["storage", "publish the full view"],
      ["shared", "publish the shared view"],
    ]);
    expect(before.json).to.deep.include({ revision: 2, replaced: [6, 7], appended: [] });
    expect(await compare(name, amending({}))).to.deep.equal([]);
  });

  it("reopen: both views where one was closed, nothing where none was", async () => {
    const name = "anna";
    const reopening = (dryRun: boolean) => (context: Context) =>
      reopen(context, { name, view: "shared", dryRun });
    expect(await compare(name, reopening)).to.deep.equal([]);
    await at((context) => close(context, { name, view: "shared" }));
    const planned = await compare(name, reopening);
    expect(planned.map(({ side }) => side)).to.deep.equal(["storage", "shared"]);
  });

  it("hand-over and take-over", async () => {
    const out = join(folder, "package");
    const invitation = join(folder, "ben.json");
    await at((context) => takeOver(context, { name: "ben", invite: invitation }));
    await compare(
      "anna",
      (dryRun) => (context) => handOver(context, { name: "anna", out, dryRun }, invitation),
    );
    const taken = await compare(
      "ben",
      (dryRun) => (context) => takeOver(context, { name: "ben", dryRun }, out),
    );
    expect(taken).to.have.length(6);
    const again = await at((context) => takeOver(context, { name: "ben", dryRun: true }, out));
    expect(again.json.transactions).to.deep.equal([]);
  });

  it("replay, where nothing is missing", async () => {
    const { json } = await at((context) => replay(context, { dryRun: true }));
    expect(json.transactions).to.deep.equal([]);
  });
});
