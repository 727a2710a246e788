/** The page's back-up of a patient: made, tried, and moved in from. */
import { expect } from "chai";
import { type EmrInvitation, memoryKeyStore, readPatientSeed, writePatientSeed } from "diptych";
import { hex, randomBytes } from "diptych/core";
import { makeBackup, moveIn, tryBackup } from "../../web/src/engine/patientBackup.ts";
import { Papers } from "../../web/src/engine/patientPapers.ts";
import { expectCode } from "../expectCode.ts";

const invitation = (): EmrInvitation => ({
  emrId: randomBytes(32),
  recordKey: randomBytes(65),
  pseudonym: randomBytes(32),
});

async function browser(seed = randomBytes(32)) {
  const store = memoryKeyStore();
  await writePatientSeed(store, seed);
  return { store, papers: new Papers(store) };
}

describe("web: a patient's papers", () => {
  it("keep invitations once, the newest first, until they are answered", async () => {
    const { papers } = await browser();
    const [first, second] = [invitation(), invitation()];
    for (const each of [first, second, first]) await papers.keepInvitation(each);
    const out = async () => (await papers.invitations()).map((each) => each.invitation);
    expect(await out()).to.deep.equal([second, first]);
    await papers.forgetInvitation(hex(second.emrId));
    expect(await out()).to.deep.equal([first]);
  });

  it("keep names that only the patient sees, and let go of them", async () => {
    const { papers } = await browser();
    await papers.nickname("0xaa", "  Spring <b> ");
    await papers.nickname("0xbb", "x".repeat(500));
    const names = await papers.nicknames();
    expect(names["0xaa"]).to.equal("Spring <b>");
    expect(names["0xbb"]!.length).to.be.below(100);
    await papers.nickname("0xaa", "");
    expect(Object.keys(await papers.nicknames())).to.deep.equal(["0xbb"]);
  });
});

describe("web: a patient's back-up", function () {
  this.timeout(60_000);
  const passphrase = "correct horse battery staple";
  let here: Awaited<ReturnType<typeof browser>>;
  let file: Uint8Array;
  const [open, answered] = [invitation(), invitation()];

  before(async () => {
    here = await browser();
    await here.papers.keepInvitation(open);
    await here.papers.keepCopy({ invitation: answered, info1: randomBytes(100) });
    await here.papers.nickname(hex(answered.emrId), "Spring");
    file = await makeBackup(here.store, here.papers, passphrase);
  });

  it("opens with its passphrase alone, and is known again", async () => {
    await expectCode("passphrase-wrong", () =>
      tryBackup(here.store, here.papers, file, "another passphrase"),
    );
    expect(await here.papers.backupTried()).to.equal(undefined);
    expect(await tryBackup(here.store, here.papers, file, passphrase)).to.deep.equal({
      sameKeys: true,
      records: 1,
      invitations: 1,
    });
    expect(await here.papers.backupTried()).to.be.within(Date.now() - 60_000, Date.now());
  });

  it("of other keys says nothing of those that are here", async () => {
    const other = await browser();
    expect((await tryBackup(other.store, other.papers, file, passphrase)).sameKeys).to.equal(false);
    expect(await other.papers.backupTried()).to.equal(undefined);
  });

  it("brings everything into another browser, whose own keys it replaces only when told", async () => {
    const seed = (await readPatientSeed(here.store))!;
    const other = await browser();
    const [mine] = [invitation()];
    await other.papers.keepInvitation(mine);
    await other.papers.noteBackupTried();
    await expectCode("home-mismatch", () => moveIn(other.store, other.papers, file, passphrase, false));
    expect(await readPatientSeed(other.store)).not.to.deep.equal(seed);
    await moveIn(other.store, other.papers, file, passphrase, true);
    expect(await readPatientSeed(other.store)).to.deep.equal(seed);
    expect((await other.papers.invitations()).map((each) => each.invitation)).to.deep.equal([open]);
    expect(await other.papers.copies()).to.deep.equal(await here.papers.copies());
    expect(await other.papers.nicknames()).to.deep.equal({ [hex(answered.emrId)]: "Spring" });
    // It has just been opened; that of the keys before was another one.
    expect(await other.papers.backupTried()).to.be.greaterThan(1);
  });
});
