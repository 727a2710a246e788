/** The chains and services that this page's roles work with. */
import { type Chain, openChain, type Side } from "diptych";
import { type AskWallet, WalletAccount } from "./accounts.ts";
import { type PageConfig, sides } from "./config.ts";

/** The account that a person uses on each chain: the same or, so that nobody links the two, different ones. */
export type Accounts = Record<Side, string>;

export class World {
  readonly config: PageConfig;
  private readonly ask: AskWallet;
  private opened: Promise<Record<Side, Chain>> | undefined;

  constructor(config: PageConfig, ask: AskWallet) {
    this.config = config;
    this.ask = ask;
  }

  /** Both chains, opened once; asked again after a failure. */
  chains(): Promise<Record<Side, Chain>> {
    this.opened ??= this.open().catch((error) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** The wallet's accounts, ready for the roles. */
  async accountsOf(accounts: Accounts): Promise<Record<Side, WalletAccount>> {
    const chains = await this.chains();
    const account = (side: Side) => new WalletAccount(chains[side], accounts[side], this.ask);
    return { storage: account("storage"), shared: account("shared") };
  }

  private async open(): Promise<Record<Side, Chain>> {
    const [storage, shared] = await Promise.all(
      sides.map((side) => openChain({ side, ...this.config.chains[side] }, this.config.chains[side].rpc)),
    );
    return { storage: storage!, shared: shared! };
  }
}

/** A name for these chains that no others have: for what a browser keeps about them. */
export function nameOfWorld({ chains }: PageConfig): string {
  return sides
    .map((side) => {
      const { chainId, ledger, genesisHash = "" } = chains[side];
      return `${chainId}-${ledger.toLowerCase().slice(2, 12)}-${genesisHash.slice(2, 12)}`;
    })
    .join("/");
}
