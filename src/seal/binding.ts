/** What sealed things are bound to: a chain, a contract, a ledger record, a version, a key set. */
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { demandPoint } from "./curve.ts";

/** One version of one ledger record: chain id, contract (20 bytes), ledger record id (32 bytes), version from 1. */
export interface VersionBinding {
  chainId: bigint | number;
  contract: Uint8Array;
  ledgerRecordId: Uint8Array;
  version: bigint | number;
}

/** `bytes` when they have `size`; throws `argument-invalid` naming `what`. */
export function demandSize(bytes: Uint8Array, size: number, what: string): Uint8Array {
  if (bytes.length !== size)
    throw new DiptychError("argument-invalid", `The ${what} must have ${size} bytes, not ${bytes.length}.`);
  return bytes;
}

/** Appends chain id (u256), contract (20), ledger record id (32), version (u64). */
export function writeVersionBinding(writer: Writer, binding: VersionBinding): Writer {
  return writer
    .u256(binding.chainId)
    .fixed(demandSize(binding.contract, 20, "contract address"))
    .fixed(demandSize(binding.ledgerRecordId, 32, "ledger record id"))
    .u64(binding.version);
}

/**
 * The id of a key set, 32 bytes, as the key registry computes it: keccak256(abi.encode(dealer, keccak256(index key))).
 * `dealer` is an address of 20 bytes, `indexKey` a point of 65.
 */
export function keySetId(dealer: Uint8Array, indexKey: Uint8Array): Uint8Array {
  demandSize(dealer, 20, "dealer address");
  demandPoint(indexKey, "index key");
  return keccak256(new Writer().fixed(new Uint8Array(12)).fixed(dealer).fixed(keccak256(indexKey)).finish());
}
