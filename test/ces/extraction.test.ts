import { expect } from "chai";
import fc from "fast-check";
import {
  type Ceas,
  decodeExtraction,
  decodeHeader,
  type Extraction,
  encodeExtraction,
  encodeHeader,
  exportSigningKey,
  exportVerifyKey,
  extract,
  generateSigningKey,
  headerDigest,
  importSigningKey,
  importVerifyKey,
  permits,
  sign,
  verify,
} from "../../src/ces/index.ts";
import { buffer, hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { doctor, inventFields, inventParts, inventRecord } from "./invented.ts";

const chosenFrom = (n: number, mask: number[]): number[] =>
  [...new Set(mask.map((each) => (each % n) + 1))].sort((a, b) => a - b);

/** Those of `positions` that are revealed. */
const positionsOf = (extraction: Extraction, positions: number[]): number[] =>
  positions.filter((each) => extraction.parts.some(({ position }) => position === each));

describe("ces/extraction", () => {
  it("verifies any subset, and any subset of that, and composes to the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 10 }),
        async (n, mask, smallerMask) => {
          const whole = await inventRecord(n);
          const outer = chosenFrom(n, mask);
          const inner = chosenFrom(outer.length, smallerMask).map((at) => outer[at - 1]!);
          const extraction = await extract(whole, outer);
          expect((await verify(extraction, doctor.publicKey)).n).to.equal(n);
          const composed = await extract(extraction, inner);
          await verify(composed, doctor.publicKey);
          expect(encodeExtraction(composed)).to.deep.equal(encodeExtraction(await extract(whole, inner)));
          expect(decodeExtraction(encodeExtraction(composed))).to.deep.equal(composed);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("composes over any number of steps, in any order, to the same bytes", async () => {
    const n = 24;
    const whole = await inventRecord(n);
    const all = whole.parts.map(({ position }) => position);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: 1, maxLength: 6 }),
        fc.array(fc.shuffledSubarray(all), { maxLength: 5 }),
        async (kept, dropped) => {
          let stepwise = whole;
          for (const positions of dropped)
            stepwise = await extract(stepwise, new Set([...kept, ...positionsOf(stepwise, positions)]));
          const last = await extract(stepwise, kept);
          await verify(last, doctor.publicKey);
          expect(encodeExtraction(last)).to.deep.equal(encodeExtraction(await extract(whole, kept)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("gives a verifier nothing of the hidden parts: no salt, label or content", async () => {
    const whole = await inventRecord(9);
    const sent = hex(encodeExtraction(await extract(whole, [2, 3, 7])));
    for (const { position, salt, label, content } of whole.parts) {
      const revealed = [2, 3, 7].includes(position);
      for (const bytes of [salt, utf8(label), content])
        expect(sent.includes(hex(bytes).slice(2))).to.equal(revealed);
    }
  });

  it("refuses any change of one byte", async () => {
    const bytes = encodeExtraction(await extract(await inventRecord(5), [2, 4]));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const mutant = bytes.slice();
        mutant[at]! ^= change;
        let extraction: Extraction;
        try {
          extraction = decodeExtraction(mutant);
        } catch {
          return;
        }
        await expectCode("ces-verification-failed", () => verify(extraction, doctor.publicKey));
      }),
      { numRuns: 300 },
    );
  });

  it("fails in one and the same way for whatever reason", async () => {
    const good = await extract(await inventRecord(4), [1, 3]);
    const [first, second] = good.parts;
    const wrong: Extraction[] = [
      { ...good, header: good.header.slice(1) },
      { ...good, signature: new Uint8Array() },
      { ...good, signature: randomBytes(385) },
      { ...good, proof: good.proof.slice(1) },
      { ...good, proof: [...good.proof, randomBytes(32)] },
      { ...good, proof: good.proof.map((node) => node.slice(1)) },
      { ...good, parts: [second!, first!] },
      { ...good, parts: [first!, first!, second!] },
      { ...good, parts: [first!] },
      { ...good, parts: [first!, { ...second!, position: 5 }] },
      { ...good, parts: [first!, { ...second!, position: 0 }] },
      { ...good, parts: [first!, { ...second!, position: 2.5 }] },
      { ...good, parts: [first!, { ...second!, label: "" }] },
      { ...good, parts: [first!, { ...second!, salt: new Uint8Array(31) }] },
    ];
    const messages = new Set<string>();
    for (const each of wrong)
      messages.add(
        (await expectCode("ces-verification-failed", () => verify(each, doctor.publicKey))).message,
      );
    expect(messages.size).to.equal(1);
    const other = await generateSigningKey();
    await expectCode("ces-verification-failed", () => verify(good, other.publicKey));
    await expectCode("argument-invalid", () => extract(good, [1, 2]));
    await verify(good, doctor.publicKey);
  });

  it("amends: the next revision keeps untouched parts and names the header it amends", async () => {
    const parts = inventParts(3);
    const first = inventFields();
    const whole = await sign(first, parts, doctor.privateKey);
    const amendment = { ...first, revision: 2, amends: headerDigest(whole.header) };
    const changed = [parts[0]!, { ...parts[1]!, salt: randomBytes(32), content: utf8("new") }, parts[2]!];
    const amended = await sign(amendment, changed, doctor.privateKey);
    const header = await verify(await extract(amended, [2]), doctor.publicKey);
    expect(header.revision).to.equal(2);
    expect(header.amends).to.deep.equal(headerDigest(whole.header));
    await expectCode("ces-header-invalid", () => sign({ ...first, revision: 2 }, parts, doctor.privateKey));
    await expectCode("ces-header-invalid", () =>
      sign({ ...amendment, revision: 1 }, parts, doctor.privateKey),
    );
  });

  it("refuses salts used twice, labels with control characters and malformed headers when signing", async () => {
    const parts = inventParts(2);
    const fails = (code: Parameters<typeof expectCode>[0], change: object, list = parts) =>
      expectCode(code, () => sign(inventFields(change), list, doctor.privateKey));
    await fails("argument-invalid", {}, [parts[0]!, { ...parts[1]!, salt: parts[0]!.salt }]);
    await fails("argument-invalid", {}, [parts[0]!, { ...parts[1]!, salt: new Uint8Array(16) }]);
    for (const label of ["", "a\u0000", "a\nb", "x".repeat(257), "é".repeat(129), "\ud800", "a\u202eb"])
      await fails("record-label-invalid", {}, [parts[0]!, { ...parts[1]!, label }]);
    await fails("ces-header-invalid", {}, []);
    for (const change of [
      { schema: "" },
      { schema: "s".repeat(65) },
      { issuer: "a\nb" },
      { emrId: new Uint8Array(31) },
      { pseudonym: new Uint8Array(33) },
      { revision: 0 },
      { time: -1 },
      { time: 1.5 },
    ])
      await fails("ces-header-invalid", change);
  });

  it("reads only canonical headers", async () => {
    const { header } = await inventRecord(3);
    expect(encodeHeader(decodeHeader(header))).to.deep.equal(header);
    await expectCode("encoding-invalid", () => decodeHeader(Uint8Array.of(...header, 0)));
    await expectCode("encoding-invalid", () => decodeHeader(header.slice(0, -1)));
    await expectCode("encoding-invalid", () => decodeHeader(Uint8Array.of(2, ...header.slice(1))));
  });

  it("keeps keys, and refuses weak ones and ones of other kinds", async () => {
    const pair = await generateSigningKey();
    const spki = await exportVerifyKey(pair.publicKey);
    const again = await importSigningKey(await exportSigningKey(pair.privateKey));
    const whole = await sign(inventFields(), inventParts(2), again);
    await verify(whole, await importVerifyKey(spki));
    await expectCode("ces-key-invalid", () => importVerifyKey(spki.slice(1)));
    const make = async (modulusLength: number, exponent: number[], hash: string) =>
      crypto.subtle.generateKey(
        { name: "RSA-PSS", hash, modulusLength, publicExponent: Uint8Array.from(exponent) },
        true,
        ["sign", "verify"],
      );
    const weak = await make(2048, [1, 0, 1], "SHA-256");
    await expectCode("ces-key-invalid", async () => importVerifyKey(await exportVerifyKey(weak.publicKey)));
    await expectCode("ces-key-invalid", () => verify(whole, weak.publicKey));
    await expectCode("ces-key-invalid", () => sign(inventFields(), inventParts(1), weak.privateKey));
    const cubic = await make(3072, [3], "SHA-256");
    await expectCode("ces-key-invalid", async () => importVerifyKey(await exportVerifyKey(cubic.publicKey)));
    const sha1 = await crypto.subtle.importKey(
      "spki",
      buffer(spki),
      { name: "RSA-PSS", hash: "SHA-1" },
      true,
      ["verify"],
    );
    await expectCode("ces-key-invalid", () => verify(whole, sha1));
  });
});

describe("ces/ceas", () => {
  const n = 6;
  const ceas: Ceas = {
    mandatory: [1],
    implications: [
      { position: 3, needs: 2 },
      { position: 4, needs: 3 },
    ],
    never: [6],
  };

  it("decides every subset of six as the rules read", () => {
    for (let mask = 0; mask < 1 << n; mask++) {
      const positions = [1, 2, 3, 4, 5, 6].filter((each) => mask & (1 << (each - 1)));
      const has = (each: number) => positions.includes(each);
      const allowed = has(1) && !has(6) && (!has(3) || has(2)) && (!has(4) || has(3));
      expect(permits(ceas, n, positions), String(positions)).to.equal(positions.length === n || allowed);
    }
  });

  it("refuses positions that aren't a subset", async () => {
    for (const positions of [[0], [7], [1, 1], [2, 1], [1.5]])
      await expectCode("argument-invalid", () => permits(ceas, n, positions));
  });

  it("is held when extracting and again when verifying", async () => {
    const whole = await inventRecord(n, { ceas });
    await verify(whole, doctor.publicKey);
    await verify(await extract(whole, [1, 2, 3]), doctor.publicKey);
    for (const positions of [[2], [1, 3], [1, 2, 4], [1, 6], []])
      await expectCode("ces-subset-forbidden", () => extract(whole, positions));
    const some = await extract(whole, [1, 2, 3]);
    await expectCode("ces-subset-forbidden", () => extract(some, [1, 3]));
  });

  it("refuses rules that aren't sorted, or contradict themselves", async () => {
    const bad: Partial<Ceas>[] = [
      { mandatory: [2, 1] },
      { mandatory: [1, 1] },
      { mandatory: [0] },
      { never: [7] },
      { mandatory: [6] },
      { implications: [{ position: 2, needs: 2 }] },
      { implications: [{ position: 2, needs: 6 }] },
      { implications: [{ position: 6, needs: 2 }] },
      {
        implications: [
          { position: 3, needs: 2 },
          { position: 3, needs: 1 },
        ],
      },
    ];
    for (const each of bad)
      await expectCode("ces-header-invalid", () => inventRecord(n, { ceas: { ...ceas, ...each } }));
  });
});
