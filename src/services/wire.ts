/** What travels between roles and services, as JSON: shapes that both ends share. */
import type { Address, Side } from "../ledger/chain.ts";
import type { Receipt } from "../ledger/receipts.ts";
import type { AccessRequest } from "../ledger/request.ts";
import type { Application, KeyRequest } from "../ledger/typedData.ts";

/** How far an application or enrolment has come. */
export type ReviewState = "pending" | "approved" | "refused";

/** An application for attributes by an account of one chain, with its signature. */
export type SignedApplication = Application & { side: Side; account: Address; signature: string };
/** A request for SK_AU by an account of one chain, with its signature. */
export type SignedKeyRequest = KeyRequest & { side: Side; account: Address; signature: string };

/** What the authority's service asks of the authority behind it. */
export type AuthorityDesk = {
  /** Name, CP-ABE public key and certificate (DER) of the authority. */
  credentials(): { name: string; abePublicKey: Uint8Array; certificateAuthority: Uint8Array };
  /** Takes a doctor's certificate request (PKCS#10, DER) for review; returns its id. */
  enrol(request: Uint8Array, evidence: string): Promise<string>;
  /** How far an enrolment has come, and the certificate (DER) once it is approved. */
  enrolment(id: string): { state: ReviewState; reason: string; certificate: Uint8Array | undefined };
  /** Takes an application for attributes for review; returns its id once it is kept. */
  apply(application: SignedApplication): Promise<string>;
  /** How far an application has come. */
  application(id: string): { state: ReviewState; reason: string };
  /** SK_AU for the account's attributes of this moment, sealed to its HPKE key. */
  issueKey(request: SignedKeyRequest): Promise<Uint8Array>;
};

/** A request for a release: the requestId's preimage; the gate computes the id itself. */
export type ReleaseOrder = AccessRequest;

/** A gate's word that it released, under the gate's account; with the release around it a whole `Receipt` of the ledger. */
export type ReleaseReceipt = {
  ledgerRecordId: string;
  /** Unix seconds by the gate's clock. */
  time: number;
  signature: string;
};

/** A gate's answer: its partial, sealed to the request's response key. */
export type Release = {
  gate: Address;
  /** The gate's place among the key set's gates, from 1. */
  place: number;
  generation: number;
  version: number;
  /** H(enc) of the index that this partial is for. */
  encHash: string;
  sealed: string;
  /** It proves the release; that there is none proves nothing. */
  receipt: ReleaseReceipt;
  /** What the requester may tell the record's owner, in sentences. */
  warnings?: string[];
};

/** A gate's complaint about its share of a key set; anybody can judge the evidence (hex). */
export type GateComplaint = { keySet: string; generation: number; gate: Address; evidence: string };

/**
 * A receipt that a gate still holds, with a number that grows until the gate starts anew, and where it is anchored: the path
 * from its leaf up to the root.
 */
export type KeptReceipt = Receipt & { number: number; anchor?: { root: string; proof: string[] } };
