/** What the page works out for an officer: until when something holds, and what attributes are called. */
import { expect } from "chai";
import { endOfDay, expiryIn, isPossible } from "../../web/src/authority/expiry.ts";
import { applicantOf, wordsFor } from "../../web/src/authority/naming.ts";
import { checksummed } from "../../web/src/engine/checksummed.ts";
import { en } from "../../web/src/words/en.ts";
import { makeFormats } from "../../web/src/words/formats.ts";

const day = 24 * 3600;

describe("web: until when", () => {
  it("counts days from now, in seconds", () => {
    expect(expiryIn(90, 1_500)).to.equal(1 + 90 * day);
  });

  it("a day ends with its last second, where the officer is", () => {
    expect(new Date(endOfDay("2027-03-31")! * 1000)).to.deep.equal(new Date(2027, 2, 31, 23, 59, 59));
    for (const text of ["", "2027-3-1", "31.03.2027", "2027-13-01", "soon"])
      expect(endOfDay(text)).to.equal(undefined);
  });

  it("is still to come, and at most ten years off", () => {
    const now = Date.UTC(2027, 0, 1);
    expect(isPossible(now / 1000, now)).to.equal(false);
    expect(isPossible(now / 1000 + 1, now)).to.equal(true);
    expect(isPossible(now / 1000 + 3653 * day, now)).to.equal(true);
    expect(isPossible(now / 1000 + 3653 * day + 1, now)).to.equal(false);
  });
});

describe("web: an account", () => {
  // The examples of EIP-55.
  const account = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

  it("is written in one way, however it was told", () => {
    for (const told of [account, account.toLowerCase(), `0x${account.slice(2).toUpperCase()}`])
      expect(checksummed(told)).to.equal(account);
  });

  it("that is none stays as it is", () => {
    for (const told of ["", "0x12", "somebody", account.slice(0, -1)])
      expect(checksummed(told)).to.equal(told);
  });
});

describe("web: what the desk calls things", () => {
  it("attributes by their words where they have some", () => {
    expect(wordsFor("role:doctor", en)).to.equal("\u2068doctors\u2069");
    expect(wordsFor("toString", en)).to.include("toString");
  });

  it("applicants by name or account, isolated and without marks that reorder", () => {
    const common = { id: "1", state: "pending", reason: "", evidence: "", received: 0 } as const;
    const formats = makeFormats("en");
    const subject = "CN=Dr. \u202eevil\\, MD,O=Some Hospital";
    expect(applicantOf({ ...common, kind: "enrolment", subject, requestHash: "0x" }, formats)).to.equal(
      "\u2068Dr. evil, MD\u2069",
    );
    const account = `0x${"ab".repeat(20)}`;
    expect(applicantOf({ ...common, kind: "application", account, attributes: [] }, formats)).to.equal(
      "\u20680xabab…abab\u2069",
    );
  });
});
