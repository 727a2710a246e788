/** The authority of `diptych up`, in a process of its own; `diptych authority run` is the same in the foreground. */
import { BaseWallet, type JsonRpcProvider, SigningKey } from "ethers";
import { hex, randomBytes, utf8, utf8Decode } from "../../core/bytes.ts";
import { openChain, type Side } from "../../ledger/chain.ts";
import { type KeyStore, keep } from "../../roles/keyStore.ts";
import { serveAuthority } from "../../services/authorityServer.ts";
import type { ServeOptions } from "../../services/httpServer.ts";
import { Officers } from "../../services/officers.ts";
import { Desk } from "../authority/desk.ts";
import { DeskForOfficers } from "../authority/officersDesk.ts";
import { letOperatorsIn } from "../authority/operating.ts";
import { Home } from "../home/home.ts";
import { openRoleKeys } from "../home/roleKeys.ts";
import type { Orders, Running } from "./messages.ts";

/** The accounts that hold the authority's role on the chains: from its key store, made at the first time. */
export async function authorityAccounts(store: KeyStore): Promise<Record<Side, BaseWallet>> {
  const account = async (side: Side) =>
    new BaseWallet(
      new SigningKey(hex(await keep(store, `authority/account/${side}`, () => randomBytes(32)))),
    );
  return { storage: await account("storage"), shared: await account("shared") };
}

/** The authority's name, kept at the first time: it stands in its certificate. */
export async function authorityName(store: KeyStore, first: string): Promise<string> {
  return utf8Decode(await keep(store, "authority/name", () => utf8(first)));
}

export async function startAuthority(
  orders: Orders["authority"],
  options: ServeOptions = {},
): Promise<Running<"authority">> {
  const home = await Home.open(orders.home);
  const keyStore = await openRoleKeys(home, orders.keys);
  const [storage, shared] = await Promise.all([
    openChain(orders.chains.storage, orders.chains.storage.rpc),
    openChain(orders.chains.shared, orders.chains.shared.rpc),
  ]);
  const at = {
    name: await authorityName(keyStore, orders.name),
    keyStore,
    chains: { storage, shared },
    accounts: await authorityAccounts(keyStore),
  };
  const desk = await Desk.open(at);
  await desk.anchor();
  const officers = new Officers({
    ...{ name: at.name, chains: at.chains, officers: orders.officers },
    desk: await DeskForOfficers.open(at, desk),
  });
  const served = await serveAuthority(desk, { port: orders.port, officers, ...options });
  const operators = await letOperatorsIn(home, desk);
  return {
    facts: { url: served.url, name: at.name },
    close: async () => {
      await served.close();
      await operators.close();
      await desk.settled();
      for (const chain of [storage, shared]) (chain.provider as JsonRpcProvider).destroy();
    },
  };
}
