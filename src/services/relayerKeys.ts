/** A relayer's accounts: all from one seed, another one on each chain, so that nothing joins what it carries to both. */
import { BaseWallet, SigningKey } from "ethers";
import { hex, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { deriveKey } from "../core/hash.ts";
import type { Side } from "../ledger/chain.ts";

/**
 * The accounts of the relayer with this seed (32 secret bytes).
 *
 * @throws DiptychError `argument-invalid` for a seed of another length
 */
export function deriveRelayerAccounts(seed: Uint8Array): Record<Side, BaseWallet> {
  if (seed.length !== 32) throw new DiptychError("argument-invalid", "A relayer's seed has 32 bytes.");
  const account = (side: Side) =>
    new BaseWallet(new SigningKey(hex(deriveKey(seed, {}, "diptych/relayer/account/v1", utf8(side)))));
  return { storage: account("storage"), shared: account("shared") };
}
