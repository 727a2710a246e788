/** Corrections of records on the patient's page: whose they are, what they would change, and taking them. */
import { expect } from "chai";
import { DiptychError, memoryKeyStore, type Patient, parseInvitation, printInvitation } from "diptych";
import { hex, utf8 } from "diptych/core";
import { sampleRecord, splitRecord } from "../../src/record/index.ts";
import { Acts } from "../../web/src/engine/acts.ts";
import { previewAmendment } from "../../web/src/engine/amendmentPreview.ts";
import type { PageConfig } from "../../web/src/engine/config.ts";
import { Office } from "../../web/src/engine/office.ts";
import { PatientActs } from "../../web/src/engine/patientActs.ts";
import { AmendingDesk } from "../../web/src/engine/patientAmending.ts";
import { readPart } from "../../web/src/engine/patientOpening.ts";
import { Papers } from "../../web/src/engine/patientPapers.ts";
import type { Practice } from "../../web/src/engine/patientRecords.ts";
import type { Vault } from "../../web/src/engine/vault.ts";
import { World } from "../../web/src/engine/world.ts";
import { expectCode } from "../expectCode.ts";
import { amend, printedOtherwise, secondLook } from "../roles/amendmentWorld.ts";
import {
  enrolDoctor,
  enrolPatient,
  issue,
  issueAndPublish,
  sample,
  surroundings,
  theDoctor,
} from "../world.ts";

const free = { mandatory: [], implications: [], never: [] };
const rights = { full: "role:doctor", shared: "role:doctor or role:researcher" };
const parts = [1, 2, 3].map((position) => ({
  ...{ position, label: `part ${position}` },
  side: position === 3 ? ("shared" as const) : ("private" as const),
}));
const appended = [4, 5].map((position) => ({ position, label: `part ${position}` }));

describe("web: what a correction would come to", () => {
  it("new parts are private unless they are wanted elsewhere, and each side's readers get theirs", () => {
    const kept = previewAmendment({ parts, rights }, { ceas: free, appended }, []);
    expect(kept.gains).to.deep.equal([{ policy: "role:doctor", positions: [4, 5] }]);
    const { gains, share, fixed } = previewAmendment({ parts, rights }, { ceas: free, appended }, [5]);
    expect(gains).to.deep.equal([
      { policy: "role:doctor", positions: [4, 5] },
      { policy: "role:researcher", positions: [5] },
    ]);
    expect([share, fixed]).to.deep.equal([[5], []]);
  });

  it("the doctor's rule takes the choice away, and old parts never move by a correction", () => {
    const ceas = { mandatory: [4], implications: [], never: [5] };
    const { share, fixed } = previewAmendment({ parts, rights }, { ceas, appended }, [1, 5]);
    expect([share, fixed]).to.deep.equal([[4], [4, 5]]);
    const needs = { ...free, implications: [{ position: 3, needs: 5 }] };
    expect(previewAmendment({ parts, rights }, { ceas: needs, appended }, [])).to.deep.include({
      share: [5],
      fixed: [5],
    });
  });

  it("a new part that goes with another one brings it along, which stays a choice of the first alone", () => {
    const ceas = { ...free, implications: [{ position: 4, needs: 5 }] };
    const { share, fixed } = previewAmendment({ parts, rights }, { ceas, appended }, [4]);
    expect([share, fixed]).to.deep.equal([[4, 5], [5]]);
  });

  it("old parts that the new rule forbids where they stand are told", () => {
    const ceas = { mandatory: [2], implications: [], never: [3] };
    const { misplaced } = previewAmendment({ parts, rights }, { ceas, appended: [] }, []);
    expect(misplaced).to.deep.equal({ toShared: [2], toPrivate: [3] });
  });

  it("of a record that isn't stored yet nobody gains anything, and no wallet is asked", () => {
    const effect = previewAmendment({ parts }, { ceas: { ...free, mandatory: [4] }, appended }, [4]);
    expect(effect).to.deep.include({ gains: [], share: [], entries: { storage: 0, shared: 0 } });
  });
});

describe("web: a patient's corrections", () => {
  let patient: Patient;
  let practice: Practice;
  let desk: AmendingDesk;
  let actId = 0;
  const next = () => String(++actId);

  before(async function () {
    this.timeout(60_000);
    ({ patient } = await enrolPatient());
    const { chains, authority, gateway } = await surroundings();
    const config: PageConfig = {
      ...{ version: 1, authority, gateway, confirmations: 0 },
      chains: {
        storage: { ...chains.storage, rpc: "http://127.0.0.1:1" },
        shared: { ...chains.shared, rpc: "http://127.0.0.1:1" },
      },
    };
    practice = { patient, chains, papers: new Papers(memoryKeyStore()), seen: new Map(), lost: [] };
    const ask = () => Promise.reject(new DiptychError("signature-refused", "No wallet is asked here."));
    // The patient is open before any vault is needed.
    const office = new Office(
      new World(config, ask),
      undefined as unknown as Vault,
      new Acts(() => undefined),
    );
    await office.open("patient", async () => practice);
    desk = new AmendingDesk(office, new PatientActs(office));
  });

  it("are asked of the doctor whose file it is, who is named before", async () => {
    const other = await enrolDoctor({ subject: { commonName: "Second Opinion" }, suite: "ed25519" });
    const file = await other.inviteAmendment();
    const { name, organisation, until } = await desk.inviter(file);
    expect([name, organisation]).to.deep.equal(["Second Opinion", undefined]);
    expect(until).to.be.above(Date.now());
    const emrId = await issue(patient);
    const request = await other.readAmendmentRequest(await desk.ask(next(), hex(emrId), file));
    expect(request.file).to.deep.equal(utf8(sampleRecord));
    await expectCode("amendment-invalid", () => desk.inviter(utf8("no invitation")));
  });

  it("tell what they change, are taken as they were looked at, and what is opened then is what they say", async () => {
    const { emrId } = await issueAndPublish(patient);
    const id = hex(emrId);
    const struck = utf8(
      sampleRecord
        .replace("pulmonary tuberculosis", "sarcoidosis")
        .replace(/"prescription": \[[^\]]*\]/, '"prescription": []')
        .trimEnd(),
    );
    const before = JSON.stringify(await readPart(practice, id, 6));
    expect(before).to.include("pulmonary tuberculosis");
    const correction = await desk.review(next(), id, await amend(patient, emrId, await theDoctor(), struck));
    expect(correction).to.deep.include({ id, revision: 2, untouched: 7, otherDoctor: false, stands: false });
    expect(correction.parts.map(({ position, change }) => [position, change])).to.deep.equal([
      [6, "replaced"],
      [7, "struck"],
      [10, "new"],
    ]);
    expect(correction.parts[0]).to.deep.include({ before: "pulmonary tuberculosis", after: "sarcoidosis" });
    expect(JSON.stringify(await desk.part(id, 6))).to.include("sarcoidosis");
    expect((await desk.preview(id, [10])).share, "a frame is never shared").to.deep.equal([]);
    expect(JSON.stringify(await readPart(practice, id, 6))).to.equal(before);
    await expectCode("version-moved", () => desk.take(next(), id, [], "as it stood long ago"));
    await desk.take(next(), id, [], correction.standing);
    expect(JSON.stringify(await readPart(practice, id, 6))).to.include("sarcoidosis");
    expect(await patient.readFile(emrId)).to.deep.equal(struck);
    await expectCode("version-moved", () => desk.part(id, 6));
  });

  it("that stand already say so; older ones, and what is none, are refused", async () => {
    const { emrId } = await issueAndPublish(patient);
    const id = hex(emrId);
    const [one, other] = [
      await amend(patient, emrId, await theDoctor()),
      await amend(patient, emrId, await theDoctor(), printedOtherwise),
    ];
    const { standing } = await desk.review(next(), id, one);
    await desk.take(next(), id, [], standing);
    expect(await desk.review(next(), id, one)).to.deep.include({ stands: true, parts: [] });
    await expectCode("amendment-stale", () => desk.review(next(), id, other));
    await expectCode("info1-invalid", () => desk.review(next(), id, utf8("something else".repeat(20))));
    await expectCode("version-moved", () => desk.take(next(), id, []));
  });

  it("of another record are told as that one's, and can't be taken for this one", async () => {
    const [emrId, another] = [await issue(patient), await issue(patient)];
    const info1 = await amend(patient, another, await theDoctor());
    expect((await desk.review(next(), hex(emrId), info1)).id).to.equal(hex(another));
    await expectCode("version-moved", () => desk.take(next(), hex(emrId), []));
  });

  it("of a record that isn't stored take its place here and in the back-up", async () => {
    const invitation = patient.invite();
    const signed = await (await theDoctor()).issue(sample(), invitation);
    const emrId = await patient.accept(signed, invitation);
    const kept = parseInvitation(printInvitation(invitation));
    await practice.papers.keepCopy({ invitation: kept, info1: signed });
    const info1 = await amend(patient, emrId, await theDoctor(), secondLook);
    const id = hex(emrId);
    await desk.review(next(), id, info1);
    await desk.refuse();
    await expectCode("version-moved", () => desk.take(next(), id, []));
    const { standing } = await desk.review(next(), id, info1);
    await desk.take(next(), id, (await desk.preview(id, [])).share, standing);
    expect(await patient.readFile(emrId)).to.deep.equal(secondLook);
    const copies = await practice.papers.copies();
    const found = copies.find((each) => hex(each.invitation.emrId) === id);
    expect(found?.info1).to.deep.equal(info1);
  });

  it("of several kinds of resources: what is new can be shared at once", async () => {
    const bundle = (...resources: object[]) =>
      utf8(
        JSON.stringify({
          resourceType: "Bundle",
          type: "collection",
          entry: resources.map((resource) => ({ resource })),
        }),
      );
    const person = { resourceType: "Patient", id: "1", name: [{ family: "Synthetic" }] };
    const condition = { resourceType: "Condition", code: { text: "tuberculosis" } };
    const split = splitRecord(bundle(person, condition));
    const { emrId } = await issueAndPublish(patient, split);
    const id = hex(emrId);
    const allergy = { resourceType: "AllergyIntolerance", code: { text: "penicillin" } };
    const info1 = await amend(patient, emrId, await theDoctor(), bundle(person, condition, allergy));
    const { parts: changed, standing } = await desk.review(next(), id, info1);
    const position = changed.find(({ label }) => label === "AllergyIntolerance")!.position;
    expect(changed.find((each) => each.position === position)).to.deep.include({
      change: "new",
      after: "penicillin",
    });
    const { share, gains } = await desk.preview(id, [position]);
    expect(share).to.deep.equal([position]);
    expect(gains.map(({ policy }) => policy)).to.include("role:researcher");
    await desk.take(next(), id, share, standing);
    const { parts: now } = await patient.show(emrId);
    expect(now.find((each) => each.position === position)?.side).to.equal("shared");
  });
});
