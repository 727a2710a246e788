/** What is proven, within which bounds, and for each theorem a broken contract that refutes it. */
export interface Theorem {
  contract: string;
  check: string;
  /** The most bytes of operations: in every run, and in a deep one. */
  bytes?: { quick: number; deep: number };
  /** The part of `file` that is replaced, so that the theorem is false. */
  refutedBy: { file: string; from: string; to: string };
}

// 13 bytes are four leaves under three gates, and every other program of that size; 7 are four leaves under one gate.
const policies = "contracts/libraries/PolicyProgram.sol";
const ledger = "contracts/IndexLedger.sol";
const records = "contracts/IndexRecords.sol";

const policy = (check: string, quick: number, deep: number, from: string, to: string): Theorem => ({
  contract: "PolicyProgramProof",
  check,
  bytes: { quick, deep },
  refutedBy: { file: policies, from, to },
});
const grant = (check: string, file: string, from: string, to: string): Theorem => ({
  contract: "GrantProof",
  check,
  refutedBy: { file, from, to },
});

export const theorems: readonly Theorem[] = [
  policy(
    "checkEvaluatesAsSpecified",
    8,
    13,
    "stack = (stack >> n) << 1;",
    "stack = (stack >> (n - 1)) << 1;",
  ),
  policy("checkValidatedStaysInBounds", 8, 13, "if (k == 0 || k > n", "if (k > n"),
  policy("checkHoldingMoreNeverSatisfiesLess", 8, 13, "satisfied = stack == 1;", "satisfied = stack == 0;"),
  policy("checkOnlyLeavesMatter", 8, 13, "if (operation < leaves) {", "if (operation <= leaves) {"),
  grant(
    "checkGrantedExactlyByTheRule",
    ledger,
    "if (isBlocked(ledgerRecordId, requester)) return Decision.Blocked;",
    "",
  ),
  grant(
    "checkReleasableExactlyByTheRule",
    ledger,
    "if (grant.expiry <= block.timestamp) return Status.Expired;",
    "if (grant.expiry < block.timestamp) return Status.Expired;",
  ),
  grant(
    "checkEpochEndsGrants",
    ledger,
    "if (grant.epoch != found.epoch) return Status.EpochEnded;",
    "if (grant.epoch > found.epoch) return Status.EpochEnded;",
  ),
  grant(
    "checkOnlyOwnerCloses",
    records,
    "if (found.owner != account) revert IndexLedgerNotOwner(ledgerRecordId, account);",
    "",
  ),
  grant(
    "checkOnlyOwnerBlocks",
    records,
    "_ownedRecord(ledgerRecordId, msg.sender);\n    _blocked",
    "_blocked",
  ),
];
