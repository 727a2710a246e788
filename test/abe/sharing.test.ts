/** Attacks on how the secret is shared among the rows of a policy. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";
import fc from "fast-check";
import { decapsulate, keygen, type MasterKey, type PublicKey, setup } from "../../src/abe/index.ts";
import { encapsulateWith } from "../../src/abe/kem.ts";
import { hex, utf8 } from "../../src/core/bytes.ts";
import {
  compileLsss,
  expandAttributes,
  type Lsss,
  type LsssRow,
  type Policy,
  parsePolicy,
  printPolicy,
  SCALAR_ORDER,
  satisfies,
} from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";
import { holdings, mixedLeaves, policies } from "../policy/arbitrary.ts";
import { spansSecret } from "../policy/span.ts";
import { alpha, encryptAs, random, secretOf } from "./naive.ts";
import * as oracle from "./oracle.ts";
import { readCiphertext, readKey, rowsOf, takeApartCapsule, takeApartKey } from "./parts.ts";

const { Fp12, Fr } = bls12_381.fields;
const ad = utf8("ad");

/**
 * The attack on reuse: rows of one attribute that share s' differ by a multiple of B alone, which needs no key for the
 * attribute. Together with the rows that the key does open these differences may span the secret. Solves for the
 * combination, supposing one s' for all uses; undefined when there is none.
 */
function attackReuse(
  key: oracle.Key,
  rows: readonly oracle.Row[],
  { ct1, ct2, ct3 }: oracle.Ciphertext,
): oracle.Target | undefined {
  const known: { row: oracle.Row; value: () => oracle.Target }[] = [];
  rows.forEach((row, i) => {
    const mine = key.sk2.get(row.attribute);
    if (mine) {
      const mask = ct2[Math.min(row.use, ct2.length - 1)]!;
      known.push({
        row,
        value: () => oracle.multiply(oracle.pair(ct3[i]!, key.sk3), oracle.invert(oracle.pair(mine, mask))),
      });
    }
    const twin = rows.findIndex(({ attribute }) => attribute === row.attribute);
    if (twin === i) return;
    const vector = row.vector.map((entry, column) => Fr.sub(entry, rows[twin]!.vector[column]!));
    known.push({
      row: { ...row, vector },
      value: () => oracle.pair(ct3[i]!.subtract(ct3[twin]!), key.sk3),
    });
  });
  const weights = oracle.solve(known.map(({ row }) => row));
  if (!weights) return undefined;
  const used = known.flatMap(({ value }, i) => {
    const weight = weights[i]!;
    if (weight === 0n) return [];
    // Small ones, if not as they are, then negative.
    return 2n * weight < SCALAR_ORDER
      ? [Fp12.pow(value(), weight)]
      : [Fp12.pow(oracle.invert(value()), SCALAR_ORDER - weight)];
  });
  return oracle.multiply(oracle.pair(key.sk1, ct1), oracle.invert(oracle.multiply(...used)));
}

describe("abe: attacks on attributes used more than once", () => {
  let publicKey: PublicKey;
  let masterKey: MasterKey;

  before(async () => {
    ({ publicKey, masterKey } = await setup());
  });

  const reuses: [policy: string, held: string[]][] = [
    ["(x:1 or y:1) and (x:1 or z:1)", ["y:1"]],
    // One bit of a number, in one comparison twice, and in two comparisons.
    ["(level >= 2147483648 or y:1) and (level >= 2147483648 or z:1)", ["y:1"]],
    ["(level >= 2147483648 or y:1) and (level >= 3221225472 or z:1)", ["y:1", "level = 1073741824"]],
  ];
  for (const [policy, held] of reuses)
    it(`reuse of an attribute: ${policy} with a key for ${held.join(", ")}`, async () => {
      expect(satisfies(policy, held)).to.equal(false);
      const rows = rowsOf(policy);
      const names = expandAttributes(held).filter((name) => rows.some(({ attribute }) => attribute === name));
      const key = oracle.makeKey(alpha, names, random);
      const open = (kind: "naive" | "proper") => attackReuse(key, rows, encryptAs(rows, kind))!;
      expect(oracle.same(open("naive"), secretOf(alpha)), "one s' for all").to.equal(true);
      expect(oracle.same(open("proper"), secretOf(alpha)), "one s' for each use").to.equal(false);

      const m = new Uint8Array(32).fill(7);
      const { capsule } = await encapsulateWith(publicKey, policy, ad, m);
      const secretKey = await keygen(publicKey, masterKey, held);
      const parts = takeApartCapsule(capsule);
      expect(new Set(parts.ct2.map(hex)).size, "all s' differ").to.equal(parts.ct2.length);
      const found = attackReuse(readKey(takeApartKey(secretKey)), rows, readCiphertext(parts))!;
      expect(oracle.mask(publicKey.toBytes(), found, parts.masked)).to.not.deep.equal(m);
      await expectCode("abe-not-satisfied", () => decapsulate(publicKey, secretKey, capsule, ad));
    });
});

/** Sharing as a library once did: the first input of an `and` gets all of the secret, the others get nothing. */
function compileNaively(policy: Policy): Lsss {
  const rows: LsssRow[] = [];
  const share = (node: Policy, vector: readonly bigint[]): void => {
    if (node.kind === "leaf") rows.push({ attribute: node.attribute, use: 0, vector });
    else if (node.kind === "gate")
      for (const [i, child] of node.children.entries()) share(child, node.k === 1 || i < 1 ? vector : [0n]);
  };
  share(policy, [1n]);
  return { policy, rows, columns: 1, uses: 1 };
}

describe("abe: attacks on the sharing", () => {
  it("no set of rows spans the secret but those of who satisfies the policy, on random policies", function () {
    this.timeout(120_000);
    let leaks = 0;
    fc.assert(
      fc.property(policies(8, mixedLeaves), holdings, (policy, held) => {
        const text = printPolicy(policy);
        const entitled = satisfies(policy, held);
        expect(spansSecret(compileLsss(policy), held), text).to.equal(entitled);
        if (!entitled && spansSecret(compileNaively(policy), held)) leaks += 1;
      }),
      { numRuns: 2000 },
    );
    expect(leaks, "the naive sharing leaks").to.be.greaterThan(100);
  });

  it("nor on comparisons of numbers near each other", () => {
    const edges = [0, 1, 2, 3, 4, 5, 6, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1];
    const operators = ["<", "<=", "=", ">=", ">"];
    const comparison = fc
      .tuple(fc.constantFrom(...operators), fc.constantFrom(...edges))
      .filter(
        ([operator, value]) =>
          !(operator === "<" && value === 0) && !(operator === ">" && value === 2 ** 32 - 1),
      )
      .map(([operator, value]) => `level ${operator} ${value}`);
    const both = fc.tuple(
      comparison,
      fc.constantFrom(" and ", " or ", " and x:1 and ", " or x:1 and "),
      comparison,
    );
    fc.assert(
      fc.property(both, fc.constantFrom(...edges), fc.boolean(), (parts, value, x) => {
        const policy = parts.join("");
        const held = [`level = ${value}`, ...(x ? ["x:1"] : [])];
        expect(spansSecret(compileLsss(parsePolicy(policy)), held), policy).to.equal(satisfies(policy, held));
      }),
      { numRuns: 200 },
    );
    expect(SCALAR_ORDER).to.equal(Fr.ORDER);
  });
});
