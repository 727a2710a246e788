import type { IgnitionModuleBuilder } from "@nomicfoundation/ignition-core";

/**
 * Everything that stands on a chain. Parameters: `consortium` are the accounts that decide as administrator, through a timelock
 * that each may propose to and carry out; `minDelay` is how many seconds a decision waits there; `adminDelay` how many must pass
 * before a new administrator can accept; `authority` attests attributes, `gateAdmin` registers gates, `pauser` pauses new grants.
 */
export function deployContracts(m: IgnitionModuleBuilder, ledgerName: "StorageLedger" | "SharedLedger") {
  const consortium = m.getParameter<string[]>("consortium");
  const minDelay = m.getParameter<number>("minDelay", 86_400);
  const adminDelay = m.getParameter<number>("adminDelay", 86_400);
  const timelock = m.contract("ConsortiumTimelock", [minDelay, consortium, consortium]);
  const attributeRegistry = m.contract("AttributeRegistry", [
    timelock,
    adminDelay,
    m.getParameter<string>("authority"),
  ]);
  const keyRegistry = m.contract("KeyRegistry", [timelock, adminDelay, m.getParameter<string>("gateAdmin")]);
  const pauser = m.getParameter<string>("pauser");
  const ledger = m.contract(ledgerName, [attributeRegistry, keyRegistry, timelock, adminDelay, pauser]);
  return { timelock, attributeRegistry, keyRegistry, ledger };
}
