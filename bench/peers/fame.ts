/**
 * FAME: Agrawal and Chase, "FAME: Fast Attribute-based Message Encryption", CCS 2017, ePrint 2017/807, section 3 (called
 * AC17 elsewhere), with the decisional linear assumption's two coordinates. Written additively, g = g1, h = g2:
 *
 *     mpk = h, a_1 h, a_2 h, T_t = (d_t a_t + d_3) e(g, h)
 *     sk0 = b_1 r_1 h, b_2 r_2 h, (r_1 + r_2) h
 *     sk_u,t = 1 / a_t (b_1 r_1 H(u1t) + b_2 r_2 H(u2t) + (r_1 + r_2) H(u3t) + sigma_u g), sk_u,3 = - sigma_u g
 *     sk'_t the same of "0", 1 and sigma', plus d_t g; sk'_3 = (d_3 - sigma') g
 *     ct0 = a_1 s_1 h, a_2 s_2 h, (s_1 + s_2) h
 *     ct_i,l = s_1 H(pi(i) l 1) + s_2 H(pi(i) l 2) + sum over columns j of M_ij (s_1 H(0 j l 1) + s_2 H(0 j l 2))
 *     Z = s_1 T_1 + s_2 T_2
 *
 * Decryption takes six pairings.
 */
import type { G1, G2, Group, HashedTerm } from "../../src/abe/group.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { type Attribute, SCALAR_ORDER } from "../../src/policy/index.ts";
import { type CpaScheme, combineRows, drawScalar } from "./cpa.ts";
import { divide } from "./field.ts";

interface Key {
  readonly sk0: readonly G2[];
  readonly perAttribute: ReadonlyMap<Attribute, readonly G1[]>;
  readonly prime: readonly G1[];
}

interface Ciphertext {
  readonly ct0: readonly G2[];
  readonly rows: readonly (readonly G1[])[];
}

/** The generator of G1 is a hashed point here, so that it has a table as FABEO's B. */
const G = utf8("g");
const at = (what: string, l: number, t: number): Uint8Array => utf8(`${what}|${l}|${t}`);
const forAttribute = (attribute: Attribute): string => `u${attribute}`;
const forColumn = (column: number): string => `0|${column}`;
const modulo = (scalar: bigint): bigint => ((scalar % SCALAR_ORDER) + SCALAR_ORDER) % SCALAR_ORDER;

export function setupFame(group: Group): CpaScheme<Key, Ciphertext> {
  const a = [drawScalar(), drawScalar()];
  const b = [drawScalar(), drawScalar()];
  const d = [drawScalar(), drawScalar(), drawScalar()];
  const g = group.hashToG1(G);
  const powers = a.map((a_t) => group.multiplyG2(group.generator2, a_t));
  const targets = a.map((a_t, t) =>
    group.pairAll([[group.multiplyG1(g, modulo(d[t]! * a_t + d[2]!)), group.generator2]]),
  );
  const gTimes = (scalar: bigint): HashedTerm => ({ message: G, scalar: modulo(scalar), permanent: true });

  return {
    name: "FAME (AC17)",
    keygen(attributes) {
      const r = [drawScalar(), drawScalar()];
      const masks = [b[0]! * r[0]!, b[1]! * r[1]!, r[0]! + r[1]!].map(modulo);
      // For one name: the three components as sums of hashes, with d_t added where it isn't zero.
      const components = (what: string, shift: readonly bigint[]): HashedTerm[][] => {
        const sigma = drawScalar();
        const first = [1, 2].map((t) => [
          ...masks.map((mask, l) => ({ message: at(what, l + 1, t), scalar: divide(mask, a[t - 1]!) })),
          gTimes(divide(sigma, a[t - 1]!) + shift[t - 1]!),
        ]);
        return [...first, [gTimes(shift[2]! - sigma)]];
      };
      const rows = [
        ...components(forColumn(1), d),
        ...attributes.flatMap((u) => components(forAttribute(u), [0n, 0n, 0n])),
      ];
      const points = group.sumHashed(rows, "secret");
      return {
        sk0: masks.map((mask) => group.multiplyGenerator2(mask, "secret")),
        prime: points.slice(0, 3),
        perAttribute: new Map(attributes.map((u, i) => [u, points.slice(3 * i + 3, 3 * i + 6)])),
      };
    },
    encrypt(lsss) {
      const s = [drawScalar(), drawScalar()];
      const hashed = (what: string, l: number, factor: bigint): HashedTerm[] =>
        s.map((s_t, t) => ({ message: at(what, l, t + 1), scalar: modulo(factor * s_t) }));
      const rows = lsss.rows.flatMap(({ attribute, vector }) =>
        [1, 2, 3].map((l) => [
          ...hashed(forAttribute(attribute), l, 1n),
          ...vector.flatMap((entry, j) => (entry === 0n ? [] : hashed(forColumn(j + 1), l, entry))),
        ]),
      );
      const points = group.sumHashed(rows);
      const ct0 = [
        ...powers.map((power, t) => group.multiplyG2(power, s[t]!)),
        group.multiplyGenerator2(modulo(s[0]! + s[1]!)),
      ];
      const ciphertext = { ct0, rows: lsss.rows.map((_, i) => points.slice(3 * i, 3 * i + 3)) };
      const [left, right] = targets.map((target, t) => group.powerGT(target, s[t]!));
      return { ciphertext, shared: group.multiplyGT(left!, right!) };
    },
    decrypt(key, lsss, weights, { ct0, rows }) {
      const pairs = [0, 1, 2].flatMap((l) => {
        const theirs = combineRows(group, weights, (row) => rows[row]![l]!);
        const mine = combineRows(
          group,
          weights,
          (row) => key.perAttribute.get(lsss.rows[row]!.attribute)![l]!,
        );
        const keyed = group.addG1(key.prime[l]!, mine);
        return [[keyed, ct0[l]!] as const, [group.negateG1(theirs), key.sk0[l]!] as const];
      });
      return group.pairAll(pairs);
    },
  };
}
