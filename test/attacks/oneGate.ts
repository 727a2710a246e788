/** Asking a single gate past the requester's role: what an attacker sends need not be what the role would send. */
import { exchangeJson } from "../../src/cloud/http.ts";
import type { Chain } from "../../src/ledger/chain.ts";
import type { Decided } from "../../src/ledger/index.ts";
import { KeyRegistry } from "../../src/ledger/index.ts";

/** Asks one gate by itself, as whoever knows the request can. */
export async function askGate(
  chain: Chain,
  gate: string,
  request: Decided,
  change: Partial<Decided> = {},
): Promise<{ place: number; sealed: string }> {
  const { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry } = { ...request, ...change };
  const { url } = await new KeyRegistry(chain).gate(gate);
  return (await exchangeJson({
    service: "the gate",
    url: `${url}/v1/releases`,
    body: { ledgerRecordId, epoch, requester, nonce, purpose, responseKey, expiry },
  })) as { place: number; sealed: string };
}
