/**
 * The proof of knowledge of the discrete logarithm of `enc` (Schnorr, CRYPTO 1989; Fiat-Shamir) that an index carries,
 * bound to its ledger record: whoever copies someone else's `enc` can't prove it for a record of their own. The place
 * that such a proof has in TDH2 (Shoup, Gennaro, EUROCRYPT 1998). Gates check it before they release.
 */
import { equal, randomBytes } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { deriveKey, hash } from "../core/hash.ts";
import { demandSize, type VersionBinding, writeVersionBinding } from "./binding.ts";
import {
  challengeScalar,
  GENERATOR,
  modOrder,
  type Point,
  parsePoint,
  parseScalar,
  pointBytes,
  reduceToScalar,
  SCALAR_SIZE,
  scalarBytes,
} from "./curve.ts";
import { proofInvalid } from "./failures.ts";

/** One version of one ledger record, and the key set (32 bytes) that the index is sealed under. */
export interface IndexBinding extends VersionBinding {
  keySet: Uint8Array;
}

/** The parts of an index that stand on chain: `enc` 65 bytes, `proof` 64 bytes, `ct` the HPKE ciphertext. */
export interface SealedIndex {
  enc: Uint8Array;
  proof: Uint8Array;
  ct: Uint8Array;
}

/** Chain id (u256), contract (20), ledger record id (32), version (u64), key set (32). */
export function indexBindingBytes(binding: IndexBinding): Uint8Array {
  return writeVersionBinding(new Writer(), binding)
    .fixed(demandSize(binding.keySet, 32, "key set id"))
    .finish();
}

/** Proves knowledge of `secret`, the discrete logarithm of `enc`; challenge and response, 64 bytes. */
export function proveIndex(
  secret: bigint,
  { enc, ct }: Pick<SealedIndex, "enc" | "ct">,
  binding: IndexBinding,
  nonceSeed: Uint8Array = randomBytes(32),
): Uint8Array {
  const statement = statementOf(enc, ct, binding);
  const nonce = reduceToScalar(
    deriveKey(
      scalarBytes(secret),
      { salt: nonceSeed, size: 48 },
      "diptych/seal/index-proof-nonce/v1",
      ...statement,
    ),
  );
  const challenge = challengeOf(statement, GENERATOR.multiply(nonce));
  const response = modOrder(nonce + challengeScalar(challenge) * secret);
  return new Writer().fixed(challenge).fixed(scalarBytes(response)).finish();
}

/** Demands that whoever made this index for this binding knows the discrete logarithm of `enc`; throws `proof-invalid`. */
export function checkIndexProof(index: SealedIndex, binding: IndexBinding): void {
  const enc = parsePoint(index.enc);
  const challenge = index.proof.slice(0, SCALAR_SIZE);
  const response = parseScalar(index.proof.slice(SCALAR_SIZE));
  if (enc === undefined || response === undefined) throw proofInvalid();
  const nonce = GENERATOR.multiplyUnsafe(response).subtract(enc.multiplyUnsafe(challengeScalar(challenge)));
  if (nonce.is0()) throw proofInvalid();
  const expected = challengeOf(statementOf(index.enc, index.ct, binding), nonce);
  if (!equal(expected, challenge)) throw proofInvalid();
}

function statementOf(enc: Uint8Array, ct: Uint8Array, binding: IndexBinding): Uint8Array[] {
  return [
    indexBindingBytes(binding),
    hash("diptych/seal/index-body/v1", enc, ct),
    pointBytes(GENERATOR),
    enc,
  ];
}

function challengeOf(statement: readonly Uint8Array[], nonce: Point): Uint8Array {
  return hash("diptych/seal/index-proof/v1", ...statement, pointBytes(nonce));
}
