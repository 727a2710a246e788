/** What everybody reads of the ledger contract of one chain (storage or shared alike), and how a requester asks it. */
import { type Contract, id, type Signer } from "ethers";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import { purposeNumber } from "../policy/index.ts";
import type { Address, Chain } from "./chain.ts";
import { type Explanation, explanationFrom } from "./explanation.ts";
import { type AuditEvent, decidedFrom, type OldVersion, readHistory, readOldVersion } from "./history.ts";
import { contractOf, nonceOf } from "./ledgerContract.ts";
import { findPolicy } from "./policyText.ts";
import { type AccessRequest, type Decided, type Grant, type GrantStatus, statuses } from "./request.ts";
import { chainError, isContractError } from "./reverts.ts";
import { eventsIn, type Mined, read, transact } from "./transactions.ts";
import { callView } from "./view.ts";

/** A ledger record as the contract holds it now. */
export type LedgerRecord = {
  owner: Address;
  version: number;
  epoch: number;
  closed: boolean;
  /** The account whose code holds this version. */
  blob: Address;
  keySet: string;
  program: Uint8Array;
  index: Uint8Array;
};

const selectors = {
  record: id("record(bytes32)").slice(0, 10),
  status: id("status(bytes32)").slice(0, 10),
};

/** Ledger record ids asked for at a time. */
const pageSize = 100;

/** The index ledger of one chain: storage and shared ledger have one contract and one client. */
export class IndexLedger {
  readonly chain: Chain;
  private readonly contract: Contract;

  constructor(chain: Chain) {
    this.chain = chain;
    this.contract = contractOf(chain);
  }

  /** The ledger record, or undefined when the ledger has none of that id. */
  async find(ledgerRecordId: string, block?: number): Promise<LedgerRecord | undefined> {
    try {
      return await this.record(ledgerRecordId, block);
    } catch (error) {
      if (isDiptychError(error, "record-unknown")) return undefined;
      throw error;
    }
  }

  /** The ledger record at the newest or the given block; throws `record-unknown`. */
  async record(ledgerRecordId: string, block?: number): Promise<LedgerRecord> {
    const act = "show the ledger record";
    const call = { to: this.chain.ledger, selector: selectors.record, word: ledgerRecordId, act, block };
    return callView(this.chain, call, (answer) => {
      const found = answer.tuple(0);
      return {
        owner: found.address(0),
        version: found.number(1),
        epoch: found.number(2),
        closed: found.boolean(3),
        blob: found.address(4),
        keySet: found.hex32(5),
        program: found.bytesAt(6),
        index: found.bytesAt(7),
      };
    });
  }

  /**
   * Whether the ledger record changed hands and its new owner hasn't published since: then the rules that stand are the old
   * owner's, even if the new one owned it before and they look the same, and the next version must bring its own.
   */
  async isHandedOver(ledgerRecordId: string, block?: number): Promise<boolean> {
    const found = await this.record(ledgerRecordId, block);
    if (!found.closed) return false;
    // The view doesn't tell this kind of closed from the other, so the contract is asked to keep the rules, in vain.
    const args = [ledgerRecordId, found.version + 1, found.epoch + 1, "0x01"];
    const trial = { from: found.owner, ...(block === undefined ? {} : { blockTag: block }) };
    try {
      await this.contract.getFunction("republish").staticCall(...args, trial);
      return false;
    } catch (error) {
      if (isContractError(error, "IndexLedgerRulesForeign")) return true;
      throw chainError(error, "try whether the rules can stay");
    }
  }

  /** The next EIP-712 nonce of an account. */
  nonceOf(owner: Address): Promise<bigint> {
    return nonceOf(this.contract, owner);
  }

  /** Whether an account is blocked for a ledger record. */
  isBlocked(ledgerRecordId: string, account: Address): Promise<boolean> {
    return this.ask<boolean>("isBlocked", [ledgerRecordId, account], "read the block list");
  }

  /** Whom a ledger record is offered to; undefined for nobody. */
  async transferOffer(ledgerRecordId: string): Promise<Address | undefined> {
    const found = await this.ask<string>("transferOffer", [ledgerRecordId], "tell the offer");
    return BigInt(found) === 0n ? undefined : found;
  }

  /** Whether new requests are denied for now, whatever the policies; owners' acts and live grants go on. */
  isPaused(block?: number): Promise<boolean> {
    return this.ask<boolean>("paused", [], "tell whether it is paused", block);
  }

  /** Stops new grants; only for those with the pauser's role. */
  pause(pauser: Signer): Promise<Mined> {
    return transact(this.contract, pauser, "pause", [], "pause new grants");
  }

  /** Lets requests be granted again; only for those with the pauser's role. */
  unpause(pauser: Signer): Promise<Mined> {
    return transact(this.contract, pauser, "unpause", [], "take up granting again");
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
    const found = await this.ask<Record<string, unknown>>("grantOf", [requestId], "show the grant", block);
    if (Number(found.epoch) === 0) return undefined;
    return {
      ledgerRecordId: String(found.ledgerRecordId),
      requester: String(found.requester),
      epoch: Number(found.epoch),
      expiry: Number(found.expiry),
      purpose: Number(found.purpose),
    };
  }

  /** The one definition of a live grant, evaluated now or at the given block. */
  async status(requestId: string, block?: number): Promise<GrantStatus> {
    if (!/^0x[0-9a-f]{64}$/i.test(requestId))
      throw new DiptychError("argument-invalid", "A request id is 32 bytes, as 0x and 64 hex digits.");
    const act = "tell the request's status";
    const call = { to: this.chain.ledger, selector: selectors.status, word: requestId, act, block };
    return callView(this.chain, call, (answer) => {
      return statuses[answer.onlyNumber()] ?? "unknown";
    });
  }

  /**
   * What a request of `requester` for `purpose` (HL7's code; none stated if left out) would rest on now, in people's words:
   * which leaves of the policy hold. A pause aside.
   */
  async explain(ledgerRecordId: string, requester: Address, purpose?: string): Promise<Explanation> {
    const number = purpose === undefined ? 0 : purposeNumber(purpose);
    const found = await this.ask<Record<string, unknown>>(
      "explainFor",
      [ledgerRecordId, requester, number],
      "explain the decision",
    );
    return explanationFrom(found, await this.policyOf(ledgerRecordId));
  }

  /** The same for a request that was granted: what its grant rests on now. Throws `not-releasable` for one that wasn't. */
  async explainGrant(requestId: string): Promise<Explanation> {
    const found = await this.ask<Record<string, unknown>>("explain", [requestId], "explain the grant");
    const { ledgerRecordId } = (await this.grantOf(requestId))!;
    return explanationFrom(found, await this.policyOf(ledgerRecordId));
  }

  /** The text of the policy in force, as its owner gave it, if it compiles to the program; undefined if none does. */
  async policyOf(ledgerRecordId: string): Promise<string | undefined> {
    const { program } = await this.record(ledgerRecordId);
    return findPolicy(await this.history(ledgerRecordId), program);
  }

  /** All that happened to a ledger record, oldest first. */
  history(ledgerRecordId: string, fromBlock = 0): Promise<AuditEvent[]> {
    return readHistory(this.chain, this.contract, ledgerRecordId, fromBlock);
  }

  /** A version as it was published, old ones too: `published` is its line in the history. Throws `contract-missing`. */
  readVersion(published: { blob: Address; keySet: string }): Promise<OldVersion> {
    return readOldVersion(this.chain, published);
  }

  /** How many ledger records an account owns now. */
  async recordCount(owner: Address): Promise<number> {
    return Number(await this.ask<bigint>("recordCount", [owner], "count the ledger records"));
  }

  /** Ids of the ledger records that `owner` has now, the one got last first; each once, even if the list moves meanwhile. */
  async *recordsOf(owner: Address): AsyncGenerator<string> {
    const seen = new Set<string>();
    let cursor = 0n;
    do {
      let page: { ledgerRecordIds: string[]; nextCursor: bigint };
      try {
        page = await this.ask("recordsOf", [owner, cursor, pageSize], "list the ledger records");
      } catch (error) {
        // The record at which this page should start went to another owner: from the start again.
        if (cursor === 0n || !isDiptychError(error, "version-moved")) throw error;
        cursor = 0n;
        continue;
      }
      for (const id of page.ledgerRecordIds) if (!seen.has(id)) yield seen.add(id) && id;
      cursor = page.nextCursor;
    } while (cursor !== 0n);
  }

  /** Ledger records that came to an account from another, and who published them first. */
  async arrivalsOf(owner: Address): Promise<{ ledgerRecordId: string; firstOwner: Address }[]> {
    try {
      const came = await this.contract.queryFilter(this.contract.filters.Transferred!(null, null, owner));
      const ids = new Set(
        eventsIn(this.contract, came, "Transferred").map(({ args }) => String(args.ledgerRecordId)),
      );
      return await Promise.all(
        [...ids].map(async (ledgerRecordId) => {
          const published = await this.contract.queryFilter(this.contract.filters.Published!(ledgerRecordId));
          const first = eventsIn(this.contract, published, "Published")[0];
          return { ledgerRecordId, firstOwner: String(first?.args.owner) };
        }),
      );
    } catch (error) {
      throw chainError(error, "list the transfers");
    }
  }

  /** Ledger records that stand offered to an account. */
  async offersTo(account: Address): Promise<string[]> {
    try {
      const filter = this.contract.filters.TransferOffered!(null, null, account);
      const offered = await this.contract.queryFilter(filter);
      const ids = new Set(
        eventsIn(this.contract, offered, "TransferOffered").map(({ args }) => String(args.ledgerRecordId)),
      );
      const standing = await Promise.all([...ids].map((id) => this.transferOffer(id)));
      return [...ids].filter((_, i) => standing[i]?.toLowerCase() === account.toLowerCase());
    } catch (error) {
      throw chainError(error, "list the offers");
    }
  }

  private ask<T>(method: string, args: readonly unknown[], act: string, block?: number): Promise<T> {
    return read<T>(this.contract, method, args, act, block);
  }
}
