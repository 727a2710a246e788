/** Sharing an index key out over a chain's gates (F6). */

import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Side } from "../ledger/chain.ts";
import { keySetIdOf } from "../ledger/ids.ts";
import { KeyRegistry } from "../ledger/keyRegistry.ts";
import type { Mined } from "../ledger/transactions.ts";
import { deal, isPublicKey, sealShare } from "../seal/index.ts";
import type { Owner } from "./owner.ts";

/**
 * Deals a fresh generation of shares of the chain's index key: any `threshold` of `gates` open an index together.
 *
 * @throws DiptychError `argument-invalid` for a gate that the chain's key registry doesn't list
 */
export async function appointGates(
  owner: Owner,
  side: Side,
  gates: readonly Address[],
  threshold: number,
): Promise<Mined> {
  const chain = owner.chains[side];
  const registry = new KeyRegistry(chain);
  const signer = await owner.signer(side);
  const dealer = await signer.getAddress();
  const { secret, publicKey } = owner.keys.index(chain);
  const keySet = keySetIdOf(dealer, publicKey);
  const generation = (await registry.generationOf(keySet)) + 1;
  const { commitments, shares } = deal(secret, threshold, gates.length);
  const sealedShares = await Promise.all(
    gates.map(async (gate, i) => {
      const { hpkeKey } = await registry.gate(gate);
      if (!isPublicKey(hpkeKey))
        throw new DiptychError(
          "argument-invalid",
          `The ${side} chain lists no gate ${gate}: choose among its gates.`,
        );
      return sealShare(shares[i]!, {
        chainId: chain.chainId,
        contract: unhex(chain.keyRegistry),
        dealer: unhex(dealer),
        keySet: unhex(keySet),
        generation,
        gateKey: hpkeKey,
        index: i + 1,
        count: gates.length,
        commitments,
      });
    }),
  );
  return registry.deal(signer, {
    indexKey: publicKey,
    threshold,
    gates: [...gates],
    commitments,
    sealedShares,
  });
}
