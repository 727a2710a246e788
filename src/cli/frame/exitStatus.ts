/** Exit statuses by class of error: documented in docs/cli.md, stable. */
import { DiptychError, type ErrorCode } from "../../core/errors.ts";

/** What scripts can tell apart without reading the code of an error. */
export const exitStatus = {
  ok: 0,
  /** A fault of the program. */
  unexpected: 1,
  /** The command line, or a text given on it, is off. */
  usage: 2,
  /** The rules say no: not granted, not the owner, forbidden by the signer. */
  refused: 3,
  /** Something that the command needs isn't there, or isn't what it should be. */
  input: 4,
  /** A signature, proof or hash doesn't hold. */
  verification: 5,
  /** A chain or service doesn't answer, or not as it should. */
  unreachable: 6,
  /** The home folder: not there, locked, of another version, of other chains; or its passphrase. */
  home: 7,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

const codes: Record<"usage" | "refused" | "input" | "verification" | "unreachable" | "home", string[]> = {
  usage: [
    "usage",
    "argument-invalid",
    "policy-syntax",
    "policy-limit",
    "attribute-invalid",
    "purpose-unknown",
  ],
  refused: [
    "abe-not-satisfied",
    "ces-subset-forbidden",
    "record-move-forbidden",
    "transaction-reverted",
    "not-owner",
    "not-officer",
    "session-ended",
    "signature-refused",
    "version-moved",
    "service-refused",
    "relay-refused",
    "not-releasable",
    "grant-ended",
    "change-unfinished",
    "record-stored",
    "amendment-stale",
    "rights-inconsistent",
  ],
  input: [
    "bytes-invalid",
    "encoding-invalid",
    "abe-key-invalid",
    "ces-header-invalid",
    "ces-key-invalid",
    "record-not-json",
    "record-too-large",
    "record-unknown-schema",
    "record-keys",
    "record-one-sided",
    "record-part-count",
    "record-label-invalid",
    "record-side-table",
    "record-unknown",
    "block-missing",
    "application-unknown",
    "letter-unknown",
    "key-missing",
    "config-invalid",
  ],
  verification: [
    "abe-decapsulation-failed",
    "ces-verification-failed",
    "seal-open-failed",
    "share-invalid",
    "proof-invalid",
    "certificate-invalid",
    "info1-invalid",
    "hand-over-invalid",
    "amendment-invalid",
    "keyring-invalid",
    "block-mismatch",
    "block-unexpected",
    "manifest-invalid",
    "signature-invalid",
    "anchor-mismatch",
    "receipt-invalid",
  ],
  unreachable: [
    "chain-unreachable",
    "chain-mismatch",
    "contract-missing",
    "service-unreachable",
    "service-answer-invalid",
    "node-behind",
    "rate-limited",
    "relay-unaffordable",
    "letterbox-full",
    "threshold-not-met",
    "finality-unknown",
    "service-busy",
    "start-failed",
  ],
  home: [
    "store-failed",
    "home-missing",
    "home-invalid",
    "home-newer",
    "home-locked",
    "home-unwritable",
    "home-mismatch",
    "passphrase-missing",
    "passphrase-wrong",
  ],
};

const statuses = new Map<string, number>(
  Object.entries(codes).flatMap(([kind, list]) =>
    list.map((code) => [code, exitStatus[kind as keyof typeof codes]] as const),
  ),
);

/** The exit status for a code; 1 for those that only a fault of the program can cause. */
export function statusOfCode(code: ErrorCode | "internal"): number {
  return statuses.get(code) ?? exitStatus.unexpected;
}

/** The exit status for an error; 1 for all that isn't a DiptychError. */
export function exitStatusOf(error: unknown): number {
  return error instanceof DiptychError ? statusOfCode(error.code) : exitStatus.unexpected;
}
