/** What every role's desk works with: the chains, the person's keys and accounts, and the acts under way. */
import { DiptychError, type Side } from "diptych";
import type { WalletAccount } from "./accounts.ts";
import type { Acts } from "./acts.ts";
import type { Vault } from "./vault.ts";
import type { Accounts, World } from "./world.ts";

export class Office {
  readonly world: World;
  readonly vault: Vault;
  readonly acts: Acts;
  private chosen: Accounts | undefined;
  private readonly opened = new Map<string, Promise<unknown>>();

  constructor(world: World, vault: Vault, acts: Acts) {
    this.world = world;
    this.vault = vault;
    this.acts = acts;
  }

  /** The accounts of the wallet that is connected, or undefined when none is. */
  useAccounts(accounts: Accounts | undefined): void {
    const same = accounts?.storage === this.chosen?.storage && accounts?.shared === this.chosen?.shared;
    this.chosen = accounts;
    if (!same) this.opened.clear();
  }

  /** @throws DiptychError `key-missing` while no wallet is connected */
  accounts(): Accounts {
    if (this.chosen === undefined)
      throw new DiptychError("key-missing", "Connect your wallet first: it signs for you on the chains.");
    return this.chosen;
  }

  signers(): Promise<Record<Side, WalletAccount>> {
    return this.world.accountsOf(this.accounts());
  }

  /** Opens a role once; again after the keys were locked, another account was chosen, or opening failed. */
  open<T>(role: string, make: () => Promise<T>): Promise<T> {
    const known = this.opened.get(role) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.opened.set(role, made);
    made.catch(() => {
      if (this.opened.get(role) === made) this.opened.delete(role);
    });
    return made;
  }

  /** Forgets a role that was opened: it is opened anew, with what stands on the chains by then. */
  reopen(role: string): void {
    this.opened.delete(role);
  }

  /** Forgets all that was opened with keys, and the keys. */
  lock(): void {
    this.acts.cancelAll();
    this.opened.clear();
    this.vault.lock();
  }
}
