/** A typed client of the ledger contract of one chain (IIndexLedger): storage or shared alike. */
import type { Contract, Signer } from "ethers";
import { unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { indexLedgerAbi } from "./abi/indexLedger.ts";
import type { Address, Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";
import { contractAt, eventsIn, type Mined, read, transact } from "./transactions.ts";
import type { Closing, Publication } from "./typedData.ts";

/** A ledger record as the contract holds it now. */
export type LedgerRecord = {
  owner: Address;
  version: number;
  epoch: number;
  closed: boolean;
  keySet: string;
  program: Uint8Array;
  index: Uint8Array;
};

/** What an owner brings to publish one version. */
export type PublishCall = {
  publication: Publication;
  salt: string;
  program: Uint8Array;
  index: Uint8Array;
  policy: string;
};

/** What a requester asks (5.2.1), and what requestId binds. */
export type AccessRequest = {
  ledgerRecordId: string;
  epoch: number;
  requester: Address;
  nonce: string;
  purpose: string;
  /** P-256 public key, 65 bytes uncompressed, hex: gates seal their answers to it. */
  responseKey: string;
  /** Unix seconds. */
  expiry: number;
};

/** The contract's decision on a request, in the order of its enum `Decision`. */
export const decisions = ["granted", "closed", "blocked", "policy-not-satisfied"] as const;
/** What the contract decided; all but the first are denials. */
export type Decision = (typeof decisions)[number];

/** The life of a request, in the order of the contract's enum `Status`. */
export const statuses = [
  "unknown",
  "live",
  "expired",
  "epoch-ended",
  "closed",
  "blocked",
  "policy-not-satisfied",
] as const;
/** Where a request stands now; all but the first mean that nothing is released. */
export type GrantStatus = (typeof statuses)[number];

/** A request with the contract's decision, from its event. */
export type Decided = AccessRequest & {
  requestId: string;
  decision: Decision;
  transaction: string;
  block: number;
};

/** What the contract keeps of a granted request. */
export type Grant = { ledgerRecordId: string; requester: Address; epoch: number; expiry: number };

/** One line of a ledger record's history. */
export type AuditEvent = { block: number; transaction: string } & (
  | { kind: "published"; version: number; epoch: number; owner: Address; policy: string }
  | { kind: "closed"; epoch: number; owner: Address }
  | { kind: "blocked" | "unblocked"; account: Address }
  | {
      kind: "decided";
      requester: Address;
      decision: Decision;
      requestId: string;
      purpose: string;
      expiry: number;
    }
);

/** The index ledger of one chain: storage and shared ledger have one contract and one client. */
export class IndexLedger {
  readonly chain: Chain;
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.chain = chain;
    this.contract = contractAt(chain, chain.ledger, indexLedgerAbi);
  }

  /** The ledger record, or undefined when the ledger has none of that id. */
  async find(ledgerRecordId: string, block?: number): Promise<LedgerRecord | undefined> {
    try {
      return await this.record(ledgerRecordId, block);
    } catch (error) {
      if (error instanceof DiptychError && error.code === "record-unknown") return undefined;
      throw error;
    }
  }

  /** The ledger record at the newest or the given block; throws `record-unknown`. */
  async record(ledgerRecordId: string, block?: number): Promise<LedgerRecord> {
    const found = await read<Record<string, unknown>>(
      this.contract,
      "record",
      [ledgerRecordId],
      "show the ledger record",
      block,
    );
    return {
      owner: String(found.owner),
      version: Number(found.version),
      epoch: Number(found.epoch),
      closed: Boolean(found.closed),
      keySet: String(found.keySet),
      program: unhex(String(found.program)),
      index: unhex(String(found.index)),
    };
  }

  /** The next EIP-712 nonce of an owner. */
  nonceOf(owner: Address): Promise<bigint> {
    return read<bigint>(this.contract, "nonces", [owner], "tell the nonce");
  }

  /** Publishes as the owner, who pays the gas. */
  publish(signer: Signer, call: PublishCall): Promise<Mined> {
    return transact(this.contract, signer, "publish", publishArguments(call), "publish the index");
  }

  /** Publishes with the owner's signature over {@link Publication}; `relayer` pays. */
  publishFor(relayer: Signer, call: PublishCall, signature: string): Promise<Mined> {
    return transact(
      this.contract,
      relayer,
      "publishFor",
      [...publishArguments(call), signature],
      "publish the index",
    );
  }

  /** Starts the next epoch at once, as the owner: every request is denied and nothing releasable until its publish. */
  close(signer: Signer, ledgerRecordId: string): Promise<Mined> {
    return transact(this.contract, signer, "close", [ledgerRecordId], "close the epoch");
  }

  /** The same, carried by a relayer on the owner's signature over `closeMessage`. */
  closeFor(relayer: Signer, closing: Closing, signature: string): Promise<Mined> {
    return transact(this.contract, relayer, "closeFor", [closing, signature], "close the epoch");
  }

  /** Blocks an account for a ledger record, or ends the block, as the owner. */
  setBlocked(signer: Signer, ledgerRecordId: string, account: Address, blocked: boolean): Promise<Mined> {
    return transact(
      this.contract,
      signer,
      "setBlocked",
      [ledgerRecordId, account, blocked],
      "change the block list",
    );
  }

  /** Whether an account is blocked for a ledger record. */
  isBlocked(ledgerRecordId: string, account: Address): Promise<boolean> {
    return read<boolean>(this.contract, "isBlocked", [ledgerRecordId, account], "read the block list");
  }

  /** Asks the contract for a decision; a denial is a decision, not an error. */
  async request(
    signer: Signer,
    request: Omit<AccessRequest, "requester" | "epoch">,
  ): Promise<{ decided: Decided; mined: Mined }> {
    const { ledgerRecordId, nonce, purpose, responseKey, expiry } = request;
    const mined = await transact(
      this.contract,
      signer,
      "request",
      [ledgerRecordId, nonce, purpose, responseKey, expiry],
      "decide on the request",
    );
    const event = eventsIn(this.contract, mined.logs, "Decided")[0];
    if (event === undefined)
      throw new DiptychError(
        "transaction-reverted",
        "The ledger made no decision: is this a Diptych ledger of this version?",
      );
    return { decided: decidedFrom(event.args, mined.hash, mined.block), mined };
  }

  /** The grant as it was given, or undefined when the contract gave none under this id. */
  async grantOf(requestId: string, block?: number): Promise<Grant | undefined> {
    const found = await read<Record<string, unknown>>(
      this.contract,
      "grantOf",
      [requestId],
      "show the grant",
      block,
    );
    if (Number(found.epoch) === 0) return undefined;
    return {
      ledgerRecordId: String(found.ledgerRecordId),
      requester: String(found.requester),
      epoch: Number(found.epoch),
      expiry: Number(found.expiry),
    };
  }

  /** The one definition of a live grant, evaluated now or at the given block. */
  async status(requestId: string, block?: number): Promise<GrantStatus> {
    const found = await read<bigint>(
      this.contract,
      "status",
      [requestId],
      "tell the request's status",
      block,
    );
    return statuses[Number(found)] ?? "unknown";
  }

  /** All that happened to a ledger record, oldest first. */
  async history(ledgerRecordId: string, fromBlock = 0): Promise<AuditEvent[]> {
    const logs = await this.logs([null, ledgerRecordId], [null, null, ledgerRecordId], fromBlock);
    const published = eventsIn(this.contract, logs, "Published").map(({ log, args }) => ({
      log,
      event: {
        kind: "published" as const,
        version: Number(args.version),
        epoch: Number(args.epoch),
        owner: String(args.owner),
        policy: String(args.policy),
      },
    }));
    const closed = eventsIn(this.contract, logs, "Closed").map(({ log, args }) => ({
      log,
      event: { kind: "closed" as const, epoch: Number(args.epoch), owner: String(args.owner) },
    }));
    const blocks = eventsIn(this.contract, logs, "BlockChanged").map(({ log, args }) => ({
      log,
      event: {
        kind: args.blocked === true ? ("blocked" as const) : ("unblocked" as const),
        account: String(args.account),
      },
    }));
    const decided = eventsIn(this.contract, logs, "Decided").map(({ log, args }) => ({
      log,
      event: { kind: "decided" as const, ...decidedFrom(args, log.transactionHash, log.blockNumber) },
    }));
    return [...published, ...closed, ...blocks, ...decided]
      .sort((a, b) => a.log.blockNumber - b.log.blockNumber || a.log.index - b.log.index)
      .map(({ log, event }) => ({ ...event, block: log.blockNumber, transaction: log.transactionHash }));
  }

  /** Ledger record ids that `owner` published, oldest first. */
  async recordsOf(owner: Address, fromBlock = 0): Promise<string[]> {
    try {
      const filter = this.contract.filters.Published!(null, owner);
      const logs = await this.contract.queryFilter(filter, fromBlock);
      return [
        ...new Set(eventsIn(this.contract, logs, "Published").map(({ args }) => String(args.ledgerRecordId))),
      ];
    } catch (error) {
      throw chainError(error, "list the ledger records");
    }
  }

  private async logs(first: (string | null)[], second: (string | null)[], fromBlock: number) {
    try {
      const address = this.chain.ledger;
      const found = await Promise.all(
        [first, second].map((topics) =>
          this.chain.provider.getLogs({ address, topics, fromBlock, toBlock: "latest" }),
        ),
      );
      return found.flat();
    } catch (error) {
      throw chainError(error, "read the history");
    }
  }
}

function publishArguments(call: PublishCall): unknown[] {
  return [call.publication, call.salt, call.program, call.index, call.policy];
}

function decidedFrom(args: Record<string, unknown>, transaction: string, block: number): Decided {
  return {
    requestId: String(args.requestId),
    ledgerRecordId: String(args.ledgerRecordId),
    requester: String(args.requester),
    decision: decisions[Number(args.decision)] ?? "policy-not-satisfied",
    epoch: Number(args.epoch),
    expiry: Number(args.expiry),
    nonce: String(args.nonce),
    purpose: String(args.purpose),
    responseKey: String(args.responseKey),
    transaction,
    block,
  };
}
