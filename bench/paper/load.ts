/**
 * Users who send their transactions to chains that make a block every so often. Time is the chains' own: it counts in blocks,
 * so that what this machine does besides changes nothing, and the same seed gives the same run.
 */
import { type BaseWallet, Wallet } from "ethers";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import type { Side } from "../../src/ledger/chain.ts";
import { takeOn } from "../baselines/batch.ts";
import { attest, fund } from "./bed.ts";
import type { BedChain } from "./network.ts";
import { randomFrom } from "./workload.ts";

/** A kind of transaction: where it goes, what it says (anew each time), and the gas it may use. */
export type Call = { to: (sender: string) => string; data: () => string; gasLimit: number };

/** A user's act: so many transactions on these chains; done when the last one is in a block. */
export type Act = { name: string; calls: { side: Side; call: Call }[] };

/** Accounts that users take turns with. */
export class Senders {
  private readonly bed: BedChain;
  private readonly wallets: BaseWallet[];
  private readonly nonces: number[];
  private next = 0;

  private constructor(bed: BedChain, wallets: BaseWallet[], nonces: number[]) {
    this.bed = bed;
    this.wallets = wallets;
    this.nonces = nonces;
  }

  /** Accounts with money and these attributes, and the code for batches where `caller` names it. */
  static async open(
    bed: BedChain,
    count: number,
    attributes: readonly string[],
    caller?: string,
  ): Promise<Senders> {
    const wallets = Array.from({ length: count }, () => new Wallet(hex(randomBytes(32)), bed.provider));
    const nonces: number[] = [];
    for (const wallet of wallets) {
      await fund(bed, wallet.address);
      await attest(bed, wallet.address, attributes);
      if (caller !== undefined) await takeOn(wallet, bed.chain, caller);
      nonces.push(await wallet.getNonce());
    }
    return new Senders(bed, wallets, nonces);
  }

  get all(): string[] {
    return this.wallets.map(({ address }) => address);
  }

  /** Any of the accounts, for estimates. */
  get one(): BaseWallet {
    return this.wallets[0]!;
  }

  /** Sends a transaction of the next account in turn; returns its hash at once. */
  async send({ to, data, gasLimit }: Call): Promise<string> {
    const at = this.next++ % this.wallets.length;
    const wallet = this.wallets[at]!;
    const signed = await wallet.signTransaction({
      type: 2,
      chainId: this.bed.chain.chainId,
      nonce: this.nonces[at]!++,
      to: to(wallet.address),
      data: data(),
      gasLimit,
      maxFeePerGas: 1_000_000_000n,
      maxPriorityFeePerGas: 1n,
    });
    return (await this.bed.provider.send("eth_sendRawTransaction", [signed])) as string;
  }

  /** Makes the next block; the hashes in it, and the gas that it used. */
  async block(): Promise<{ hashes: string[]; gasUsed: number }> {
    const number = await this.bed.nextBlock();
    const block = (await this.bed.provider.send("eth_getBlockByNumber", [
      `0x${number.toString(16)}`,
      false,
    ])) as { transactions: string[]; gasUsed: string };
    return { hashes: block.transactions, gasUsed: Number(block.gasUsed) };
  }
}

/** Acts under way, and which transactions they still wait for. */
class Pending {
  private readonly waiting = new Map<string, { left: number; done: () => void }>();
  private readonly senders: Partial<Record<Side, Senders>>;

  constructor(senders: Partial<Record<Side, Senders>>) {
    this.senders = senders;
  }

  async start(act: Act, done: () => void): Promise<void> {
    const entry = { left: act.calls.length, done };
    for (const { side, call } of act.calls) this.waiting.set(await this.senders[side]!.send(call), entry);
  }

  /** A block on each chain. */
  async block(): Promise<void> {
    for (const senders of Object.values(this.senders))
      for (const hash of (await senders.block()).hashes) {
        const entry = this.waiting.get(hash);
        this.waiting.delete(hash);
        if (entry !== undefined && --entry.left === 0) entry.done();
      }
  }

  get open(): number {
    return this.waiting.size;
  }
}

export type LoadOptions = {
  users: number;
  /** A user's next act, of a random number in [0, 1). */
  act: (random: number) => Act;
  /** Mean time, in blocks, that a user waits before the next act; exponentially distributed. */
  think: number;
  /** Blocks before anything counts, and those that count. */
  warmUp: number;
  blocks: number;
  seed: number;
};

/** What users saw; times in blocks. */
export type LoadResult = { responses: number[]; throughput: number };

/** A closed loop: each user asks, waits for the block, thinks, asks again. */
export async function runLoad(
  senders: Partial<Record<Side, Senders>>,
  { users, act, think, warmUp, blocks, seed }: LoadOptions,
): Promise<LoadResult> {
  const random = randomFrom(seed);
  const pause = () => -think * Math.log(1 - random());
  const starts = Array.from({ length: users }, pause);
  const responses: number[] = [];
  const pending = new Pending(senders);
  let now = 1;
  for (; now <= warmUp + blocks; now++) {
    for (const [user, start] of starts.entries()) {
      if (start > now) continue;
      starts[user] = Number.POSITIVE_INFINITY;
      await pending.start(act(random()), () => {
        starts[user] = now + pause();
        if (now > warmUp && now <= warmUp + blocks) responses.push(now - start);
      });
    }
    await pending.block();
  }
  while (pending.open > 0) await pending.block();
  return { responses, throughput: responses.length / blocks };
}

/** Users who each do the act once, at moments of one block's time; when each was done, in blocks after its start. */
export async function runBurst(
  senders: Partial<Record<Side, Senders>>,
  users: number,
  act: Act,
  seed: number,
): Promise<number[]> {
  const random = randomFrom(seed);
  const pending = new Pending(senders);
  const responses: number[] = [];
  let now = 1;
  for (let user = 0; user < users; user++) {
    const start = random();
    await pending.start(act, () => responses.push(now - start));
  }
  for (; pending.open > 0; now++) await pending.block();
  return responses;
}
