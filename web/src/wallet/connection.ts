/** The wallet that is connected to the page: its accounts, and the one thing at a time that it is asked for. */
import type { Side } from "diptych";
import { checksummed } from "../engine/checksummed.ts";
import { type PageConfig, sides } from "../engine/config.ts";
import { Failure } from "../engine/failures.ts";
import type { Accounts } from "../engine/world.ts";
import type { Wallet } from "./discovery.ts";
import { ensureChain, type WalletChain, walletFailure } from "./switching.ts";

/** What the wallet is being asked for now, to be shown beside it. */
export type Ask = {
  kind: "connect" | "sign" | "send" | "switch" | "add";
  side?: Side;
  /** What is signed: the primary type of the typed data (`Upload`, `Index`, ...) or the contract's function. */
  subject?: string;
};

export type ConnectionState = {
  wallet?: Wallet;
  accounts?: Accounts;
  /** All accounts that the wallet lets the page use. */
  available: readonly string[];
  ask?: Ask;
};

const remembered = "diptych/wallet";
type Remembered = { rdns: string; accounts: Accounts };

/** A store that React subscribes to. */
export class Connection {
  private current: ConnectionState = { available: [] };
  private readonly listeners = new Set<() => void>();
  private readonly chains: Record<Side, WalletChain>;
  private turn: Promise<unknown> = Promise.resolve();
  private leave: () => void = () => undefined;

  constructor(config: PageConfig, nameOf: (side: Side) => string) {
    const chain = (side: Side) => ({ ...config.chains[side], side, name: nameOf(side) });
    this.chains = { storage: chain("storage"), shared: chain("shared") };
  }

  readonly state = (): ConnectionState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The wallet that was connected before in this browser, by its name. */
  static lastUsed(): string | undefined {
    return readRemembered()?.rdns;
  }

  /** Connects a wallet; with `silently` only if it lets the page use accounts already. @throws Failure */
  async connect(wallet: Wallet, silently = false): Promise<void> {
    const method = silently ? "eth_accounts" : "eth_requestAccounts";
    if (!silently) this.set({ ...this.current, ask: { kind: "connect" } });
    let available: string[];
    try {
      available = (await wallet.provider.request({ method })) as string[];
    } catch (error) {
      throw walletFailure(error);
    } finally {
      this.set({ ...this.current, ask: undefined });
    }
    this.leave();
    this.leave = this.follow(wallet);
    this.adopt(wallet, available);
  }

  disconnect(): void {
    this.leave();
    localStorage.removeItem(remembered);
    this.current = { available: [] };
    this.tell();
  }

  /** Which account to use on each chain, of those available. */
  choose(accounts: Accounts): void {
    const { wallet } = this.current;
    if (wallet === undefined) return;
    localStorage.setItem(
      remembered,
      JSON.stringify({ rdns: wallet.info.rdns, accounts } satisfies Remembered),
    );
    this.set({ ...this.current, accounts });
  }

  /** Asks the wallet for one thing on one chain, after what was asked before; puts it on the chain first. @throws Failure */
  ask(side: Side, method: string, params: readonly unknown[], subject?: string): Promise<unknown> {
    const mine = this.turn.then(() => this.askNow(side, method, params, subject));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async askNow(
    side: Side,
    method: string,
    params: readonly unknown[],
    subject: string | undefined,
  ): Promise<unknown> {
    const { wallet } = this.current;
    if (wallet === undefined)
      throw new Failure("wallet-missing", "No wallet is connected: connect yours, then do this again.");
    try {
      await ensureChain(wallet.provider, this.chains[side], (kind) => {
        this.set({ ...this.current, ask: { kind, side } });
      });
      const kind = method === "eth_sendTransaction" ? "send" : "sign";
      this.set({ ...this.current, ask: { kind, side, ...(subject === undefined ? {} : { subject }) } });
      return await wallet.provider.request({ method, params: [...params] });
    } catch (error) {
      throw walletFailure(error);
    } finally {
      this.set({ ...this.current, ask: undefined });
    }
  }

  private follow(wallet: Wallet): () => void {
    const changed = (accounts: unknown) => this.adopt(wallet, Array.isArray(accounts) ? accounts : []);
    wallet.provider.on?.("accountsChanged", changed);
    return () => wallet.provider.removeListener?.("accountsChanged", changed);
  }

  /** A locked wallet tells no accounts. Those chosen before are kept as long as the wallet has them. */
  private adopt(wallet: Wallet, told: readonly string[]): void {
    const available = told.map(checksummed);
    const first = available[0];
    if (first === undefined) {
      this.current = { wallet, available: [] };
      this.tell();
      return;
    }
    const before = readRemembered();
    const known =
      before?.rdns === wallet.info.rdns &&
      sides.every((side) => available.includes(before.accounts[side])) &&
      before.accounts;
    const accounts = known || { storage: first, shared: available[1] ?? first };
    this.current = { wallet, available };
    this.choose(accounts);
  }

  private set(next: { [K in keyof ConnectionState]: ConnectionState[K] | undefined }): void {
    const { ask, ...rest } = next;
    this.current = (ask === undefined ? rest : next) as ConnectionState;
    this.tell();
  }

  private tell(): void {
    for (const each of this.listeners) each();
  }
}

function readRemembered(): Remembered | undefined {
  try {
    const { rdns, accounts } = JSON.parse(localStorage.getItem(remembered) ?? "") as Remembered;
    const { storage, shared } = accounts;
    return { rdns, accounts: { storage: checksummed(storage), shared: checksummed(shared) } };
  } catch {
    return undefined;
  }
}
