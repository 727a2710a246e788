/**
 * Waters, "Ciphertext-Policy Attribute-Based Encryption", PKC 2011, section 3, with attributes hashed to G1 (large
 * universe, random oracle):
 *
 *     mpk = g1, a g1, alpha e(g1, g2)
 *     K = alpha g1 + a t g1    L = t g2    K_u = t H(u)
 *     C' = s g2    C_i = lambda_i a g1 - r_i H(pi(i))    D_i = r_i g2
 *     Z = e(K, C') - e(sum of w_i C_i, L) - sum of e(w_i K_pi(i), D_i)
 */
import type { G1, G2, Group } from "../../src/abe/group.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { type Attribute, SCALAR_ORDER, shareSecret } from "../../src/policy/index.ts";
import { type CpaScheme, combineRows, drawScalar } from "./cpa.ts";

interface Key {
  readonly k: G1;
  readonly l: G2;
  readonly perAttribute: ReadonlyMap<Attribute, G1>;
}

interface Ciphertext {
  readonly c: G2;
  readonly rows: readonly { c: G1; d: G2 }[];
}

/** a g1 is a hashed point here, whose discrete logarithm nobody needs; so it has a table as FABEO's B. */
const A = utf8("a");
const name = (attribute: Attribute): Uint8Array => utf8(`u${attribute}`);

export function setupWaters(group: Group): CpaScheme<Key, Ciphertext> {
  const alpha = group.multiplyG1(group.generator1, drawScalar());
  const mpk = group.pairAll([[alpha, group.generator2]]);
  return {
    name: "Waters11",
    keygen(attributes) {
      const t = drawScalar();
      const terms = [
        { message: A, scalar: t, permanent: true },
        ...attributes.map((u) => ({ message: name(u), scalar: t })),
      ];
      const [masked, ...points] = group.sumHashed(
        terms.map((term) => [term]),
        "secret",
      );
      return {
        k: group.addG1(alpha, masked!),
        l: group.multiplyGenerator2(t, "secret"),
        perAttribute: new Map(attributes.map((u, i) => [u, points[i]!])),
      };
    },
    encrypt(lsss) {
      const secrets = Array.from({ length: lsss.columns }, drawScalar);
      const shares = shareSecret(lsss, secrets);
      const masks = lsss.rows.map(drawScalar);
      const left = group.sumHashed(
        lsss.rows.map(({ attribute }, i) => [
          { message: A, scalar: shares[i]!, permanent: true },
          { message: name(attribute), scalar: SCALAR_ORDER - masks[i]! },
        ]),
      );
      const rows = masks.map((mask, i) => ({ c: left[i]!, d: group.multiplyGenerator2(mask) }));
      const s = secrets[0]!;
      return { ciphertext: { c: group.multiplyGenerator2(s), rows }, shared: group.powerGT(mpk, s) };
    },
    decrypt(key, lsss, weights, { c, rows }) {
      const masked = combineRows(group, weights, (row) => rows[row]!.c);
      const perRow = weights.map((weight) => {
        const point = key.perAttribute.get(lsss.rows[weight.row]!.attribute)!;
        const scaled = combineRows(group, [weight], () => point);
        return [group.negateG1(scaled), rows[weight.row]!.d] as const;
      });
      return group.pairAll([[key.k, c], [group.negateG1(masked), key.l], ...perRow]);
    },
  };
}
