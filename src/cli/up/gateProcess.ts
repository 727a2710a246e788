/** One gate, in a process of its own: of `diptych up`, or what `diptych gate run` is. */
import type { JsonRpcProvider } from "ethers";
import { wipe } from "../../core/bytes.ts";
import { openChain } from "../../ledger/chain.ts";
import { Gate } from "../../services/gate.ts";
import { type GateServeOptions, serveGate } from "../../services/gateServer.ts";
import type { Orders, Running } from "./messages.ts";

export async function startGate(
  orders: Orders["gate"],
  options: GateServeOptions = {},
): Promise<Running<"gate">> {
  const { port, host, seed, nextSeed, confirmations } = orders;
  const chain = await openChain(orders.chain, orders.chain.rpc, { batchStallTime: 5 });
  const gate = await Gate.open(chain, seed, confirmations, nextSeed === undefined ? {} : { nextSeed });
  wipe(seed);
  if (nextSeed !== undefined) wipe(nextSeed);
  const where = host === undefined ? { port } : { port, host };
  const served = await serveGate(gate, { log: { level: "info" }, ...where, ...options });
  return {
    facts: { url: served.url, address: gate.address, hpkeKey: gate.identities[0]!.hpkeKey },
    close: async () => {
      await served.close();
      gate.close();
      (chain.provider as JsonRpcProvider).destroy();
    },
  };
}
