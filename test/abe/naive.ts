/** Fig. 2 of the paper with fixed numbers, for showing what works where the scheme lacks something. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import * as oracle from "./oracle.ts";

const { G1, G2, fields } = bls12_381;
const { Fp12, Fr } = fields;

// Any numbers that look random will do where nothing depends on their secrecy.
export const [alpha, random, s1, sPrime] = [5n ** 90n, 7n ** 80n, 3n ** 70n, 11n ** 60n].map((n) =>
  Fr.create(n),
) as [bigint, bigint, bigint, bigint];
/** The secret Z that is encrypted when mpk is e(g1, g2)^exponent. */
export const secretOf = (exponent: bigint): oracle.Target =>
  Fp12.pow(oracle.pair(G1.Point.BASE, G2.Point.BASE), Fr.mul(exponent, s1));

/** What the paper's Enc makes with one s' for each use, or, as it must not, with one for all. */
export function encryptAs(rows: readonly oracle.Row[], kind: "naive" | "proper"): oracle.Ciphertext {
  const uses = kind === "naive" ? 1 : Math.max(...rows.map(({ use }) => use)) + 1;
  const v = Array.from({ length: rows[0]!.vector.length - 1 }, (_, i) => Fr.create(13n ** BigInt(50 + i)));
  return oracle.encrypt(
    rows,
    s1,
    Array.from({ length: uses }, (_, i) => Fr.create(sPrime + BigInt(i))),
    v,
  );
}
