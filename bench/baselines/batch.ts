/** Many calls in one transaction of one account: EIP-7702 lends the account code for it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type BaseWallet, ContractFactory, Interface, type Signer, ZeroAddress } from "ethers";
import type { Chain } from "../../src/ledger/chain.ts";

type Compiler = { compile: (input: string) => string };
type Output = {
  contracts: { "BatchCaller.sol": { BatchCaller: { evm: { bytecode: { object: string } } } } };
};

const face = new Interface(["function callAll(address to, bytes[] calls)", "error NotTheAccount()"]);

function compileCaller(): string {
  const compiler = createRequire(import.meta.url)("solc") as Compiler;
  const source = readFileSync(new URL("./contracts/BatchCaller.sol", import.meta.url), "utf8");
  const input = {
    language: "Solidity",
    sources: { "BatchCaller.sol": { content: source } },
    settings: {
      evmVersion: "paris",
      optimizer: { enabled: true, runs: 800 },
      outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
    },
  };
  const output = JSON.parse(compiler.compile(JSON.stringify(input))) as Output;
  return `0x${output.contracts["BatchCaller.sol"].BatchCaller.evm.bytecode.object}`;
}

let compiled: string | undefined;

/** Puts the code on a chain; returns its address. */
export async function deployCaller(deployer: Signer): Promise<string> {
  compiled ??= compileCaller();
  const contract = await new ContractFactory(face, compiled, deployer).deploy();
  await contract.waitForDeployment();
  return contract.getAddress();
}

/** Has the account take the code on, once. */
export async function takeOn(account: BaseWallet, chain: Chain, caller: string): Promise<void> {
  const nonce = await account.getNonce();
  const authorization = await account.authorize({
    address: caller,
    chainId: chain.chainId,
    nonce: nonce + 1,
  });
  const sent = await account.sendTransaction({
    type: 4,
    to: ZeroAddress,
    authorizationList: [authorization],
    gasLimit: 100_000,
  });
  await sent.wait();
}

/** What the account sends itself. */
export function batchOf(to: string, calls: readonly string[]): string {
  return face.encodeFunctionData("callAll", [to, calls]);
}
