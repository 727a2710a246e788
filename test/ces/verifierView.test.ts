/** What a verifier learns of hidden parts: how many parts there are, and nothing else. */
import { expect } from "chai";
import {
  commit,
  type Extraction,
  encodeExtraction,
  extract,
  makeSalt,
  type Part,
  sign,
  verify,
} from "../../src/ces/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import { doctor, inventFields, inventParts } from "./invented.ts";

/** An extraction's bytes with every hash and the signature blotted out: all that a hidden part could show in otherwise. */
const blotted = (extraction: Extraction) =>
  encodeExtraction({
    ...extraction,
    signature: extraction.signature.map((byte, at) => (at === 0 ? byte : 0)),
    proof: extraction.proof.map(() => new Uint8Array(32)),
  });

describe("ces/verifier's view", () => {
  const fields = inventFields();
  const parts = inventParts(9);
  const hiddenPlace = 4;
  const withHidden = (part: Part) => parts.map((each, at) => (at === hiddenPlace - 1 ? part : each));
  const hidden: Part[] = [
    { label: "HIV", salt: makeSalt(), content: utf8("positive") },
    { label: "x".repeat(256), salt: makeSalt(), content: new Uint8Array() },
    { label: "scan", salt: makeSalt(), content: new Uint8Array(2_500_000).fill(7) },
  ];

  it("records that differ in a hidden part only look alike, but for hashes", async () => {
    const views: Uint8Array[] = [];
    for (const part of hidden) {
      const extraction = await extract(await sign(fields, withHidden(part), doctor.privateKey), [1, 2, 6, 9]);
      await verify(extraction, doctor.publicKey);
      views.push(blotted(extraction));
    }
    for (const view of views) expect(view).to.deep.equal(views[0]);
    // The same record with another part revealed looks different: the comparison can fail.
    const other = await extract(
      await sign(fields, withHidden(hidden[0]!), doctor.privateKey),
      [1, 2, 4, 6, 9],
    );
    expect(blotted(other)).not.to.deep.equal(views[0]);
  });

  it("labels, salts, contents and lengths of hidden parts don't occur", async () => {
    for (const part of hidden) {
      const whole = await sign(fields, withHidden(part), doctor.privateKey);
      const sent = Buffer.from(encodeExtraction(await extract(whole, [1, 2, 6, 9])));
      const length = Buffer.from(part.content.length.toString(16).padStart(8, "0"), "hex");
      const secrets = [
        utf8(part.label),
        part.salt,
        ...(part.content.length > 0 ? [length, part.content] : []),
      ];
      for (const secret of secrets) expect(sent.includes(Buffer.from(secret))).to.equal(false);
      const all = Buffer.from(encodeExtraction(whole));
      for (const secret of secrets) expect(all.includes(Buffer.from(secret))).to.equal(true);
    }
  });

  it("the same part commits to something else under another salt, place or record", async () => {
    const [part] = hidden;
    const seen = new Set<string>();
    const emrIds = [fields.emrId, randomBytes(32)];
    for (const emrId of emrIds)
      for (const position of [1, 2])
        for (const salt of [part!.salt, makeSalt()])
          seen.add(Buffer.from(await commit(emrId, position, { ...part!, salt })).toString("hex"));
    expect(seen.size).to.equal(8);
  });

  it("attack, salts reused: one revealed part gives away another that shares its salt, so signing refuses", async () => {
    const shared = makeSalt();
    const [revealed, secret] = [utf8("cough"), utf8("female")];
    // What would be: with the salt known from the revealed part, the hidden one falls to two guesses.
    const target = await commit(fields.emrId, 2, { label: "gender", salt: shared, content: secret });
    const guesses = await Promise.all(
      ["male", "female"].map(async (guess) => ({
        guess,
        commitment: await commit(fields.emrId, 2, { label: "gender", salt: shared, content: utf8(guess) }),
      })),
    );
    expect(guesses.filter(({ commitment }) => Buffer.compare(commitment, target) === 0)).to.have.length(1);
    const list = [
      { label: "symptoms", salt: shared, content: revealed },
      { label: "gender", salt: shared, content: secret },
    ];
    const refusal = await sign(fields, list, doctor.privateKey).catch((error: unknown) => error);
    expect(refusal).to.have.property("code", "argument-invalid");
  });
});
