// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IndexLedger} from "./IndexLedger.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";

/// @title StorageLedger
/// @notice The index ledger of the storage chain: EIP-712 domain "Diptych StorageLedger".
contract StorageLedger is IndexLedger {
  /// @notice Stands on its two registries for good.
  /// @param attributes registry that attributes are looked up in
  /// @param keys registry where clients and gates find key sets
  /// @param admin the administrator, who appoints those who pause and can do nothing else
  /// @param adminDelay how many seconds must pass before a new administrator can accept
  /// @param pauser the first who may pause new grants
  constructor(
    IAttributeRegistry attributes,
    IKeyRegistry keys,
    address admin,
    uint48 adminDelay,
    address pauser
  ) IndexLedger("Diptych StorageLedger", attributes, keys, admin, adminDelay, pauser) {}
}
