import { unhex } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import type { KeyRequest } from "../ledger/typedData.ts";

/** The HPKE info under which SK_AU travels: authority, chain, registry, account and the nonce of the request. */
export function keyInfo(chain: Chain, account: Address, request: KeyRequest): Uint8Array {
  return new Writer()
    .text("diptych/authority/key/v1")
    .text(request.authority)
    .u256(chain.chainId)
    .fixed(unhex(chain.attributeRegistry))
    .fixed(unhex(account))
    .fixed(unhex(request.nonce))
    .finish();
}
