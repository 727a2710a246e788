/**
 * Typed clients of the contracts on both chains, what is signed for them, and their history.
 *
 * @module
 */
export { attributeRegistryAbi } from "./abi/attributeRegistry.ts";
export { indexLedgerAbi } from "./abi/indexLedger.ts";
export { keyRegistryAbi } from "./abi/keyRegistry.ts";
export type { Attestation, AttestationEvent } from "./attestations.ts";
export * from "./chain.ts";
export * from "./ids.ts";
export * from "./indexLedger.ts";
export * from "./registries.ts";
export { chainError } from "./reverts.ts";
export type { Mined } from "./transactions.ts";
export * from "./typedData.ts";
