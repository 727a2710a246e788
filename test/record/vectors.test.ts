import { readFileSync } from "node:fs";
import { expect } from "chai";
import { hex, unhex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import {
  decodeAmendmentInvitation,
  decodeAmendmentRequest,
  decodeHandOver,
  decodeInfo1,
  decodeKeyring,
  decodeOwnCopy,
  decodePartPlaintext,
  emrPublicKey,
  encodeAmendmentInvitation,
  encodeAmendmentRequest,
  encodeHandOver,
  encodeInfo1,
  encodeKeyring,
  encodeOwnCopy,
  encodePartPlaintext,
  makeAmendmentRequest,
  pseudonymOf,
  signPlacement,
  verifyAmendmentRequest,
  verifyPlacement,
} from "../../src/record/index.ts";
import { expectCode } from "../expectCode.ts";

type Format =
  | "keyring"
  | "ownCopy"
  | "ownCopyTaken"
  | "ownCopyAmended"
  | "ownCopyBoth"
  | "amendmentInvitation"
  | "amendmentRequest"
  | "info1"
  | "handOver"
  | "partPlaintext";
interface Vectors extends Record<Format, string> {
  header: string;
  seed: string;
  emrPublicKey: string;
  emrSignature: string;
  pseudonym: string;
  place: { chainId: number; contract: string; ledgerRecordId: string; version: number };
  mustFail: { format: Format; name: string; bytes: string }[];
}

const vectors = JSON.parse(readFileSync(new URL("vectors/formats.json", import.meta.url), "utf8")) as Vectors;

const formats: Record<Format, { again: (bytes: Uint8Array) => Uint8Array; code: ErrorCode }> = {
  keyring: { again: (bytes) => encodeKeyring(decodeKeyring(bytes)), code: "keyring-invalid" },
  ownCopy: { again: (bytes) => encodeOwnCopy(decodeOwnCopy(bytes)), code: "encoding-invalid" },
  ownCopyTaken: { again: (bytes) => encodeOwnCopy(decodeOwnCopy(bytes)), code: "encoding-invalid" },
  ownCopyAmended: { again: (bytes) => encodeOwnCopy(decodeOwnCopy(bytes)), code: "encoding-invalid" },
  ownCopyBoth: { again: (bytes) => encodeOwnCopy(decodeOwnCopy(bytes)), code: "encoding-invalid" },
  amendmentInvitation: {
    again: (bytes) => encodeAmendmentInvitation(decodeAmendmentInvitation(bytes)),
    code: "amendment-invalid",
  },
  amendmentRequest: {
    again: (bytes) => encodeAmendmentRequest(decodeAmendmentRequest(bytes)),
    code: "amendment-invalid",
  },
  handOver: { again: (bytes) => encodeHandOver(decodeHandOver(bytes)), code: "hand-over-invalid" },
  info1: { again: (bytes) => encodeInfo1(decodeInfo1(bytes)), code: "info1-invalid" },
  partPlaintext: {
    again: (bytes) => encodePartPlaintext(decodePartPlaintext(bytes)),
    code: "encoding-invalid",
  },
};

describe("record: test vectors", () => {
  for (const [format, { again }] of Object.entries(formats) as [Format, (typeof formats)[Format]][])
    it(`reads and writes the ${format}`, () => {
      expect(hex(again(unhex(vectors[format])))).to.equal(`0x${vectors[format]}`);
    });

  it("reads the values that were written", () => {
    const keyring = decodeKeyring(unhex(vectors.keyring));
    expect(keyring.parts[0]).to.include({ position: 3, generation: 2, link: 0 });
    expect(hex(keyring.emrSignature)).to.equal(`0x${vectors.emrSignature}`);
    const copy = decodeOwnCopy(unhex(vectors.ownCopy));
    expect(copy.parts.map((part) => part.side)).to.deep.equal(["private", "shared"]);
    expect(copy.views.map((view) => view.purposes)).to.deep.equal([undefined, ["TREAT"]]);
    expect(copy.views.map((view) => view.ledger)).to.deep.equal(["storage", "shared"]);
    expect(copy.takenOver).to.equal(undefined);
    expect(decodeOwnCopy(unhex(vectors.ownCopyTaken)).takenOver?.ledgerRecordIds).to.have.length(2);
    expect(decodeOwnCopy(unhex(vectors.ownCopyAmended)).since).to.deep.equal([7, 5]);
    const both = decodeOwnCopy(unhex(vectors.ownCopyBoth));
    expect([both.since, both.takenOver?.ledgerRecordIds.length]).to.deep.equal([[7, 5], 2]);
    const handOver = decodeHandOver(unhex(vectors.handOver));
    expect([handOver.generations, handOver.shared]).to.deep.equal([[4], [1]]);
    expect(handOver.sharedView.purposes).to.deep.equal(["TREAT", "HRESCH"]);
    expect(decodePartPlaintext(unhex(vectors.partPlaintext)).label).to.equal("性别");
  });

  it("has the pseudonym and the placement that node:crypto makes", () => {
    const seed = unhex(vectors.seed);
    const header = unhex(vectors.header);
    const { contract, ledgerRecordId, ...rest } = vectors.place;
    const place = { ...rest, contract: unhex(contract), ledgerRecordId: unhex(ledgerRecordId) };
    const publicKey = emrPublicKey(seed);
    expect(hex(publicKey)).to.equal(`0x${vectors.emrPublicKey}`);
    expect(hex(pseudonymOf(publicKey))).to.equal(`0x${vectors.pseudonym}`);
    const emrSignature = signPlacement(seed, place, header);
    expect(hex(emrSignature)).to.equal(`0x${vectors.emrSignature}`);
    verifyPlacement({ header, emrPublicKey: publicKey, emrSignature }, unhex(vectors.pseudonym), place);
  });

  it("has the word of the EMR key that node:crypto makes under a request for an amendment", async () => {
    const request = decodeAmendmentRequest(unhex(vectors.amendmentRequest));
    const { requestKey } = decodeAmendmentInvitation(unhex(vectors.amendmentInvitation));
    const { info1, recordKey } = request;
    expect(makeAmendmentRequest(unhex(vectors.seed), requestKey, { info1, recordKey })).to.deep.equal(
      request,
    );
    verifyAmendmentRequest(request, requestKey, unhex(vectors.pseudonym));
    await expectCode("amendment-invalid", () =>
      verifyAmendmentRequest(request, recordKey, unhex(vectors.pseudonym)),
    );
  });

  for (const { format, name, bytes } of vectors.mustFail)
    it(`refuses a ${format} with ${name}`, async () => {
      await expectCode(formats[format].code, () => formats[format].again(unhex(bytes)));
    });
});
