/** The ids that the contracts compute, computed alike. */
import { AbiCoder } from "ethers";
import { hex, unhex } from "../core/bytes.ts";
import { keccak256 } from "../core/hash.ts";
import type { Address } from "./chain.ts";
import type { AccessRequest } from "./request.ts";

/** keccak-256 of the ABI encoding. */
function abiHash(types: string[], values: unknown[]): string {
  return hex(keccak256(unhex(AbiCoder.defaultAbiCoder().encode(types, values))));
}

/**
 * requestId = keccak(chain, contract, ledger record id, epoch, requester, nonce, purpose, response key, expiry): all that a
 * request is about, so that none can be passed off as another (F11).
 */
export function requestIdOf(chain: { chainId: number; ledger: Address }, request: AccessRequest): string {
  return abiHash(
    ["uint256", "address", "bytes32", "uint64", "address", "bytes32", "uint8", "bytes32", "uint64"],
    [
      chain.chainId,
      chain.ledger,
      request.ledgerRecordId,
      request.epoch,
      request.requester,
      request.nonce,
      request.purpose,
      hex(keccak256(unhex(request.responseKey))),
      request.expiry,
    ],
  );
}

/** Ledger record id = keccak(owner, salt): nobody but the owner can take it. */
export function ledgerRecordIdOf(owner: Address, salt: string): string {
  return abiHash(["address", "bytes32"], [owner, salt]);
}

/** A key set is a dealer and an index key (65 bytes). */
export function keySetIdOf(dealer: Address, indexKey: Uint8Array): string {
  return abiHash(["address", "bytes32"], [dealer, hex(keccak256(indexKey))]);
}
