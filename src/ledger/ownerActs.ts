/** What the owner of ledger records does on a ledger: sent and paid for by the owner, or by a relayer under the owner's mandate. */
import type { Signer } from "ethers";
import { hex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import type { Address, Chain } from "./chain.ts";
import { keySetIdOf } from "./ids.ts";
import { IndexLedger } from "./indexLedger.ts";
import { KeyRegistry } from "./keyRegistry.ts";
import { contractOf } from "./ledgerContract.ts";
import {
  acceptTransferMessage,
  blockMessage,
  closeMessage,
  type Mandate,
  offerTransferMessage,
  type Publication,
  publishMessage,
  revokeGrantMessage,
  signMandate,
} from "./mandates.ts";
import { type Mined, transact } from "./transactions.ts";
import type { MessageKind } from "./typedData.ts";

/** What an owner brings to publish one version. */
export type PublishCall = {
  ledgerRecordId: string;
  version: number;
  epoch: number;
  /** The key that the index is encrypted under, 65 bytes: with the owner as its dealer it makes the key set. */
  indexKey: Uint8Array;
  /** The salt of the ledger record id; looked at for the first version only. */
  salt: string;
  program: Uint8Array;
  index: Uint8Array;
  /** The policy's text: goes into the event where the program is new. */
  policy: string;
};

/** What the owner signs of a publish that somebody else carries. */
export function publicationOf(call: PublishCall, owner: Address): Publication {
  const { ledgerRecordId, version, epoch } = call;
  return {
    ledgerRecordId,
    version,
    epoch,
    indexHash: hex(keccak256(call.index)),
    programHash: hex(keccak256(call.program)),
    keySet: keySetIdOf(owner, call.indexKey),
  };
}

/** A function of the ledger and its arguments, less the mandate; `act` completes "refused to …". */
export type OwnerCall = { method: string; args: readonly unknown[]; act: string };

/** Publishing with rules of its own. */
export function publishCall(call: PublishCall): OwnerCall {
  const { ledgerRecordId, version, epoch, salt, program, index, policy } = call;
  const edition = { ledgerRecordId, version, epoch, indexKeyHash: hex(keccak256(call.indexKey)) };
  return { method: "publish", args: [edition, salt, program, index, policy], act: "publish the index" };
}

/** Publishing under the rules that stand, which costs less. */
export function republishCall({ ledgerRecordId, version, epoch, index }: PublishCall): OwnerCall {
  return { method: "republish", args: [ledgerRecordId, version, epoch, index], act: "publish the index" };
}

/** Sends an act of the owner with the owner's own account. */
export function sendAsOwner(chain: Chain, owner: Signer, { method, args, act }: OwnerCall): Promise<Mined> {
  return transact(contractOf(chain), owner, method, args, act);
}

/** Sends an act under its owner's mandate, with any account. */
export function sendUnderMandate(
  chain: Chain,
  relayer: Signer,
  mandate: Mandate,
  { method, args, act }: OwnerCall,
): Promise<Mined> {
  return transact(contractOf(chain), relayer, `${method}For`, [mandate, ...args], act);
}

/** An owner's acts on one ledger. Every method throws `not-owner`, `record-unknown`, `transaction-reverted`, ... */
export class OwnerActs {
  private readonly chain: Chain;
  private readonly owner: Signer;
  private readonly relayer: Signer | undefined;

  /** @param relayer who sends and pays, when it isn't the owner */
  constructor(chain: Chain, owner: Signer, relayer?: Signer) {
    this.chain = chain;
    this.owner = owner;
    this.relayer = relayer;
  }

  /**
   * Publishes a version: under the rules that stand when program and key set stay as they are on the ledger, else with its own.
   *
   * @throws DiptychError `key-missing` when the owner has dealt no such key set: no gate could open the index
   */
  async publish(call: PublishCall): Promise<Mined> {
    const publication = publicationOf(call, await this.owner.getAddress());
    const stays = await this.rulesStay(publication);
    // The contract doesn't look: an index under a key that nobody dealt out harms its owner only.
    if (!stays) await this.demandDealt(publication.keySet);
    return this.send(stays ? republishCall(call) : publishCall(call), publishMessage, publication);
  }

  /** Ends epoch `epoch`, the running one: every request is denied, nothing releasable until the next publish. */
  close(ledgerRecordId: string, epoch: number): Promise<Mined> {
    // The owner's own transaction names no epoch: should another device have moved it, it ends the one that runs by then.
    const args = this.relayer === undefined ? [ledgerRecordId] : [ledgerRecordId, epoch];
    return this.send({ method: "close", args, act: "close the epoch" }, closeMessage, {
      ledgerRecordId,
      epoch,
    });
  }

  /** Blocks an account from a ledger record, or lets it in again. */
  setBlocked(ledgerRecordId: string, account: Address, blocked: boolean): Promise<Mined> {
    const call = {
      method: "setBlocked",
      args: [ledgerRecordId, account, blocked],
      act: "change the block list",
    };
    return this.send(call, blockMessage, { ledgerRecordId, account, blocked });
  }

  /** Ends one grant for good. Whom it was given to may ask anew. */
  revokeGrant(requestId: string): Promise<Mined> {
    const call = { method: "revokeGrant", args: [requestId], act: "revoke the grant" };
    return this.send(call, revokeGrantMessage, { requestId });
  }

  /** Offers a ledger record to a new owner; the zero address withdraws an offer. */
  offerTransfer(ledgerRecordId: string, newOwner: Address): Promise<Mined> {
    const call = {
      method: "offerTransfer",
      args: [ledgerRecordId, newOwner],
      act: "offer the ledger record",
    };
    return this.send(call, offerTransferMessage, { ledgerRecordId, newOwner });
  }

  /** Takes over a ledger record that was offered to this owner; it stays closed until the next publish. */
  acceptTransfer(ledgerRecordId: string): Promise<Mined> {
    const call = { method: "acceptTransfer", args: [ledgerRecordId], act: "take the ledger record over" };
    return this.send(call, acceptTransferMessage, { ledgerRecordId });
  }

  private async send<Act extends object>(
    call: OwnerCall,
    kind: MessageKind<Act & { owner: Address; nonce: bigint; deadline: bigint }>,
    act: Act,
  ): Promise<Mined> {
    if (this.relayer === undefined) return sendAsOwner(this.chain, this.owner, call);
    const mandate = await signMandate(this.owner, kind, this.chain, act);
    return sendUnderMandate(this.chain, this.relayer, mandate, call);
  }

  /** Whether a publish leaves key set and program as they stand, and they are this owner's to keep. */
  private async rulesStay({ ledgerRecordId, keySet, programHash }: Publication): Promise<boolean> {
    const ledger = new IndexLedger(this.chain);
    const standing = await ledger.find(ledgerRecordId);
    if (standing?.keySet !== keySet || hex(keccak256(standing.program)) !== programHash) return false;
    return !(await ledger.isHandedOver(ledgerRecordId));
  }

  private async demandDealt(keySet: string): Promise<void> {
    if ((await new KeyRegistry(this.chain).generationOf(keySet)) > 0) return;
    throw new DiptychError(
      "key-missing",
      `The ${this.chain.side} chain's gates have no shares of this owner's index key: appoint gates first.`,
    );
  }
}
