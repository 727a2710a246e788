/** The patient's back-up and invitations as bytes and texts. */
import { expect } from "chai";
import fc from "fast-check";
import { utf8 } from "../../src/core/bytes.ts";
import { Writer } from "../../src/core/encoding.ts";
import { parseInvitation, printInvitation } from "../../src/roles/invitation.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { decodePatientBackup, encodePatientBackup } from "../../src/roles/patientBackup.ts";
import { readPatientSeed, writePatientSeed } from "../../src/roles/patientSeed.ts";
import { expectCode } from "../expectCode.ts";

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const invitations = fc.record({ emrId: bytes(32), recordKey: bytes(65), pseudonym: bytes(32) });
const backups = fc.record({
  seed: bytes(32),
  nicknames: fc.dictionary(fc.stringMatching(/^0x[0-9a-f]{4,8}$/), fc.string(), { noNullPrototype: true }),
  invitations: fc.array(invitations, { maxLength: 3 }),
  copies: fc.array(fc.record({ invitation: invitations, info1: fc.uint8Array() }), { maxLength: 3 }),
});

describe("roles: a patient's back-up", () => {
  it("comes back from its bytes, and every other byte or length is refused", async () => {
    fc.assert(
      fc.property(backups, (backup) => {
        expect(decodePatientBackup(encodePatientBackup(backup))).to.deep.equal(backup);
      }),
      { numRuns: 50 },
    );
    const [backup] = fc.sample(backups, 1);
    const good = encodePatientBackup(backup!);
    await expectCode("encoding-invalid", () => decodePatientBackup(new Uint8Array([...good, 0])));
    await expectCode("encoding-invalid", () => decodePatientBackup(good.slice(0, -1)));
    await expectCode("encoding-invalid", () => decodePatientBackup(utf8("diptych/patient-backup/v2")));
  });

  it("refuses nicknames that are no texts", async () => {
    for (const nicknames of ["[]", "7", "null", '{"a":1}', "{"]) {
      const body = new Writer()
        .text("diptych/patient-backup/v1")
        .fixed(new Uint8Array(32))
        .text(nicknames)
        .list([], () => undefined)
        .list([], () => undefined)
        .finish();
      await expectCode("encoding-invalid", () => decodePatientBackup(body));
    }
  });

  it("moves a seed from one key store to another, and no other length", async () => {
    const store = memoryKeyStore();
    expect(await readPatientSeed(store)).to.equal(undefined);
    await writePatientSeed(store, new Uint8Array(32).fill(7));
    expect(await readPatientSeed(store)).to.deep.equal(new Uint8Array(32).fill(7));
    await expectCode("argument-invalid", () => writePatientSeed(store, new Uint8Array(31)));
  });
});

describe("roles: invitations", () => {
  it("come back from their text, and nothing else is one", async () => {
    fc.assert(
      fc.property(invitations, (invitation) => {
        expect(parseInvitation(printInvitation(invitation))).to.deep.equal(invitation);
      }),
    );
    const good = JSON.parse(printInvitation(fc.sample(invitations, 1)[0]!)) as Record<string, unknown>;
    const bad = [
      null,
      [],
      {},
      { ...good, format: "diptych/invitation/v2" },
      { ...good, more: 1 },
      { ...good, emrId: "0x00" },
      { ...good, pseudonym: 7 },
    ];
    for (const value of bad)
      await expectCode("encoding-invalid", () => parseInvitation(JSON.stringify(value)));
    await expectCode("encoding-invalid", () => parseInvitation("no JSON"));
  });
});
