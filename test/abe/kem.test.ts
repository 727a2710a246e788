import { expect } from "chai";
import fc from "fast-check";
import {
  capsulePolicy,
  checkSecretKey,
  decapsulate,
  encapsulate,
  keygen,
  type MasterKey,
  type PublicKey,
  SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import {
  compileLsss,
  expandAttributes,
  parsePolicy,
  printPolicy,
  satisfies,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { anyComparison, labels, mixedLeaves, numberValues, policies, subsets } from "../policy/arbitrary.ts";
import * as oracle from "./oracle.ts";

/** Plain attributes, and numbers under some of the labels. */
const holders: fc.Arbitrary<string[]> = fc
  .tuple(subsets, ...labels.map(() => fc.option(numberValues())))
  .map(([plain, ...values]) => [
    "id:anyone",
    ...plain,
    ...values.flatMap((value, index) => (value === null ? [] : [`${labels[index]} = ${value}`])),
  ]);

describe("abe: encapsulate and decapsulate", () => {
  let publicKey: PublicKey;
  let masterKey: MasterKey;
  const ad = utf8("associated data");

  before(async () => {
    ({ publicKey, masterKey } = await setup());
  });

  it("gives the key to whom the policy admits, and to nobody else", async () => {
    await fc.assert(
      fc.asyncProperty(policies(10), subsets, async (policy, attributes) => {
        const secretKey = await keygen(publicKey, masterKey, [...attributes, "id:anyone"]);
        const { capsule, key } = await encapsulate(publicKey, policy, ad);
        expect(capsulePolicy(capsule)).to.equal(printPolicy(policy));
        if (satisfies(policy, attributes))
          expect(await decapsulate(publicKey, secretKey, capsule, ad)).to.deep.equal(key);
        else await expectCode("abe-not-satisfied", () => decapsulate(publicKey, secretKey, capsule, ad));
      }),
      { numRuns: 60 },
    );
  });

  it("opens what the oracle makes, and the oracle opens what it makes", async () => {
    const encoded = publicKey.toBytes();
    await fc.assert(
      fc.asyncProperty(policies(5), subsets, async (policy, attributes) => {
        const text = printPolicy(policy);
        const secretKey = await keygen(publicKey, masterKey, [...attributes, "id:anyone"]);
        const theirs = oracle.encapsulate(encoded, text, ad, randomBytes(32));
        const ours = await encapsulate(publicKey, policy, ad);
        const opened = oracle.decapsulate(encoded, secretKey.toBytes(), ours.capsule, ad);
        if (satisfies(policy, attributes)) {
          expect(await decapsulate(publicKey, secretKey, theirs.capsule, ad)).to.deep.equal(theirs.key);
          expect(opened).to.deep.equal(ours.key);
        } else {
          await expectCode("abe-not-satisfied", () => decapsulate(publicKey, secretKey, theirs.capsule, ad));
          expect(opened).to.equal(undefined);
        }
      }),
      { numRuns: 8 },
    );
  });

  it("decides about numbers and dates as the policy language does", async () => {
    await fc.assert(
      fc.asyncProperty(policies(4, mixedLeaves), holders, async (policy, attributes) => {
        const secretKey = await keygen(publicKey, masterKey, attributes);
        const { capsule, key } = await encapsulate(publicKey, policy, ad);
        expect(capsulePolicy(capsule)).to.equal(printPolicy(policy));
        if (satisfies(policy, attributes))
          expect(await decapsulate(publicKey, secretKey, capsule, ad)).to.deep.equal(key);
        else await expectCode("abe-not-satisfied", () => decapsulate(publicKey, secretKey, capsule, ad));
      }),
      { numRuns: 25 },
    );
  });

  it("opens what the oracle makes of comparisons, and the oracle opens what it makes", async () => {
    const encoded = publicKey.toBytes();
    const bits = ["level = 3221225472", "since = 2024-02-29", "a:1"];
    const secretKey = await keygen(publicKey, masterKey, bits);
    const round = [
      "level >= 3221225472",
      "level < 3758096384 and a:1",
      "since < 9999-12-31 and level > 1073741823",
    ];
    for (const text of round) {
      const theirs = oracle.encapsulate(encoded, text, ad, randomBytes(32));
      expect(await decapsulate(publicKey, secretKey, theirs.capsule, ad)).to.deep.equal(theirs.key);
      const ours = await encapsulate(publicKey, text, ad);
      expect(oracle.decapsulate(encoded, secretKey.toBytes(), ours.capsule, ad)).to.deep.equal(ours.key);
    }
  });

  it("the oracle's bits are ours, for any number, date and comparison", () => {
    fc.assert(
      fc.property(anyComparison(), numberValues(), (comparison, value) => {
        const rows = compileLsss(comparison).rows.map(({ attribute, use }) => ({ attribute, use }));
        const theirs = oracle.buildMatrix(comparison).map(({ attribute, use }) => ({ attribute, use }));
        expect(theirs).to.deep.equal(rows);
        const attribute = `level = ${value}`;
        expect(oracle.rowNames(attribute)).to.deep.equal(expandAttributes([attribute]));
        const date = "level = 2026-11-21";
        expect(oracle.rowNames(date)).to.deep.equal(expandAttributes([date]));
      }),
      { numRuns: 200 },
    );
  });

  it("takes policies as text in any spelling, and attributes in any normal form", async () => {
    const secretKey = await keygen(publicKey, masterKey, ["x:u\u0308", "a:1", "a:1"]);
    expect(secretKey.attributes).to.deep.equal(["a:1", "x:\u00fc"]);
    const { capsule, key } = await encapsulate(publicKey, ' ( "x:\u00fc" )\n', ad);
    expect(capsulePolicy(capsule)).to.equal('"x:\u00fc"');
    expect(await decapsulate(publicKey, secretKey, capsule, ad)).to.deep.equal(key);
  });

  it("handles a long policy", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `a:${i}`);
    const secretKey = await keygen(publicKey, masterKey, names);
    for (const policy of [names.join(" and "), `40 of (${names.join(", ")})`]) {
      const { capsule, key } = await encapsulate(publicKey, policy, ad);
      expect(await decapsulate(publicKey, secretKey, capsule, ad)).to.deep.equal(key);
    }
  });

  it("is fresh every time", async () => {
    const a = await encapsulate(publicKey, "a:1", ad);
    const b = await encapsulate(publicKey, "a:1", ad);
    expect(a.capsule).to.not.deep.equal(b.capsule);
    expect(a.key).to.have.length(32).and.not.deep.equal(b.key);
  });

  it("refuses bad policies and bad attributes", async () => {
    await expectCode("policy-syntax", () => encapsulate(publicKey, "a:1 and", ad));
    await expectCode("policy-limit", () => encapsulate(publicKey, Array(513).fill("a:1").join(" or "), ad));
    await expectCode("attribute-invalid", () => keygen(publicKey, masterKey, ["a:1", ""]));
    await expectCode("argument-invalid", () => keygen(publicKey, masterKey, []));
    await expectCode("argument-invalid", () => keygen(publicKey, masterKey, "a:1"));
    const many = Array.from({ length: 4097 }, (_, i) => `a:${i}`);
    await expectCode("argument-invalid", () => keygen(publicKey, masterKey, many));
    await expectCode("encoding-invalid", () => capsulePolicy(utf8("not a capsule")));
  });

  it("keeps two authorities apart, and says so", async () => {
    const other = await setup();
    const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
    const foreignKey = await keygen(other.publicKey, other.masterKey, ["a:1"]);
    const { capsule } = await encapsulate(publicKey, "a:1", ad);
    const foreign = await encapsulate(other.publicKey, "a:1", ad);
    await expectCode("abe-key-invalid", () => keygen(publicKey, other.masterKey, ["a:1"]));
    await expectCode("abe-key-invalid", () => decapsulate(publicKey, foreignKey, capsule, ad));
    await expectCode("abe-key-invalid", () => decapsulate(other.publicKey, secretKey, foreign.capsule, ad));
    await expectCode("abe-decapsulation-failed", () =>
      decapsulate(publicKey, secretKey, foreign.capsule, ad),
    );
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, foreignKey));
    const bytes = foreignKey.toBytes();
    bytes.set(publicKey.hash, 2);
    const relabelled = await SecretKey.fromBytes(bytes);
    await expectCode("abe-key-invalid", () => checkSecretKey(publicKey, relabelled));
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, relabelled, capsule, ad));
  });

  it("binds associated data and the policy's text", async () => {
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "b:2"]);
    const { capsule } = await encapsulate(publicKey, parsePolicy("a:1 or b:2"), ad);
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, secretKey, capsule, utf8("")));
    const swapped = Uint8Array.from(capsule);
    swapped.set(utf8("b:2 or a:1"), 6);
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, secretKey, swapped, ad));
    swapped.set(utf8("a:1 or c:3"), 6);
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, secretKey, swapped, ad));
  });

  it("takes no associated data for empty associated data", async () => {
    const secretKey = await keygen(publicKey, masterKey, ["a:1"]);
    const { capsule, key } = await encapsulate(publicKey, "a:1");
    expect(await decapsulate(publicKey, secretKey, capsule)).to.deep.equal(key);
    expect(await decapsulate(publicKey, secretKey, capsule, new Uint8Array())).to.deep.equal(key);
    await expectCode("abe-decapsulation-failed", () => decapsulate(publicKey, secretKey, capsule, utf8("x")));
  });

  it("opens with a key that went through bytes", async () => {
    const secretKey = await keygen(publicKey, masterKey, ["a:1", "two words"]);
    const read = await SecretKey.fromBytes(secretKey.toBytes());
    await checkSecretKey(publicKey, read);
    const { capsule, key } = await encapsulate(publicKey, '"two words" and a:1', ad);
    expect(await decapsulate(publicKey, read, capsule, ad)).to.deep.equal(key);
  });
});
