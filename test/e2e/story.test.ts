/** The paper's story (5.1 to 5.3) on the page: a doctor, a patient, two readers and an officer, each in a browser of their own. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { sampleRecord } from "../../src/record/index.ts";
import { en } from "../../web/src/words/en.ts";
import { makeFormats } from "../../web/src/words/formats.ts";
import { castStory } from "./cast.ts";
import { Gallery } from "./gallery.ts";
import { decide, openDesk } from "./officerActs.ts";
import { changeRecord, invite, takeRecord, waitUntilStored } from "./patientActs.ts";
import { type Profile, passphrase } from "./profile.ts";
import { apply, askFor, collectKey, openAnswer } from "./readerActs.ts";
import { secretsOf, textSecrets, Wiretap } from "./wiretap.ts";

const { doctor: signing, patient: words, requester: reading, authority: desk, parts } = en;
/** What stands in the record and nowhere else. */
const said = [
  "Synthetic Person 1",
  "000000-1970-0001",
  "dry cough",
  "tuberculosis",
  "isoniazid",
  "appendectomy",
];
const recordName = "Check-up in spring";

describe("page: a record from its doctor to its readers", () => {
  const cast = castStory();
  const gallery = new Gallery();
  let wiretap: Wiretap;
  let officer: Profile;
  let doctor: Profile;
  let patient: Profile;
  let researcher: Profile;
  let hospital: Profile;
  let links: { whole: string; shared: string };
  /** A picture of the code that leads to the shared side. */
  let code: Buffer;

  before(async () => {
    wiretap = await Wiretap.start();
  });
  after(() => wiretap?.close());

  it("a doctor asks for a certificate", async () => {
    doctor = await cast.enter({ context: { proxy: wiretap.proxy } });
    await doctor.heading(en.welcome.title).waitFor();
    await gallery.show(doctor, "welcome");
    await doctor.goTo("/doctor/certificate");
    await doctor.heading(en.welcome.keys.newTitle).waitFor();
    await gallery.show(doctor, "keys-first");
    await doctor.makeKeys();
    await doctor.heading(signing.certificate.none.title).waitFor();
    await gallery.show(doctor, "doctor-certificate-none");
    const { form, waiting } = signing.certificate;
    await doctor.page.getByLabel(form.name).fill("Dr. Example");
    await doctor.page.getByLabel(form.organisation).fill("Yangzhou University Hospital");
    await doctor.page.getByLabel(form.evidence).fill("Licence 0042, ask the hospital's registrar.");
    // Called away: the keys are locked meanwhile, and what was filled in is there again.
    await doctor.page.waitForTimeout(2_000);
    await doctor.lock();
    await doctor.unlock();
    await doctor.page.getByLabel(form.evidence).waitFor();
    expect(await doctor.page.getByLabel(form.name).inputValue()).to.equal("Dr. Example");
    expect(await doctor.page.getByLabel(form.evidence).inputValue()).to.include("Licence 0042");
    await doctor.button(form.send).click();
    await doctor.says(waiting.title).waitFor();
    await gallery.show(doctor, "doctor-certificate-waiting");
  });

  it("two readers say who they are", async () => {
    researcher = await cast.enter({ context: { proxy: wiretap.proxy } });
    await apply(researcher, "role:researcher");
    await gallery.show(researcher, "reader-who-applied");
    await researcher.goTo("/requester");
    await researcher.heading(reading.read.steps.title).waitFor();
    await gallery.show(researcher, "reader-start");
    hospital = await cast.enter({ context: { proxy: wiretap.proxy } });
    await apply(hospital, "role:doctor", "org:yzu-hospital");
    const evidence = hospital.page.getByLabel(reading.who.evidence);
    await evidence.fill("Ward 3 knows me, too.");
    await hospital.page.waitForTimeout(2_000);
    await hospital.lock();
    await hospital.unlock();
    await evidence.waitFor();
    expect(await evidence.inputValue()).to.equal("Ward 3 knows me, too.");
  });

  it("an officer looks at each, and decides", async () => {
    officer = await cast.enter({
      wallet: { accounts: [cast.stage.officer] },
      context: { proxy: wiretap.proxy },
    });
    await officer.goTo("/authority");
    await officer.heading(en.welcome.wallet.title).waitFor();
    await gallery.show(officer, "wallet-connect");
    await officer.connect();
    await officer.button(desk.desk.open).waitFor();
    await gallery.show(officer, "authority-closed");
    await openDesk(officer);
    await officer.says(makeFormats().shortId(cast.stage.officer.address)).waitFor();
    await officer.heading(desk.queue.waiting(3)).waitFor();
    await gallery.show(officer, "authority-queue");
    // What is written stays, though the desk closes.
    const refusing = officer.page.getByRole("button", {
      name: new RegExp(`^${desk.queue.refuse}: .*Dr. Example`),
    });
    await refusing.click();
    await officer.page.getByLabel(desk.refuse.reason).fill("Which registrar?");
    await officer.button(en.look.cancel).click();
    await officer.button(desk.desk.close).click();
    await openDesk(officer);
    await refusing.click();
    expect(await officer.page.getByLabel(desk.refuse.reason).inputValue()).to.equal("Which registrar?");
    await officer.button(en.look.cancel).click();
    await decide(officer, desk.queue.certify, /Dr. Example/, desk.certify.confirm);
    for (const { wallet } of [researcher, hospital])
      await decide(
        officer,
        desk.queue.approve,
        // The page shortens addresses to their two ends: one end alone can be another account's, too.
        new RegExp(
          `${wallet.accounts[0]!.address.slice(0, 6)}.${wallet.accounts[0]!.address.slice(-4)}`,
          "i",
        ),
        desk.approve.confirm,
      );
    await officer.heading(desk.queue.empty).waitFor();
    const decided = officer.page.getByRole("listitem");
    await decided.filter({ hasText: "researchers" }).first().waitFor();
    await gallery.show(officer, "authority-queue-decided");
    await officer.goTo("/authority/attributes");
    await officer.page
      .getByText(/researchers/)
      .first()
      .waitFor();
    for (const { wallet } of [researcher, hospital])
      await officer.says(wallet.accounts[0]!.address).first().waitFor();
    await gallery.show(officer, "authority-attributes");
    await officer.goTo("/authority/certificates");
    await officer.page
      .getByText(/Dr. Example/)
      .first()
      .waitFor();
    await gallery.show(officer, "authority-certificates");
    await officer.goTo("/operators");
    await officer.page.getByRole("heading", { level: 1 }).waitFor();
    await gallery.show(officer, "operators");
    await officer.page.getByRole("link", { name: desk.nav.queue }).click();
    await officer.heading(desk.queue.title).waitFor();
    const kinds = officer.wallet.takePrompts().filter(({ kind }) => kind === "sign");
    expect(kinds.length, "the desk opened twice, three decisions").to.equal(5);
  });

  it("the doctor has a certificate, the readers have keys", async () => {
    await doctor.says(signing.certificate.valid).waitFor();
    await gallery.show(doctor, "doctor-certificate");
    await collectKey(researcher);
    await collectKey(hospital);
    await gallery.show(hospital, "reader-who");
  });

  it("the patient invites, the doctor writes and signs", async () => {
    patient = await cast.enter({ context: { proxy: wiretap.proxy } });
    await patient.goTo("/patient");
    await patient.settle();
    await patient.heading(words.records.empty.title).waitFor();
    await gallery.show(patient, "patient-records-none");
    await invite(patient, recordName);
    await gallery.show(patient, "patient-invitation");
    const link = await patient.page.getByLabel(words.invitation.text).inputValue();
    await doctor.page.goto(link);
    const { record, rules, sign } = signing.writing;
    await doctor.page.getByRole("tab", { name: record.file }).waitFor();
    await gallery.show(doctor, "doctor-record-form");
    await doctor.page.getByRole("tab", { name: record.file }).click();
    const file = { name: "record.json", mimeType: "application/json", buffer: Buffer.from(sampleRecord) };
    await doctor.page.locator('input[type="file"]').setInputFiles(file);
    await doctor.heading(rules.title).waitFor();
    await gallery.show(doctor, "doctor-rules");
    await doctor.button(sign.send).click();
    await doctor.says(sign.sent).waitFor();
    await gallery.show(doctor, "doctor-signed");
  });

  it("the patient takes it in and stores it", async () => {
    await patient.goTo("/patient");
    await patient.button(words.invitation.take).waitFor();
    await gallery.show(patient, "patient-letter");
    await takeRecord(patient, recordName);
    await gallery.show(patient, "patient-record-new");
    await patient.button(words.record.publish.look).click();
    await patient.button(words.record.publish.confirm).waitFor();
    await gallery.show(patient, "patient-record-new-look");
    await patient.button(words.record.publish.confirm).click();
    await waitUntilStored(patient);
    await patient.heading(words.record.links.title).waitFor();
    const link = async (label: string) => patient.page.getByLabel(label).inputValue();
    const { shared, private: whole } = words.record.links;
    links = { shared: await link(shared), whole: await link(whole) };
    const { show, qr } = words.record.links;
    await patient.button(show).first().click();
    const drawn = patient.page.getByRole("img", { name: en.look.qr.alt(qr.shared) });
    code = await drawn.screenshot();
  });

  it("the researcher finds the shared side by a picture of its code, though the browser reads none by itself", async () => {
    await researcher.goTo("/requester");
    const picture = researcher.page.getByLabel(reading.read.photo);
    await picture.waitFor();
    await researcher.page.evaluate(() => Reflect.deleteProperty(globalThis, "BarcodeDetector"));
    const bring = (buffer: Buffer) =>
      picture.setInputFiles({ name: "code.png", mimeType: "image/png", buffer });
    await bring(await researcher.page.getByRole("heading", { level: 1 }).screenshot());
    await researcher.says(reading.read.noCode).waitFor();
    await bring(code);
    await researcher.heading(reading.find.title.shared).waitFor();
    expect(researcher.page.url()).to.equal(links.shared);
  });

  it("the researcher reads the shared side, and nothing more", async () => {
    await researcher.page.goto(links.shared);
    await researcher.says(reading.why.now.granted).waitFor();
    expect(await researcher.page.getByLabel(reading.ask.purpose).inputValue()).to.equal("HRESCH");
    await gallery.show(researcher, "reader-found");
    await askFor(researcher, links.shared);
    await gallery.show(researcher, "reader-request");
    await openAnswer(researcher);
    await researcher.page.getByText("pulmonary tuberculosis").first().waitFor();
    await researcher.page.getByText("000000-1970-0001").first().waitFor();
    await gallery.show(researcher, "reader-opened");
    expect(await researcher.page.getByText("Synthetic Person 1").count()).to.equal(0);
    expect(await researcher.heading(parts.name!).count()).to.equal(0);
  });

  it("the researcher asks for the whole record, and is told why not", async () => {
    await researcher.page.goto(links.whole);
    await researcher.says(reading.why.now["policy-not-satisfied"]).waitFor();
    await researcher.button(reading.ask.askAnyway).click();
    await researcher.says(reading.ask.refused).waitFor();
    const next = researcher.says(reading.why.next["policy-not-satisfied"]);
    expect(await next.count(), "told what to do once").to.equal(1);
    await gallery.show(researcher, "reader-refused");
  });

  it("the doctor of the hospital reads all of it, and saves it byte for byte", async () => {
    await askFor(hospital, links.whole);
    await openAnswer(hospital);
    await hospital.says("Synthetic Person 1").first().waitFor();
    const downloading = hospital.page.waitForEvent("download");
    await hospital.button(reading.record.saveWhole).click();
    const saved = await readFile(await (await downloading).path(), "utf8");
    expect(saved).to.equal(sampleRecord);
  });

  it("the patient sees who reads, and ends the researcher's access, which the researcher sees", async () => {
    await researcher.goTo("/requester/requests");
    await researcher.says(reading.status.word.live).waitFor();
    await patient.goTo("/patient/access");
    const end = patient.page.getByRole("button", { name: /^End access of .*researcher/i });
    await end.waitFor();
    await gallery.show(patient, "patient-access");
    await end.click();
    await gallery.show(patient, "patient-access-end");
    await patient.button(words.access.revoke.confirm).click();
    await end.waitFor({ state: "detached" });
    await researcher.says(reading.status.word.revoked).waitFor();
    await gallery.show(researcher, "reader-requests");
    await hospital.goTo("/requester/requests");
    await hospital.says(reading.status.word.live).waitFor();
  });

  it("the patient takes a part back; the researcher asks anew, and one gate is gone: the rest opens all the same", async () => {
    await patient.goTo("/patient");
    await patient.page.getByRole("link", { name: recordName }).click();
    await patient.heading(words.record.links.title).waitFor();
    await gallery.show(patient, "patient-record");
    await patient.page.getByRole("button", { name: /^Move to private: .*ID number/ }).click();
    await changeRecord(patient);
    researcher.expect(/Failed to load resource|net::ERR/);
    await cast.stage.world.stopGate("shared", 1);
    await askFor(researcher, links.shared);
    await openAnswer(researcher);
    await researcher.page.getByText("pulmonary tuberculosis").first().waitFor();
    expect(await researcher.page.getByText("000000-1970-0001").count()).to.equal(0);
  });

  it("the patient's timeline tells all of it", async () => {
    await patient.goTo("/patient/timeline");
    await patient.says(words.timeline.published.first).first().waitFor();
    await patient.page
      .getByText(/researcher.* asked and was refused/i)
      .first()
      .waitFor();
    await patient.page
      .getByText(/ended the access of/i)
      .first()
      .waitFor();
    await gallery.show(patient, "patient-timeline");
    await patient.goTo("/patient/keys");
    await patient.heading(words.keys.backup.title).waitFor();
    await gallery.show(patient, "patient-keys");
    await patient.goTo("/patient");
    await patient.page.getByRole("link", { name: recordName }).waitFor();
    await gallery.show(patient, "patient-records");
  });

  it("nothing that left the browsers holds the record's words, salts or keys", async () => {
    const secrets = [...textSecrets(recordName, passphrase, ...said), ...(await secretsOf(patient))];
    expect(secrets.length, "secrets to look for").to.be.above(20);
    expect(wiretap.requests, "requests that were looked through").to.be.above(200);
    expect(wiretap.find(secrets)).to.deep.equal([]);
    // The search finds what did leave: words for the authority, and what stands in a URL.
    expect(wiretap.find(textSecrets("Licence 0042"))).to.have.length.above(0);
    expect(wiretap.find(textSecrets("/diptych.json"))).to.have.length.above(0);
  });

  it("no screen breaks axe's rules, in light or dark, or is wider than a phone", () => {
    expect(gallery.shown.length).to.be.above(25);
    expect(gallery.violations).to.deep.equal([]);
    expect(gallery.tooWide).to.deep.equal([]);
  });
});
