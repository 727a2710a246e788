/**
 * A wallet as MetaMask behaves, for tests: it asks for everything that MetaMask shows to a person, keeps what it asked, and
 * answers as it is told. Its keys stay out of the browser.
 */
import {
  type BaseWallet,
  JsonRpcProvider,
  type TypedDataDomain,
  type TypedDataField,
  Wallet as WalletAccount,
} from "ethers";
import type { BrowserContext } from "playwright-core";

/** Something that the wallet showed to its person. */
export type Prompt = {
  kind: "connect" | "switch" | "add" | "sign" | "send";
  /** The chain that the wallet stood on when it asked. */
  chainId: number;
  /** What was to be signed, by its primary type. */
  subject?: string;
};

export type Answer = "yes" | "no" | "lock";

export type TestWalletOptions = {
  /** Where each chain's node answers, by chain id. */
  nodes: Readonly<Record<number, string>>;
  accounts?: readonly BaseWallet[];
  /** Chains that it knows from the beginning; all unless said. */
  knows?: readonly number[];
  /** How it answers a switch to a chain that it doesn't know; 4902 unless said. */
  unknownChain?: 4901 | 4902 | -32603;
  /** After a chain was added it stays where it is until it is told to switch. */
  staysAfterAdd?: boolean;
  name?: string;
};

type Call = { method: string; params?: readonly unknown[] };
type Outcome = { result: unknown } | { error: { code: number; message: string; data?: unknown } };

class Refusal extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** A chain on which nobody's contracts stand: where wallets are when they are installed. */
const elsewhere = 1;

export class TestWallet {
  /** Everything that it asked, in order. */
  readonly prompts: Prompt[] = [];
  /** Says yes or no to each prompt; yes unless a test says otherwise. */
  answer: (prompt: Prompt) => Answer | Promise<Answer> = () => "yes";
  accounts: readonly BaseWallet[];
  locked = false;
  private chainId = elsewhere;
  private readonly known: Set<number>;
  private readonly options: TestWalletOptions;
  private allowed = false;
  private context: BrowserContext | undefined;
  private readonly providers = new Map<number, JsonRpcProvider>();
  /** MetaMask shows one thing at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: TestWalletOptions) {
    this.options = options;
    this.accounts = options.accounts ?? [WalletAccount.createRandom(), WalletAccount.createRandom()];
    this.known = new Set(options.knows ?? Object.keys(options.nodes).map(Number));
  }

  /** Lets it announce itself on every page of a context. */
  async install(context: BrowserContext): Promise<void> {
    this.context = context;
    await context.exposeBinding("testWalletCall", (_source, call: Call) => this.take(call));
    await context.addInitScript(announce, { name: this.options.name ?? "Test wallet" });
  }

  /** What it was asked since the last call of this. */
  takePrompts(): Prompt[] {
    return this.prompts.splice(0);
  }

  async lock(): Promise<void> {
    this.locked = true;
    await this.emit("accountsChanged", []);
  }

  async unlock(): Promise<void> {
    this.locked = false;
    await this.emit("accountsChanged", this.addresses());
  }

  /** The person chooses other accounts in the wallet. */
  async use(accounts: readonly BaseWallet[]): Promise<void> {
    this.accounts = accounts;
    await this.emit("accountsChanged", this.addresses());
  }

  close(): void {
    for (const each of this.providers.values()) each.destroy();
  }

  /** In small letters, as MetaMask tells them. */
  private addresses(): string[] {
    return this.allowed && !this.locked ? this.accounts.map(({ address }) => address.toLowerCase()) : [];
  }

  private async emit(event: string, value: unknown): Promise<void> {
    for (const page of this.context?.pages() ?? [])
      await page.evaluate(
        ([name, told]) => {
          const { testWalletTell } = globalThis as {
            testWalletTell?: (event: unknown, value: unknown) => void;
          };
          testWalletTell?.(name, told);
        },
        [event, value] as const,
      );
  }

  private async take({ method, params = [] }: Call): Promise<Outcome> {
    try {
      return { result: await this.perform(method, params) };
    } catch (error) {
      const { code, message, data } = error as Refusal;
      return { error: { code: typeof code === "number" ? code : -32603, message, data } };
    }
  }

  private perform(method: string, params: readonly unknown[]): Promise<unknown> | unknown {
    switch (method) {
      case "eth_chainId":
        return `0x${this.chainId.toString(16)}`;
      case "eth_accounts":
        return this.addresses();
      case "eth_requestAccounts":
        return this.inTurn(() => this.connect());
      case "wallet_switchEthereumChain":
        return this.inTurn(() => this.switchTo(Number((params[0] as { chainId: string }).chainId)));
      case "wallet_addEthereumChain":
        return this.inTurn(() => this.add(Number((params[0] as { chainId: string }).chainId)));
      case "eth_signTypedData_v4":
        return this.inTurn(() => this.sign(String(params[0]), String(params[1])));
      case "eth_sendTransaction":
        return this.inTurn(() => this.send(params[0] as Record<string, string>));
      default:
        throw new Refusal(4200, `The method ${method} is not supported.`);
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async ask(prompt: Omit<Prompt, "chainId">): Promise<void> {
    const shown = { ...prompt, chainId: this.chainId };
    this.prompts.push(shown);
    const answer = await this.answer(shown);
    if (answer === "lock") await this.lock();
    if (answer !== "yes") throw new Refusal(4001, "User rejected the request.");
  }

  private async connect(): Promise<string[]> {
    if (this.locked) throw new Refusal(-32002, "Already processing eth_requestAccounts. Please wait.");
    if (!this.allowed) await this.ask({ kind: "connect" });
    this.allowed = true;
    return this.addresses();
  }

  private async switchTo(chainId: number): Promise<null> {
    const { unknownChain = 4902 } = this.options;
    if (!this.known.has(chainId))
      throw unknownChain === -32603
        ? new Refusal(-32603, "Internal error", { originalError: { code: 4902 } })
        : new Refusal(unknownChain, "Unrecognized chain ID. Try adding the chain first.");
    if (chainId === this.chainId) return null;
    await this.ask({ kind: "switch" });
    await this.moveTo(chainId);
    return null;
  }

  private async add(chainId: number): Promise<null> {
    if (this.options.nodes[chainId] === undefined) throw new Refusal(-32602, "No node answers there.");
    await this.ask({ kind: "add" });
    this.known.add(chainId);
    if (this.options.staysAfterAdd !== true) await this.moveTo(chainId);
    return null;
  }

  private async moveTo(chainId: number): Promise<void> {
    this.chainId = chainId;
    await this.emit("chainChanged", `0x${chainId.toString(16)}`);
  }

  private accountOf(address: string): BaseWallet {
    const found = this.accounts.find((each) => each.address.toLowerCase() === address.toLowerCase());
    if (found === undefined || !this.allowed || this.locked)
      throw new Refusal(4100, "The requested account and/or method has not been authorized by the user.");
    return found;
  }

  private async sign(address: string, payload: string): Promise<string> {
    const account = this.accountOf(address);
    const { domain, types, message, primaryType } = JSON.parse(payload) as {
      domain: TypedDataDomain;
      types: Record<string, TypedDataField[]>;
      message: Record<string, unknown>;
      primaryType: string;
    };
    if (Number(domain.chainId) !== this.chainId)
      throw new Refusal(
        -32603,
        `Provided chainId "${domain.chainId}" must match the active chainId "${this.chainId}"`,
      );
    await this.ask({ kind: "sign", subject: primaryType });
    const { EIP712Domain: _, ...own } = types;
    return account.signTypedData(domain, own, message);
  }

  private async send(call: Record<string, string>): Promise<string> {
    const account = this.accountOf(String(call.from));
    const node = this.nodeOf(this.chainId);
    await this.ask({ kind: "send" });
    const { from: _, gas, ...rest } = call;
    const sent = await account.connect(node).sendTransaction({ ...rest, ...(gas ? { gasLimit: gas } : {}) });
    return sent.hash;
  }

  private nodeOf(chainId: number): JsonRpcProvider {
    const known = this.providers.get(chainId);
    if (known !== undefined) return known;
    const url = this.options.nodes[chainId];
    if (url === undefined) throw new Refusal(4901, "The provider is not connected to the requested chain.");
    const made = new JsonRpcProvider(url, chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 50,
    });
    this.providers.set(chainId, made);
    return made;
  }
}

/** Runs in the page, before its own scripts: an EIP-1193 provider that has everything done outside. */
function announce({ name }: { name: string }): void {
  type Listener = (value: unknown) => void;
  const listeners = new Map<string, Set<Listener>>();
  const of = (event: string) => {
    const known = listeners.get(event) ?? new Set<Listener>();
    listeners.set(event, known);
    return known;
  };
  const outside = globalThis as unknown as {
    testWalletCall: (call: unknown) => Promise<{ result?: unknown; error?: { message: string } }>;
    testWalletTell: (event: string, value: unknown) => void;
  };
  outside.testWalletTell = (event, value) => {
    for (const each of of(event)) each(value);
  };
  const provider = {
    request: async (call: { method: string; params?: unknown[] }) => {
      const { result, error } = await outside.testWalletCall(call);
      if (error !== undefined) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on: (event: string, listener: Listener) => {
      of(event).add(listener);
      return provider;
    },
    removeListener: (event: string, listener: Listener) => {
      of(event).delete(listener);
      return provider;
    },
  };
  const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
  // Pages that are still empty have no randomUUID.
  const info = { uuid: "6c1f2a4e-0d5b-4f7c-9a3e-5b8d7e2f1c90", name, icon, rdns: "org.example.test-wallet" };
  const detail = Object.freeze({ info, provider });
  const tell = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  window.addEventListener("eip6963:requestProvider", tell);
  tell();
}
