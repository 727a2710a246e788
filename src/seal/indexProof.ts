/**
 * The proof of knowledge of the discrete logarithm of `enc` (Schnorr, CRYPTO 1989; Fiat-Shamir) that an index carries,
 * bound to its ledger record: whoever copies someone else's `enc` can't prove it for a record of their own. The place
 * that such a proof has in TDH2 (Shoup, Gennaro, EUROCRYPT 1998). Gates check it before they release.
 */
import { randomBytes } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { hash } from "../core/hash.ts";
import { demandSize, type VersionBinding, writeVersionBinding } from "./binding.ts";
import { GENERATOR, pointBytes } from "./curve.ts";
import { checkKnowledge, proveKnowledge, type Statement } from "./schnorr.ts";

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
export async function proveIndex(
  secret: bigint,
  { enc, ct }: Pick<SealedIndex, "enc" | "ct">,
  binding: IndexBinding,
  nonceSeed: Uint8Array = randomBytes(32),
): Promise<Uint8Array> {
  return proveKnowledge(secret, statementOf(enc, ct, binding), nonceSeed);
}

/**
 * Demands that whoever made this index for this binding knows the discrete logarithm of `enc`; rejects with
 * `proof-invalid`. Await it: a call alone demands nothing.
 */
export async function checkIndexProof(index: SealedIndex, binding: IndexBinding): Promise<void> {
  await checkKnowledge(index.enc, statementOf(index.enc, index.ct, binding), index.proof);
}

function statementOf(enc: Uint8Array, ct: Uint8Array, binding: IndexBinding): Statement {
  return {
    domain: "diptych/seal/index-proof/v1",
    nonceDomain: "diptych/seal/index-proof-nonce/v1",
    parts: [
      indexBindingBytes(binding),
      hash("diptych/seal/index-body/v1", enc, ct),
      pointBytes(GENERATOR),
      enc,
    ],
  };
}
