import { expect } from "chai";
import fc from "fast-check";
import { encodeHeader, extract } from "../../src/ces/index.ts";
import { concat, hex, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import {
  decodeInfo1,
  decodeKeyring,
  decodeOwnCopy,
  decodePartPlaintext,
  emrPublicKey,
  encodeInfo1,
  encodeKeyring,
  encodeOwnCopy,
  encodePartPlaintext,
  type Keyring,
  type OwnCopy,
  paddedSize,
  pseudonymOf,
  signPlacement,
  verifyPlacement,
} from "../../src/record/index.ts";
import { inventFields, inventRecord } from "../ces/invented.ts";
import { expectCode } from "../expectCode.ts";

/** Every cut, an extension, and another version of these bytes. */
const spoiled = (bytes: Uint8Array): Uint8Array[] => [
  ...Array.from({ length: Math.min(bytes.length, 200) }, (_, at) => bytes.slice(0, at)),
  bytes.slice(0, -1),
  concat(bytes, Uint8Array.of(0)),
  Uint8Array.of(2, ...bytes.slice(1)),
];

describe("record: Info1", () => {
  it("comes back, and refuses what isn't a whole record", async () => {
    const extraction = await inventRecord(3);
    const info1 = { extraction, certificateChain: [randomBytes(900)] };
    const bytes = encodeInfo1(info1);
    expect(decodeInfo1(bytes)).to.deep.equal(info1);
    for (const each of spoiled(bytes)) await expectCode("info1-invalid", () => decodeInfo1(each));
    const partial = { ...info1, extraction: await extract(extraction, [1]) };
    await expectCode("info1-invalid", () => decodeInfo1(encodeInfo1(partial)));
    await expectCode("info1-invalid", () => decodeInfo1(encodeInfo1({ ...info1, certificateChain: [] })));
  });
});

describe("record: keyring", () => {
  const keyring: Keyring = {
    parts: [
      { position: 2, key: randomBytes(32), generation: 1, link: 1 },
      { position: 5, key: randomBytes(32), generation: 7, link: 0 },
    ],
    header: randomBytes(200),
    signature: randomBytes(385),
    certificateChain: [randomBytes(900)],
    proof: [randomBytes(32), randomBytes(32)],
    emrPublicKey: randomBytes(32),
    emrSignature: randomBytes(64),
  };

  it("comes back, and refuses other bytes", async () => {
    const bytes = encodeKeyring(keyring);
    expect(decodeKeyring(bytes)).to.deep.equal(keyring);
    for (const each of spoiled(bytes)) await expectCode("keyring-invalid", () => decodeKeyring(each));
  });

  it("refuses parts out of order, links used twice, generation 0 and no parts", async () => {
    const [first, second] = keyring.parts;
    for (const parts of [
      [],
      [second!, first!],
      [first!, first!],
      [first!, { ...second!, link: 1 }],
      [{ ...first!, generation: 0 }],
      [{ ...first!, position: 0 }],
    ])
      await expectCode("keyring-invalid", () => decodeKeyring(encodeKeyring({ ...keyring, parts })));
  });
});

describe("record: own copy", () => {
  const part = (position: number, label: string, side: "private" | "shared") => ({
    position,
    label,
    side,
    key: randomBytes(32),
    generation: 3,
    cid: randomBytes(36),
    commitment: randomBytes(32),
  });
  const copy: OwnCopy = {
    emrId: randomBytes(32),
    header: randomBytes(200),
    signature: randomBytes(385),
    certificateChain: [randomBytes(900), randomBytes(800)],
    parts: [part(1, "name", "private"), part(2, "性别", "shared")],
    views: [
      { name: "full", ledger: "storage", policy: "role:doctor", positions: [1, 2], tag: randomBytes(32) },
      {
        name: "shared",
        ledger: "shared",
        policy: "role:doctor or role:insurer",
        purposes: ["TREAT", "HRESCH"],
        positions: [2],
      },
    ],
  };

  it("comes back, and refuses other bytes", async () => {
    const bytes = encodeOwnCopy(copy);
    expect(decodeOwnCopy(bytes)).to.deep.equal(copy);
    for (const each of spoiled(bytes)) await expectCode("encoding-invalid", () => decodeOwnCopy(each));
  });

  it("refuses parts that aren't all there and views that don't fit them", async () => {
    const [first, second] = copy.parts;
    const [view] = copy.views;
    for (const change of [
      { parts: [] },
      { parts: [second!] },
      { parts: [second!, first!] },
      { views: [{ ...view!, positions: [2, 1] }] },
      { views: [{ ...view!, positions: [3] }] },
      { views: [{ ...view!, tag: randomBytes(8) }] },
      { views: [{ ...view!, purposes: ["A".repeat(17)] }] },
    ])
      await expectCode("encoding-invalid", () => decodeOwnCopy(encodeOwnCopy({ ...copy, ...change })));
  });
});

describe("record: plaintext of a part", () => {
  it("comes back for any content, and its size is a function of the size alone", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 5000 }),
        fc.constantFrom("a", "性别", "x".repeat(256)),
        (content, label) => {
          const plain = { label, salt: randomBytes(32), content };
          const bytes = encodePartPlaintext(plain);
          expect(decodePartPlaintext(bytes)).to.deep.equal(plain);
          expect(encodePartPlaintext({ ...plain, content: content.map(() => 0) }).length).to.equal(
            bytes.length,
          );
        },
      ),
    );
  });

  it("pads as Padmé does: at least as large, never shrinking, at most 12 % more", () => {
    // The paper's own examples of the function, and values worked out by hand.
    for (const [size, padded] of [
      [1, 1024],
      [1024, 1024],
      [1025, 1088],
      [2048, 2048],
      [2049, 2176],
      [1_000_000, 1_015_808],
      [2 ** 32 + 1, 2 ** 32 + 2 ** 26],
    ] as const)
      expect(paddedSize(size), String(size)).to.equal(padded);
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 2 ** 40 }), (size) => {
        const padded = paddedSize(size);
        expect(padded)
          .to.be.at.least(size)
          .and.at.most(size * 1.12);
        expect(paddedSize(padded)).to.equal(padded);
        expect(paddedSize(size + 1)).to.be.at.least(padded);
      }),
    );
  });

  it("refuses padding that is too short, too long or not zero", async () => {
    const bytes = encodePartPlaintext({ label: "gender", salt: randomBytes(32), content: utf8('"female"') });
    const marked = bytes.slice();
    marked[1000] = 1;
    for (const each of [...spoiled(bytes), marked, concat(bytes, new Uint8Array(64))])
      await expectCode("encoding-invalid", () => decodePartPlaintext(each));
  });

  it("F8: sizes of short parts tell nothing; unpadded, they tell male from female", () => {
    const sizes = (encode: (content: string) => number) =>
      new Set(['"male"', '"female"', '"other"'].map(encode));
    expect(sizes((content) => utf8(content).length).size).to.equal(3);
    const ours = (content: string) =>
      encodePartPlaintext({ label: "gender", salt: randomBytes(32), content: utf8(content) }).length;
    expect(sizes(ours).size).to.equal(1);
  });
});

describe("record: placement", () => {
  const secret = randomBytes(32);
  const publicKey = emrPublicKey(secret);
  const pseudonym = pseudonymOf(publicKey);
  const header = encodeHeader({ ...inventFields({ pseudonym }), n: 2 });
  const place = { chainId: 31_338, contract: randomBytes(20), ledgerRecordId: randomBytes(32), version: 3 };
  const emrSignature = signPlacement(secret, place, header);
  const claim = { emrPublicKey: publicKey, emrSignature, header };

  it("holds for its own place and header only", async () => {
    verifyPlacement(claim, pseudonym, place);
    for (const change of [
      { chainId: 31_339n },
      { contract: randomBytes(20) },
      { ledgerRecordId: randomBytes(32) },
      { version: 4n },
    ])
      await expectCode("keyring-invalid", () => verifyPlacement(claim, pseudonym, { ...place, ...change }));
    const other = encodeHeader({ ...inventFields({ pseudonym }), n: 3 });
    await expectCode("keyring-invalid", () => verifyPlacement({ ...claim, header: other }, pseudonym, place));
    await expectCode("argument-invalid", () =>
      signPlacement(secret, { ...place, contract: randomBytes(21) }, header),
    );
  });

  it("F4: nobody else places this patient's record on a ledger record of theirs", async () => {
    const mallory = randomBytes(32);
    const stolen = {
      header,
      emrPublicKey: emrPublicKey(mallory),
      emrSignature: signPlacement(mallory, place, header),
    };
    await expectCode("keyring-invalid", () => verifyPlacement(stolen, pseudonym, place));
    await expectCode("keyring-invalid", () =>
      verifyPlacement({ ...stolen, emrPublicKey: publicKey }, pseudonym, place),
    );
  });

  it("refuses keys of small order, malformed points and signatures that aren't canonical", async () => {
    // The identity: with it, lax verifiers take one signature for every message.
    const identity = Uint8Array.of(1, ...new Uint8Array(31));
    const forAll = concat(identity, new Uint8Array(32));
    await expectCode("keyring-invalid", () =>
      verifyPlacement({ header, emrPublicKey: identity, emrSignature: forAll }, pseudonymOf(identity), place),
    );
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const reversed = emrSignature.slice(32).reverse();
    const larger = unhex((BigInt(hex(reversed)) + order).toString(16).padStart(64, "0")).reverse();
    for (const signature of [
      concat(emrSignature.slice(0, 32), larger),
      new Uint8Array(64),
      new Uint8Array(63),
    ])
      await expectCode("keyring-invalid", () =>
        verifyPlacement({ ...claim, emrSignature: signature }, pseudonym, place),
      );
    const broken = new Uint8Array(32).fill(255);
    await expectCode("keyring-invalid", () =>
      verifyPlacement({ ...claim, emrPublicKey: broken }, pseudonymOf(broken), place),
    );
  });
});
