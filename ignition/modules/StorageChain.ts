import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployContracts } from "./chainContracts.ts";

/** Everything that stands on the storage chain; its parameters stand in ignition/parameters/storage.json. */
export const storageChain = buildModule("StorageChain", (m) => deployContracts(m, "StorageLedger"));

// For `hardhat ignition deploy`.
export default storageChain;
