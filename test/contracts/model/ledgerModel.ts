/** A plain model of IIndexLedger: requests, grants and what becomes of them, over the records. */
import { AbiCoder, dataLength, hexlify, keccak256, id as keccakOfText } from "ethers";
import { decisions, type statuses } from "../fixture.ts";
import {
  type Address,
  type Answer,
  actorOf,
  type Cast,
  type Domain,
  type Hex,
  type Plain,
  type Request,
  type RevokeGrant,
  type SetPause,
  type Verdict,
  ZERO_ADDRESS,
  ZERO_WORD,
} from "./calls.ts";
import { type Holdings, isMet, leavesOf } from "./policyModel.ts";
import { type RecordState, RecordsModel } from "./recordsModel.ts";
import type { RegistryModel } from "./registryModel.ts";
import { RolesModel } from "./rolesModel.ts";
import { happen, refuse, settle, when, whole } from "./verdicts.ts";

export const PAUSER_ROLE = keccakOfText("PAUSER_ROLE");
const LAST_EXPIRY = 2n ** 32n - 1n;

export type Decision = (typeof decisions)[number];
export type Status = (typeof statuses)[number];

export interface GrantState {
  readonly ledgerRecordId: Hex;
  readonly requester: Address;
  readonly epoch: bigint;
  readonly expiry: bigint;
  readonly purpose: number;
  revoked: boolean;
}

export class LedgerModel extends RecordsModel {
  readonly roles: RolesModel;
  readonly grants = new Map<Hex, GrantState>();
  /** Every request that was decided, granted or not. */
  readonly requests: Hex[] = [];
  paused = false;
  protected readonly registry: RegistryModel;

  constructor(domain: Domain, cast: Cast, registry: RegistryModel) {
    super(domain);
    this.registry = registry;
    this.roles = new RolesModel(cast.admin, PAUSER_ROLE, cast.admin);
  }

  request(call: Request, now: bigint): Verdict {
    const { from, ledgerRecordId, nonce, purpose, responseKey, expiry } = call;
    const badKey = dataLength(responseKey) !== 65 || !responseKey.startsWith("0x04");
    const badInput = [
      ...when(badKey, "IndexLedgerResponseKeyMalformed"),
      ...when(expiry <= now || expiry > LAST_EXPIRY, "IndexLedgerExpiryOutOfRange", {
        expiry: whole(expiry),
      }),
    ];
    return this.onRecord(
      call,
      (record) => {
        const { epoch } = record;
        const requestId = this.requestIdOf(call, epoch);
        const again = when(this.grants.has(requestId), "IndexLedgerRequestAlreadyGranted", { requestId });
        return settle([...badInput, ...again], () => {
          const decision = this.paused ? "Paused" : this.decide(record, from, purpose, now);
          if (decision === "Granted") {
            const grant = { ledgerRecordId, requester: from, epoch, expiry, purpose, revoked: false };
            this.grants.set(requestId, grant);
          }
          if (!this.requests.includes(requestId)) this.requests.push(requestId);
          return [
            happen("Decided", {
              requestId,
              ledgerRecordId,
              requester: from,
              decision: whole(decisions.indexOf(decision)),
              epoch: whole(epoch),
              expiry: whole(expiry),
              nonce,
              purpose: whole(purpose),
              responseKey,
            }),
          ];
        });
      },
      badInput,
    );
  }

  revokeGrant(call: RevokeGrant, now: bigint): Verdict {
    const { requestId } = call;
    const signed = this.checkMandate(call, "RevokeGrant", { requestId }, now);
    const grant = this.grants.get(requestId);
    if (grant === undefined)
      return { refusals: [...signed, refuse("IndexLedgerGrantUnknown", { requestId })], events: [] };
    const { ledgerRecordId, requester, revoked } = grant;
    const refusals = [
      ...signed,
      ...this.checkOwner(this.records.get(ledgerRecordId)!, actorOf(call)),
      ...when(revoked, "IndexLedgerGrantAlreadyRevoked", { requestId }),
    ];
    return settle(refusals, () => {
      this.useNonce(call);
      grant.revoked = true;
      return [happen("GrantRevoked", { requestId, ledgerRecordId, requester })];
    });
  }

  setPause({ name, from }: SetPause): Verdict {
    const pauses = name === "pause";
    const refusals = [
      ...this.roles.checkHolder(from),
      ...when(this.paused === pauses, pauses ? "EnforcedPause" : "ExpectedPause"),
    ];
    return settle(refusals, () => {
      this.paused = pauses;
      return [happen(pauses ? "Paused" : "Unpaused", { account: from })];
    });
  }

  /** What a request would be told now, a pause aside. */
  decide(record: RecordState, requester: Address, purpose: number, now: bigint): Decision {
    const { policy, purposes } = record.rules;
    if (record.closed) return "Closed";
    if (record.blocked.has(requester)) return "Blocked";
    if (purposes.length > 0 && !purposes.includes(purpose)) return "PurposeNotAllowed";
    return isMet(policy, this.holdingsOf(requester, now)) ? "Granted" : "PolicyNotSatisfied";
  }

  statusOf(requestId: Hex, now: bigint): Status {
    const grant = this.grants.get(requestId);
    if (grant === undefined) return "Unknown";
    if (grant.revoked) return "Revoked";
    if (this.hasExpired(grant.expiry, now)) return "Expired";
    const record = this.records.get(grant.ledgerRecordId)!;
    if (grant.epoch !== record.epoch) return "EpochEnded";
    const decision = this.decide(record, grant.requester, grant.purpose, now);
    return decision === "Granted" || decision === "Paused" ? "Live" : decision;
  }

  explainFor(ledgerRecordId: Hex, requester: Address, purpose: number, now: bigint): Answer {
    const record = this.records.get(ledgerRecordId);
    if (record === undefined) return { refused: refuse("IndexLedgerRecordUnknown", { ledgerRecordId }) };
    const leaves = leavesOf(record.rules.policy, this.holdingsOf(requester, now));
    const decision = this.decide(record, requester, purpose, now);
    return {
      value: {
        decision: whole(decisions.indexOf(decision)),
        purposes: hexlify(Uint8Array.from(record.rules.purposes)),
        attributes: leaves.attributes,
        comparisons: `0x${leaves.comparisons.map((each) => each.slice(2)).join("")}`,
        held: whole(leaves.held),
      },
    };
  }

  explain(requestId: Hex, now: bigint): Answer {
    const grant = this.grants.get(requestId);
    if (grant === undefined) return { refused: refuse("IndexLedgerGrantUnknown", { requestId }) };
    return this.explainFor(grant.ledgerRecordId, grant.requester, grant.purpose, now);
  }

  grantOf(requestId: Hex): Plain {
    const grant = this.grants.get(requestId);
    return {
      ledgerRecordId: grant?.ledgerRecordId ?? ZERO_WORD,
      requester: grant?.requester ?? ZERO_ADDRESS,
      epoch: whole(grant?.epoch ?? 0),
      expiry: whole(grant === undefined || grant.revoked ? 0 : grant.expiry),
      purpose: whole(grant?.purpose ?? 0),
    };
  }

  /** When grants end, those to come. */
  expiries(now: bigint): bigint[] {
    return [...this.grants.values()].map(({ expiry }) => expiry).filter((expiry) => expiry > now);
  }

  /** A grant ends at its expiry, that second included. */
  protected hasExpired(expiry: bigint, now: bigint): boolean {
    return expiry <= now;
  }

  /** What an account has, its own `id:` included. */
  protected holdingsOf(account: Address, now: bigint): Holdings {
    const attested = this.registry.holdingsOf(account, now);
    return { ...attested, has: (attribute) => attribute === `id:${account}` || attested.has(attribute) };
  }

  /** Binds chain, contract and all that is asked. */
  protected requestIdOf(call: Request, epoch: bigint): Hex {
    const { from, ledgerRecordId, nonce, purpose, responseKey, expiry } = call;
    const { chainId, verifyingContract } = this.domain;
    const types = [
      "uint256",
      "address",
      "bytes32",
      "uint64",
      "address",
      "bytes32",
      "uint8",
      "bytes32",
      "uint64",
    ];
    const values = [ledgerRecordId, epoch, from, nonce, purpose, keccak256(responseKey), expiry];
    return keccak256(AbiCoder.defaultAbiCoder().encode(types, [chainId, verifyingContract, ...values]));
  }
}
