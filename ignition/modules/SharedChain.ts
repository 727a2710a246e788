import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { deployContracts } from "./chainContracts.ts";

/** Everything that stands on the shared chain; its parameters stand in ignition/parameters/shared.json. */
export const sharedChain = buildModule("SharedChain", (m) => deployContracts(m, "SharedLedger"));

// For `hardhat ignition deploy`.
export default sharedChain;
