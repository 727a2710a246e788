/**
 * The keys of a patient, each used for one thing, all from one secret seed of 32 bytes: with the seed alone everything
 * comes back.
 */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { wipe } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { deriveKey } from "../core/hash.ts";
import { demandSize } from "./binding.ts";
import { reduceToScalar } from "./curve.ts";
import { deriveKeyPair, type HpkeKeyPair } from "./hpke.ts";
import { deriveIndexKey, type IndexKey } from "./indexKey.ts";

/** The HPKE key that Info1 and the patient's own copy are sealed to; never shared out. */
export async function deriveRecordKey(seed: Uint8Array): Promise<HpkeKeyPair> {
  const own = derive(seed, 32, "diptych/owner/record-key/v1");
  try {
    return await deriveKeyPair(own);
  } finally {
    wipe(own);
  }
}

/**
 * The index key of one account (`dealer`, 20 bytes) for one ledger: chain id and contract (20 bytes). `number` counts from 0:
 * the next one is taken when t shares of the last may be lost. A new account starts with keys that no gate has seen.
 */
export function deriveOwnerIndexKey(
  seed: Uint8Array,
  chainId: bigint | number,
  contract: Uint8Array,
  dealer: Uint8Array,
  number = 0,
): IndexKey {
  const place = new Writer()
    .u256(chainId)
    .fixed(demandSize(contract, 20, "contract address"))
    .fixed(demandSize(dealer, 20, "dealer address"))
    .u32(number)
    .finish();
  return deriveIndexKey(derive(seed, 32, "diptych/owner/index-key/v1", place));
}

/** The Ed25519 seed (RFC 8032 private key, 32 bytes) of one EMR; the hash of its public key is the header's pseudonym. */
export function deriveEmrKey(seed: Uint8Array, emrId: Uint8Array): Uint8Array {
  return derive(seed, 32, "diptych/owner/emr-key/v1", emrId);
}

/** The id secret, 32 bytes: the key of the HMAC that makes the salts of ledger record ids. */
export function deriveIdSecret(seed: Uint8Array): Uint8Array {
  return derive(seed, 32, "diptych/owner/id-secret/v1");
}

/** The secp256k1 private key (32 bytes) of the patient's account on one chain, for those who use no wallet. */
export function deriveAccountKey(seed: Uint8Array, chainId: bigint | number): Uint8Array {
  const uniform = derive(seed, 48, "diptych/owner/account/v1", new Writer().u256(chainId).finish());
  const { Fn } = secp256k1.Point;
  return Fn.toBytes(reduceToScalar(uniform, Fn.ORDER));
}

function derive(seed: Uint8Array, size: number, domain: string, ...parts: Uint8Array[]): Uint8Array {
  return deriveKey(demandSize(seed, 32, "owner's seed"), { size }, domain, ...parts);
}
