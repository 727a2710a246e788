/** Amendments, requests and invitations that aren't what they should be: each is refused, and nothing of it is published. */
import { expect } from "chai";
import { makeSalt, type Part } from "../../src/ces/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  amendmentRequestInfo,
  decodeAmendmentRequest,
  encodeAmendmentRequest,
  makeAmendmentRequest,
} from "../../src/record/index.ts";
import { readRequestKey } from "../../src/roles/amendmentRequests.ts";
import type { RecordToAmend } from "../../src/roles/index.ts";
import { generateKeyPair, open, publicKeyOf, sealTo } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, issue, issueAndPublish, type Owner, sample, theDoctor, world } from "../world.ts";
import { amend, askCrook, type Crook, enrolCrook, forge, secondLook } from "./amendmentWorld.ts";

describe("roles: amendments that aren't what they should be", () => {
  let owner: Owner;
  let crook: Crook;
  let emrId: Uint8Array;
  let given: RecordToAmend;
  before(async () => {
    owner = await enrolPatient();
    crook = await enrolCrook();
    emrId = (await issueAndPublish(owner.patient)).emrId;
    given = await askCrook(owner.patient, emrId, crook);
  });

  const old = (): Part[] =>
    given.extraction.parts.map(({ label, salt, content }) => ({ label, salt, content }));
  const says = (text: string) => utf8(JSON.stringify(text));
  const replace = (position: number, part: Partial<Part>) =>
    old().map((each, i) => (i === position - 1 ? { ...each, ...part } : each));

  async function refused(code: ErrorCode, info1: Uint8Array, wishes = {}): Promise<string> {
    await expectCode(code, () => owner.patient.amendments.review(emrId, info1));
    const error = await expectCode(code, () => owner.patient.amendments.accept(emrId, info1, wishes));
    expect((await owner.patient.show(emrId)).header.revision).to.equal(1);
    expect(await owner.patient.unfinished()).to.deep.equal([]);
    return error.message;
  }

  it("the forger's own handiwork would do: an honest amendment passes", async () => {
    const info1 = await forge(crook, given, replace(6, { content: says("flu"), salt: makeSalt() }));
    expect((await owner.patient.amendments.review(emrId, info1)).replaced).to.deep.equal([6]);
  });

  it("one that also changes a part that was to stay is shown, and refused by who says what may change", async () => {
    const parts = replace(6, { content: says("flu"), salt: makeSalt() });
    parts[1] = { ...parts[1]!, content: says("male"), salt: makeSalt() };
    const info1 = await forge(crook, given, parts);
    expect((await owner.patient.amendments.review(emrId, info1)).replaced).to.deep.equal([2, 6]);
    const error = await expectCode("amendment-invalid", () =>
      owner.patient.amendments.accept(emrId, info1, { only: [6] }),
    );
    expect(error.message).to.contain("part 2");
    expect((await owner.patient.show(emrId)).header.revision).to.equal(1);
  });

  it("a changed part under its old salt, an unchanged one under a new salt, a salt of another part", async () => {
    await refused("amendment-invalid", await forge(crook, given, replace(2, { content: says("male") })));
    await refused("amendment-invalid", await forge(crook, given, replace(2, { salt: makeSalt() })));
    const [, , third] = old();
    const borrowed = replace(2, { content: says("male"), salt: third!.salt });
    borrowed[2] = { ...third!, content: says("1971-01-01"), salt: makeSalt() };
    await refused("amendment-invalid", await forge(crook, given, borrowed));
    const appended = [...old(), { label: "more", content: says("more"), salt: old()[3]!.salt }];
    appended[3] = { ...appended[3]!, content: says("other"), salt: makeSalt() };
    await refused("amendment-invalid", await forge(crook, given, appended));
  });

  it("two parts swapped, with or without their labels; one dropped, at any place; one put in between", async () => {
    const [a, b, ...rest] = old();
    await refused("amendment-invalid", await forge(crook, given, [b!, a!, ...rest]));
    const swapped = [{ ...b!, label: a!.label }, { ...a!, label: b!.label }, ...rest];
    await refused("amendment-invalid", await forge(crook, given, swapped));
    await refused("amendment-invalid", await forge(crook, given, old().slice(0, -1)));
    await refused("amendment-invalid", await forge(crook, given, old().slice(1)));
    const between = { label: "between", content: says("x"), salt: makeSalt() };
    await refused("amendment-invalid", await forge(crook, given, [a!, between, b!, ...rest]));
    const renamed = replace(9, { label: "past", salt: makeSalt() });
    await refused("amendment-invalid", await forge(crook, given, renamed));
  });

  it("another record's, another patient's, another schema's, another issuer's", async () => {
    const parts = replace(6, { content: says("flu"), salt: makeSalt() });
    await refused("info1-invalid", await forge(crook, given, parts, { emrId: randomBytes(32) }));
    await refused("info1-invalid", await forge(crook, given, parts, { pseudonym: randomBytes(32) }));
    await refused("amendment-invalid", await forge(crook, given, parts, { schema: "letter" }));
    await refused("certificate-invalid", await forge(crook, given, parts, { issuer: "CN=Dr. Example" }));
    const elsewhere = await issue(owner.patient);
    const info1 = await amend(owner.patient, elsewhere, await theDoctor());
    await refused("seal-open-failed", info1);
  });

  it("a skipped revision, the first one again, one that amends another header, a forged signature", async () => {
    const parts = replace(6, { content: says("flu"), salt: makeSalt() });
    await refused("amendment-stale", await forge(crook, given, parts, { revision: 3 }));
    await refused("amendment-stale", await forge(crook, given, parts, { amends: randomBytes(32) }));
    await refused(
      "amendment-stale",
      await forge(crook, given, parts, { revision: 1, amends: new Uint8Array(32) }),
    );
    const tampered = await forge(crook, given, parts, {}, (extraction) => {
      extraction.signature[40]! ^= 1;
    });
    await refused("ces-verification-failed", tampered);
    const other = await forge(crook, given, parts, {}, (extraction) => {
      extraction.parts[1]!.content = says("male");
    });
    await refused("ces-verification-failed", other);
  });

  it("of two amendments of one revision the second is refused, and so is every old one", async () => {
    const { patient } = await enrolPatient();
    const record = (await issueAndPublish(patient)).emrId;
    const doctor = await theDoctor();
    const [first, second] = [await amend(patient, record, doctor), await amend(patient, record, doctor)];
    await patient.amendments.accept(record, first);
    await expectCode("amendment-stale", () => patient.amendments.accept(record, second));
    const third = await amend(
      patient,
      record,
      doctor,
      utf8(new TextDecoder().decode(secondLook).replace("300", "200")),
    );
    await patient.amendments.accept(record, third);
    for (const info1 of [first, second])
      await expectCode("amendment-stale", () => patient.amendments.accept(record, info1));
    const { header } = await patient.show(record);
    expect(header.revision).to.equal(3);
    const invitation = { emrId: record, pseudonym: header.pseudonym, recordKey: patient.invite().recordKey };
    await expectCode("record-stored", () => patient.accept(first, invitation));
  });

  it("by a doctor whose certificate is revoked; nor does a doctor build on one", async () => {
    const { authority } = await world();
    const gone = await enrolCrook("Gone");
    const { patient } = owner;
    const invitation = patient.invite();
    const issued = await patient.accept(await gone.doctor.issue(sample(), invitation), invitation);
    const invited = await gone.doctor.inviteAmendment();
    const info1 = await amend(patient, emrId, gone.doctor);
    const request = await patient.amendments.request(issued, await crook.doctor.inviteAmendment());
    await crook.doctor.readAmendmentRequest(request);
    await authority.revokeCertificate((await gone.keyStore.get("doctor/certificate"))!);
    await refused("certificate-invalid", info1);
    await expectCode("certificate-invalid", () => crook.doctor.readAmendmentRequest(request));
    await expectCode("certificate-invalid", () => patient.amendments.readInviter(invited));
    await expectCode("certificate-invalid", () => patient.amendments.request(emrId, invited));
  });

  it("an invitation whose key was exchanged on the way, or that is none", async () => {
    const { patient } = owner;
    const good = await crook.doctor.inviteAmendment();
    expect((await patient.amendments.readInviter(good)).subject).to.equal("CN=Synthetic Crook");
    const mine = (await generateKeyPair()).publicKey;
    const exchanged = good.slice();
    exchanged.set(mine, 1);
    for (const bytes of [
      exchanged,
      good.slice(0, -1),
      new Uint8Array([...good, 0]),
      new Uint8Array(),
      utf8("{}"),
    ])
      await expectCode("amendment-invalid", () => patient.amendments.request(emrId, bytes));
  });

  it("a request that the patient didn't make, or made to another doctor", async () => {
    const { doctor, keyStore } = crook;
    const requestKey = publicKeyOf(await readRequestKey(keyStore));
    const honest = await owner.patient.amendments.request(emrId, await doctor.inviteAmendment());
    const plain = decodeAmendmentRequest(
      await open(await readRequestKey(keyStore), amendmentRequestInfo, honest),
    );
    const seal = (request: typeof plain, key = requestKey) =>
      sealTo(key, amendmentRequestInfo, encodeAmendmentRequest(request));
    // Whoever may read the whole record has its salts, too.
    const reader = makeAmendmentRequest(randomBytes(32), requestKey, {
      ...plain,
      recordKey: (await generateKeyPair()).publicKey,
    });
    const mixed = { ...plain, recordKey: reader.recordKey };
    const borrowed = { ...reader, emrPublicKey: plain.emrPublicKey };
    for (const request of [reader, mixed, borrowed])
      await expectCode("amendment-invalid", async () => doctor.readAmendmentRequest(await seal(request)));
    const other = await enrolCrook("Other");
    const passedOn = await seal(plain, publicKeyOf(await readRequestKey(other.keyStore)));
    await expectCode("amendment-invalid", () => other.doctor.readAmendmentRequest(passedOn));
    await expectCode("seal-open-failed", () => other.doctor.readAmendmentRequest(honest));
    const parts = plain.info1.extraction.parts.map((part, i) =>
      i === 1 ? { ...part, content: says("male") } : part,
    );
    const doctored = {
      ...plain,
      info1: { ...plain.info1, extraction: { ...plain.info1.extraction, parts } },
    };
    await expectCode("ces-verification-failed", async () =>
      doctor.readAmendmentRequest(await seal(doctored)),
    );
    const garbage = await sealTo(requestKey, amendmentRequestInfo, utf8("no request"));
    await expectCode("amendment-invalid", () => doctor.readAmendmentRequest(garbage));
  });
});
