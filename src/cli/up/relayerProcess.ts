/** The relayer, in a process of its own: of `diptych up`, or what `diptych relayer run` is. */
import type { JsonRpcProvider } from "ethers";
import { wipe } from "../../core/bytes.ts";
import { openChain, type Side } from "../../ledger/chain.ts";
import { deriveRelayerAccounts } from "../../services/relayerKeys.ts";
import { Relayer, type RelayerServeOptions, serveRelayer } from "../../services/relayerServer.ts";
import { identify } from "../home/binding.ts";
import { JournalFile } from "../relayer/journalFile.ts";
import type { Orders, Running } from "./messages.ts";

export async function startRelayer(
  orders: Orders["relayer"],
  options: RelayerServeOptions = {},
): Promise<Running<"relayer">> {
  const { port, host, seed, chains, confirmations, journal, terms = {} } = orders;
  const wallets = deriveRelayerAccounts(seed);
  wipe(seed);
  const [storage, shared] = await Promise.all([
    openChain(chains.storage, chains.storage.rpc),
    openChain(chains.shared, chains.shared.rpc),
  ]);
  const places = await Promise.all([storage, shared].map(identify));
  const file = new JournalFile(journal, places);
  const relayer = await Relayer.open({
    ...terms,
    confirmations,
    journal: file,
    accounts: {
      storage: { chain: storage, wallet: wallets.storage },
      shared: { chain: shared, wallet: wallets.shared },
    },
  });
  const where = host === undefined ? { port } : { port, host };
  const served = await serveRelayer(relayer, { log: { level: "info" }, ...where, ...options });
  const address = (side: Side) => wallets[side].address;
  return {
    facts: { url: served.url, accounts: { storage: address("storage"), shared: address("shared") } },
    close: async () => {
      await served.close();
      await relayer.close();
      await file.close();
      for (const chain of [storage, shared]) (chain.provider as JsonRpcProvider).destroy();
    },
  };
}
