/** What doctors, requesters and verifiers do on the command line: from enrolment to an offline check. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { writeAuthorityCertificate } from "../../src/cli/authority/deciding.ts";
import { enrolDoctor, revokeDoctorKey, showDoctor } from "../../src/cli/doctor/enrolling.ts";
import { signRecord } from "../../src/cli/doctor/signing.ts";
import type { Context } from "../../src/cli/frame/context.ts";
import { exitStatusOf } from "../../src/cli/frame/exitStatus.ts";
import { explain, find, listGranted, request } from "../../src/cli/requester/asking.ts";
import { apply, collect, showRequester } from "../../src/cli/requester/enrolling.ts";
import { listReceipts, openRequest } from "../../src/cli/requester/opening.ts";
import { pemOf } from "../../src/cli/verify/certificateFile.ts";
import { verifyFile } from "../../src/cli/verify/verifying.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { sampleRecord, sharedPositions } from "../../src/record/index.ts";
import { printInvitation } from "../../src/roles/invitation.ts";
import type { Patient } from "../../src/roles/patient.ts";
import { expectCode } from "../expectCode.ts";
import { enrolPatient, sample, world } from "../world.ts";
import { act, makeHome, type Outcome } from "./acting.ts";
import { scratch } from "./run.ts";

type Json = Record<string, unknown>;

const rights = { full: "role:doctor", shared: "role:doctor or role:researcher" };

describe("cli: doctor, requester, verify", function () {
  this.timeout(120_000);
  const folder = scratch();
  const home = join(folder, "home");
  const file = (name: string) => join(folder, name);
  const at = (run: Parameters<typeof act>[1]) => act(home, run);
  let patient: Patient;
  let ids: Record<"storage" | "shared", string>;
  let link: string;

  before(async () => {
    await makeHome(home, "doctor", "requester-ward", "requester-lab", "requester-liar");
    ({ patient } = await enrolPatient());
  });

  it("a doctor enrols, is certified, and signs what the patient accepts", async () => {
    const { authority } = await world();
    const enrol = (options: object) => at((context) => enrolDoctor(context, options));
    await expectCode("usage", () => enrol({ commonName: "Dr. Example" }));
    await expectCode("usage", () => enrol({ evidence: "card" }));
    const evidence = "staff card 0001";
    const { json } = await enrol({
      commonName: "Dr. Example",
      organization: "Ward 3",
      evidence,
      suite: "p256",
    });
    const invitation = patient.invite();
    writeFileSync(file("invitation.json"), printInvitation(invitation));
    const sign = (options: object = {}, record = "sample") =>
      at((context) =>
        signRecord(context, { invitation: file("invitation.json"), out: file("info1"), ...options }, record),
      );
    await expectCode("key-missing", sign);
    expect((await at((context) => showDoctor(context, {}))).json).to.have.nested.include({
      "enrolment.state": "pending",
      certificate: undefined,
    });
    writeFileSync(file("doctor.pem"), pemOf(await authority.certify(String(json.id))));
    const shown = await at((context) => showDoctor(context, {}));
    expect(shown.json).to.have.nested.include({ "certificate.valid": true, "enrolment.state": "approved" });
    for (const options of [{ needs: "6" }, { needs: "6:10" }, { never: "0" }, { out: folder }])
      await expectCode("usage", () => sign(options));
    await expectCode("ces-header-invalid", () => sign({ mandatory: "1", never: "1" }));
    await expectCode("usage", () => sign({}, file("nothing-there")));
    const signed = await sign({ needs: "6:4-5" });
    expect(signed.json).to.have.deep.nested.property("rule.implications", [
      { position: 6, needs: 4 },
      { position: 6, needs: 5 },
    ]);
    const emrId = await patient.accept(new Uint8Array(readFileSync(file("info1"))), invitation);
    await patient.store(emrId, sharedPositions(sample()), rights);
    ids = (await patient.show(emrId)).ledgerRecordIds;
  });

  it("requesters apply, are decided on, and collect keys", async () => {
    const { authority } = await world();
    const applying = (name: string, attributes: string[]) =>
      at((context) => apply(context, { name, evidence: `card of ${name}` }, attributes));
    await expectCode("attribute-invalid", () => applying("ward", ["level = 3", "level = 4"]));
    const ward = await applying("ward", ["role:doctor"]);
    const lab = await applying("lab", ["role:researcher"]);
    const liar = await applying("liar", ["role:doctor"]);
    await authority.approve(String(ward.json.id));
    await authority.approve(String(lab.json.id));
    authority.refuse(String(liar.json.id), "No such\u001b[2J card.");
    const told = await at((context) => showRequester(context, { name: "liar" }));
    expect(told.text).to.contain("refused: No such [2J card.").and.not.contain("\u001b");
    const attributes = async (name: string) =>
      (await at((context) => collect(context, { name }))).json.attributes;
    expect(await attributes("ward")).to.have.length(2);
    expect(await attributes("lab")).to.include("role:researcher");
    expect(await attributes("liar")).to.have.length(1);
  });

  it("a record is found by its id, by a link, and by its owner", async () => {
    const finding = async (target: string | undefined, options: object = {}) =>
      (await at((context) => find(context, options, target))).json;
    const found = await finding(ids.storage);
    expect(found).to.include({ side: "storage", policy: rights.full, version: 1, closed: false });
    link = String(found.link);
    expect((await finding(link)).ledgerRecordId).to.equal(ids.storage);
    expect(
      await finding(undefined, { owner: await patient.address("storage"), side: "storage" }),
    ).to.have.deep.property("records", [{ side: "storage", ledgerRecordId: ids.storage, link }]);
    await expectCode("chain-mismatch", () => finding(link.replace(/\/\d+\//, "/1/")));
    await expectCode("record-unknown", () => finding(ids.storage, { side: "shared" }));
    for (const bad of ["0x12", `${link}0`, ""]) {
      const error = await expectCode("argument-invalid", () => finding(bad));
      expect(exitStatusOf(error)).to.equal(2);
    }
    await expectCode("usage", () => finding(undefined));
  });

  it("a denial says what it rests on, and is not kept", async () => {
    const asking = (name: string, options: object = {}) =>
      at((context) => request(context, { name, ...options }, link));
    const denied = await asking("lab");
    expect([denied.status, denied.json.decision]).to.deep.equal([3, "policy-not-satisfied"]);
    expect(denied.json.explanation).to.have.deep.property("leaves", [{ text: "role:doctor", held: false }]);
    const told = await at((context) => explain(context, { name: "lab" }, ids.shared));
    expect(told.json).to.include({ side: "shared", decision: "granted" });
    expect((await at((context) => listGranted(context, { name: "lab" }))).json).to.deep.equal({
      requests: [],
    });
    await expectCode("purpose-unknown", () => asking("ward", { purpose: "TREET" }));
    for (const seconds of ["0", "-1", "1d", "9".repeat(9)])
      await expectCode("usage", () => asking("ward", { seconds }));
  });

  it("a dry run sends nothing", async () => {
    const nonces = async () => {
      const { chains } = await world();
      const { account } = (await at((context) => showRequester(context, { name: "ward" }))).json;
      return chains.storage.provider.getTransactionCount(String(account));
    };
    const before = await nonces();
    const { json } = await at((context) => request(context, { name: "ward", dryRun: true }, link));
    expect(json).to.include({ dryRun: true, decision: "granted" });
    const [transaction, ...more] = json.transactions as Json[];
    expect(more).to.deep.equal([]);
    expect(transaction).to.include({ side: "storage" });
    expect(transaction!.gas).to.satisfy((gas: bigint) => gas > 50_000n && gas < 500_000n);
    expect(await nonces()).to.equal(before);
  });

  it("what is granted is opened by its number: the whole record, or a side of it", async () => {
    const granted = await at((context) => request(context, { name: "ward", seconds: "600" }, link));
    expect(granted.json).to.include({ decision: "granted", number: 1, purpose: "TREAT" });
    const { requests } = (await at((context) => listGranted(context, { name: "ward" }))).json;
    expect((requests as Json[])[0]).to.include({ number: 1, status: "live", purpose: "TREAT" });
    const opening = (name: string, text: string, out: string) =>
      at((context) => openRequest(context, { name, out: file(out) }, text));
    await expectCode("application-unknown", () => opening("ward", "2", "whole"));
    const { json } = await opening("ward", "1", "whole");
    expect(json).to.include({ whole: true, n: 9, signedBy: "CN=Dr. Example,O=Ward 3" });
    expect(readFileSync(join(file("whole"), "record.json"), "utf8")).to.equal(sampleRecord);
    expect(readdirSync(join(file("whole"), "parts")))
      .to.include("6-diagnosis.json")
      .and.have.length(9);
    await expectCode("usage", () => opening("ward", "1", "whole"));

    await at((context) => request(context, { name: "lab" }, ids.shared));
    // As if it had been stopped before it noted the grant.
    await at(async (context) => {
      const store = await context.role("requester", "lab");
      await store.set("requester/requests", utf8("[]"));
      return { json: {} };
    });
    const again = await at((context) => request(context, { name: "lab" }, ids.shared));
    expect(again.json).to.include({ number: 1, gas: 0n });
    const part = await opening("lab", "1", "part");
    expect(part.json).to.include({ whole: false, file: null });
    expect(existsSync(join(file("part"), "record.json"))).to.equal(false);
    const receipts = await at((context) => listReceipts(context, { name: "lab" }, undefined));
    expect(receipts.json.receipts).to.have.length(2);
    expect(receipts.text).to.contain("A receipt proves a release; its absence proves nothing.");
  });

  it("anybody verifies offline, and only under an authority that is trusted", async () => {
    await at((context) => writeAuthorityCertificate(context, { out: file("authority.pem") }));
    const verifying = (path: string, authorityCertificate?: string): Promise<Outcome> =>
      act(file("no-home"), (context: Context) =>
        verifyFile(context, authorityCertificate === undefined ? {} : { authorityCertificate }, path),
      );
    const path = join(file("part"), "record.extraction");
    for (const name of ["whole", "part"]) {
      const held = await verifying(join(file(name), "record.extraction"), file("authority.pem"));
      expect([held.status, held.json.ok, held.json.signedBy]).to.deep.equal([
        0,
        true,
        "CN=Dr. Example,O=Ward 3",
      ]);
    }
    const alone = await verifying(path);
    expect([alone.status, alone.json.ok]).to.deep.equal([5, false]);
    expect(alone.json).to.have.nested.include({ "claimed.issuer": "CN=Diptych test consortium" });
    await expectCode("certificate-invalid", () => verifying(path, file("doctor.pem")));
    await expectCode("certificate-invalid", () => verifying(path, path));
    await expectCode("encoding-invalid", () => verifying(file("authority.pem"), file("authority.pem")));
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("symptoms") + 60]! ^= 1;
    writeFileSync(file("changed"), bytes);
    await expectCode("ces-verification-failed", () => verifying(file("changed"), file("authority.pem")));
    await expectCode("ces-verification-failed", () => verifying(file("changed")));
  });

  it("with its attributes a requester loses its grants", async () => {
    const { authority } = await world();
    const { account } = (await at((context) => showRequester(context, { name: "ward" }))).json;
    await authority.revokeAttributes(String(account), ["role:doctor"]);
    await expectCode("grant-ended", () =>
      at((context) => openRequest(context, { name: "ward", out: file("late") }, "1")),
    );
  });

  it("a doctor ends a key: it is erased here, and the authority hears of it", async () => {
    const { authority } = await world();
    const ending = (reason: string) => at((context) => revokeDoctorKey(context, { reason }));
    await expectCode("usage", () => ending(" "));
    const { json } = await ending("The laptop was stolen.");
    const review = authority.pending().find(({ id }) => id === json.id);
    expect(review?.evidence).to.contain(json.fingerprint).and.contain("The laptop was stolen.");
    await expectCode("key-missing", () => ending("again"));
    const out = file("info1-late");
    const invitation = file("invitation.json");
    await expectCode("key-missing", () =>
      at((context) => signRecord(context, { invitation, out }, "sample")),
    );
    expect(existsSync(out)).to.equal(false);
  });
});
