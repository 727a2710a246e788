import { expect } from "chai";
import { allowsAll, purposeBytes, purposeNumber, purposeOf, purposes } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";

describe("policy/purpose", () => {
  it("numbers each code once, from 1 on, in a byte", () => {
    expect(purposes.map(({ number }) => number)).to.deep.equal(purposes.map((_, i) => i + 1));
    expect(purposes.length).to.equal(59);
    expect(new Set(purposes.map(({ code }) => code)).size).to.equal(purposes.length);
    for (const purpose of purposes) {
      expect(purpose.code).to.match(/^[A-Z]{3,11}$/);
      expect(purpose.name).to.match(/^[a-z][a-z ]+$/);
      expect(purposeOf(purposeNumber(purpose.code))).to.equal(purpose);
    }
    expect([0, 60, 255, -1, 1.5].map(purposeOf)).to.deep.equal(Array(5).fill(undefined));
  });

  it("tells what a wrong code should have been", async () => {
    const hint = async (code: string) =>
      (await expectCode("purpose-unknown", () => purposeNumber(code))).message;
    expect(await hint("treat")).to.contain("did you mean TREAT?");
    expect(await hint(" TREAT")).to.contain("did you mean TREAT?");
    expect(await hint("TRAET")).to.contain("TREAT");
    expect(await hint("ETREATT")).to.contain("did you mean ETREAT");
    expect(await hint("break the glass")).to.contain("BTG");
    expect(await hint("")).to.contain("write one like TREAT");
    expect(await hint("X".repeat(500))).to.have.length.below(200);
  });

  it("writes codes as ascending bytes, each once", () => {
    expect([...purposeBytes(["HMARKT", "TREAT", "ETREAT", "TREAT"])]).to.deep.equal([1, 2, 59]);
    expect([...purposeBytes([])]).to.deep.equal([]);
  });

  it("knows which list allows all that another does", () => {
    const [some, more] = [["TREAT"], ["ETREAT", "TREAT"]];
    for (const any of [undefined, []])
      for (const from of [undefined, [], some, more]) expect(allowsAll(from, any)).to.equal(true);
    expect(allowsAll(some, more)).to.equal(true);
    expect(allowsAll(more, more)).to.equal(true);
    expect(allowsAll(more, some)).to.equal(false);
    expect(allowsAll(undefined, more)).to.equal(false);
    expect(allowsAll([], more)).to.equal(false);
  });
});
