/** Links to records: one spelling, and nothing else is taken for one. */
import { expect } from "chai";
import { parseRecordTarget, printRecordLink } from "../../src/roles/recordLink.ts";
import { expectCode } from "../expectCode.ts";

const ledgerRecordId = `0x${"ab".repeat(32)}`;
const ledger = `0x${"Cd".repeat(20)}`;

describe("roles: a link to a record", () => {
  it("says side, chain, ledger and ledger record, and reads back", () => {
    const link = printRecordLink({ side: "shared", chainId: 31339, ledger }, ledgerRecordId);
    expect(link).to.equal(`diptych:shared/31339/${ledger}/${ledgerRecordId}`);
    const place = { side: "shared", chainId: 31339, ledger };
    expect(parseRecordTarget(` ${link}\n`)).to.deep.equal({ ledgerRecordId, place });
    expect(parseRecordTarget(ledgerRecordId.toUpperCase().replace("0X", "0x"))).to.deep.equal({
      ledgerRecordId,
    });
  });

  it("is refused when it isn't whole, or names something else", async () => {
    const whole = `diptych:storage/1/${ledger}/${ledgerRecordId}`;
    const wrong = [
      "",
      whole.slice(0, -1),
      `${whole}0`,
      whole.replace("storage", "both"),
      ledger,
      `x${whole}`,
    ];
    for (const text of wrong) await expectCode("argument-invalid", () => parseRecordTarget(text));
  });
});
