/** Acts that are stopped after their effects, and made again by a program that remembers nothing but its store. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { equal, hex, utf8 } from "../../src/core/bytes.ts";
import { IndexLedger, type Side } from "../../src/ledger/index.ts";
import { sampleRecord, sharedPositions } from "../../src/record/index.ts";
import type { Patient, PatientOptions } from "../../src/roles/index.ts";
import type { Rights } from "../../src/roles/redefinition.ts";
import { RelayerSigner } from "../../src/services/index.ts";
import { expectCode } from "../expectCode.ts";
import { serveOwnRelayer } from "../services/relaying.ts";
import {
  enrolDoctor,
  enrolPatient,
  fundedWallet,
  issueAndPublish,
  nodeAccount,
  rights,
  sample,
  sides,
  theDoctor,
  theRequester,
  world,
} from "../world.ts";
import { amend } from "./amendmentWorld.ts";
import { openStore, Program, restoreFetch } from "./stops.ts";

type Act = (patient: Patient) => Promise<unknown>;
/** What both runs together came to: transactions by chain, and different roots in the cloud. */
type Outcome = { count: number[]; roots: number; point: number };
type Check = (outcome: Outcome, patient: Patient) => Promise<void>;

/** The tests, with a stop after each effect for `stride` 1, after each second one for 2, ...: the long acts take a while. */
export function describeStops(stride: number): void {
  const shared = sharedPositions(sample());
  afterEach(restoreFetch);
  const closers: (() => Promise<void>)[] = [];
  after(() => Promise.all(closers.map((close) => close())));

  /** A patient of its own for each test, since each new program gets all records back from the ledgers. */
  async function enrol(options: Partial<PatientOptions> = {}) {
    const keyStore = openStore();
    const { patient } = await enrolPatient({ ...options, keyStore });
    return { keyStore, options, patient };
  }
  type Enrolled = Awaited<ReturnType<typeof enrol>>;

  /**
   * Makes the act with a stop after its first effect (or the one of number `from`), the one `step` after it, ..., each on what
   * `prepare` makes anew, and again in a new program; until it runs through. Returns how many effects it has.
   */
  async function stopEverywhere(
    owner: Enrolled,
    prepare: () => Promise<{ act: Act; again?: Act; check: Check }>,
    { from = 1, step = stride, restoring = true } = {},
  ): Promise<number> {
    const { keyStore, options } = owner;
    const start = async () => {
      const program = new Program();
      const opened = await program.open(keyStore, options);
      return { program, opened };
    };
    let first = await start();
    await first.opened.restore();
    for (let point = from; ; point += step) {
      const { act, again = act, check } = await prepare();
      const before = await sent(owner);
      first.program.stopAfter(point);
      const outcome = await act(first.opened).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!first.program.stopped) {
        expect(outcome).to.equal(undefined);
        return first.program.effects;
      }
      const second = await start();
      if (restoring) await second.opened.restore();
      const begun = await second.opened.unfinished();
      const paid = await sent(owner);
      await again(second.opened);
      const after = await sent(owner);
      const left = sides.some((side) => after[side] > paid[side]);
      if (left && sides.some((side) => paid[side] > before[side]))
        expect(begun, `after effect ${point} nothing says that it is half done`).not.to.deep.equal([]);
      expect(await second.opened.unfinished(), `after effect ${point}`).to.deep.equal([]);
      expect(keyStore.names().filter((name) => /draft|begun|accepted|amendment/.test(name))).to.deep.equal(
        [],
      );
      const roots = [...first.program.roots, ...second.program.roots];
      const count = sides.map((side) => after[side] - before[side]);
      await check({ count, roots: new Set(roots).size, point }, second.opened);
      second.program.roots.length = 0;
      first = second;
    }
  }

  /** Transactions of the accounts that pay, by chain. */
  async function sent({ options, patient }: Enrolled): Promise<Record<Side, number>> {
    const { chains } = await world();
    const count = async (side: Side) => {
      const payer = options.relayers?.[side] ?? options.accounts?.[side];
      const address =
        payer === undefined ? await patient.address(side) : await (payer as Wallet).getAddress();
      return chains[side].provider.getTransactionCount(address);
    };
    return { storage: await count("storage"), shared: await count("shared") };
  }

  async function standing(ids: Record<Side, string>) {
    const { chains } = await world();
    return Promise.all(
      sides.map(async (side) => {
        const { version, epoch, closed } = await new IndexLedger(chains[side]).record(ids[side]);
        return [version, epoch, closed];
      }),
    );
  }

  it("accept and store: one upload's roots, one transaction a ledger, whatever the stop", async () => {
    const owner = await enrol();
    const { patient } = owner;
    const points = await stopEverywhere(
      owner,
      async () => {
        const invitation = patient.invite();
        const { emrId } = invitation;
        const info1 = await (await theDoctor()).issue(sample(), invitation);
        let accepted = false;
        const act = async (own: Patient) => {
          const atHand = () => own.list().some((each) => equal(each, emrId));
          if (!atHand()) await own.restore();
          if (!atHand()) {
            expect(accepted, "what was accepted is at hand in the next program").to.equal(false);
            await own.accept(info1, invitation);
            accepted = true;
          }
          await own.store(emrId, shared, rights);
        };
        const check: Check = async ({ count, roots, point }, own) => {
          expect([count, roots], `after effect ${point}`).to.deep.equal([[1, 1], 2]);
          const { ledgerRecordIds, parts, rights: found } = await own.show(emrId);
          expect(await standing(ledgerRecordIds)).to.deep.equal([
            [1, 1, false],
            [1, 1, false],
          ]);
          expect(found).to.deep.equal(rights);
          expect(parts.filter(({ side }) => side === "shared").map(({ position }) => position)).to.deep.equal(
            shared,
          );
          expect(await own.store(emrId, shared, rights)).to.deep.equal([]);
          await expectCode("record-stored", () => own.store(emrId, [2], rights));
        };
        return { act, check };
      },
      { restoring: false },
    );
    expect(points).to.be.greaterThan(10);
  });

  it("change: two transactions a ledger, one upload's roots, nobody keeps a grant", async () => {
    const other: Rights = { full: "role:researcher", shared: "role:researcher or role:insurer" };
    const owner = await enrol();
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const requester = await theRequester("role:doctor", "role:researcher");
    const { chains } = await world();
    let round = 0;
    const points = await stopEverywhere(owner, async () => {
      const wanted = round++ % 2 === 0 ? other : rights;
      const grants = await Promise.all(
        sides.map(async (side) => (await requester.request(side, ledgerRecordIds[side])).decided),
      );
      const from = await standing(ledgerRecordIds);
      const act = (own: Patient) => own.change(emrId, { rights: wanted });
      const check: Check = async ({ count, roots, point }, own) => {
        expect([count, roots], `after effect ${point}`).to.deep.equal([[2, 2], 2]);
        expect(await standing(ledgerRecordIds)).to.deep.equal(
          from.map(([version, epoch]) => [Number(version) + 1, Number(epoch) + 1, false]),
        );
        expect((await own.show(emrId)).rights).to.deep.equal(wanted);
        for (const [i, side] of sides.entries())
          expect(await new IndexLedger(chains[side]).status(grants[i]!.requestId)).not.to.equal("live");
      };
      return { act, check };
    });
    expect(points).to.be.greaterThan(15);
  });

  it("amend: one transaction a ledger, one upload's roots, grants live on", async () => {
    const owner = await enrol();
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const doctor = await enrolDoctor({ suite: "ed25519" });
    const requester = await theRequester("role:doctor", "role:researcher");
    const { chains } = await world();
    let round = 0;
    let current = owner.patient;
    const points = await stopEverywhere(owner, async () => {
      await current.restore();
      const file = utf8(sampleRecord.replace("A15.0", `A15.${++round}`));
      const info1 = await amend(current, emrId, doctor, file);
      const grants = await Promise.all(
        sides.map(async (side) => (await requester.request(side, ledgerRecordIds[side])).decided),
      );
      const from = await standing(ledgerRecordIds);
      const act = (own: Patient) => own.amendments.accept(emrId, info1, { only: [6] });
      const again = async (own: Patient) =>
        round % 2 === 0 && (await own.unfinished()).length > 0 ? own.finish(emrId) : act(own);
      const check: Check = async ({ count, roots, point }, own) => {
        expect([count, roots], `after effect ${point}`).to.deep.equal([[1, 1], 2]);
        expect(await standing(ledgerRecordIds)).to.deep.equal(
          from.map(([version, epoch]) => [Number(version) + 1, epoch, false]),
        );
        expect(await own.readFile(emrId)).to.deep.equal(file);
        for (const [i, side] of sides.entries())
          expect(await new IndexLedger(chains[side]).status(grants[i]!.requestId)).to.equal("live");
        current = own;
      };
      return { act, again, check };
    });
    expect(points).to.be.greaterThan(10);
  });

  const payers: Record<string, () => Promise<Partial<PatientOptions>>> = {
    "the patient's own keys": async () => ({}),
    "a wallet that signs by itself": async () => {
      const { chains } = await world();
      return {
        accounts: {
          storage: await nodeAccount(chains.storage, 11),
          shared: await nodeAccount(chains.shared, 12),
        },
      };
    },
    relayers: async () => ({ relayers: { storage: await fundedWallet(), shared: await fundedWallet() } }),
    "a relayer's service": async () => {
      const { chains } = await world();
      const { url, close } = await serveOwnRelayer();
      closers.push(close);
      const signer = (side: Side) => new RelayerSigner(url, chains[side]);
      return { relayers: { storage: signer("storage"), shared: signer("shared") } };
    },
  };
  // With a stride of four or less, the four together are stopped after each effect.
  for (const [i, [name, choose]] of Object.entries(payers).entries())
    it(`block: one transaction a ledger, paid by ${name}`, async () => {
      const owner = await enrol(await choose());
      const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
      const { chains } = await world();
      const points = await stopEverywhere(
        owner,
        async () => {
          const { address } = Wallet.createRandom();
          const act = (own: Patient) => own.block(emrId, address);
          const again = async (own: Patient) =>
            (await own.unfinished()).length > 0 ? own.finish(emrId) : act(own);
          const check: Check = async ({ count, point }) => {
            expect(count, `after effect ${point}`).to.deep.equal([1, 1]);
            for (const side of sides)
              expect(await new IndexLedger(chains[side]).isBlocked(ledgerRecordIds[side], address)).to.equal(
                true,
              );
          };
          return { act, again, check };
        },
        stride === 1 ? {} : { from: 1 + i, step: 4 },
      );
      expect(points).to.be.greaterThan(5);
    });

  it("revoking an account's grants, and closing: one transaction a ledger", async () => {
    const owner = await enrol();
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const requester = await theRequester("role:doctor", "role:researcher");
    const prepare = (act: Act, ended: string) => async () => {
      const grants = await Promise.all(
        sides.map(async (side) => (await requester.request(side, ledgerRecordIds[side])).decided),
      );
      expect(grants.map(({ decision }) => decision)).to.deep.equal(["granted", "granted"]);
      const { chains } = await world();
      const check: Check = async ({ count, point }, own) => {
        expect(count, `after effect ${point}`).to.deep.equal([1, 1]);
        for (const [i, side] of sides.entries())
          expect(await new IndexLedger(chains[side]).status(grants[i]!.requestId)).to.equal(ended);
        if (ended === "closed") await own.change(emrId, { reopen: ["full", "shared"] });
      };
      return { act, check };
    };
    await stopEverywhere(
      owner,
      prepare((own) => own.revokeGrants(emrId, requester.address), "revoked"),
    );
    await stopEverywhere(
      owner,
      prepare((own) => own.close(emrId), "closed"),
    );
  });

  it("taking parts out and reading the file have no effect to be stopped after", async () => {
    const { keyStore, patient } = await enrol();
    const { emrId } = await issueAndPublish(patient);
    const program = new Program();
    const own = await program.open(keyStore);
    await own.restore();
    program.stopAfter(1);
    await own.extract(emrId, [2, 3]);
    await own.readFile(emrId);
    expect([program.effects, program.stopped]).to.deep.equal([0, false]);
    expect(hex(emrId)).to.equal(hex(own.list().find((each) => equal(each, emrId))!));
  });
}
