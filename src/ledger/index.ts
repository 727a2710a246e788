/**
 * Typed clients of the contracts on both chains, what is signed for them, and their history.
 *
 * @module
 */

export { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
export { indexLedgerAbi } from "./abi/indexLedger.ts";
export { keyRegistryAbi } from "./abi/keyRegistry.ts";
export { timelockAbi } from "./abi/timelock.ts";
export * from "./accountSignature.ts";
export type { Attestation, AttestationEvent } from "./attestations.ts";
export * from "./attributeRegistry.ts";
export * from "./chain.ts";
export * from "./deskMessages.ts";
export { describeExplanation, type ExplainedLeaf, type Explanation } from "./explanation.ts";
export type { AuditEvent, OldVersion } from "./history.ts";
export * from "./ids.ts";
export * from "./indexLedger.ts";
export * from "./keyRegistry.ts";
export * from "./mandates.ts";
export * from "./ownerActs.ts";
export type { BlockRange } from "./pages.ts";
export { purposeCodes } from "./policyText.ts";
export * from "./receipts.ts";
export * from "./request.ts";
export { chainError } from "./reverts.ts";
export * from "./timelock.ts";
export type { Mined } from "./transactions.ts";
export * from "./typedData.ts";
