/**
 * The key P derives for one EMR: its hash is the pseudonym in the signed header, and its signature says on which ledger
 * record, in which version, this header stands. So nobody can publish another's record as their own.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { type Header, headerDigest } from "../ces/index.ts";
import { equal } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { hash, transcript } from "../core/hash.ts";

/** Where a view of a record stands. */
export interface Placement {
  chainId: number | bigint;
  /** Address of the ledger contract, 20 bytes. */
  contract: Uint8Array;
  /** 32 bytes. */
  ledgerRecordId: Uint8Array;
  version: number | bigint;
}

/** Public half (Ed25519, RFC 8032, 32 bytes) of an EMR key, whose secret is 32 bytes of seed. */
export function emrPublicKey(secret: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(secret);
}

/** The pseudonym in a header: 32 bytes. */
export function pseudonymOf(publicKey: Uint8Array): Uint8Array {
  return hash("diptych/record/pseudonym/v1", publicKey);
}

function placementMessage(placement: Placement, header: Uint8Array): Uint8Array {
  const { chainId, contract, ledgerRecordId, version } = placement;
  if (contract.length !== 20 || ledgerRecordId.length !== 32)
    throw new DiptychError("argument-invalid", "A contract has 20 bytes and a ledger record id 32.");
  const place = new Writer().u256(chainId).fixed(contract).fixed(ledgerRecordId).u64(version).finish();
  return transcript("diptych/record/placement/v1", place, headerDigest(header));
}

/** Ed25519 signature (64 bytes) over chain, contract, ledger record id, version and the digest of the header's bytes. */
export function signPlacement(secret: Uint8Array, placement: Placement, header: Uint8Array): Uint8Array {
  return ed25519.sign(placementMessage(placement, header), secret);
}

/**
 * Demands that the header's patient put it on this place: `emrPublicKey` hashes to the pseudonym and signed the placement
 * (RFC 8032, strict). `header` are canonical bytes, `pseudonym` is from the verified header. Throws `keyring-invalid`.
 */
export function verifyPlacement(
  claim: { emrPublicKey: Uint8Array; emrSignature: Uint8Array; header: Uint8Array },
  pseudonym: Header["pseudonym"],
  placement: Placement,
): void {
  const message = placementMessage(placement, claim.header);
  const named = equal(pseudonymOf(claim.emrPublicKey), pseudonym);
  let signed = false;
  try {
    signed = ed25519.verify(claim.emrSignature, message, claim.emrPublicKey, { zip215: false });
  } catch {
    // Malformed points and signatures are just not a signature.
  }
  if (!named || !signed)
    throw new DiptychError(
      "keyring-invalid",
      "This record doesn't belong on this ledger record: its patient didn't put it there. Don't trust it.",
    );
}
