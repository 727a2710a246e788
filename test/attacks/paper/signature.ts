/**
 * The paper's content extraction signature, word for word (5.1.1, 5.1.2): H_i = H(m_i, r_i, CEAS), d_full = raw RSA on
 * H_1, ..., H_9 side by side; d_ext holds the extracted m_i, the H_i of the others, and d_full, hence every r_i.
 */
import { concat, randomBytes, utf8 } from "../../../src/core/bytes.ts";
import { type PublicKey, power, type SecretKey, sha256, toNumber } from "./rsa.ts";

/** d_full with the record that it is for. */
export type Full = { contents: Uint8Array[]; salts: Uint8Array[]; ceas: string; signature: bigint };

/** d_ext. */
export type Extraction = {
  /** m_i by position. */
  revealed: Map<number, Uint8Array>;
  /** H_i of the other parts by position. */
  hashes: Map<number, Uint8Array>;
  salts: Uint8Array[];
  /** Carried along; no step of the paper looks at it. */
  ceas: string;
  signature: bigint;
};

/** The nine parts of an invented patient. */
export const emr = [
  "Alex Example",
  "female",
  "1970-01-01",
  "ID 1",
  "cough, but no bacilli in three cultures",
  "tuberculosis",
  "isoniazid",
  "X-ray",
  "none",
].map(utf8);

export function hashPart(content: Uint8Array, salt: Uint8Array, ceas: string): Uint8Array {
  return sha256(content, salt, utf8(ceas));
}

export function sign(contents: Uint8Array[], ceas: string, key: SecretKey): Full {
  const salts = contents.map(() => randomBytes(32));
  const input = concat(...contents.map((content, at) => hashPart(content, salts[at]!, ceas)));
  return { contents, salts, ceas, signature: power(toNumber(input), key.d, key.n) };
}

export function extract(
  { contents, salts, ceas, signature }: Full,
  positions: readonly number[],
): Extraction {
  const revealed = new Map<number, Uint8Array>();
  const hashes = new Map<number, Uint8Array>();
  for (const [at, content] of contents.entries())
    if (positions.includes(at + 1)) revealed.set(at + 1, content);
    else hashes.set(at + 1, hashPart(content, salts[at]!, ceas));
  return { revealed, hashes, salts, ceas, signature };
}

function signedNumber({ revealed, hashes, salts, ceas }: Extraction): bigint {
  const parts = salts.map((salt, at) => {
    const content = revealed.get(at + 1);
    return content === undefined ? hashes.get(at + 1)! : hashPart(content, salt, ceas);
  });
  return toNumber(concat(...parts));
}

/** Word for word: the signature to the e, mod n, against all hashes side by side. */
export function verify(extraction: Extraction, { n, e }: PublicKey): boolean {
  return power(extraction.signature, e, n) === signedNumber(extraction);
}

/** The least change with which honest signatures pass: both sides mod n. */
export function verifyModN(extraction: Extraction, { n, e }: PublicKey): boolean {
  return power(extraction.signature, e, n) === signedNumber(extraction) % n;
}
