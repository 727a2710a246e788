/**
 * Attacks F1, F3, F4 and F5: each works on the paper's literal algorithm, written out here, and fails on ours. The paper
 * (5.1.1): H_i = H(m_i || r_i), d = (H_1 || ... || H_9)^d mod n by raw RSA; an extraction carries m_i of its parts, d, the H_i
 * of the others, and all r_i, which are part of d_full.
 */
import { createHash, generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { commit } from "../../src/ces/commitment.ts";
import { proveCommitments } from "../../src/ces/extract.ts";
import {
  decodeHeader,
  type Extraction,
  encodeHeader,
  extract,
  makeSalt,
  sign,
  verify,
} from "../../src/ces/index.ts";
import { concat, equal, hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { doctor, inventFields, inventParts, inventRecord } from "./invented.ts";

const sha256 = (...parts: Uint8Array[]) =>
  new Uint8Array(
    createHash("sha256")
      .update(concat(...parts))
      .digest(),
  );
const toNumber = (bytes: Uint8Array) => BigInt(hex(bytes));
const toBytes = (value: bigint, size: number) =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(2 * size, "0"), "hex"));
const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
};

/** Inverse modulo `modulus` by Euclid's algorithm: no secret needed. */
const invert = (value: bigint, modulus: bigint): bigint => {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
};

/** The paper's doctor: 2048-bit RSA, as its key size is given. */
const paperKey = (() => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (text: string | undefined) => BigInt(`0x${Buffer.from(text!, "base64url").toString("hex")}`);
  return { n: number(jwk.n), e: number(jwk.e), d: number(jwk.d) };
})();

interface PaperExtraction {
  /** m_i of revealed parts, by position. */
  revealed: Map<number, Uint8Array>;
  /** H_i of the others. */
  hashes: Map<number, Uint8Array>;
  /** All r_i: d_ext contains d_full. */
  salts: Uint8Array[];
  signature: bigint;
}

const paperInput = ({ revealed, hashes, salts }: PaperExtraction): bigint =>
  toNumber(
    concat(
      ...salts.map((salt, at) => {
        const content = revealed.get(at + 1);
        return content ? sha256(content, salt) : hashes.get(at + 1)!;
      }),
    ),
  );

function paperSign(contents: Uint8Array[]): PaperExtraction {
  const salts = contents.map(() => randomBytes(32));
  const whole = { revealed: new Map(contents.map((each, at) => [at + 1, each])), hashes: new Map(), salts };
  const signature = power(paperInput({ ...whole, signature: 0n }), paperKey.d, paperKey.n);
  return { ...whole, signature };
}

function paperExtract(whole: PaperExtraction, positions: number[]): PaperExtraction {
  const revealed = new Map([...whole.revealed].filter(([position]) => positions.includes(position)));
  const hidden = [...whole.revealed].filter(([position]) => !positions.includes(position));
  const hashes = new Map(
    hidden.map(([position, content]) => [position, sha256(content, whole.salts[position - 1]!)]),
  );
  return { ...whole, revealed, hashes };
}

/** Word for word: d^e mod n against the concatenation itself. */
const paperVerify = (each: PaperExtraction): boolean =>
  power(each.signature, paperKey.e, paperKey.n) === paperInput(each);

/** The nearest repair: both sides mod n. */
const repairedVerify = (each: PaperExtraction): boolean =>
  power(each.signature, paperKey.e, paperKey.n) === paperInput(each) % paperKey.n;

const emr = [
  "Alex Example",
  "female",
  "1970-01-01",
  "ID 1",
  "cough",
  "tuberculosis",
  "isoniazid",
  "X-ray",
  "none",
];

describe("attacks on the signature", () => {
  it("F1: raw RSA over 2304 bits refuses honest signatures, and repaired mod n, anyone forges", async () => {
    const whole = paperSign(emr.map(utf8));
    expect(paperVerify(whole)).to.equal(false);
    expect(repairedVerify(whole)).to.equal(true);

    // The forger knows (n, e) only: any signature, any content in part 9; eight hidden hashes solve the equation.
    const salts = emr.map(() => randomBytes(32));
    const lie = utf8("cleared for work");
    const target = power(12_345n, paperKey.e, paperKey.n);
    const inverse = invert(1n << 256n, paperKey.n);
    const rest =
      ((((target - toNumber(sha256(lie, salts[8]!))) * inverse) % paperKey.n) + paperKey.n) % paperKey.n;
    const hidden = toBytes(rest, 256);
    const hashes = new Map(
      Array.from({ length: 8 }, (_, at) => [at + 1, hidden.slice(32 * at, 32 * at + 32)]),
    );
    const forged = { revealed: new Map([[9, lie]]), hashes, salts, signature: 12_345n };
    expect(repairedVerify(forged)).to.equal(true);

    // Against ours the forger has the same freedom: any signature bytes, any proof.
    const header = (await inventRecord(9)).header;
    const parts = [{ position: 9, label: "part 9", salt: makeSalt(), content: lie }];
    for (const body of [toBytes(12_345n, 384), toBytes(0n, 384), toBytes(1n, 384), randomBytes(384)]) {
      const attempt: Extraction = {
        header,
        signature: concat(Uint8Array.of(1), body),
        parts,
        proof: [randomBytes(32)],
      };
      await expectCode("ces-verification-failed", () => verify(attempt, doctor.publicKey));
    }
  });

  it("F3: with the salts in the extraction, gender and date of birth fall to guessing", async () => {
    const genders = ["female", "male", "other", "unknown"];
    const dates = Array.from({ length: 366 * 3 }, (_, day) =>
      new Date(Date.UTC(1969, 0, 1 + day)).toISOString().slice(0, 10),
    );
    const guess = (candidates: string[], fits: (candidate: Uint8Array) => boolean) =>
      candidates.find((each) => fits(utf8(each)));

    const paper = paperExtract(paperSign(emr.map(utf8)), [5, 6, 7]);
    const byHash = (position: number) => (candidate: Uint8Array) =>
      equal(sha256(candidate, paper.salts[position - 1]!), paper.hashes.get(position)!);
    expect(guess(genders, byHash(2))).to.equal("female");
    expect(guess(dates, byHash(3))).to.equal("1970-01-01");

    const fields = inventFields();
    const parts = emr.map((content, at) => ({
      label: `${at + 1}`,
      salt: makeSalt(),
      content: utf8(content),
    }));
    // Hidden neighbours are revealed, so that the hidden part's own commitment stands in the proof: the best case for guessing.
    const whole = await sign(fields, parts, doctor.privateKey);
    const extraction = await extract(whole, [1, 3, 4, 5, 6, 7, 8, 9]);
    const find = async (salts: Uint8Array[]) => {
      for (const salt of salts)
        for (const content of genders) {
          const commitment = await commit(fields.emrId, 2, { label: "2", salt, content: utf8(content) });
          if (extraction.proof.some((node) => equal(node, commitment))) return content;
        }
      return undefined;
    };
    const sent = extraction.parts.map((part) => part.salt);
    expect(await find([...sent, new Uint8Array(32), fields.emrId])).to.equal(undefined);
    // The same search succeeds as soon as it has the salt: it is the salt alone that hides the part.
    expect(await find([...sent, parts[1]!.salt])).to.equal("female");
  });

  it("F3: a salt used twice would give away the hidden part, and signing refuses it", async () => {
    const [first, second] = inventParts(2);
    await expectCode("argument-invalid", () =>
      sign(inventFields(), [first!, { ...second!, salt: first!.salt }], doctor.privateKey),
    );
  });

  it("F4: without a header, an extraction passes for another patient's", async () => {
    // The literal extraction of the shared parts says nothing of whose they are: it is the same claim for any patient.
    const paper = paperExtract(paperSign(emr.map(utf8)), [2, 3, 4, 5, 6, 7]);
    const claimFor = (patient: string) => ({ patient, extraction: paper });
    expect(
      ["Alex Example", "Mallory"].map((each) => repairedVerify(claimFor(each).extraction)),
    ).to.deep.equal([true, true]);

    const own = await extract(await inventRecord(9), [2, 3]);
    const header = decodeHeader(own.header);
    await verify(own, doctor.publicKey);
    for (const change of [
      { pseudonym: randomBytes(32) },
      { emrId: randomBytes(32) },
      { issuer: "CN=Dr. Other" },
      { time: header.time + 1 },
      { schema: "emr9" },
      { revision: 2, amends: randomBytes(32) },
    ])
      await expectCode("ces-verification-failed", () =>
        verify({ ...own, header: encodeHeader({ ...header, ...change }) }, doctor.publicKey),
      );
    const another = await inventRecord(9);
    await expectCode("ces-verification-failed", () =>
      verify({ ...own, header: another.header }, doctor.publicKey),
    );
  });

  it("F4: parts don't pass for those of another record, another place or another label", async () => {
    const [own, another] = [await inventRecord(4), await inventRecord(4)];
    const good = await extract(own, [1, 2]);
    const foreign = await extract(another, [1, 2]);
    const [one, two] = good.parts;
    const swapped = [
      [one!, foreign.parts[1]!],
      [
        { ...two!, position: 1 },
        { ...one!, position: 2 },
      ],
      [one!, { ...two!, position: 3 }],
      [{ ...one!, label: "HIV" }, two!],
    ];
    for (const parts of swapped)
      await expectCode("ces-verification-failed", () => verify({ ...good, parts }, doctor.publicKey));
    await expectCode("ces-verification-failed", () =>
      verify({ ...good, proof: foreign.proof }, doctor.publicKey),
    );
  });

  it("F5: the finding that contradicts a diagnosis can't be left out where the signer's rule asks for it", async () => {
    const paper = paperSign(emr.map(utf8));
    expect(repairedVerify(paperExtract(paper, [6]))).to.equal(true);

    const ceas = { mandatory: [], implications: [{ position: 6, needs: 5 }], never: [9] };
    const whole = await inventRecord(9, { ceas });
    await expectCode("ces-subset-forbidden", () => extract(whole, [6]));
    // Whoever leaves out extract's check still can't pass the verifier's.
    const { emrId } = decodeHeader(whole.header);
    const commitments = await Promise.all(whole.parts.map((part) => commit(emrId, part.position, part)));
    for (const positions of [[6], [5, 6, 9]]) {
      const parts = whole.parts.filter((part) => positions.includes(part.position));
      const attempt = { ...whole, parts, proof: proveCommitments(commitments, positions) };
      await expectCode("ces-subset-forbidden", () => verify(attempt, doctor.publicKey));
    }
    // Nor by passing the subset off as a whole record of fewer parts.
    const header = encodeHeader({
      ...decodeHeader(whole.header),
      n: 1,
      ceas: { mandatory: [], implications: [], never: [] },
    });
    const part = { ...whole.parts[5]!, position: 1 };
    await expectCode("ces-verification-failed", () =>
      verify({ ...whole, header, parts: [part], proof: [] }, doctor.publicKey),
    );
  });

  it("n can't be changed by a proof of another shape", async () => {
    const whole = await inventRecord(4);
    const header = decodeHeader(whole.header);
    const { emrId } = header;
    const nodes = await Promise.all(whole.parts.map((part) => commit(emrId, part.position, part)));
    for (const n of [1, 2, 3, 5, 8])
      for (let hashes = 0; hashes <= 4; hashes++) {
        const attempt: Extraction = {
          header: encodeHeader({ ...header, n }),
          signature: whole.signature,
          parts: whole.parts.slice(0, 1),
          proof: nodes.slice(1, 1 + hashes),
        };
        await expectCode("ces-verification-failed", () => verify(attempt, doctor.publicKey));
      }
  });
});
