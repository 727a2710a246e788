/**
 * FABEO, ciphertext-policy, with attributes used more than once (Riepel and Wee, "FABEO: Fast Attribute-Based Encryption
 * with Optimal Security", CCS 2022, ePrint 2022/1415, Fig. 2 and its multi-use variant). Symbols are the paper's, groups
 * written additively:
 *
 *     mpk = alpha e(g1, g2)                msk = alpha g1
 *     sk1 = alpha g1 + r B                 sk2[u] = r H(u)             sk3 = r g2
 *     ct1 = s1 g2    ct2[j] = s'[j] g2     ct3[i] = (M_i . (s1, v)) B + s'[rho(i)] H(pi(i))
 *     shared secret Z = s1 mpk
 *
 * B is the hash of an input that no attribute has; pi(i) is the attribute of row i; rho(i) is how many rows before it
 * have the same attribute. With one s' for all uses of an attribute, two rows of it would differ by a multiple of B
 * alone, and a key for y would open `(x or y) and (x or z)`.
 *
 * This layer is secure against chosen plaintexts only; `kem.ts` is what to use.
 */
import { concat, utf8, wipe } from "../core/bytes.ts";
import { type Attribute, type Lsss, shareSecret, type Weight } from "../policy/index.ts";
import type { G1, G2, Group, GT, HashedTerm } from "./group.ts";

/** First byte of what is hashed to G1: keeps attributes apart from B, and leaves room. */
const BASE = Uint8Array.of(0x00);
const ATTRIBUTE = Uint8Array.of(0x01);

/** B: H(0x00). */
export function hashBase(group: Group): G1 {
  return group.hashToG1(BASE);
}

/** H(u): H(0x01, UTF-8 of the attribute). */
export function hashAttribute(group: Group, attribute: Attribute): G1 {
  return group.hashToG1(nameAttribute(attribute));
}

function nameAttribute(attribute: Attribute): Uint8Array {
  return concat(ATTRIBUTE, utf8(attribute));
}

/** A secret key's group elements; `sk2` has one for each attribute. */
export interface KeyElements {
  readonly sk1: G1;
  readonly sk2: ReadonlyMap<Attribute, G1>;
  readonly sk3: G2;
}

/** Fig. 2, KeyGen, with the random scalar `r`. */
export function deriveKeyElements(
  group: Group,
  msk: G1,
  attributes: readonly Attribute[],
  r: bigint,
): KeyElements {
  // Whoever learns r has msk = sk1 - r B: this is where constant time matters.
  const terms: HashedTerm[] = [
    { message: BASE, scalar: r, permanent: true },
    ...attributes.map((attribute) => ({ message: nameAttribute(attribute), scalar: r })),
  ];
  const [mask, ...sk2] = group.sumHashed(
    terms.map((term) => [term]),
    "secret",
  );
  const sk1 = group.addG1(msk, mask!);
  // With the key that is given out, r B gives msk.
  wipe(mask!);
  return {
    sk1,
    sk2: new Map(attributes.map((attribute, index) => [attribute, sk2[index]!])),
    sk3: group.multiplyGenerator2(r, "secret"),
  };
}

/** All randomness of one encryption, as scalars. */
export interface Coins {
  readonly s1: bigint;
  /** s'[j] for each use j. */
  readonly sPrime: readonly bigint[];
  /** v: one for each column of the matrix but the first. */
  readonly v: readonly bigint[];
}

export interface Ciphertext {
  readonly ct1: G2;
  /** One for each use. */
  readonly ct2: readonly G2[];
  /** One for each row. */
  readonly ct3: readonly G1[];
}

/** Fig. 2, Enc, deterministic in `coins`. */
export function encrypt(
  group: Group,
  mpk: GT,
  lsss: Lsss,
  coins: Coins,
): { ciphertext: Ciphertext; shared: GT } {
  const shares = shareSecret(lsss, [coins.s1, ...coins.v]);
  const ciphertext: Ciphertext = {
    ct1: group.multiplyGenerator2(coins.s1),
    ct2: coins.sPrime.map((scalar) => group.multiplyGenerator2(scalar)),
    ct3: group.sumHashed(
      lsss.rows.map(({ attribute, use }, row) => [
        { message: BASE, scalar: shares[row]!, permanent: true },
        { message: nameAttribute(attribute), scalar: coins.sPrime[use]! },
      ]),
    ),
  };
  return { ciphertext, shared: group.powerGT(mpk, coins.s1) };
}

/** What decryption with some weights reads of a ciphertext. */
export interface CiphertextParts {
  readonly ct1: G2;
  /** ct2[use] of each use that a weighted row has. */
  readonly ct2: ReadonlyMap<number, G2>;
  /** ct3[row] of each weighted row. */
  readonly ct3: ReadonlyMap<number, G1>;
}

/**
 * Fig. 2, Dec: Z = e(sk1, ct1) + sum over uses j of e(sum of w_i sk2[pi(i)] with rho(i) = j, ct2[j]) - e(sum of w_i ct3[i],
 * sk3), with one final exponentiation. The key must have every weighted row's attribute.
 */
export function decrypt(
  group: Group,
  key: KeyElements,
  lsss: Lsss,
  weights: readonly Weight[],
  parts: CiphertextParts,
): GT {
  const rows = weights.map(({ row, coefficient }) => ({ row, scalar: coefficient, ...lsss.rows[row]! }));
  const perUse = [...parts.ct2].map(([use, ct2]) => {
    const terms = rows
      .filter((row) => row.use === use)
      .map(({ attribute, scalar }) => ({ point: key.sk2.get(attribute)!, scalar }));
    return [group.combineG1(terms), ct2] as const;
  });
  const masked = group.combineG1(rows.map(({ row, scalar }) => ({ point: parts.ct3.get(row)!, scalar })));
  return group.pairAll([[key.sk1, parts.ct1], ...perUse, [group.negateG1(masked), key.sk3]]);
}

/**
 * Whether the elements are a key that KeyGen makes under `mpk`, by the pairing equations e(sk1, g2) = mpk + e(B, sk3) and
 * e(sk2[u], g2) = e(H(u), sk3), all in one with random weights. `weigh` gives a fresh random number of 128 bits for each
 * attribute. Sound only for elements of the prime-order groups (the cofactors have small factors), none of them at
 * infinity: decoders make sure of that.
 */
export function isKeyOf(group: Group, mpk: GT, key: KeyElements, weigh: () => bigint): boolean {
  const left = [{ point: key.sk1, scalar: 1n }];
  const right = [{ point: hashBase(group), scalar: 1n }];
  for (const [attribute, element] of key.sk2) {
    const scalar = weigh();
    left.push({ point: element, scalar });
    right.push({ point: hashAttribute(group, attribute), scalar });
  }
  const product = group.pairAll([
    [group.combineG1(left), group.generator2],
    [group.negateG1(group.combineG1(right)), key.sk3],
  ]);
  return group.equalGT(product, mpk);
}
