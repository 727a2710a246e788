/** What travels between an officer and the authority's desk, as JSON: shapes that both ends share. */
import type { Address, Side } from "../ledger/chain.ts";
import type { DecisionKind, DeskDecisions, DeskOrder } from "../ledger/deskMessages.ts";
import type { ReviewState } from "./wire.ts";

/** Something that waits for a decision, or was decided. Its texts are strangers'. Times in Unix seconds. */
export type DeskRequest = {
  id: string;
  state: ReviewState;
  /** Why it was refused; empty otherwise. */
  reason: string;
  /** What the applicant brings forward. */
  evidence: string;
  received: number;
  decided?: number;
  /** The officer; none where the authority's operator decided. */
  decidedBy?: Address;
} & (
  | { kind: "application"; account: Address; attributes: string[] }
  | {
      kind: "enrolment";
      /** The name to certify. */
      subject: string;
      /** SHA-256 of the PKCS#10 request, hex. */
      requestHash: string;
    }
  | {
      /** A doctor asks for the end of a key: `revoke-certificate` grants it. */
      kind: "revocation";
      subject: string;
      fingerprint: string;
    }
);

/** A certificate that this authority has issued. */
export type IssuedCertificate = {
  subject: string;
  /** SHA-256 of its DER, hex. */
  fingerprint: string;
  /** When it was issued and when it ends, in Unix seconds. */
  issued: number;
  notAfter: number;
  /** Whether a chain has it revoked. */
  revoked: boolean;
};

/** What this authority has attested to an account, and until when (Unix seconds) on each chain that has it. */
export type AttestedAccount = {
  account: Address;
  attributes: { text: string; expiry: Partial<Record<Side, number>> }[];
};

/** What stands around an officer's message: who signed it, and for which chain. */
export type OfficerEnvelope = { side: Side; officer: Address; signature: string };

/** An officer opens the desk. */
export type SignedSession = DeskOrder & OfficerEnvelope;

/** An officer's decision. */
export type SignedDecision = {
  [K in DecisionKind]: { kind: K } & DeskDecisions[K] & DeskOrder & OfficerEnvelope;
}[DecisionKind];

/** A decision that the desk has kept. */
export type DeskDecision = SignedDecision & {
  /** When it came, in Unix seconds. */
  time: number;
  /** Whether it was carried out in full; a decision that was not can be signed again. */
  done: boolean;
};

/** Hashes of the transactions that a decision took, of both chains; none where nothing was left to do. */
export type DeskOutcome = { transactions: string[] };

/** What the service asks of the desk behind it. Signatures have been checked. */
export type OfficersDesk = {
  /** What waits; with `all` what was decided, too. Oldest first. */
  requests(all: boolean): DeskRequest[];
  /** What the authority has issued. */
  certificates(): Promise<IssuedCertificate[]>;
  /** What stands on the chains for the accounts that something was approved for. */
  attestations(): Promise<AttestedAccount[]>;
  /** What officers have decided, newest first. */
  decisions(): DeskDecision[];
  /** Keeps that an officer opened the desk. @throws DiptychError `signature-invalid` for a message that was used before */
  noteSession(session: SignedSession): Promise<void>;
  /** Keeps a decision, then carries it out. @throws DiptychError `signature-invalid` for one that was used before */
  decide(decision: SignedDecision): Promise<DeskOutcome>;
};
