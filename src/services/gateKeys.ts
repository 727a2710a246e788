/** A gate's keys. All come from one seed, so that a gate that was wiped is the same again with its seed alone. */
import { BaseWallet, SigningKey } from "ethers";
import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { deriveKey } from "../core/hash.ts";
import type { Address } from "../ledger/chain.ts";
import { deriveKeyPair, type HpkeKeyPair } from "../seal/index.ts";

/** A gate's keys, all from one 32-byte seed. */
export type GateKeys = {
  address: Address;
  /** Its account: stands in the key registry, signs receipts, anchors and complaints. */
  wallet: BaseWallet;
  /** Shares are sealed to it. */
  hpke: HpkeKeyPair;
};

/**
 * The keys of the gate with this seed (32 secret bytes).
 *
 * @throws DiptychError `argument-invalid` for a seed of another length
 */
export async function deriveGateKeys(seed: Uint8Array): Promise<GateKeys> {
  if (seed.length !== 32) throw new DiptychError("argument-invalid", "A gate's seed has 32 bytes.");
  const account = deriveKey(seed, {}, "diptych/gate/account/v1");
  const hpke = await deriveKeyPair(deriveKey(seed, {}, "diptych/gate/hpke/v1"));
  const wallet = new BaseWallet(new SigningKey(hex(account)));
  return { address: wallet.address, wallet, hpke };
}
