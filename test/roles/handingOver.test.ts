/** A record goes to another person's seed, with all that belongs to the EMR, and stops anywhere on the way. */
import { expect } from "chai";
import { hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/index.ts";
import { decodeHandOver, encodeHandOver, handOverInfo, sampleRecord } from "../../src/record/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Owner } from "../../src/roles/owner.ts";
import { Patient } from "../../src/roles/patient.ts";
import { open, sealTo } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import {
  deadUrl,
  type Owner as Enrolled,
  enrolPatient,
  issue,
  issueAndPublish,
  rights,
  sides,
  surroundings,
  theRequester,
  through,
  world,
} from "../world.ts";

/** The same patient on another device, with these surroundings. */
const device = async ({ keyStore }: Enrolled, given: object = {}) =>
  Patient.open({ ...(await surroundings()), keyStore, confirmations: 0, ...given });

/** A chain whose node refuses transactions from the one after `passing` on. */
function stopping(chain: Chain, passing: number): Chain {
  let left = passing;
  return through(chain, {
    broadcastTransaction: async (signed) => {
      if (left-- > 0) return chain.provider.broadcastTransaction(signed);
      throw Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
    },
  });
}

describe("roles: handing a record to another person", () => {
  it("who takes over publishes it anew and gets it back by seed alone; nothing is releasable in between", async () => {
    const [giver, taker] = [await enrolPatient(), await enrolPatient()];
    const purposes = { full: ["TREAT"], shared: ["TREAT", "HRESCH"] };
    const { emrId, ledgerRecordIds } = await issueAndPublish(giver.patient, undefined, {
      ...rights,
      purposes,
    });
    const doctor = await theRequester("role:doctor");
    const ask = async () => (await doctor.request("storage", ledgerRecordIds.storage)).decided;
    const before = await ask();

    const handed = await giver.patient.handOver(emrId, await taker.patient.inviteHandOver());
    // Until it is taken, all goes on as before.
    expect((await doctor.openGranted("storage", before)).file).to.deep.equal(utf8(sampleRecord));
    const stranger = await enrolPatient();
    await expectCode("seal-open-failed", () => stranger.patient.takeOver(handed));

    // The taker's line breaks after the ledger records have changed hands.
    const cut = await device(taker, { gateway: await deadUrl() });
    await expectCode("service-unreachable", () => cut.takeOver(handed));
    expect((await ask()).decision).to.equal("closed");
    await expectCode("grant-ended", () => doctor.release("storage", before));
    await expectCode("not-owner", () => giver.patient.block(emrId, doctor.address));
    await expectCode("not-owner", () => giver.patient.change(emrId, { reopen: ["full", "shared"] }));
    const { restored, failed } = await taker.patient.restore();
    expect([restored, failed.map(({ error }) => error.code)]).to.deep.equal([[], ["key-missing"]]);

    expect(hex(await taker.patient.takeOver(handed))).to.equal(hex(emrId));
    const after = await ask();
    const opened = await doctor.openGranted("storage", after);
    expect([opened.version, opened.file]).to.deep.equal([2, utf8(sampleRecord)]);
    expect(opened.learned.keyring.parts.map(({ generation }) => generation)).to.deep.equal(Array(9).fill(2));
    await expectCode("grant-ended", () => doctor.release("storage", before));
    const researcher = await theRequester("role:researcher");
    const research = await researcher.request("shared", ledgerRecordIds.shared, { purpose: "HRESCH" });
    expect((await researcher.openGranted("shared", research.decided)).extraction.parts).to.have.length(6);
    expect((await (await device(giver)).restore()).restored).to.deep.equal([]);

    const again = await device(taker);
    expect((await again.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
    expect(await again.readFile(emrId)).to.deep.equal(utf8(sampleRecord));
    expect(await again.show(emrId)).to.deep.include({ rights: { ...rights, purposes }, ledgerRecordIds });

    // And back to whom it came from, whose seed knows it as its own; what that one had begun is forgotten.
    const back = await again.handOver(emrId, await giver.patient.inviteHandOver());
    const wishes = { rights, shared: [2, 3, 4, 5, 6] };
    await giver.patient.takeOver(back, wishes);
    expect((await giver.patient.show(emrId)).rights).to.deep.equal(rights);
    expect((await doctor.openGranted("storage", await ask())).version).to.equal(3);
    const asked = await researcher.request("shared", ledgerRecordIds.shared);
    const { extraction } = await researcher.openGranted("shared", asked.decided);
    expect(extraction.parts.map(({ position }) => position)).to.deep.equal(wishes.shared);
  });

  it("a stop between both ledgers is made good without the package", async () => {
    const [giver, taker] = [await enrolPatient(), await enrolPatient()];
    const { emrId, ledgerRecordIds } = await issueAndPublish(giver.patient);
    const handed = await giver.patient.handOver(emrId, await taker.patient.inviteHandOver());
    const { chains } = await world();
    const shared = stopping(chains.shared, 1);
    const cut = await device(taker, { chains: { ...chains, shared } });
    await expectCode("chain-unreachable", () => cut.takeOver(handed));

    const seed = (await taker.keyStore.get("patient/seed"))!;
    const keyStore = {
      ...taker.keyStore,
      get: async (name: string) => (name === "patient/seed" ? seed : undefined),
    };
    const again = await device({ ...taker, keyStore });
    expect((await again.restore()).restored.map(hex)).to.deep.equal([hex(emrId)]);
    await again.finish(emrId);
    const doctor = await theRequester("role:doctor");
    for (const side of sides) {
      const { decided } = await doctor.request(side, ledgerRecordIds[side]);
      expect((await doctor.openGranted(side, decided)).version).to.equal(2);
    }
    // The package, once more, finds nothing left to do.
    const { published } = await again.finish(emrId);
    expect(published).to.deep.equal([]);
    expect(hex(await again.takeOver(handed))).to.equal(hex(emrId));
  });

  it("nothing is taken over unless everything about it is right", async () => {
    const [giver, taker] = [await enrolPatient(), await enrolPatient()];
    const unpublished = await issue(giver.patient);
    const invitation = await taker.patient.inviteHandOver();
    await expectCode("change-unfinished", () => giver.patient.handOver(unpublished, invitation));
    const { emrId } = await issueAndPublish(giver.patient);
    const odd = { ...invitation, recordKey: randomBytes(65) };
    await expectCode("argument-invalid", () => giver.patient.handOver(emrId, odd));
    const handed = await giver.patient.handOver(emrId, invitation);

    const changed = handed.slice();
    changed[changed.length - 20]! ^= 1;
    await expectCode("seal-open-failed", () => taker.patient.takeOver(changed));
    const { chains } = await world();
    const info = handOverInfo(
      sides.map((side) => ({
        chainId: chains[side].chainId,
        contract: unhex(chains[side].ledger),
        account: unhex(invitation.accounts[side].toLowerCase()),
      })),
    );
    const { keys } = await Owner.open({ ...(await surroundings()), keyStore: taker.keyStore });
    const inside = decodeHandOver(await open(keys.record.privateKey, info, handed));
    const repacked = (changes: Partial<typeof inside>) =>
      sealTo(invitation.recordKey, info, encodeHandOver({ ...inside, ...changes }));
    const refused = async (code: Parameters<typeof expectCode>[0], changes: Partial<typeof inside>) =>
      expectCode(code, async () => taker.patient.takeOver(await repacked(changes)));
    await refused("hand-over-invalid", { emrKey: randomBytes(32) });
    await refused("hand-over-invalid", { generations: [1] });
    const { info1 } = inside;
    const { extraction } = info1;
    const parts = extraction.parts.map((part, i) =>
      i === 5 ? { ...part, content: utf8('"healthy"') } : part,
    );
    await refused("ces-verification-failed", { info1: { ...info1, extraction: { ...extraction, parts } } });
    await refused("record-unknown", { full: { ...inside.full, ledgerRecordId: randomBytes(32) } });
    await refused("version-moved", { sharedView: { ...inside.sharedView, indexHash: randomBytes(32) } });
    await refused("rights-inconsistent", { full: { ...inside.full, policy: "role:nurse" } });

    await giver.patient.offerTransfer(emrId, "nobody");
    await expectCode("not-owner", () => taker.patient.takeOver(handed));
    const renewed = await giver.patient.handOver(emrId, invitation);
    await giver.patient.change(emrId, { shared: [2, 3, 4, 5] });
    await expectCode("version-moved", () => taker.patient.takeOver(renewed));
    expect(await taker.patient.restore()).to.deep.equal({ restored: [], failed: [] });

    // Without gates of one's own nobody could open what one publishes.
    const bare = await Patient.open({ ...(await surroundings()), keyStore: memoryKeyStore() });
    const theirs = await giver.patient.handOver(emrId, await bare.inviteHandOver());
    await expectCode("key-missing", () => bare.takeOver(theirs));
  });
});
