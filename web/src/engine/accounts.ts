/**
 * A person's wallet account on one chain, as the roles see it. What has to be signed or sent goes to the wallet in the page, which is
 * put on the right chain first; everything else is asked of the chain's own node, so that a wallet on another chain is no obstacle.
 */
import { type Chain, DiptychError, type Side } from "diptych";
import { indexLedgerAbi, keyRegistryAbi } from "diptych/ledger/abi";
import {
  AbstractSigner,
  Interface,
  type InterfaceAbi,
  type Provider,
  type TransactionRequest,
  type TransactionResponse,
  TypedDataEncoder,
  toQuantity,
} from "ethers";

/**
 * What the page does for its worker: asks the wallet, on one chain, for one thing. `subject` is the message's primary type or the
 * contract's function, for the page to say why.
 */
export type AskWallet = (
  side: Side,
  method: string,
  params: readonly unknown[],
  subject?: string,
) => Promise<unknown>;

const contracts = [indexLedgerAbi, keyRegistryAbi].map((abi) => new Interface(abi as InterfaceAbi));

/** The function of our contracts that a call is to. */
function functionOf(data: string): string | undefined {
  for (const each of contracts) {
    const found = each.getFunction(data.slice(0, 10));
    if (found !== null) return found.name;
  }
  return undefined;
}

type TypedData = Parameters<AbstractSigner["signTypedData"]>;

/** How often to look for a transaction that a wallet says it sent, and for how long, in milliseconds. */
const pause = 300;
const patience = 60_000;

export class WalletAccount extends AbstractSigner {
  private readonly chain: Chain;
  private readonly address: string;
  private readonly ask: AskWallet;

  constructor(chain: Chain, address: string, ask: AskWallet) {
    super(chain.provider);
    this.chain = chain;
    this.address = address;
    this.ask = ask;
  }

  override async getAddress(): Promise<string> {
    return this.address;
  }

  /** A wallet's account stays where it is: the chain's node is ours already. */
  override connect(provider: Provider | null): WalletAccount {
    if (provider === this.chain.provider) return this;
    throw new DiptychError("argument-invalid", "A wallet's account belongs to the chain it was made for.");
  }

  override async signTypedData(
    domain: TypedData[0],
    types: TypedData[1],
    value: TypedData[2],
  ): Promise<string> {
    const payload = TypedDataEncoder.getPayload(domain, types, value);
    return String(
      await this.ask(
        this.chain.side,
        "eth_signTypedData_v4",
        [this.address.toLowerCase(), JSON.stringify(payload)],
        payload.primaryType,
      ),
    );
  }

  override async sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    const { to, data, value } = request;
    // Asked before the wallet is, so that nobody confirms what the contract refuses.
    const gas = await this.chain.provider.estimateGas({ ...request, from: this.address });
    const call = {
      // Wallets differ in the capitals that they know their accounts by; small letters all of them take.
      from: this.address.toLowerCase(),
      // The wallet may have been put on another chain meanwhile, where the same address is another contract.
      chainId: toQuantity(this.chain.chainId),
      to: String(to),
      data: data ?? "0x",
      value: toQuantity(value ?? 0),
      gas: toQuantity((gas * 6n) / 5n),
    };
    const hash = String(
      await this.ask(this.chain.side, "eth_sendTransaction", [call], functionOf(String(call.data))),
    );
    for (const until = Date.now() + patience; Date.now() < until; ) {
      const response = await this.chain.provider.getTransaction(hash);
      if (response !== null) return response;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new DiptychError(
      "chain-unreachable",
      `The wallet says that it sent a transaction, but the ${this.chain.side} chain doesn't have it: look into the wallet, then do the same again.`,
    );
  }

  override signTransaction(): Promise<string> {
    throw new DiptychError(
      "argument-invalid",
      "A wallet sends transactions and signs none to be sent by others.",
    );
  }

  override signMessage(): Promise<string> {
    throw new DiptychError("argument-invalid", "Diptych signs typed data only.");
  }
}
