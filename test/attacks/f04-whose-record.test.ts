/** F4: the paper's name is a private part, and nothing else in the extraction says whose it is (5.1.1, 5.1.2). */
import { expect } from "chai";
import { decodeHeader, encodeHeader } from "../../src/ces/index.ts";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { checkRecord, emrPublicKey, pseudonymOf } from "../../src/record/index.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { openView } from "../../src/roles/openView.ts";
import { open, sealTo } from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { clinic, sampleSigned } from "./clinic.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { makeView, somePlacement } from "./view.ts";
import { sample, sharedSide, stage } from "./world.ts";

describe("F4 whose record", () => {
  it("the paper: an extraction passes for any patient's", () => {
    const key = drawKey();
    const full = paper.sign(paper.emr, "", key);
    const shared = paper.extract(full, sharedSide);
    // A verifier gets a claim and an extraction; there is nothing in the latter to hold against the former.
    const accepts = (claim: { patient: string; extraction: paper.Extraction }) =>
      claim.patient !== "" && paper.verifyModN(claim.extraction, key);
    expect(accepts({ patient: "Alex Example", extraction: shared })).to.equal(true);
    expect(accepts({ patient: "Mallory", extraction: shared })).to.equal(true);
    expect(shared.revealed.has(1), "the name stays hidden").to.equal(false);
  });

  it("Diptych: the header names the patient, and no other header fits the signature", async () => {
    const { trust } = await clinic();
    const alice = await sampleSigned();
    const mallory = await sampleSigned();
    const check = (header: Uint8Array) =>
      checkRecord(
        { extraction: { ...alice.whole, header }, certificateChain: alice.certificateChain },
        trust,
      );
    const { header } = await check(alice.whole.header);
    expect(hex(header.pseudonym)).to.equal(hex(pseudonymOf(emrPublicKey(alice.emrSecret))));
    const hers = decodeHeader(mallory.whole.header);
    for (const change of [
      { pseudonym: hers.pseudonym },
      { emrId: hers.emrId },
      { revision: 2, amends: randomBytes(32) },
      { time: header.time - 1 },
    ])
      await expectCode("ces-verification-failed", () => check(encodeHeader({ ...header, ...change })));
    await expectCode("ces-verification-failed", () => check(mallory.whole.header));
  });

  it("Diptych: mallory's own keyring around alice's record is refused by whoever reads it", async () => {
    const { trust } = await clinic();
    const alice = await sampleSigned();
    const placement = somePlacement();
    const read = ({ manifest, blocks, secrets }: Awaited<ReturnType<typeof makeView>>) =>
      openView(manifest, blocks, secrets, placement, trust);
    await read(await makeView(alice, sharedSide, placement));
    // She has read it, so she has parts, salts, signature and certificate; she lacks the key behind the pseudonym.
    const hers = { ...alice, emrSecret: randomBytes(32) };
    const stolen = await makeView(hers, sharedSide, placement);
    await expectCode("keyring-invalid", () => read(stolen));
    // Nor does a keyring of alice's for one ledger record serve for another.
    const elsewhere = await makeView(alice, sharedSide, { ...placement, ledgerRecordId: randomBytes(32) });
    await expectCode("seal-open-failed", () => read(elsewhere));
  });

  it("Diptych: a patient who is handed another's record, resealed to her, refuses it", async () => {
    const { doctor, alice, mallory } = await stage();
    const invitation = alice.patient.invite();
    const info1 = await doctor.issue(sample, invitation);
    await alice.patient.accept(info1, invitation);
    const plain = await open(alice.keys.record.privateKey, info1Info(invitation), info1);
    const hers = mallory.patient.invite();
    const resealed = await sealTo(hers.recordKey, info1Info(hers), plain);
    await expectCode("info1-invalid", () => mallory.patient.accept(resealed, hers));
    await expectCode("seal-open-failed", () => mallory.patient.accept(info1, invitation));
  });
});
