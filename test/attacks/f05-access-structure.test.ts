/** F5: the paper names the content extraction access structure and applies it nowhere (5.1.1, 5.1.2, 5.2.3). */
import { expect } from "chai";
import {
  decodeHeader,
  type Extraction,
  encodeHeader,
  proveCommitments,
  unrestricted,
} from "../../src/ces/index.ts";
import { checkRecord } from "../../src/record/index.ts";
import { openView } from "../../src/roles/openView.ts";
import { expectCode } from "../expectCode.ts";
import { clinic, sampleSigned } from "./clinic.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { commitmentsOf, makeView, somePlacement } from "./view.ts";
import { aliceSample, rights, stage } from "./world.ts";

describe("F5 the access structure", () => {
  it("the paper: a diagnosis passes without the finding that contradicts it", () => {
    const key = drawKey();
    const full = paper.sign(paper.emr, "6 needs 5", key);
    const cherry = paper.extract(full, [6]);
    expect(cherry.ceas).to.equal("6 needs 5");
    expect(paper.verifyModN(cherry, key)).to.equal(true);
    expect(cherry.revealed.has(5)).to.equal(false);
  });

  it("Diptych: the verifier refuses the subset, whatever its sender left out", async () => {
    const { trust } = await clinic();
    const { whole, certificateChain } = await sampleSigned();
    expect(decodeHeader(whole.header).ceas.implications).to.deep.include({ position: 6, needs: 5 });
    const commitments = await commitmentsOf(whole);
    const subset = (positions: number[]): Extraction => ({
      ...whole,
      parts: whole.parts.filter((part) => positions.includes(part.position)),
      proof: proveCommitments(commitments, positions),
    });
    const check = (extraction: Extraction) => checkRecord({ extraction, certificateChain }, trust);
    await check(subset([5, 6]));
    await expectCode("ces-subset-forbidden", () => check(subset([6])));
    await expectCode("ces-subset-forbidden", () => check(subset([5, 7])));
    // The rule is signed with the header: a softer one doesn't verify.
    const softer = encodeHeader({ ...decodeHeader(whole.header), ceas: unrestricted as never });
    await expectCode("ces-verification-failed", () => check({ ...subset([6]), header: softer }));
  });

  it("Diptych: a view that a dishonest owner makes by hand gives its reader nothing", async () => {
    const { trust } = await clinic();
    const signed = await sampleSigned();
    const placement = somePlacement();
    const honest = await makeView(signed, [5, 6], placement);
    const opened = await openView(honest.manifest, honest.blocks, honest.secrets, placement, trust);
    expect(opened.extraction.parts.map((part) => part.position)).to.deep.equal([5, 6]);
    const cherry = await makeView(signed, [6], placement);
    await expectCode("ces-subset-forbidden", () =>
      openView(cherry.manifest, cherry.blocks, cherry.secrets, placement, trust),
    );
  });

  it("Diptych: the patient's role neither extracts nor shares it", async () => {
    const { alice } = await stage();
    const { emrId } = await aliceSample();
    await alice.patient.extract(emrId, [5, 6]);
    await expectCode("ces-subset-forbidden", () => alice.patient.extract(emrId, [6]));
    await expectCode("record-move-forbidden", () => alice.patient.encrypt(emrId, [6], rights));
    await expectCode("record-move-forbidden", () => alice.patient.change(emrId, { shared: [2, 6] }));
  });
});
