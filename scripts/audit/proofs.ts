/** What is proven, within which bounds, and for each theorem a broken contract that refutes it. */
export interface Theorem {
  contract: string;
  check: string;
  /** The most bytes of operations: in every run, and in a deep one. */
  bytes?: { quick: number; deep: number };
  /** The part of `file` that is replaced, so that the theorem is false. */
  refutedBy: { file: string; from: string; to: string };
}

type Refuted = readonly [check: string, file: string, from: string, to: string];

const policies = "contracts/libraries/PolicyProgram.sol";
const ledger = "contracts/IndexLedger.sol";
const store = "contracts/RecordStore.sol";
const transfers = "contracts/RecordTransfers.sol";
const mandates = "contracts/Mandates.sol";
const registry = "contracts/AttributeRegistry.sol";

// 13 bytes are four leaves under three gates, and every other program of that size; 7 are four leaves under one gate.
const bytes = { quick: 8, deep: 13 };

const of = (contract: string, ...refuted: readonly Refuted[]): Theorem[] =>
  refuted.map(([check, file, from, to]) => ({ contract, check, refutedBy: { file, from, to } }));

export const theorems: readonly Theorem[] = [
  ...of(
    "PolicyProgramProof",
    ["checkEvaluatesAsSpecified", policies, "stack = (stack >> n) << 1;", "stack = (stack >> (n - 1)) << 1;"],
    ["checkValidatedStaysInBounds", policies, "if (k == 0 || k > n", "if (k > n"],
    ["checkHoldingMoreNeverSatisfiesLess", policies, "satisfied = stack == 1;", "satisfied = stack == 0;"],
    ["checkOnlyLeavesMatter", policies, "if (operation < leaves) {", "if (operation <= leaves) {"],
  ).map((theorem) => ({ ...theorem, bytes })),
  ...of(
    "PolicyTablesProof",
    [
      "checkTablesAreTakenExactlyIfSound",
      policies,
      "if (purpose <= last) revert",
      "if (purpose < last) revert",
    ],
    [
      "checkCutTablesAreRefused",
      policies,
      "if (operations > size) revert PolicyProgramMalformed(size);",
      "if (operations > size) return;",
    ],
    [
      "checkCountsAreBounded",
      policies,
      "if (leaves == 0 || leaves > MAX_LEAVES)",
      "if (leaves == 0 || leaves > MAX_LEAVES + 1)",
    ],
    [
      "checkAllowsExactlyWhatIsNamed",
      policies,
      "for (uint256 i = 0; i < count; ++i) {",
      "for (uint256 i = 1; i < count; ++i) {",
    ],
  ),
  ...of(
    "GrantProof",
    [
      "checkGrantedExactlyByTheRule",
      ledger,
      "if (isBlocked(ledgerRecordId, requester)) return Decision.Blocked;",
      "",
    ],
    [
      "checkOwnLeafIsHeldByItsAccountAlone",
      ledger,
      "if (own != 0 && PolicyProgram.evaluate(parts.operations, held | own))",
      "if (own != 0)",
    ],
    [
      "checkReleasableExactlyByTheRule",
      ledger,
      "if (expiry <= block.timestamp) return Status.Expired;",
      "if (expiry < block.timestamp) return Status.Expired;",
    ],
    [
      "checkRulesOfNowDecide",
      ledger,
      "if (decision == Decision.PurposeNotAllowed) return Status.PurposeNotAllowed;",
      "",
    ],
    [
      "checkEpochEndsGrants",
      ledger,
      "if (grant.epoch != found.epoch) return Status.EpochEnded;",
      "if (grant.epoch > found.epoch) return Status.EpochEnded;",
    ],
    [
      "checkGrantedOnce",
      ledger,
      "if (_grants[requestId].recordNumber != 0) revert",
      "if (_grants[requestId].expiry != 0) revert",
    ],
  ),
  ...of(
    "OwnerProof",
    [
      "checkOnlyOwnerActs",
      store,
      "if (found.owner != account) revert IndexLedgerNotOwner(ledgerRecordId, account);",
      "",
    ],
    ["checkTransferHandsOver", transfers, "next.phase = Phase.HandedOver;", ""],
    [
      "checkOldOwnerIsOut",
      transfers,
      "delete _offers[ledgerRecordId];",
      "_offers[ledgerRecordId] = current.owner;",
    ],
    [
      "checkRepublishKeepsRules",
      store,
      "if (current.rulesElsewhere) rules =",
      "if (!current.rulesElsewhere) rules =",
    ],
    [
      "checkMandateClosesExactlyWhatWasAgreed",
      mandates,
      "if (block.timestamp > mandate.deadline)",
      "if (block.timestamp > mandate.deadline + 1)",
    ],
  ),
  ...of(
    "AttributeProof",
    [
      "checkAttributeHoldsExactlyWhileAttested",
      registry,
      "if (attestations[leaf].expiry > block.timestamp)",
      "if (attestations[leaf].expiry >= block.timestamp)",
    ],
    [
      "checkNumberMeetsExactlyWhatIsCompared",
      registry,
      "met = met && expiry > block.timestamp;",
      "met = met || expiry == 0;",
    ],
  ),
];
