// Made by scripts/abi.ts: don't edit.
/**
 * The ABIs of the contracts, without a client: for viem, wagmi, ethers, or whatever reads an ABI typed `as const`.
 *
 * @module
 */
export { indexLedgerAbi } from "./indexLedger.ts";
export { attributeRegistryAbi } from "./attributeRegistry.ts";
export { keyRegistryAbi } from "./keyRegistry.ts";
export { timelockAbi } from "./timelock.ts";
