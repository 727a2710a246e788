/**
 * Transactions that survive a stop: each is noted, signed, before it is sent. Whoever goes on looks for its receipt, sends the same
 * bytes again when it vanished, and signs no other as long as it can still be mined, so nothing is paid for twice.
 */
import {
  BaseWallet,
  type Signer,
  Transaction,
  type TransactionRequest,
  type TransactionResponse,
} from "ethers";
import { hex, unhex } from "../core/bytes.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { Turns } from "../core/turns.ts";
import type { Address, Chain } from "../ledger/chain.ts";
import { chainError } from "../ledger/reverts.ts";
import type { Mined } from "../ledger/transactions.ts";
import { blockToRead, type Confirmations } from "../services/finality.ts";
import { RelayerSigner } from "../services/relayerClient.ts";
import type { Journal } from "./journal.ts";

/** Told a sentence about something that happened beside the act: another program's transaction, a note that can't be read. */
export type Notice = (sentence: string) => void;

/** What was sent last: a wallet tells no signed bytes, and the hash only when it has sent. Empty where unknown. */
type Sent = { genesis: string; nonce: number; hash: Uint8Array; raw: Uint8Array };

/** What may become of it; `open`: it can still be mined. */
type Fate = "mined" | "failed" | "gone" | "open";

/** Longest wait for a block, and how often to look, in milliseconds. */
const patience = 120_000;
const pause = 250;
/** How long to wait before the same bytes are sent once more, in milliseconds. */
const resend = 10_000;
/** How often another program may take the nonce in between before that is an error. */
const attempts = 5;

export class Outbox {
  private readonly journal: Journal;
  private readonly chain: Chain;
  private readonly confirmations: Confirmations;
  private readonly notice: Notice;
  private genesis: Promise<string> | undefined;
  /** Hashes of transactions whose sender has been told what became of them. */
  private readonly told = new Set<string>();
  private readonly turns = new Turns();

  constructor(journal: Journal, chain: Chain, confirmations: Confirmations, notice: Notice) {
    this.journal = journal;
    this.chain = chain;
    this.confirmations = confirmations;
    this.notice = notice;
  }

  /**
   * Sends one transaction of `signer`, after making sure that what this account sent before is over. The answer is the
   * node's; a transaction that was mined already isn't sent again.
   */
  send(signer: Signer, request: TransactionRequest): Promise<TransactionResponse> {
    return this.turns.take(async () => {
      const account = await signer.getAddress();
      await this.settleNow(account);
      return signer instanceof BaseWallet
        ? this.sendSigned(signer, account, request)
        : this.sendByWallet(signer, account, request);
    });
  }

  /**
   * Waits until what this account sent before is mined, or can't be any more. To be called before looking at a ledger to see
   * what is left to do.
   *
   * @throws DiptychError `chain-unreachable` when it is neither after two minutes
   */
  settle(account: Address): Promise<void> {
    return this.turns.take(() => this.settleNow(account));
  }

  /** The receipt of what this account sent last, if it was mined, carried these bytes, and no caller was told of it yet. */
  async minedWith(account: Address, bytes: Uint8Array): Promise<Mined | undefined> {
    const sent = await this.read(account);
    if (sent === undefined || sent.raw.length === 0 || this.told.has(hex(sent.hash))) return undefined;
    if (!Transaction.from(hex(sent.raw)).data.includes(hex(bytes).slice(2))) return undefined;
    const receipt = await this.ask(() => this.chain.provider.getTransactionReceipt(hex(sent.hash)));
    if (receipt === null || receipt.status !== 1) return undefined;
    this.told.add(receipt.hash);
    return { hash: receipt.hash, gas: receipt.gasUsed, block: receipt.blockNumber, logs: receipt.logs };
  }

  private async sendSigned(
    signer: BaseWallet,
    account: Address,
    request: TransactionRequest,
  ): Promise<TransactionResponse> {
    const { provider } = this.chain;
    for (let attempt = 0; attempt < attempts; attempt++) {
      const raw = await signer.signTransaction(await signer.populateTransaction(request));
      const { hash, nonce } = Transaction.from(raw);
      const sent = { genesis: await this.genesisHash(), nonce, hash: unhex(hash!), raw: unhex(raw) };
      await this.keep(account, sent);
      try {
        const response = await provider.broadcastTransaction(raw);
        this.told.add(hash!);
        return response;
      } catch (error) {
        if (isNonceTaken(error)) await this.settleNow(account);
        else if (isRefused(error)) {
          const fate = await this.fateOf(account, sent);
          if (fate !== "mined" && (await provider.getTransaction(hash!)) === null) await this.forget(account);
          if (fate === "failed") throw error;
        } else throw error;
        // Nodes also refuse what they have already.
        const known = await provider.getTransaction(hash!);
        if (known !== null) {
          this.told.add(hash!);
          return known;
        }
        if (!isNonceTaken(error)) throw error;
      }
    }
    throw new DiptychError(
      "transaction-reverted",
      `Other programs keep sending from the ${this.chain.side} account: stop them, then call the same act again.`,
    );
  }

  private async sendByWallet(
    signer: Signer,
    account: Address,
    request: TransactionRequest,
  ): Promise<TransactionResponse> {
    const genesis = await this.genesisHash();
    // A relayer sends for many from one account: what it was given for this owner it tells itself.
    if (!(signer instanceof RelayerSigner))
      await this.keep(account, { genesis, nonce: 0, hash: new Uint8Array(), raw: new Uint8Array() });
    let response: TransactionResponse;
    try {
      response = await signer.sendTransaction(request);
    } catch (error) {
      // Anything else may have come after the sending.
      if (isRefused(error) || codeOf(error) === "ACTION_REJECTED") await this.forget(account);
      throw error;
    }
    const { nonce, hash } = response;
    await this.keep(account, { genesis, nonce, hash: unhex(hash), raw: new Uint8Array() });
    this.told.add(hash);
    return response;
  }

  private async settleNow(account: Address): Promise<void> {
    const sent = await this.read(account);
    if (sent === undefined) return;
    // Local chains forget everything at a restart: what was sent to the one before is nothing to this one.
    if (sent.genesis !== (await this.genesisHash())) return this.forget(account);
    const until = Date.now() + patience;
    for (let resendAt = 0; ; ) {
      const fate = await this.fateOf(account, sent);
      if (fate === "mined") return;
      if (fate === "gone" && sent.raw.length > 0)
        this.notice(
          `Another program sent transaction ${sent.nonce} of the ${this.chain.side} account ${account}: what this one was to do goes into the next.`,
        );
      if (fate !== "open") return this.forget(account);
      if (sent.raw.length > 0 && Date.now() >= resendAt) {
        if (!(await this.offerAgain(sent))) return this.forget(account);
        resendAt = Date.now() + resend;
        continue;
      }
      if (Date.now() > until)
        throw new DiptychError(
          "chain-unreachable",
          `A transaction on the ${this.chain.side} chain is on its way and not mined: look whether the chain makes blocks, then call the same act again.`,
        );
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Sends the same bytes again; false when the node won't take them: then their nonce goes to the next transaction. */
  private async offerAgain({ raw, hash }: Sent): Promise<boolean> {
    const { provider } = this.chain;
    try {
      await provider.broadcastTransaction(hex(raw));
      return true;
    } catch (error) {
      if (isNonceTaken(error)) return true;
      if (!isRefused(error)) throw chainError(error, "send what was noted");
      return (await this.ask(() => provider.getTransaction(hex(hash)))) !== null;
    }
  }

  private async fateOf(account: Address, sent: Sent): Promise<Fate> {
    const { provider } = this.chain;
    const hash = sent.hash.length === 0 ? undefined : hex(sent.hash);
    const outcome = async (): Promise<Fate | undefined> => {
      const receipt = hash === undefined ? null : await this.ask(() => provider.getTransactionReceipt(hash));
      return receipt === null ? undefined : receipt.status === 1 ? "mined" : "failed";
    };
    const mined = await outcome();
    if (mined !== undefined) return mined;
    const count = await this.countOf(account, "latest");
    // A wallet that was stopped while it sent: whatever it sent is over when nothing of the account is pending.
    if (hash === undefined) return (await this.countOf(account, "pending")) > count ? "open" : "gone";
    if (count > sent.nonce)
      return (await this.isOvertaken(account, sent.nonce)) ? ((await outcome()) ?? "gone") : "open";
    const vanished = sent.raw.length === 0 && (await this.ask(() => provider.getTransaction(hash))) === null;
    return vanished ? "gone" : "open";
  }

  /** Whether another transaction has the nonce in a final block: then no reorganisation brings this one back. */
  private async isOvertaken(account: Address, nonce: number): Promise<boolean> {
    try {
      const block = await blockToRead(this.chain.provider, this.confirmations);
      return (await this.countOf(account, block)) > nonce;
    } catch (error) {
      if (isDiptychError(error, "node-behind")) return false;
      throw error;
    }
  }

  private countOf(account: Address, block: number | "latest" | "pending"): Promise<number> {
    return this.ask(() => this.chain.provider.getTransactionCount(account, block));
  }

  private genesisHash(): Promise<string> {
    this.genesis ??= this.ask(() => this.chain.provider.getBlock(0)).then((block) => block?.hash ?? "0x");
    this.genesis.catch(() => {
      this.genesis = undefined;
    });
    return this.genesis;
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw chainError(error, "tell what became of a transaction");
    }
  }

  private nameOf(account: Address): string {
    return `patient/sent/${this.chain.chainId}/${account.toLowerCase()}`;
  }

  /** u8 format version 1, bytes genesis hash, u64 nonce, bytes hash, bytes signed transaction. */
  private keep(account: Address, { genesis, nonce, hash, raw }: Sent): Promise<void> {
    const note = new Writer().u8(1).bytes(unhex(genesis)).u64(nonce).bytes(hash).bytes(raw).finish();
    return this.journal.set(this.nameOf(account), note);
  }

  private async read(account: Address): Promise<Sent | undefined> {
    const kept = await this.journal.get(this.nameOf(account));
    if (kept === undefined) return undefined;
    const reader = new Reader(kept, "note of a transaction").version(1);
    const genesis = hex(reader.bytes(32));
    const sent = { genesis, nonce: Number(reader.u64()), hash: reader.bytes(32), raw: reader.bytes() };
    reader.end();
    return sent;
  }

  private forget(account: Address): Promise<void> {
    return this.journal.delete(this.nameOf(account));
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}

/** Another transaction has the nonce, mined or waiting. */
function isNonceTaken(error: unknown): boolean {
  return codeOf(error) === "NONCE_EXPIRED" || codeOf(error) === "REPLACEMENT_UNDERPRICED";
}

/** Whether the node answered and took nothing; without an answer nobody knows. */
function isRefused(error: unknown): boolean {
  const refusals = ["INSUFFICIENT_FUNDS", "CALL_EXCEPTION", "UNKNOWN_ERROR", "UNSUPPORTED_OPERATION"];
  return refusals.includes(String(codeOf(error)));
}
