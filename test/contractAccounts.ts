/** Accounts that are contracts, for tests: deployed on a chain of the shared world, and signers that act as they would. */
import { readFile } from "node:fs/promises";
import {
  AbstractSigner,
  ContractFactory,
  concat,
  Interface,
  type Provider,
  type TransactionRequest,
  type TransactionResponse,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
  toBeHex,
  type Wallet,
} from "ethers";
import type { Chain } from "../src/ledger/index.ts";
import { fundedWallet, nodeAccount } from "./world.ts";

async function artifactOf(name: string): Promise<{ abi: []; bytecode: string }> {
  const file = new URL(`../artifacts/test/contracts/${name}.sol/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as { abi: []; bytecode: string };
}

const faces = {
  keyed: new Interface(["function act(address to, bytes data)", "function keep(address next)"]),
  approving: new Interface(["function act(address to, bytes data)", "function approve(bytes32 hash)"]),
};

/** Sends one call and waits for it. */
async function send(signer: Wallet, chain: Chain, to: string, data: string): Promise<void> {
  await (await signer.connect(chain.provider).sendTransaction({ to, data })).wait();
}

/** What both kinds have in common: transactions go through the contract. */
abstract class ContractAccount extends AbstractSigner {
  readonly address: string;
  readonly chain: Chain;
  readonly keeper: Wallet;

  constructor(chain: Chain, address: string, keeper: Wallet) {
    super(chain.provider);
    this.chain = chain;
    this.address = address;
    this.keeper = keeper;
  }

  override getAddress(): Promise<string> {
    return Promise.resolve(this.address);
  }

  override connect(provider: Provider | null): this {
    if (provider !== this.chain.provider) throw new Error("this account stands on another chain");
    return this;
  }

  override signTransaction(): Promise<string> {
    throw new Error("a contract signs no transactions");
  }

  override signMessage(): Promise<string> {
    throw new Error("not asked for");
  }

  override async sendTransaction(tx: TransactionRequest): Promise<TransactionResponse> {
    const data = faces.keyed.encodeFunctionData("act", [tx.to, tx.data]);
    return this.keeper.connect(this.chain.provider).sendTransaction({ to: this.address, data });
  }
}

/** Its keeper's key signs for it. */
export class KeyedAccount extends ContractAccount {
  override signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.keeper.signTypedData(domain, types, value);
  }

  /** Gives it another keeper. */
  async keep(next: string): Promise<void> {
    await send(this.keeper, this.chain, this.address, faces.keyed.encodeFunctionData("keep", [next]));
  }
}

/** It approves messages on chain, one by one, and needs no signature. */
export class ApprovingAccount extends ContractAccount {
  override async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    const hash = TypedDataEncoder.hash(domain, types, value);
    await send(this.keeper, this.chain, this.address, faces.approving.encodeFunctionData("approve", [hash]));
    return "0x";
  }
}

/** Deploys a contract account; by the same fresh `deployer` on both chains, it has the same address there. */
export async function deployKeyed(chain: Chain, deployer?: Wallet, keeper?: Wallet): Promise<KeyedAccount> {
  const key = keeper ?? (await fundedWallet());
  const { abi, bytecode } = await artifactOf("KeyedAccount");
  const sender = (deployer ?? (await fundedWallet())).connect(chain.provider);
  const made = await new ContractFactory(abi, bytecode, sender).deploy(key.address);
  await made.waitForDeployment();
  return new KeyedAccount(chain, await made.getAddress(), key);
}

export async function deployApproving(chain: Chain): Promise<ApprovingAccount> {
  const keeper = await fundedWallet();
  const { abi, bytecode } = await artifactOf("ContractOwner");
  const made = await new ContractFactory(abi, bytecode, keeper.connect(chain.provider)).deploy();
  await made.waitForDeployment();
  return new ApprovingAccount(chain, await made.getAddress(), keeper);
}

/** Deploys just these bytes of code. */
export async function deployCode(chain: Chain, code: string): Promise<string> {
  const size = (code.length - 2) / 2;
  // Copies what follows these eleven bytes, and returns it.
  const init = concat(["0x60", toBeHex(size, 1), "0x80600b6000396000f3", code]);
  const receipt = await (await (await nodeAccount(chain, 6)).sendTransaction({ data: init })).wait();
  return receipt!.contractAddress!;
}
