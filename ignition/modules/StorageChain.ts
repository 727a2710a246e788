import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * Everything that stands on the storage chain. Parameters: `admin` administers both registries and registers gates,
 * `authority` attests attributes, `adminDelay` is how many seconds must pass before a new administrator can accept.
 */
export const storageChain = buildModule("StorageChain", (m) => {
  const admin = m.getParameter<string>("admin");
  const authority = m.getParameter<string>("authority");
  const adminDelay = m.getParameter<number>("adminDelay", 86_400);
  const attributeRegistry = m.contract("AttributeRegistry", [admin, adminDelay, authority]);
  const keyRegistry = m.contract("KeyRegistry", [admin, adminDelay, admin]);
  const ledger = m.contract("StorageLedger", [attributeRegistry, keyRegistry]);
  return { attributeRegistry, keyRegistry, ledger };
});

// For `hardhat ignition deploy`.
export default storageChain;
