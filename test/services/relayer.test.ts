/** A relayer under people who want more of it than it gives. */
import { expect } from "chai";
import { type Block, Interface, type JsonRpcProvider, Wallet } from "ethers";
import { type Chain, IndexLedger } from "../../src/ledger/index.ts";
import { memoryRelayJournal } from "../../src/services/relayBook.ts";
import { expectCode } from "../expectCode.ts";
import { fundedWallet, nodeAccount, random32, through, world } from "../world.ts";
import {
  face,
  type OwnRelayer,
  openRelayer,
  orderOf,
  PennilessOwner,
  relayed,
  sentBy,
  settledOwner,
} from "./relaying.ts";

const codeOf = ({ code }: { code: string }) => code;

describe("services: a relayer", () => {
  let chain: Chain;
  let own: OwnRelayer;
  const opened: OwnRelayer[] = [];
  const open = async (...options: Parameters<typeof openRelayer>) => {
    const made = await openRelayer(...options);
    opened.push(made);
    return made;
  };
  const ask = (data: string, of = own) => of.relayer.relay(orderOf(chain, data));

  before(async () => {
    chain = (await world()).chains.storage;
    own = await open();
  });
  after(() => Promise.all(opened.map(({ close }) => close())));

  it("carries what an owner without money signed: publish, block, close", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const ledger = new IndexLedger(chain);
    await relayed(own.relayer, chain, await owner.block());
    await relayed(own.relayer, chain, await owner.close());
    const record = await ledger.record(owner.ledgerRecordId);
    expect(record).to.include({ owner: owner.wallet.address, version: 1, closed: true });
    expect(await chain.provider.getBalance(owner.wallet.address)).to.equal(0n);
  });

  it("carries many owners' acts at once, each with a nonce of its own", async () => {
    const owners = Array.from({ length: 8 }, () => new PennilessOwner(chain));
    const [before] = await sentBy(own.wallets.storage.address);
    const calls = await Promise.all(owners.map((owner) => owner.publish()));
    const answers = await Promise.all(calls.map((data) => ask(data)));
    for (const { hash } of answers) await chain.provider.waitForTransaction(hash);
    expect(answers.map(({ nonce }) => nonce).sort((a, b) => a - b)).to.deep.equal(
      owners.map((_, i) => before! + i),
    );
    for (const { ledgerRecordId } of owners)
      expect((await new IndexLedger(chain).record(ledgerRecordId)).version).to.equal(1);
  });

  describe("calldata that is no owner's act", () => {
    const refuses = (what: string, data: () => Promise<string> | string) =>
      it(what, async () => {
        const before = await sentBy(own.wallets.storage.address);
        await expectCode("service-refused", async () => ask(await data()));
        expect(await sentBy(own.wallets.storage.address)).to.deep.equal(before);
      });
    refuses("another function of the ledger", () => face.encodeFunctionData("close", [random32()]));
    refuses("a question to the ledger", () =>
      face.encodeFunctionData("nonces", [Wallet.createRandom().address]),
    );
    refuses("a function of another contract", () =>
      new Interface(["function transfer(address to, uint256 value)"]).encodeFunctionData("transfer", [
        Wallet.createRandom().address,
        1n,
      ]),
    );
    refuses("an act with bytes behind it", async () => `${await new PennilessOwner(chain).publish()}00`);
    refuses("an act that is cut off", async () => (await new PennilessOwner(chain).publish()).slice(0, -64));
    refuses("no call at all", () => "0x00");
  });

  it("an act for another contract, or another chain's ledger", async () => {
    const { chains } = await world();
    const data = await new PennilessOwner(chain).publish();
    const order = orderOf(chain, data);
    await expectCode("chain-mismatch", () => own.relayer.relay({ ...order, ledger: chain.keyRegistry }));
    await expectCode("chain-mismatch", () => own.relayer.relay({ ...order, chainId: chains.shared.chainId }));
  });

  it("a foreign chain's signature, or a stranger's", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const { chains } = await world();
    // Both ledgers count for themselves: the nonce is right here.
    const elsewhere = { ...chain, chainId: chains.shared.chainId };
    const refusal = await expectCode("relay-refused", async () =>
      ask(await owner.block({ chain: elsewhere })),
    );
    expect(refusal.message).to.contain("IndexLedgerSignatureInvalid");
    const stranger = new PennilessOwner(chain);
    const forged = (await stranger.publish()).replaceAll(
      stranger.wallet.address.slice(2).toLowerCase(),
      owner.wallet.address.slice(2).toLowerCase(),
    );
    await expectCode("relay-refused", () => ask(forged));
  });

  it("a replayed act has the same answer, at once or later: nothing is paid twice", async () => {
    const owner = new PennilessOwner(chain);
    const data = await owner.publish();
    const [before] = await sentBy(own.wallets.storage.address);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(data)));
    await chain.provider.waitForTransaction(answers[0]!.hash);
    answers.push(await ask(data), await ask(data.toUpperCase().replace("0X", "0x")));
    for (const each of answers) expect(each).to.deep.equal(answers[0]);
    expect((await sentBy(own.wallets.storage.address))[0]).to.equal(before! + 1);
  });

  it("another act under a nonce that was used", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const [first, second] = [await owner.block(), await owner.block()];
    await relayed(own.relayer, chain, first);
    const refusal = await expectCode("relay-refused", () => ask(second));
    expect(refusal.message).to.contain("IndexLedgerNonceMismatch");
  });

  it("an expired deadline, and one that is too near", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const now = BigInt(Math.floor(Date.now() / 1000));
    for (const deadline of [now - 1n, now + 5n])
      await expectCode("relay-refused", async () => ask(await owner.block({ deadline })));
    await relayed(own.relayer, chain, await owner.block({ deadline: now + 120n }));
  });

  it("a flood by one owner ends at the limit; others go on, and all together have one too", async () => {
    const limited = await open({ limits: { actsPerOwner: 3 } });
    const [flooding, other] = [await settledOwner(limited.relayer, chain), new PennilessOwner(chain)];
    for (let i = 0; i < 2; i++) await relayed(limited.relayer, chain, await flooding.block());
    const refusal = await expectCode("rate-limited", async () => ask(await flooding.block(), limited));
    expect(refusal.message).to.match(/try again in \d+ hours, or pay yourself/);
    await relayed(limited.relayer, chain, await other.publish());
    const byGas = await open({ limits: { gasPerOwner: 500_000 } });
    const heavy = await settledOwner(byGas.relayer, chain);
    await expectCode("rate-limited", async () => {
      for (let i = 0; i < 8; i++) await relayed(byGas.relayer, chain, await heavy.block());
    });
    const forAll = await open({ limits: { gasPerDay: 500_000 } });
    await settledOwner(forAll.relayer, chain);
    await expectCode("rate-limited", () => settledOwner(forAll.relayer, chain));
  });

  it("pays for those on its list only, where it has one", async () => {
    const owner = new PennilessOwner(chain);
    const listed = await open({ owners: [owner.wallet.address.toLowerCase()] });
    await relayed(listed.relayer, chain, await owner.publish());
    await expectCode("service-refused", async () => ask(await new PennilessOwner(chain).publish(), listed));
  });

  it("an act that takes more gas than it pays for", async () => {
    const sparing = await open({ gasPerAct: 100_000 });
    await expectCode("relay-refused", async () => ask(await new PennilessOwner(chain).publish(), sparing));
  });

  it("an act that reverts after it was found good: it counts, and isn't sent again", async () => {
    const owner = await settledOwner(own.relayer, chain);
    await (
      await (await nodeAccount(chain, 5)).sendTransaction({ to: owner.wallet.address, value: 10n ** 17n })
    ).wait();
    let interfering = true;
    const broadcastTransaction = async (raw: string) => {
      if (interfering) {
        interfering = false;
        const data = face.encodeFunctionData("close", [owner.ledgerRecordId]);
        await (await owner.wallet.connect(chain.provider).sendTransaction({ to: chain.ledger, data })).wait();
      }
      return chain.provider.broadcastTransaction(raw);
    };
    const late = await open({ at: { storage: through(chain, { broadcastTransaction }) } });
    const data = await owner.close();
    const { hash } = await ask(data, late);
    expect(
      (
        await chain.provider
          .waitForTransaction(hash, 1)
          .catch(() => chain.provider.getTransactionReceipt(hash))
      )?.status,
    ).to.equal(0);
    await late.relayer.account("storage").watch();
    expect(late.relayer.gasToday("storage")).to.be.greaterThan(20_000).and.lessThan(100_000);
    const refusal = await expectCode("relay-refused", () => ask(data, late));
    expect(refusal.message).to.contain("AlreadyClosed");
    expect((await sentBy(late.wallets.storage.address))[0]).to.equal(1);
  });

  it("a spike of the gas price: nothing is sent until it is over", async () => {
    let spike = true;
    const getBlock = async (tag: number | "latest") => {
      const block = await chain.provider.getBlock(tag);
      if (block === null || !spike) return block;
      return Object.create(block, { baseFeePerGas: { value: 10n ** 12n } }) as Block;
    };
    const careful = await open({ at: { storage: through(chain, { getBlock }) } });
    const data = await new PennilessOwner(chain).publish();
    const refusal = await expectCode("relay-unaffordable", () => ask(data, careful));
    expect(refusal.message).to.contain("Gas costs more");
    spike = false;
    await relayed(careful.relayer, chain, data);
  });

  it("without money it says so, and its floor stays untouched", async () => {
    const poor = await open({ wallet: Wallet.createRandom() });
    const data = await new PennilessOwner(chain).publish();
    const refusal = await expectCode("relay-unaffordable", () => ask(data, poor));
    expect(refusal.message).to.contain("too little money");
    const saving = await open({ prices: { floor: 10n ** 18n } });
    await expectCode("relay-unaffordable", () => ask(data, saving));
    expect(await sentBy(saving.wallets.storage.address)).to.deep.equal([0, 0]);
  });

  it("a transaction that never arrived is sent again after a restart, the same bytes; limits hold on", async () => {
    const journal = memoryRelayJournal();
    const wallet = await fundedWallet();
    const lost: string[] = [];
    const broadcastTransaction = async (raw: string) => {
      lost.push(raw);
      throw new Error("the line is dead");
    };
    const limits = { actsPerOwner: 1 };
    const before = await openRelayer({
      wallet,
      journal,
      limits,
      at: { storage: through(chain, { broadcastTransaction }) },
    });
    const owner = new PennilessOwner(chain);
    const data = await owner.publish();
    const answer = await ask(data, before);
    await before.close();
    expect(await chain.provider.getTransaction(answer.hash)).to.equal(null);
    // A line that a stop cut off.
    await journal.append('{"side":"stor');

    const again = await open({ wallet, journal, limits });
    expect(await again.relayer.underWay("storage", owner.wallet.address)).to.deep.equal([answer]);
    expect(await ask(data, again)).to.deep.equal(answer);
    await again.relayer.account("storage").watch();
    expect((await chain.provider.waitForTransaction(answer.hash))?.status).to.equal(1);
    expect((await chain.provider.getTransaction(answer.hash))!.nonce).to.equal(0);
    await again.relayer.account("storage").watch();
    expect(await again.relayer.underWay("storage", owner.wallet.address)).to.deep.equal([]);
    await expectCode("rate-limited", async () => ask(await owner.block(), again));
    expect(lost.length).to.equal(1);
    expect((await sentBy(wallet.address))[0]).to.equal(1);
  });

  it("sends nothing that it can't note, and goes on once it can", async () => {
    const journal = memoryRelayJournal();
    let full = true;
    const append = (line: string) =>
      full ? Promise.reject(new Error("/home/x: no space left")) : journal.append(line);
    const stuck = await open({ journal: { ...journal, append } });
    const data = await new PennilessOwner(chain).publish();
    const refusal = await expectCode("store-failed", () => ask(data, stuck));
    expect(refusal.message).to.not.contain("/home");
    expect((await sentBy(stuck.wallets.storage.address))[0]).to.equal(0);
    full = false;
    await relayed(stuck.relayer, chain, data);
  });

  it("goes on when another program has sent from its account", async () => {
    await relayed(own.relayer, chain, await new PennilessOwner(chain).publish());
    const wallet = own.wallets.storage;
    await (await (wallet as Wallet).connect(chain.provider).sendTransaction({ to: wallet.address })).wait();
    const owner = await settledOwner(own.relayer, chain);
    expect((await new IndexLedger(chain).record(owner.ledgerRecordId)).version).to.equal(1);
  });

  it("an act of an owner waits for the one before it", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const first = await owner.block();
    const node = chain.provider as JsonRpcProvider;
    let held: string | undefined;
    const broadcastTransaction = (raw: string) => {
      if (held !== undefined) return node.broadcastTransaction(raw);
      held = raw;
      setTimeout(() => void node.broadcastTransaction(raw), 500);
      return Promise.reject(new Error("no answer"));
    };
    const slow = await open({ at: { storage: through(chain, { broadcastTransaction }) } });
    const answer = await ask(first, slow);
    const [, other] = await Promise.all([
      chain.provider.waitForTransaction(answer.hash),
      expectCode("relay-refused", async () => ask(await owner.block(), slow)),
    ]);
    // Both were signed under one nonce: the second one came too late, and wasn't sent.
    expect(other.message).to.contain("NonceMismatch");
    expect((await sentBy(slow.wallets.storage.address))[0]).to.equal(1);
  });

  it("acts that wait behind an owner's last one are few, however many are asked for", async () => {
    const owner = await settledOwner(own.relayer, chain);
    const node = chain.provider as JsonRpcProvider;
    let release: (() => void) | undefined;
    const broadcastTransaction = (raw: string) => {
      if (release !== undefined) return node.broadcastTransaction(raw);
      release = () => void node.broadcastTransaction(raw);
      return Promise.reject(new Error("no answer"));
    };
    const slow = await open({ at: { storage: through(chain, { broadcastTransaction }) } });
    await ask(await owner.block(), slow);
    const acts = await Promise.all(Array.from({ length: 12 }, () => owner.block()));
    const asked = acts.map((act) => ask(act, slow).then(() => "relayed", codeOf));
    expect(await Promise.all(asked.slice(8))).to.deep.equal(Array(4).fill("service-busy"));
    release!();
    expect(await Promise.all(asked.slice(0, 8))).to.deep.equal(Array(8).fill("relay-refused"));
    await ask(await owner.close(), slow);
  });
});
