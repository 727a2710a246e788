/** The gateway of `diptych up`, in a process of its own. */
import { join } from "node:path";
import type { JsonRpcProvider } from "ethers";
import { EmbeddedBlockStore } from "../../cloud/embedded.ts";
import { openChain } from "../../ledger/chain.ts";
import { Gateway } from "../../services/gateway.ts";
import { LetterFolder, serveGateway } from "../../services/gatewayServer.ts";
import type { Orders, Running } from "./messages.ts";

export async function startGateway(orders: Orders["gateway"]): Promise<Running<"gateway">> {
  const { port, confirmations, folder } = orders;
  const [storage, shared] = await Promise.all([
    openChain(orders.chains.storage, orders.chains.storage.rpc),
    openChain(orders.chains.shared, orders.chains.shared.rpc),
  ]);
  const store = await EmbeddedBlockStore.open(folder);
  const letters = await LetterFolder.open(join(folder, "letters"));
  const gateway = new Gateway({ store, chains: { storage, shared }, confirmations });
  const served = await serveGateway(gateway, { port, letters });
  return {
    facts: { url: served.url },
    close: async () => {
      await served.close();
      for (const chain of [storage, shared]) (chain.provider as JsonRpcProvider).destroy();
    },
  };
}
