/** What long acts tell of how far they are, and how they are called off. */
import { expect } from "chai";
import { utf8 } from "../../src/core/bytes.ts";
import { sampleRecord, sharedPositions } from "../../src/record/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { ActOptions, Progress, ProgressStep } from "../../src/roles/progress.ts";
import {
  enrolPatient,
  issue,
  issueAndPublish,
  rights,
  sample,
  sides,
  surroundings,
  theRequester,
  world,
} from "../world.ts";

/** Gathers what an act tells. */
function listening(): { how: ActOptions; told: Progress[] } {
  const told: Progress[] = [];
  return { how: { progress: (progress) => told.push(progress) }, told };
}

/** The steps in the order in which they began; each must begin at 0, never go back, and end with all of it. */
function stepsOf(told: readonly Progress[]): ProgressStep[] {
  const steps: ProgressStep[] = [];
  let last: Progress | undefined;
  for (const each of told) {
    const begins = last === undefined || last.step !== each.step || last.done === last.total;
    if (begins && last !== undefined) expect(last.done, `the end of ${last.step}`).to.equal(last.total);
    if (begins && last?.step !== each.step) {
      expect(each.done, `the beginning of ${each.step}`).to.equal(0);
      steps.push(each.step);
    }
    if (!begins) expect(each.done, each.step).to.be.at.least(last!.done);
    last = each;
  }
  expect(last?.done).to.equal(last?.total);
  return steps;
}

const shared = sharedPositions(sample());
const storing: ProgressStep[] = ["encrypt", "wrap", "sign", "upload", "publish", "confirm"];

/** How many transactions a patient's accounts have sent on both chains. */
async function sentBy(patient: Patient): Promise<number> {
  const { chains } = await world();
  let count = 0;
  for (const side of sides)
    count += await chains[side].provider.getTransactionCount(await patient.address(side));
  return count;
}

describe("roles: progress", () => {
  it("storing tells its steps in order, each from nothing to all", async () => {
    const { patient } = await enrolPatient();
    const emrId = await issue(patient);
    const { how, told } = listening();
    await patient.store(emrId, shared, rights, how);
    expect(stepsOf(told)).to.deep.equal(storing);
    const ends = (step: ProgressStep) => told.findLast((each) => each.step === step);
    expect(ends("encrypt")).to.deep.equal({ step: "encrypt", done: 9, total: 9, unit: "parts" });
    expect(ends("upload")?.unit).to.equal("bytes");
    expect(ends("upload")?.total).to.be.above(1000);
    expect(ends("publish")).to.deep.equal({
      step: "publish",
      side: "shared",
      done: 2,
      total: 2,
      unit: "views",
    });
  });

  it("so do a narrowing change, restoring, reading, dealing, and a requester who opens", async () => {
    const { gates } = await world();
    const { patient, keyStore } = await enrolPatient();
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const change = listening();
    await patient.change(emrId, { shared: shared.slice(1) }, change.how);
    expect(stepsOf(change.told)).to.deep.equal([
      ...["encrypt", "wrap", "sign", "stop", "upload", "publish", "confirm", "forget"],
    ]);
    expect(change.told.find(({ step }) => step === "encrypt")?.total).to.equal(1);

    const again = await Patient.open({ ...(await surroundings()), keyStore });
    const restoring = listening();
    await again.restore(restoring.how);
    expect(restoring.told.filter(({ step }) => step === "read").map(({ done }) => done)).to.deep.equal([
      0, 1,
    ]);
    const reading = listening();
    expect(await again.readFile(emrId, reading.how)).to.deep.equal(utf8(sampleRecord));
    expect(stepsOf(reading.told)).to.deep.equal(["fetch", "decrypt"]);
    const dealing = listening();
    await again.gates.set("shared", { gates: gates.shared, threshold: 2 }, dealing.how);
    expect(stepsOf(dealing.told)).to.deep.equal(["deal"]);

    const doctor = await theRequester("role:doctor");
    const { decided } = await doctor.request("storage", ledgerRecordIds.storage);
    const opening = listening();
    const { header } = await doctor.openGranted("storage", decided, opening.how);
    expect(stepsOf(opening.told)).to.deep.equal(["release", "fetch", "decrypt"]);
    expect(opening.told.find(({ step }) => step === "release")?.total).to.equal(2);
    expect(opening.told.at(-1)).to.deep.equal({ step: "decrypt", done: header.n, total: 9, unit: "parts" });
  });

  it("called off at the beginning of a step, an act ends with the caller's reason, and goes on when made again", async () => {
    const { patient, keyStore } = await enrolPatient();
    for (const step of ["encrypt", "sign", "upload", "publish", "confirm"] as const) {
      const emrId = await issue(patient);
      const before = await sentBy(patient);
      const stop = new AbortController();
      const reason = new Error(`stopped at ${step}`);
      const failed = await patient
        .store(emrId, shared, rights, {
          signal: stop.signal,
          progress: (told) => {
            if (told.step === step) stop.abort(reason);
          },
        })
        .catch((error: unknown) => error);
      expect(failed, step).to.equal(reason);
      const other = await Patient.open({ ...(await surroundings()), confirmations: 0, keyStore });
      await other.restore();
      await other.store(emrId, shared, rights);
      const { storage, shared: onShared } = await other.audit(emrId);
      expect([storage.length, onShared.length], step).to.deep.equal([1, 1]);
      expect((await sentBy(patient)) - before, `transactions when stopped at ${step}`).to.equal(2);
      expect(await other.unfinished()).to.deep.equal([]);
    }
  });

  it("an act that was called off before its turn does nothing, and the next one goes on", async () => {
    const { patient } = await enrolPatient();
    const [first, second] = [await issue(patient), await issue(patient)];
    const before = await sentBy(patient);
    const stop = new AbortController();
    const running = patient.store(first, shared, rights);
    const waiting = patient.store(second, shared, rights, { signal: stop.signal });
    stop.abort(new Error("not wanted"));
    expect(await waiting.catch((error: unknown) => error)).to.have.property("message", "not wanted");
    await running;
    expect(await sentBy(patient)).to.equal(before + 2);
    await patient.store(second, shared, rights);
    expect(await sentBy(patient)).to.equal(before + 4);
  });

  it("a reader that throws ends the act with what it threw", async () => {
    const { patient } = await enrolPatient({ keyStore: memoryKeyStore() });
    const { emrId } = await issueAndPublish(patient);
    const again = new Error("a display that broke");
    const fails = (step: ProgressStep): ActOptions => ({
      progress: (told) => {
        if (told.step === step && told.done > 0) throw again;
      },
    });
    const change = (step: ProgressStep) =>
      patient.change(emrId, { shared: shared.slice(1) }, fails(step)).catch((error: unknown) => error);
    expect(await change("upload")).to.equal(again);
    await patient.finish(emrId);
    const published = (await patient.audit(emrId)).shared.filter(({ kind }) => kind === "published");
    expect(published).to.have.length(2);
    expect(await patient.unfinished()).to.deep.equal([]);
  });
});
