/**
 * What the contracts and their model are told and asked, in plain values: addresses and bytes in lower-case hex, whole numbers
 * of answers in decimal.
 */
import type { Kind } from "../fixture.ts";

export type Hex = string;
export type Address = string;

/** A value as both sides of a comparison write it. */
export type Plain = string | boolean | readonly Plain[] | { readonly [name: string]: Plain };
export type Fields = { readonly [name: string]: Plain };

/** One of the two chains. */
export type Side = "storage" | "shared";
export const sides = ["storage", "shared"] as const satisfies readonly Side[];

export type Domain = { name: string; version: string; chainId: string; verifyingContract: Address };

/** What somebody put their name to. */
export interface Statement {
  readonly signer: Address;
  readonly domain: Domain;
  readonly kind: Kind;
  /** Its fields, `owner`, `nonce` and `deadline` among them. */
  readonly message: Fields;
}

/** In whose name a relayer acts. Instead of a signature it has what was signed; without it, bytes that are no signature. */
export interface Mandate {
  readonly owner: Address;
  readonly nonce: bigint;
  readonly deadline: bigint;
  readonly said?: Statement;
}

/** The rules of a version: what they mean as text, and the program that the contract gets for them. */
export interface Rules {
  readonly policy: string;
  readonly purposes: readonly number[];
  readonly program: Hex;
  /** Where the program goes wrong, for one that isn't well-formed. */
  readonly malformedAt?: number;
}

export type Unit = "number" | "date";
export type NumberName = { readonly label: string; readonly unit: Unit | "unknown" };
export type NumberGiven = NumberName & { readonly value: number };

type Sent = { readonly from: Address };
/** Sent by the owner, or by a relayer with a mandate. */
type Owned = Sent & { readonly mandate?: Mandate };
type OnRecord = Owned & { readonly ledgerRecordId: Hex };

export type Publish = OnRecord & {
  readonly name: "publish";
  readonly version: bigint;
  readonly epoch: bigint;
  readonly indexKeyHash: Hex;
  readonly salt: Hex;
  readonly rules: Rules;
  readonly index: Hex;
  readonly policyText: string;
};
export type Republish = OnRecord & {
  readonly name: "republish";
  readonly version: bigint;
  readonly epoch: bigint;
  readonly index: Hex;
};
/** The epoch goes with a mandate only. */
export type Close = OnRecord & { readonly name: "close"; readonly epoch: bigint };
export type SetBlocked = OnRecord & {
  readonly name: "setBlocked";
  readonly account: Address;
  readonly blocked: boolean;
};
export type OfferTransfer = OnRecord & { readonly name: "offerTransfer"; readonly newOwner: Address };
export type AcceptTransfer = OnRecord & { readonly name: "acceptTransfer" };
export type RevokeGrant = Owned & { readonly name: "revokeGrant"; readonly requestId: Hex };
export type Request = Sent & {
  readonly name: "request";
  readonly ledgerRecordId: Hex;
  readonly nonce: Hex;
  readonly purpose: number;
  readonly responseKey: Hex;
  readonly expiry: bigint;
};
export type SetPause = Sent & { readonly name: "pause" | "unpause" };

export type Attest = Sent & {
  readonly name: "attest";
  readonly account: Address;
  readonly attributes: readonly string[];
  readonly expiry: bigint;
};
export type AttestNumbers = Sent & {
  readonly name: "attestNumbers";
  readonly account: Address;
  readonly numbers: readonly NumberGiven[];
  readonly expiry: bigint;
};
export type Revoke = Sent & {
  readonly name: "revoke";
  readonly account: Address;
  readonly attributes: readonly string[];
};
export type RevokeNumbers = Sent & {
  readonly name: "revokeNumbers";
  readonly account: Address;
  readonly numbers: readonly NumberName[];
};
export type AssignLabel = Sent & {
  readonly name: "assignLabel";
  readonly label: string;
  readonly authority: Address;
};
export type Anchor = Sent & {
  readonly name: "anchorAuthority";
  readonly abePublicKeyHash: Hex;
  readonly caFingerprint: Hex;
};
export type AnchorList = Sent & { readonly name: "anchorRevocationList"; readonly hash: Hex };
export type RevokeCertificate = Sent & { readonly name: "revokeCertificate"; readonly fingerprint: Hex };

/** The role is the one that the contract has for others than its administrator. */
export type ChangeRole = Sent & {
  readonly name: "grantRole" | "revokeRole";
  readonly contract: "ledger" | "attributes";
  readonly account: Address;
};

export type Deal = Sent & {
  readonly name: "deal";
  readonly indexKey: Hex;
  readonly generation: number;
  readonly threshold: number;
  readonly gates: readonly Address[];
  readonly commitments: Hex;
  readonly sealedShares: readonly Hex[];
};

export type OwnerCall =
  | Publish
  | Republish
  | Close
  | SetBlocked
  | OfferTransfer
  | AcceptTransfer
  | RevokeGrant;
export type RegistryCall =
  | Attest
  | AttestNumbers
  | Revoke
  | RevokeNumbers
  | AssignLabel
  | Anchor
  | AnchorList
  | RevokeCertificate;
export type Call = OwnerCall | Request | SetPause | RegistryCall | ChangeRole | Deal;

/** What anybody may look at. */
export type View =
  | { readonly name: "record" | "transferOffer"; readonly ledgerRecordId: Hex }
  | { readonly name: "isBlocked"; readonly ledgerRecordId: Hex; readonly account: Address }
  | {
      readonly name: "explainFor";
      readonly ledgerRecordId: Hex;
      readonly account: Address;
      readonly purpose: number;
    }
  | { readonly name: "recordsOf"; readonly owner: Address; readonly pageSize: number }
  /** A page from where it starts, by the record that was to come next when a page before ended. */
  | { readonly name: "pageFrom"; readonly owner: Address; readonly cursor: bigint; readonly next: Hex }
  | { readonly name: "recordCount" | "nonces"; readonly owner: Address }
  | { readonly name: "totalRecords" | "paused" | "authorityAnchor" | "revocationList" }
  | { readonly name: "status" | "releasable" | "grantOf" | "explain"; readonly requestId: Hex }
  | { readonly name: "attestation"; readonly account: Address; readonly attribute: string }
  | { readonly name: "numberAttestation"; readonly account: Address; readonly number: NumberName }
  | { readonly name: "labelAuthority"; readonly label: string }
  | { readonly name: "certificateRevoked"; readonly fingerprint: Hex }
  | { readonly name: "hasRole"; readonly contract: "ledger" | "attributes"; readonly account: Address }
  | { readonly name: "keySet" | "dealerOf"; readonly keySet: Hex }
  /** The code of an account that a version was published in. */
  | { readonly name: "blob"; readonly account: Address };

export interface Refusal {
  readonly error: string;
  readonly args: Fields;
}
export interface Happening {
  readonly event: string;
  readonly args: Fields;
}

/** What came of a call: its events in order, or the error that it failed with. */
export type Outcome = { readonly events: readonly Happening[] } | { readonly refused: Refusal };
/** What came of a look. */
export type Answer = { readonly value: Plain } | { readonly refused: Refusal };

/**
 * What should come of a call. It fails when there is any reason to, with one of those errors: which of several comes first is
 * promised nowhere. Else it does what these events say.
 */
export interface Verdict {
  readonly refusals: readonly Refusal[];
  readonly events: readonly Happening[];
}

/** Who there is, the same on both chains. */
export interface Cast {
  /** Owners, requesters and strangers: the last of them a contract that answers ERC-1271. */
  readonly people: readonly Address[];
  readonly admin: Address;
  readonly authority: Address;
  readonly secondAuthority: Address;
  readonly gates: readonly Address[];
}

export const ZERO_ADDRESS: Address = `0x${"00".repeat(20)}`;
export const ZERO_WORD: Hex = `0x${"00".repeat(32)}`;

/** In whose name a call is made. */
export const actorOf = (call: OwnerCall): Address => call.mandate?.owner ?? call.from;
