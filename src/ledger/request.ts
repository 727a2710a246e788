/** A request for a view, how it was decided, and how its grant stands: the contract's words in ours. */
import type { Address } from "./chain.ts";

/** What a requester asks (5.2.1), and what requestId binds. */
export type AccessRequest = {
  ledgerRecordId: string;
  epoch: number;
  requester: Address;
  nonce: string;
  /** The number of a purpose (`purposes` of the policy package), 0 for none stated. */
  purpose: number;
  /** P-256 public key, 65 bytes uncompressed, hex: gates seal their answers to it. */
  responseKey: string;
  /** Unix seconds. */
  expiry: number;
};

/** The contract's decision on a request, in the order of its enum `Decision`. */
export const decisions = [
  "granted",
  "paused",
  "closed",
  "blocked",
  "purpose-not-allowed",
  "policy-not-satisfied",
] as const;
/** What the contract decided; all but the first are denials. */
export type Decision = (typeof decisions)[number];

/** The life of a request, in the order of the contract's enum `Status`. */
export const statuses = [
  "unknown",
  "live",
  "revoked",
  "expired",
  "epoch-ended",
  "closed",
  "blocked",
  "purpose-not-allowed",
  "policy-not-satisfied",
] as const;
/** Where a request stands now; only `live` lets anything be released. */
export type GrantStatus = (typeof statuses)[number];

/** A request with the contract's decision, from its event. */
export type Decided = AccessRequest & {
  requestId: string;
  decision: Decision;
  transaction: string;
  block: number;
};

/** What the contract keeps of a granted request; `expiry` 0 once its owner revoked it. */
export type Grant = {
  ledgerRecordId: string;
  requester: Address;
  epoch: number;
  expiry: number;
  purpose: number;
};
