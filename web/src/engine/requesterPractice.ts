/** A requester at work: the role, and what this browser keeps for its account. */
import { type Chain, Requester, type Side } from "diptych";
import type { Office } from "./office.ts";
import type { Held } from "./requesterHeld.ts";
import { Notes } from "./requesterNotes.ts";

export type RequesterPractice = {
  requester: Requester;
  notes: Notes;
  chains: Record<Side, Chain>;
  /** URL of the authority. */
  authority: string;
  /** The record that is open. */
  held?: Held;
};

/** Opens the requester of the connected wallet. It asks both ledgers with one account, which its attribute key is made for. */
export async function openPractice(office: Office): Promise<RequesterPractice> {
  const { world, vault } = office;
  const { authority, gateway } = world.config;
  const { storage: account } = office.accounts();
  const chains = await world.chains();
  const accounts = await world.accountsOf({ storage: account, shared: account });
  // Each account has keys of its own: another one in the same browser never meets them.
  const store = vault.store(`account/${account.toLowerCase()}/`);
  const requester = await Requester.open({
    keyStore: store,
    chains,
    account: accounts.storage,
    accounts,
    authority,
    gateway,
  });
  return { requester, notes: new Notes(store), chains, authority };
}
