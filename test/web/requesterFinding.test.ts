/** A record that a reader names wrongly is the reader's slip, not the page's. */
import { find } from "../../web/src/engine/requesterAsking.ts";
import type { RequesterPractice } from "../../web/src/engine/requesterPractice.ts";
import { expectCode } from "../expectCode.ts";

describe("page: finding a record", () => {
  it("what names none is refused as what was entered, before any chain is asked", async () => {
    const practice = { chains: {} } as RequesterPractice;
    for (const text of ["", "0x12", "diptych:shared/1"])
      await expectCode("usage", () => find(practice, text));
  });
});
