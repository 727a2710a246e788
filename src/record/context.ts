/** Associated data: what a part's ciphertext and a view's capsule are bound to (paper, 5.1.3). */
import { Writer } from "../core/encoding.ts";
import type { Placement } from "./placement.ts";

/** For C_mi: EMR id (32 bytes), position, key generation g_i. Not the version: untouched parts outlive many. */
export function partContext(emrId: Uint8Array, position: number, generation: number): Uint8Array {
  return new Writer().text("diptych/record/part/v1").fixed(emrId).u16(position).u32(generation).finish();
}

/** For a view's capsule: chain, contract, ledger record id, version. */
export function capsuleContext(placement: Placement): Uint8Array {
  return new Writer()
    .text("diptych/record/capsule/v1")
    .u256(placement.chainId)
    .fixed(placement.contract)
    .fixed(placement.ledgerRecordId)
    .u64(placement.version)
    .finish();
}

/**
 * The HPKE info of a record that is handed over: for each chain, the storage chain's first, its id, its ledger contract and the
 * account (20 bytes each) that takes over there.
 */
export function handOverInfo(
  places: readonly { chainId: number | bigint; contract: Uint8Array; account: Uint8Array }[],
): Uint8Array {
  const writer = new Writer().text("diptych/hand-over/v1");
  for (const { chainId, contract, account } of places) writer.u256(chainId).fixed(contract).fixed(account);
  return writer.finish();
}

/** The HPKE info of P's own copy, sealed to the record key: the EMR stands inside. */
export const ownCopyInfo: Uint8Array = new Writer().text("diptych/record/own-copy/v1").finish();
