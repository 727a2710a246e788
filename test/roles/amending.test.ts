/** A doctor signs the next revision of a record, and its patient publishes that (paper, 5.1.1 to 5.1.5 and 5.3). */
import { expect } from "chai";
import { headerDigest } from "../../src/ces/index.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import { IndexLedger } from "../../src/ledger/index.ts";
import { sampleRecord, splitAmendment, splitRecord } from "../../src/record/index.ts";
import {
  type ActOptions,
  type Doctor,
  memoryKeyStore,
  Patient,
  type Progress,
  type ProgressStep,
} from "../../src/roles/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  enrolDoctor,
  enrolPatient,
  issue,
  issueAndPublish,
  type Owner,
  rights,
  sample,
  sides,
  surroundings,
  theDoctor,
  theRequester,
  through,
  world,
} from "../world.ts";
import { amend, printedOtherwise, secondLook } from "./amendmentWorld.ts";

describe("roles: a record is amended", () => {
  let owner: Owner;
  let other: Doctor;
  before(async () => {
    owner = await enrolPatient();
    other = await enrolDoctor({ subject: { commonName: "Second Opinion" }, suite: "ed25519" });
  });

  const standing = async (ids: Record<"storage" | "shared", string>) => {
    const { chains } = await world();
    return Promise.all(
      sides.map(async (side) => {
        const { version, epoch } = await new IndexLedger(chains[side]).record(ids[side]);
        return [version, epoch];
      }),
    );
  };

  it("by another doctor: untouched ciphertext stays, grants live on, requesters read the new revision", async () => {
    const { patient } = owner;
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const before = await patient.extract(emrId, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const requester = await theRequester("role:doctor");
    const granted = await Promise.all(
      sides.map(async (side) => (await requester.request(side, ledgerRecordIds[side])).decided),
    );
    const info1 = await amend(patient, emrId, other);
    const review = await patient.amendments.review(emrId, info1);
    expect([review.replaced, review.appended]).to.deep.equal([[6, 7], []]);
    expect(review.newRule).to.equal(false);
    expect(review.header).to.include({ revision: 2, issuer: "CN=Second Opinion" });
    expect(review).to.not.have.property("plan");
    await expectCode("amendment-invalid", () => patient.amendments.review(emrId, info1, { only: [6] }));
    const { plan } = await patient.amendments.review(emrId, info1, { only: [6, 7] });
    expect(plan).to.deep.include({ rotate: [6, 7], views: { full: "same", shared: "same" } });
    expect((await patient.show(emrId)).header.revision).to.equal(1);

    const { change, header } = await patient.amendments.accept(emrId, info1, { only: [6, 7] });
    expect(header.amends).to.deep.equal(headerDigest(before.header));
    expect(change!.draft.encrypted.positions).to.deep.equal([6, 7]);
    expect(change!.published.map(({ view, version, epoch }) => [view, version, epoch])).to.deep.equal([
      ["full", 2, 1],
      ["shared", 2, 1],
    ]);
    expect(await patient.readFile(emrId)).to.deep.equal(secondLook);
    const after = await patient.extract(emrId, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const [i, part] of after.parts.entries()) {
      const changed = [6, 7].includes(part.position);
      expect(hex(part.salt) === hex(before.parts[i]!.salt), `salt of ${part.position}`).to.equal(!changed);
    }
    const stored = change!.draft.record.parts.map((part) => part.stored!.generation);
    expect(stored).to.deep.equal([1, 1, 1, 1, 1, 2, 2, 1, 1]);

    // The same grants, the new revision.
    const full = await requester.openGranted("storage", granted[0]!);
    expect(full.file).to.deep.equal(secondLook);
    const shared = await requester.openGranted("shared", granted[1]!);
    for (const opened of [full, shared])
      expect(opened.header).to.include({ revision: 2, issuer: "CN=Second Opinion" });
    expect(shared.extraction.parts.map(({ position }) => position)).to.deep.equal([2, 3, 4, 5, 6, 7]);

    // Again, it is left alone; and a seed alone brings the newest revision back.
    const again = await patient.amendments.accept(emrId, info1);
    expect(again.change!.published).to.deep.equal([]);
    const seedOnly = memoryKeyStore();
    await seedOnly.set("patient/seed", (await owner.keyStore.get("patient/seed"))!);
    const restored = await Patient.open({ ...(await surroundings()), keyStore: seedOnly, confirmations: 0 });
    await restored.restore();
    expect((await restored.show(emrId)).header.revision).to.equal(2);
    expect(await restored.readFile(emrId)).to.deep.equal(secondLook);
    expect((await restored.change(emrId, {})).published).to.deep.equal([]);
  });

  it("appended parts are private unless the patient says otherwise; later changes keep the revision", async () => {
    const { patient } = owner;
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const first = await amend(patient, emrId, await theDoctor(), printedOtherwise);
    expect(await patient.amendments.review(emrId, first)).to.deep.include({ replaced: [], appended: [10] });
    for (const act of ["review", "accept"] as const) {
      await expectCode("argument-invalid", () => patient.amendments[act](emrId, first, { share: [9] }));
      await expectCode("record-move-forbidden", () => patient.amendments[act](emrId, first, { share: [10] }));
    }
    await patient.amendments.accept(emrId, first);
    const { parts, header } = await patient.show(emrId);
    expect(parts.map(({ side }) => side).join()).to.equal(
      "private,shared,shared,shared,shared,shared,shared,private,private,private",
    );
    expect(header.ceas.never).to.deep.equal([10]);
    expect(await patient.readFile(emrId)).to.deep.equal(printedOtherwise);

    const second = await amend(patient, emrId, await theDoctor(), utf8(sampleRecord));
    await patient.amendments.accept(emrId, second);
    expect((await patient.show(emrId)).header).to.include({ revision: 3, n: 10 });
    expect(await patient.readFile(emrId)).to.deep.equal(utf8(sampleRecord));
    await patient.change(emrId, { shared: [2, 3, 4, 5, 6] });
    expect(await standing(ledgerRecordIds)).to.deep.equal([
      [4, 1],
      [4, 2],
    ]);
    expect((await patient.show(emrId)).header.revision).to.equal(3);
  });

  it("a record that isn't published yet is replaced as it was accepted", async () => {
    const { patient, keyStore } = owner;
    const emrId = await issue(patient);
    const info1 = await amend(patient, emrId, other);
    const { pseudonym } = (await patient.show(emrId)).header;
    const error = await expectCode("record-stored", () =>
      patient.accept(info1, { ...patient.invite(), emrId, pseudonym }),
    );
    expect(error.message).to.contain("amend");
    expect(await patient.amendments.review(emrId, info1, {})).to.not.have.property("plan");
    const { change } = await patient.amendments.accept(emrId, info1);
    expect(change).to.equal(undefined);
    const next = await Patient.open({ ...(await surroundings()), keyStore, confirmations: 0 });
    expect((await next.show(emrId)).header.revision).to.equal(2);
    await next.store(emrId, [2, 3, 5], rights);
    expect(await next.readFile(emrId)).to.deep.equal(secondLook);
  });

  it("nothing is signed that isn't different, isn't that record's file, or without the chains", async () => {
    const { patient } = owner;
    const emrId = await issue(patient);
    const request = await patient.amendments.request(emrId, await other.inviteAmendment());
    const { header, extraction, file } = await other.readAmendmentRequest(request);
    expect(file).to.deep.equal(utf8(sampleRecord));
    const before = { header, parts: extraction.parts };
    await expectCode("amendment-invalid", () => other.amend(request, splitAmendment(file, before)));
    await expectCode("amendment-invalid", () => other.amend(request, { ...sample(), schema: "fhir-r4" }));
    const [a, b, ...rest] = sample().parts;
    await expectCode("amendment-invalid", () =>
      other.amend(request, { ...sample(), parts: [b!, a!, ...rest] }),
    );
    // A new rule alone is an amendment.
    const stricter = { ...header.ceas, mandatory: [5] };
    const info1 = await other.amend(request, splitAmendment(file, before), stricter);
    const review = await patient.amendments.review(emrId, info1);
    expect(review.header.ceas).to.deep.equal(stricter);
    expect(review.newRule).to.equal(true);
    const offline = await enrolDoctor({ chains: [] });
    const asked = await patient.amendments.request(emrId, await offline.inviteAmendment());
    await expectCode("argument-invalid", () => offline.readAmendmentRequest(asked));
  });

  it("a rule that forbids what is shared has the patient move parts first", async () => {
    const { patient } = owner;
    const { emrId } = await issueAndPublish(patient);
    const doctor = await theDoctor();
    const request = await patient.amendments.request(emrId, await doctor.inviteAmendment());
    const { header, extraction } = await doctor.readAmendmentRequest(request);
    const record = splitAmendment(secondLook, { header, parts: extraction.parts });
    const info1 = await doctor.amend(request, record, { ...header.ceas, mandatory: [9] });
    await expectCode("record-move-forbidden", () => patient.amendments.accept(emrId, info1));
    await patient.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 9] });
    await patient.amendments.accept(emrId, info1);
    expect((await patient.show(emrId)).header.revision).to.equal(2);
  });

  it("a closed view is published again only when it is named", async () => {
    const { patient } = owner;
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const info1 = await amend(patient, emrId, other);
    await patient.close(emrId, ["shared"]);
    await expectCode("change-unfinished", () => patient.amendments.review(emrId, info1, {}));
    await expectCode("change-unfinished", () => patient.amendments.accept(emrId, info1));
    const { plan } = await patient.amendments.review(emrId, info1, { reopen: ["shared"] });
    expect([plan!.rotate, plan!.views]).to.deep.equal([[2, 3, 4, 5, 6, 7], { full: "same", shared: "next" }]);
    const { change } = await patient.amendments.accept(emrId, info1, { reopen: ["shared"] });
    expect(change!.draft.encrypted.positions).to.deep.equal([2, 3, 4, 5, 6, 7]);
    expect(await standing(ledgerRecordIds)).to.deep.equal([
      [2, 1],
      [2, 2],
    ]);
  });

  it("a Bundle gets a new kind of resource, which the patient shares at once", async () => {
    const entry = (each: object) => `{"resource":${JSON.stringify(each)}}`;
    const bundle = (...resources: object[]) =>
      utf8(`{"resourceType":"Bundle","entry":[${resources.map(entry).join(",")}]}`);
    const person = { resourceType: "Patient", id: "synthetic" };
    const finding = { resourceType: "Observation", valueString: "cough" };
    const allergy = { resourceType: "AllergyIntolerance", note: [{ text: "none known" }] };
    const { patient } = owner;
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient, splitRecord(bundle(person, finding)));
    const file = bundle(person, finding, allergy);
    const info1 = await amend(patient, emrId, other, file);
    expect(await patient.amendments.review(emrId, info1)).to.deep.include({ replaced: [3], appended: [4] });
    await patient.amendments.accept(emrId, info1, { share: [4] });
    expect((await patient.show(emrId)).parts).to.deep.equal([
      { position: 1, label: "Patient", side: "private" },
      { position: 2, label: "Observation", side: "shared" },
      { position: 3, label: "envelope", side: "private" },
      { position: 4, label: "AllergyIntolerance", side: "shared" },
    ]);
    await expectCode("record-stored", () => patient.amendments.accept(emrId, info1, { share: [1] }));
    expect(await patient.readFile(emrId)).to.deep.equal(file);
    const requester = await theRequester("role:doctor", "role:researcher");
    const { decided } = await requester.request("shared", ledgerRecordIds.shared);
    const opened = await requester.openGranted("shared", decided);
    expect(opened.extraction.parts.map(({ label }) => label)).to.deep.equal([
      "Observation",
      "AllergyIntolerance",
    ]);

    // The finding goes: its part stays, and says nothing.
    const less = bundle(person, allergy);
    await patient.amendments.accept(emrId, await amend(patient, emrId, other, less));
    expect(await patient.readFile(emrId)).to.deep.equal(less);
    expect((await patient.show(emrId)).header).to.include({ revision: 3, n: 4 });
  });
});

describe("roles: an amendment that stopped between the two chains", () => {
  /** A patient with a published record whose way to chains can be cut, and an amendment of private part 9 alone. */
  async function prepare() {
    const { chains } = await world();
    const cut = new Set<string>();
    const cuttable = Object.fromEntries(
      sides.map((side) => {
        const { provider } = chains[side];
        const broadcastTransaction: typeof provider.broadcastTransaction = async (signed) => {
          if (cut.has(side)) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
          return provider.broadcastTransaction(signed);
        };
        return [side, through(chains[side], { broadcastTransaction })];
      }),
    ) as typeof chains;
    const { patient, keyStore } = await enrolPatient({ chains: cuttable });
    const { emrId, ledgerRecordIds } = await issueAndPublish(patient);
    const doctor = await theDoctor();
    const info1 = await amend(patient, emrId, doctor, lastPart("1988"));
    const another = async () => {
      const seedOnly = memoryKeyStore();
      await seedOnly.set("patient/seed", (await keyStore.get("patient/seed"))!);
      const device = await Patient.open({ ...(await surroundings()), keyStore: seedOnly, confirmations: 0 });
      await device.restore();
      return device;
    };
    return { patient, cut, emrId, ledgerRecordIds, doctor, info1, another };
  }
  const lastPart = (year: string) => utf8(sampleRecord.replace("1988", `${year} or earlier`));

  it("another device with the seed sees that the shared view is behind, though all its parts are the same", async () => {
    const { patient, cut, emrId, ledgerRecordIds, info1, another } = await prepare();
    cut.add("shared");
    await expectCode("chain-unreachable", () => patient.amendments.accept(emrId, info1));
    expect((await patient.unfinished()).map(({ act }) => act)).to.deep.equal(["amend"]);
    const { plan } = await patient.amendments.review(emrId, info1, {});
    expect(plan!.views).to.deep.equal({ shared: "same" });
    const device = await another();
    expect((await device.show(emrId)).header.revision).to.equal(2);
    const { published } = await device.change(emrId, {});
    expect(published.map(({ view }) => view)).to.deep.equal(["shared"]);
    const requester = await theRequester("role:doctor", "role:researcher");
    const { decided } = await requester.request("shared", ledgerRecordIds.shared);
    expect((await requester.openGranted("shared", decided)).header.revision).to.equal(2);
  });

  /** Runs an act that stops before its first step of that kind. */
  async function stoppedBefore(step: ProgressStep, act: (options: ActOptions) => Promise<unknown>) {
    const stop = new Error("stopped");
    const progress = (told: Progress) => {
      if (told.step === step) throw stop;
    };
    const outcome = await act({ progress }).catch((error: unknown) => error);
    expect(outcome).to.equal(stop);
  }

  it("nothing else is done to the record first; what came in between is kept, and the amendment goes on", async () => {
    const { patient, emrId, info1, another, doctor } = await prepare();
    await stoppedBefore("upload", (options) => patient.amendments.accept(emrId, info1, {}, options));
    for (const act of [
      () => patient.change(emrId, { shared: [2, 3] }),
      () => patient.store(emrId, [2, 3, 4, 5, 6, 7], rights),
      async () => patient.amendments.request(emrId, await doctor.inviteAmendment()),
    ])
      await expectCode("change-unfinished", act);
    const { plan } = await patient.amendments.review(emrId, info1, {});
    expect(plan!.views).to.deep.equal({ full: "same", shared: "same" });
    const device = await another();
    await device.change(emrId, { shared: [2, 3, 4, 5, 6, 7, 8] });
    await patient.finish(emrId);
    const { header, parts } = await patient.show(emrId);
    expect(header.revision).to.equal(2);
    expect(parts.filter(({ side }) => side === "private").map(({ position }) => position)).to.deep.equal([
      1, 9,
    ]);
    expect(await patient.readFile(emrId)).to.deep.equal(lastPart("1988"));
    expect(await patient.unfinished()).to.deep.equal([]);
  });

  it("a view that was closed meanwhile is published again when it is named, and the amendment with it", async () => {
    const { patient, emrId, info1 } = await prepare();
    await stoppedBefore("publish", (options) => patient.amendments.accept(emrId, info1, {}, options));
    await patient.close(emrId, ["full"]);
    await expectCode("change-unfinished", () => patient.finish(emrId));
    const { draft } = await patient.change(emrId, { reopen: ["full"] });
    expect(draft.encrypted.positions).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await patient.show(emrId)).header.revision).to.equal(2);
    expect(await patient.readFile(emrId)).to.deep.equal(lastPart("1988"));
    expect(await patient.unfinished()).to.deep.equal([]);
  });

  it("one that another device's amendment overtook is struck out", async () => {
    const { patient, emrId, info1, another, doctor } = await prepare();
    await stoppedBefore("upload", (options) => patient.amendments.accept(emrId, info1, {}, options));
    const device = await another();
    await device.amendments.accept(emrId, await amend(device, emrId, doctor, lastPart("1987")));
    await expectCode("amendment-stale", () => patient.amendments.accept(emrId, info1));
    await expectCode("amendment-stale", () => patient.finish(emrId));
    expect(await patient.unfinished()).to.deep.equal([]);
    expect(await patient.readFile(emrId)).to.deep.equal(lastPart("1987"));
    await patient.change(emrId, { shared: [2, 3] });
  });
});
