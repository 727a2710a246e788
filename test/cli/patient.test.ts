/** What a patient's commands read from the line and from files. */
import { expect } from "chai";
import fc from "fast-check";
import { parsePositions, printPositions } from "../../src/cli/frame/positions.ts";
import { readInvitationFile } from "../../src/cli/patient/invitationFile.ts";
import { forgetInvitation, keepInvitation, readInvitations } from "../../src/cli/patient/invitations.ts";
import { nameRecord, pickRecord, readNicknames } from "../../src/cli/patient/recordChoice.ts";
import { defaultRights, demandRights, rightsFrom } from "../../src/cli/patient/rights.ts";
import { keepCopy, listCopies, readCopy } from "../../src/cli/patient/sealedCopies.ts";
import { eventInWords } from "../../src/cli/patient/watching.ts";
import { hex, unhex, utf8 } from "../../src/core/bytes.ts";
import { printInvitation } from "../../src/roles/invitation.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { expectCode } from "../expectCode.ts";

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const invitations = fc.record({ emrId: bytes(32), recordKey: bytes(65), pseudonym: bytes(32) });

describe("cli: positions", () => {
  it("reads back what it prints", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }),
        (given) => {
          const sorted = [...given].sort((a, b) => a - b);
          expect(parsePositions(printPositions(given))).to.deep.equal(sorted);
        },
      ),
    );
    expect(parsePositions("2-7, 9,3", 9)).to.deep.equal([2, 3, 4, 5, 6, 7, 9]);
    expect(printPositions([9, 2, 3, 4])).to.equal("2-4, 9");
  });

  it("refuses everything else", async () => {
    for (const text of ["", "0", "7-2", "a", "1,", "1-", "-3", "1.5", "10", "1-10", "99999999999"])
      await expectCode("usage", () => parsePositions(text, 9));
  });
});

describe("cli: invitations", () => {
  it("come back from their file", () => {
    fc.assert(
      fc.property(invitations, (invitation) => {
        expect(readInvitationFile(utf8(printInvitation(invitation)), "x")).to.deep.equal(invitation);
      }),
    );
  });

  it("nothing else is one", async () => {
    const good = JSON.parse(
      printInvitation({
        emrId: new Uint8Array(32),
        recordKey: new Uint8Array(65),
        pseudonym: new Uint8Array(32),
      }),
    ) as Record<string, unknown>;
    const bad: unknown[] = [
      null,
      [],
      7,
      {},
      { ...good, format: "diptych/invitation/v2" },
      { ...good, more: 1 },
      { ...good, emrId: `${good.emrId}00` },
      { ...good, emrId: String(good.emrId).replace(/.$/, "F") },
      { ...good, recordKey: 7 },
      { ...good, pseudonym: undefined },
    ];
    for (const value of bad)
      await expectCode("usage", () => readInvitationFile(utf8(JSON.stringify(value)), "x"));
    for (const file of [new Uint8Array(), utf8("{"), new Uint8Array([0xff, 0xfe])])
      await expectCode("usage", () => readInvitationFile(file, "x"));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (file) => {
        await expectCode("usage", () => readInvitationFile(file, "x"));
      }),
    );
  });

  it("are kept until a record comes back for them", async () => {
    const store = memoryKeyStore();
    const [first, second] = fc.sample(invitations, 2);
    await keepInvitation(store, first!);
    await keepInvitation(store, second!);
    expect(await readInvitations(store)).to.deep.equal([second, first]);
    await forgetInvitation(store, second!);
    expect(await readInvitations(store)).to.deep.equal([first]);
  });
});

describe("cli: which record is meant", () => {
  const a = unhex(`a1b2c3${"00".repeat(29)}`);
  const b = unhex(`a1b2ff${"00".repeat(29)}`);
  const names = { [hex(b)]: "lung" };

  it("the only one, or by nickname, or by the id's beginning", () => {
    expect(pickRecord([a], {})).to.deep.equal(a);
    expect(pickRecord([a, b], names, "lung")).to.deep.equal(b);
    expect(pickRecord([a, b], names, "0xA1B2C3")).to.deep.equal(a);
    expect(pickRecord([a, b], names, "a1b2c3")).to.deep.equal(a);
  });

  it("says so when none or several could be", async () => {
    await expectCode("record-unknown", () => pickRecord([], {}));
    await expectCode("record-unknown", () => pickRecord([a, b], names, "heart"));
    await expectCode("record-unknown", () => pickRecord([a, b], names, "a1b"));
    await expectCode("usage", () => pickRecord([a, b], names));
    await expectCode("usage", () => pickRecord([a, b], names, "a1b2"));
  });

  it("a nickname is one record's, and fit to be typed", async () => {
    const store = memoryKeyStore();
    await nameRecord(store, a, "Lunge 2026");
    await nameRecord(store, a, "lung");
    await expectCode("usage", () => nameRecord(store, b, "lung"));
    for (const bad of ["", " x", "a\u001b[31m", "x".repeat(65), "-rf"])
      await expectCode("usage", () => nameRecord(store, b, bad));
    expect(await readNicknames(store)).to.deep.equal({ [hex(a)]: "lung" });
  });
});

describe("cli: rights as options", () => {
  it("what isn't named stays", () => {
    const before = { ...defaultRights, purposes: { shared: ["TREAT", "HRESCH"] } };
    expect(rightsFrom(before, { fullPolicy: "role:doctor" })).to.deep.equal({
      ...before,
      full: "role:doctor",
    });
    expect(rightsFrom(before, { sharedPurposes: "any" })).to.deep.equal(defaultRights);
    expect(rightsFrom(defaultRights, { fullPurposes: "TREAT, ETREAT" }).purposes).to.deep.equal({
      full: ["TREAT", "ETREAT"],
    });
  });

  it("refuses texts that are none before anything is asked of a chain", async () => {
    await expectCode("policy-syntax", () => rightsFrom(defaultRights, { fullPolicy: "role:doctor and" }));
    await expectCode("purpose-unknown", () => rightsFrom(defaultRights, { sharedPurposes: "TREET" }));
    await expectCode("usage", () => demandRights({}));
  });
});

describe("cli: sealed copies", () => {
  it("come back as they were kept, each record once", async () => {
    const store = memoryKeyStore();
    const [invitation] = fc.sample(invitations, 1);
    const copy = { invitation: invitation!, info1: utf8("sealed") };
    await keepCopy(store, copy);
    await keepCopy(store, copy);
    expect(await listCopies(store)).to.deep.equal([invitation!.emrId]);
    expect(await readCopy(store, invitation!.emrId)).to.deep.equal(copy);
    expect(await readCopy(store, new Uint8Array(32))).to.equal(undefined);
  });
});

describe("cli: events in words", () => {
  it("texts of others bring no control sequences to a terminal", () => {
    const words = eventInWords({
      kind: "published",
      block: 1,
      transaction: "0x",
      version: 1,
      epoch: 1,
      owner: "0x",
      blob: "0x",
      keySet: "0x",
      policy: "a:b\u001b[2J\u202e",
    });
    expect(words).to.equal("published version 1, epoch 1, for a:b [2J ");
  });
});
