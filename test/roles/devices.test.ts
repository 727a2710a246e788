/** Acts that meet each other: two devices with one seed, answers that were lost, views that are missing or closed meanwhile. */
import { expect } from "chai";
import { type Chain, IndexLedger } from "../../src/ledger/index.ts";
import { sharedPositions } from "../../src/record/index.ts";
import { Patient } from "../../src/roles/patient.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolPatient,
  issue,
  issueAndPublish,
  type Owner,
  rights,
  sample,
  surroundings,
  theRequester,
  through,
  world,
} from "../world.ts";

const narrower = { full: "role:doctor", shared: "role:doctor" };

/** The same patient on another device. */
async function otherDevice(owner: Owner): Promise<Patient> {
  const device = await Patient.open({
    ...(await surroundings()),
    keyStore: owner.keyStore,
    confirmations: 0,
  });
  const { failed } = await device.restore();
  expect(failed).to.deep.equal([]);
  return device;
}

/** A chain whose node takes and mines transactions, but whose answer is lost on the way while `lost` says so. */
function losing(chain: Chain, lost: () => boolean): Chain {
  const sending = chain.provider.broadcastTransaction.bind(chain.provider);
  return through(chain, {
    broadcastTransaction: async (signed) => {
      const sent = await sending(signed);
      if (lost()) throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
      return sent;
    },
  });
}

describe("roles: acts that meet each other", () => {
  it("a device that is behind starts from what stands: another one's narrowing is not undone", async () => {
    const owner = await enrolPatient();
    const { emrId, ledgerRecordIds } = await issueAndPublish(owner.patient);
    const behind = await otherDevice(owner);
    await owner.patient.change(emrId, { rights: narrower });
    const researcher = await theRequester("role:researcher");
    await behind.change(emrId, { block: [`0x${"77".repeat(20)}`] });
    expect((await behind.show(emrId)).rights).to.deep.equal(narrower);
    const { decided } = await researcher.request("shared", ledgerRecordIds.shared);
    expect(decided.decision).to.equal("policy-not-satisfied");
    // And the first device, now behind itself, goes on from there.
    await owner.patient.change(emrId, { shared: [2, 3, 5] });
    expect((await owner.patient.show(emrId)).rights).to.deep.equal(narrower);
  });

  it("an answer that was lost after the full view was published: finish leaves no part under its old key", async () => {
    const { chains } = await world();
    let lost = false;
    const cut = { storage: losing(chains.storage, () => lost), shared: chains.shared };
    const owner = await enrolPatient({ chains: cut });
    const { emrId } = await issueAndPublish(owner.patient);
    const ledger = new IndexLedger(chains.storage);
    const { ledgerRecordIds } = await owner.patient.show(emrId);
    const before = await ledger.record(ledgerRecordIds.storage);
    // Losing every answer stops the change at its close; each further try gets one transaction further.
    lost = true;
    for (let tries = 0; (await ledger.record(ledgerRecordIds.storage)).version === before.version; tries++) {
      expect(tries).to.be.lessThan(4);
      await expectCode("chain-unreachable", () => owner.patient.change(emrId, { rights: narrower }));
    }
    lost = false;
    await owner.patient.finish(emrId);
    const device = await otherDevice(owner);
    expect((await device.show(emrId)).rights).to.deep.equal(narrower);
    const doctor = await theRequester("role:doctor");
    const sharedBefore = sharedPositions(sample());
    for (const side of ["storage", "shared"] as const) {
      const { decided } = await doctor.request(side, ledgerRecordIds[side]);
      const opened = await doctor.openGranted(side, decided);
      const lost = opened.learned.keyring.parts.filter(({ position }) => sharedBefore.includes(position));
      expect(lost.map(({ position }) => position)).to.deep.equal(sharedBefore);
      expect(lost.every(({ generation }) => generation >= 2)).to.equal(true);
    }
  });

  it("nobody is blocked on one ledger only, because the other view was never published", async () => {
    const { chains } = await world();
    const owner = await enrolPatient();
    const emrId = await issue(owner.patient);
    const draft = await owner.patient.encrypt(emrId, sharedPositions(sample()), rights);
    await owner.patient.upload(draft);
    const indexes = await owner.patient.index(draft);
    const fullOnly = { ...draft, views: draft.views.slice(0, 1) };
    await owner.patient.publish(fullOnly, indexes);
    const blocked = `0x${"66".repeat(20)}`;
    await expectCode("change-unfinished", () => owner.patient.change(emrId, { block: [blocked] }));
    await owner.patient.finish(emrId);
    await owner.patient.change(emrId, { block: [blocked] });
    const { ledgerRecordIds } = await owner.patient.show(emrId);
    for (const side of ["storage", "shared"] as const)
      expect(await new IndexLedger(chains[side]).isBlocked(ledgerRecordIds[side], blocked)).to.equal(true);
  });

  it("two changes at once are made one after the other", async () => {
    const owner = await enrolPatient();
    const { emrId } = await issueAndPublish(owner.patient);
    const [first, second] = await Promise.all([
      owner.patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] }),
      owner.patient.change(emrId, { shared: [2, 3, 5] }),
    ]);
    expect(first.published.map(({ version }) => version)).to.deep.equal([2]);
    expect(second.published.map(({ view, version }) => [view, version])).to.deep.equal([
      ["full", 2],
      ["shared", 3],
    ]);
    const device = await otherDevice(owner);
    expect((await device.show(emrId)).parts.filter(({ side }) => side === "shared")).to.have.length(3);
  });
});
