/**
 * Wallets for people without one, in worlds for trying out only. They announce themselves and answer like any other wallet, but say
 * yes to everything by themselves, and their money comes from the local chains' own accounts.
 */
import type { Side } from "diptych";
import {
  hexlify,
  JsonRpcProvider,
  Wallet as KeyedAccount,
  randomBytes,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import { type PageConfig, sides } from "../engine/config.ts";
import type { WalletProvider } from "./discovery.ts";

/** Who a trial wallet plays: somebody, or an officer of the local authority, whose account the chains' nodes hold. */
type Part = "person" | "officer";

const names: Record<Part, string> = {
  person: "Trial wallet",
  officer: "Officer's trial wallet",
};
const kept = "diptych/trial-wallet";
/** The local chains' account that pays for trial wallets. */
const payer = 4;
const gift = 10n ** 18n;

type Request = { method: string; params?: unknown[] | Record<string, unknown> };

class TrialProvider implements WalletProvider {
  private readonly config: PageConfig;
  private readonly part: Part;
  private readonly nodes = new Map<number, JsonRpcProvider>();
  private chainId: number;

  constructor(config: PageConfig, part: Part) {
    this.config = config;
    this.part = part;
    this.chainId = config.chains.storage.chainId;
  }

  async request({ method, params }: Request): Promise<unknown> {
    const values = (params ?? []) as unknown[];
    switch (method) {
      case "eth_requestAccounts":
        await this.fund();
        return this.accounts();
      case "eth_accounts":
        return this.accounts();
      case "eth_chainId":
        return `0x${this.chainId.toString(16)}`;
      case "wallet_switchEthereumChain":
        return this.switchTo(Number((values[0] as { chainId: string }).chainId));
      case "eth_signTypedData_v4":
        return this.sign(String(values[0]), String(values[1]));
      case "eth_sendTransaction":
        return this.send(values[0] as Record<string, string>);
      default:
        return this.node(this.chainId).send(method, values);
    }
  }

  private accounts(): string[] {
    if (this.part === "officer") return this.config.officers?.slice(0, 1) ?? [];
    return this.keys().map((each) => each.address);
  }

  /** One account a chain, so that nobody links the two. */
  private keys(): KeyedAccount[] {
    const known = localStorage.getItem(kept);
    if (known !== null) return (JSON.parse(known) as string[]).map((key) => new KeyedAccount(key));
    const made = sides.map(() => hexlify(randomBytes(32)));
    localStorage.setItem(kept, JSON.stringify(made));
    return made.map((key) => new KeyedAccount(key));
  }

  private keyOf(address: string): KeyedAccount | undefined {
    return this.keys().find((each) => each.address.toLowerCase() === address.toLowerCase());
  }

  private async fund(): Promise<void> {
    for (const side of sides) {
      const node = this.node(this.config.chains[side].chainId);
      const [from] = ((await node.send("eth_accounts", [])) as string[]).slice(payer);
      for (const to of this.accounts())
        if ((await node.getBalance(to)) < gift / 2n)
          await node.send("eth_sendTransaction", [{ from, to, value: `0x${gift.toString(16)}` }]);
    }
  }

  private switchTo(chainId: number): null {
    if (this.sideOf(chainId) === undefined)
      throw Object.assign(new Error("Unrecognized chain."), { code: 4902 });
    this.chainId = chainId;
    return null;
  }

  private async sign(address: string, payload: string): Promise<string> {
    const key = this.keyOf(address);
    if (key === undefined) return this.node(this.chainId).send("eth_signTypedData_v4", [address, payload]);
    const { domain, types, message } = JSON.parse(payload) as {
      domain: TypedDataDomain;
      types: Record<string, TypedDataField[]>;
      message: Record<string, unknown>;
    };
    const { EIP712Domain: _, ...own } = types;
    return key.signTypedData(domain, own, message);
  }

  private async send(call: Record<string, string>): Promise<string> {
    const node = this.node(this.chainId);
    const key = this.keyOf(String(call.from));
    if (key === undefined) return node.send("eth_sendTransaction", [call]);
    const { from: _, gas, ...rest } = call;
    const sent = await key.connect(node).sendTransaction({ ...rest, ...(gas ? { gasLimit: gas } : {}) });
    return sent.hash;
  }

  private node(chainId: number): JsonRpcProvider {
    const known = this.nodes.get(chainId);
    if (known !== undefined) return known;
    const { rpc } = this.config.chains[this.sideOf(chainId) ?? "storage"];
    const made = new JsonRpcProvider(rpc, chainId, { staticNetwork: true, cacheTimeout: -1 });
    this.nodes.set(chainId, made);
    return made;
  }

  private sideOf(chainId: number): Side | undefined {
    return sides.find((side) => this.config.chains[side].chainId === chainId);
  }
}

/** Announces the trial wallets as EIP-6963 has it, now and whenever the page asks. Only where the world is one for trying out. */
export function announceTrialWallets(config: PageConfig, icon: string): void {
  if (config.local !== true) return;
  const parts: Part[] = (config.officers?.length ?? 0) > 0 ? ["person", "officer"] : ["person"];
  const wallets = parts.map((part) => ({
    info: { uuid: crypto.randomUUID(), name: names[part], icon, rdns: `org.diptych.trial.${part}` },
    provider: new TrialProvider(config, part),
  }));
  const announce = () => {
    for (const detail of wallets)
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze(detail) }));
  };
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
}
