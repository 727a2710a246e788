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
  /// @param keys registry that key sets are looked up in
  constructor(
    IAttributeRegistry attributes,
    IKeyRegistry keys
  ) IndexLedger("Diptych StorageLedger", attributes, keys) {}
}
