/** The key that indexes are sealed to: one a chain, shared out to that chain's gates. */
import { deriveKey } from "../core/hash.ts";
import { demandSize } from "./binding.ts";
import { GENERATOR, pointBytes, reduceToScalar } from "./curve.ts";

/** `secret`: a scalar of P-256; `publicKey`: 65 bytes, an HPKE public key like any other. */
export interface IndexKey {
  secret: bigint;
  publicKey: Uint8Array;
}

/** The index key of 32 secret bytes, the same every time. */
export function deriveIndexKey(seed: Uint8Array): IndexKey {
  demandSize(seed, 32, "seed of the index key");
  const secret = reduceToScalar(deriveKey(seed, { size: 48 }, "diptych/seal/index-key/v1"));
  return { secret, publicKey: pointBytes(GENERATOR.multiply(secret)) };
}
