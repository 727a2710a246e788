/** The ids that the contracts compute, computed alike. */
import { hex, unhex } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { keccak256 } from "../core/hash.ts";
import type { Address } from "./chain.ts";
import type { AccessRequest } from "./request.ts";

/**
 * keccak-256 of the ABI encoding of values that take one word each: numbers, addresses (20 bytes) and bytes32, as hex. Gates do
 * it for each release; ethers' general encoder takes ten times as long.
 */
function abiHash(...values: (number | string)[]): string {
  const writer = new Writer();
  for (const value of values) writer.u256(typeof value === "number" ? value : BigInt(value));
  return hex(keccak256(writer.finish()));
}

/**
 * requestId = keccak(chain, contract, ledger record id, epoch, requester, nonce, purpose, response key, expiry): all that a
 * request is about, so that none can be passed off as another (F11).
 */
export function requestIdOf(chain: { chainId: number; ledger: Address }, request: AccessRequest): string {
  return abiHash(
    chain.chainId,
    chain.ledger,
    request.ledgerRecordId,
    request.epoch,
    request.requester,
    request.nonce,
    request.purpose,
    hex(keccak256(unhex(request.responseKey))),
    request.expiry,
  );
}

/** Ledger record id = keccak(owner, salt): nobody but the owner can take it. */
export function ledgerRecordIdOf(owner: Address, salt: string): string {
  return abiHash(owner, salt);
}

/** A key set is a dealer and an index key (65 bytes). */
export function keySetIdOf(dealer: Address, indexKey: Uint8Array): string {
  return abiHash(dealer, hex(keccak256(indexKey)));
}
