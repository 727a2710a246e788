/** Who counts as having signed: keys, and contracts by ERC-1271, however those behave. */
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import {
  type Chain,
  checkAccountSigner,
  checkIndexWord,
  encodeIndexWord,
  indexMessage,
  signMessage,
} from "../../src/ledger/index.ts";
import { deployApproving, deployCode, deployKeyed, type KeyedAccount } from "../contractAccounts.ts";
import { expectCode } from "../expectCode.ts";
import { deadUrl, fundedWallet, random32, through, world } from "../world.ts";

const grant = { ledgerRecordId: random32(), version: 1n, cid: "bafkreia", tag: random32() };

/** Code that answers `word`, its first `size` bytes. */
const answering = (word: string, size = 32) =>
  `0x7f${word}60005260${size.toString(16).padStart(2, "0")}6000f3`;
const valid = `1626ba7e${"00".repeat(28)}`;

describe("ledger: signatures of accounts", () => {
  let chains: Record<"storage" | "shared", Chain>;
  let chain: Chain;
  let account: KeyedAccount;

  const check = (signature: string, address: string, block?: number, value = grant, on = chain) =>
    checkAccountSigner(indexMessage, on, value, signature, address, block);
  const refused = (...args: Parameters<typeof check>) =>
    expectCode("signature-invalid", () => check(...args));

  before(async () => {
    ({ chains } = await world());
    chain = chains.storage;
    account = await deployKeyed(chain);
  });

  it("a key's signature counts without asking the chain", async () => {
    const wallet = Wallet.createRandom();
    const signature = await signMessage(wallet, indexMessage, chain, grant);
    const silent = through(chain, { call: () => Promise.reject(new Error("asked")) });
    await check(signature, wallet.address.toLowerCase(), undefined, grant, silent);
    await refused(signature, Wallet.createRandom().address);
    await refused(signature, wallet.address, undefined, { ...grant, version: 2n });
  });

  it("a contract's counts as the contract says, at the block that is read", async () => {
    const signature = await signMessage(account, indexMessage, chain, grant);
    await check(signature, account.address);
    await refused(signature, account.address, undefined, { ...grant, version: 2n });
    const stranger = await signMessage(Wallet.createRandom(), indexMessage, chain, grant);
    await refused(stranger, account.address);
    for (const malformed of ["0x", "0x12", "", "no hex", `0x${"ab".repeat(1025)}`])
      await refused(malformed, account.address);
    // Its keeper's key is no account of that address, and the account no key of the keeper's.
    await check(signature, account.keeper.address);

    const before = await chain.provider.getBlockNumber();
    await account.keep((await fundedWallet()).address);
    await refused(signature, account.address);
    await check(signature, account.address, before);
  });

  it("means nothing on another chain, even for an account that has the same address and keeper there", async () => {
    const [deployer, keeper] = [await fundedWallet(), await fundedWallet()];
    const here = await deployKeyed(chains.storage, deployer, keeper);
    const there = await deployKeyed(chains.shared, deployer, keeper);
    expect(there.address).to.equal(here.address);
    const signature = await signMessage(here, indexMessage, chains.storage, grant);
    await check(signature, here.address, undefined, grant, chains.storage);
    await refused(signature, there.address, undefined, grant, chains.shared);
    // Nor is an account believed on a chain where it doesn't stand.
    await refused(
      await signMessage(account, indexMessage, chains.shared, grant),
      account.address,
      undefined,
      grant,
      chains.shared,
    );
  });

  it("a contract that fails, answers anything else, or goes on for ever has signed nothing", async () => {
    const contracts = {
      valid: await deployCode(chain, answering(valid)),
      long: await deployCode(chain, answering(valid, 64)),
      short: await deployCode(chain, answering(valid, 4)),
      garbage: await deployCode(chain, answering("1626ba7e".padEnd(64, "f"))),
      no: await deployCode(chain, answering("f".repeat(64))),
      silent: await deployCode(chain, "0x00"),
      reverting: await deployCode(chain, "0x60006000fd"),
      revertingWithYes: await deployCode(chain, `0x7f${valid}60005260206000fd`),
      invalid: await deployCode(chain, "0xfe"),
      // Hashes 128 KiB again and again.
      endless: await deployCode(chain, "0x5b6202000060002050600056"),
    };
    const signature = `0x${"11".repeat(65)}`;
    for (const [name, address] of Object.entries(contracts))
      if (name === "valid" || name === "long") await check(signature, address);
      else await refused(signature, address);
  });

  it("a node that doesn't answer is no judgement", async () => {
    const dead = new JsonRpcProvider(await deadUrl(), chain.chainId, { staticNetwork: true });
    try {
      const signature = await signMessage(account, indexMessage, chain, { ...grant, version: 3n });
      await expectCode("chain-unreachable", () =>
        check(signature, account.address, undefined, { ...grant, version: 3n }, { ...chain, provider: dead }),
      );
    } finally {
      dead.destroy();
    }
  });

  it("d_Index has 65 bytes in an index, all zero where a contract has approved it on chain", async () => {
    const approving = await deployApproving(chain);
    const before = await chain.provider.getBlockNumber();
    const word = encodeIndexWord(await signMessage(approving, indexMessage, chain, grant));
    expect(word).to.deep.equal(new Uint8Array(65));
    await checkIndexWord(chain, grant, word, approving.address);
    const refuse = (...args: Parameters<typeof checkIndexWord>) =>
      expectCode("signature-invalid", () => checkIndexWord(...args));
    await refuse(chain, grant, word, approving.address, before);
    await refuse(chain, { ...grant, cid: "bafkreib" }, word, approving.address);
    await refuse(chain, grant, word, Wallet.createRandom().address);
    await refuse(chains.shared, grant, word, approving.address);

    const wallet = Wallet.createRandom();
    const signature = await signMessage(wallet, indexMessage, chain, grant);
    await checkIndexWord(chain, grant, encodeIndexWord(signature), wallet.address);
    for (const size of [1, 64, 66, 130])
      await expectCode("signature-refused", async () => encodeIndexWord(`0x${"11".repeat(size)}`));
  });
});
