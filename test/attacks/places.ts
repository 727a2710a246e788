/** What everybody can read off the chain and attacks need to be told: where a view stands. */
import { unhex } from "../../src/core/bytes.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import type { LedgerRecord } from "../../src/ledger/index.ts";
import type { IndexBinding } from "../../src/seal/index.ts";

/** What an index of this version is bound to; its fields without the key set are a `Placement`. */
export function bindingOf(
  chain: Chain,
  ledgerRecordId: string,
  { version, keySet }: Pick<LedgerRecord, "version" | "keySet">,
): IndexBinding {
  return {
    chainId: chain.chainId,
    contract: unhex(chain.ledger),
    ledgerRecordId: unhex(ledgerRecordId),
    version,
    keySet: unhex(keySet),
  };
}
