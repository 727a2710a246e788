/**
 * Bethencourt, Sahai and Waters, "Ciphertext-Policy Attribute-Based Encryption", S&P 2007, with asymmetric pairings and
 * linear secret sharing:
 *
 *     mpk = beta g2, alpha e(g1, g2)
 *     D = (alpha + t) / beta g1    D_u = t g1 + t_u H(u)    D'_u = t_u g2
 *     C = s beta g2    C_i = q_i g2    C'_i = q_i H(pi(i)), q_i a share of s
 *     Z = e(D, C) - sum of w_i (e(D_pi(i), C_i) - e(C'_i, D'_pi(i)))
 */
import type { G1, G2, Group } from "../../src/abe/group.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { type Attribute, SCALAR_ORDER, shareSecret } from "../../src/policy/index.ts";
import { type CpaScheme, combineRows, drawScalar } from "./cpa.ts";
import { divide } from "./field.ts";

interface Key {
  readonly d: G1;
  readonly perAttribute: ReadonlyMap<Attribute, { g1: G1; g2: G2 }>;
}

interface Ciphertext {
  readonly c: G2;
  readonly rows: readonly { g1: G1; g2: G2 }[];
}

const name = (attribute: Attribute): Uint8Array => utf8(`u${attribute}`);

export function setupBsw(group: Group): CpaScheme<Key, Ciphertext> {
  const [alpha, beta] = [drawScalar(), drawScalar()];
  const mpk = group.pairAll([[group.multiplyG1(group.generator1, alpha), group.generator2]]);
  return {
    name: "BSW07",
    keygen(attributes) {
      const t = drawScalar();
      const common = group.multiplyG1(group.generator1, t, "secret");
      const masks = attributes.map(drawScalar);
      const points = group.sumHashed(
        attributes.map((u, i) => [{ message: name(u), scalar: masks[i]! }]),
        "secret",
      );
      const perAttribute = attributes.map((u, i) => {
        const g2 = group.multiplyGenerator2(masks[i]!, "secret");
        return [u, { g1: group.addG1(common, points[i]!), g2 }] as const;
      });
      const d = group.multiplyG1(group.generator1, divide(alpha + t, beta), "secret");
      return { d, perAttribute: new Map(perAttribute) };
    },
    encrypt(lsss) {
      const secrets = Array.from({ length: lsss.columns }, drawScalar);
      const shares = shareSecret(lsss, secrets);
      const points = group.sumHashed(
        lsss.rows.map(({ attribute }, i) => [{ message: name(attribute), scalar: shares[i]! }]),
      );
      const rows = shares.map((share, i) => ({ g1: points[i]!, g2: group.multiplyGenerator2(share) }));
      const s = secrets[0]!;
      const c = group.multiplyGenerator2((s * beta) % SCALAR_ORDER);
      return { ciphertext: { c, rows }, shared: group.powerGT(mpk, s) };
    },
    decrypt(key, lsss, weights, { c, rows }) {
      const pairs = weights.flatMap((weight) => {
        const mine = key.perAttribute.get(lsss.rows[weight.row]!.attribute)!;
        const theirs = rows[weight.row]!;
        const left = combineRows(group, [weight], () => mine.g1);
        const right = combineRows(group, [weight], () => theirs.g1);
        return [[group.negateG1(left), theirs.g2] as const, [right, mine.g2] as const];
      });
      return group.pairAll([[key.d, c], ...pairs]);
    },
  };
}
