/**
 * Diptych: an electronic medical record on IPFS, two blockchains that decide who reads which side of it.
 *
 * @module
 */
export { DiptychError, type ErrorCode, isDiptychError } from "./core/index.ts";
export { type Address, type Chain, type ChainAddresses, openChain, type Side } from "./ledger/index.ts";
export { sampleRecord, splitRecord } from "./record/index.ts";
export * from "./roles/index.ts";
