// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {PolicyProgram} from "../../contracts/libraries/PolicyProgram.sol";

/// @title What is proven of what stands before a policy program's operations: header, purposes, attributes, comparisons
/// @dev For up to two purposes, attributes and comparisons each, whatever they hold.
contract PolicyTablesProof {
  /// @dev How many of each, and what is in them.
  struct Tables {
    uint8 purposes;
    uint8 attributes;
    uint8 comparisons;
    bytes1[2] purpose;
    bytes32[2] attribute;
    bytes32[2] slot;
    bytes1[2] operator;
    bytes4[2] value;
  }

  /// @dev Opens the library's function, which reads calldata, to {_isWellFormed}.
  function validate(bytes calldata program) external pure {
    PolicyProgram.validate(program);
  }

  /// Accepted is what has a leaf, purposes that ascend from above 0, and operators that there are: nothing else matters.
  function checkTablesAreTakenExactlyIfSound(Tables calldata given) external view {
    Tables memory tables = _counted(given, 2);
    bool sound = tables.attributes + tables.comparisons != 0;
    for (uint256 i = 0; i < tables.purposes; ++i) {
      uint8 last = i == 0 ? 0 : uint8(tables.purpose[i - 1]);
      if (uint8(tables.purpose[i]) <= last) sound = false;
    }
    for (uint256 i = 0; i < tables.comparisons; ++i) {
      if (uint8(tables.operator[i]) < 1 || uint8(tables.operator[i]) > 3) sound = false;
    }
    assert(_isWellFormed(bytes.concat(_tablesOf(tables), hex"00")) == sound);
  }

  /// A program that ends within its tables, or right after them, is refused (up to one of each).
  function checkCutTablesAreRefused(Tables calldata given) external view {
    bytes memory whole = _tablesOf(_counted(given, 1));
    for (uint256 size = whole.length + 1; size > 0; --size) {
      assembly ("memory-safe") {
        mstore(whole, sub(size, 1))
      }
      assert(!_isWellFormed(whole));
    }
  }

  /// Another version, or more leaves than 32, is refused at its place, whatever the counts.
  function checkCountsAreBounded(
    uint8 version,
    uint8 attributes,
    uint8 comparisons,
    uint8 purposes
  ) external view {
    uint256 leaves = uint256(attributes) + comparisons;
    uint256 at = 4;
    if (leaves == 0 || leaves > 32) at = 2;
    if (attributes > 32) at = 1;
    if (version != 1) at = 0;
    bytes memory program = abi.encodePacked(version, attributes, comparisons, purposes);
    try this.validate(program) {
      assert(false);
    } catch (bytes memory reason) {
      bytes4 selector = PolicyProgram.PolicyProgramMalformed.selector;
      assert(keccak256(reason) == keccak256(abi.encodeWithSelector(selector, at)));
    }
  }

  /// Without purposes every one is allowed, else just those named.
  function checkAllowsExactlyWhatIsNamed(uint8 count, bytes3 named, uint8 purpose) external pure {
    bytes memory purposes = bytes.concat(named);
    uint256 size = _counted(count, 3);
    assembly ("memory-safe") {
      mstore(purposes, size)
    }
    bool expected = size == 0;
    for (uint256 i = 0; i < size; ++i) {
      if (uint8(named[i]) == purpose) expected = true;
    }
    assert(PolicyProgram.allows(purposes, purpose) == expected);
  }

  /// @dev These tables with counts that the prover has tried one by one: it needs to know where things lie.
  function _counted(Tables calldata given, uint256 most) private pure returns (Tables memory tables) {
    tables = given;
    tables.purposes = _counted(given.purposes, most);
    tables.attributes = _counted(given.attributes, most);
    tables.comparisons = _counted(given.comparisons, most);
  }

  function _counted(uint8 count, uint256 most) private pure returns (uint8 known) {
    for (uint256 i = 0; i <= most; ++i) {
      if (count == i) return uint8(i);
    }
    // More are left out, as is all that reverts.
    revert();
  }

  function _tablesOf(Tables memory tables) private pure returns (bytes memory packed) {
    packed = abi.encodePacked(uint8(1), tables.attributes, tables.comparisons, tables.purposes);
    for (uint256 i = 0; i < tables.purposes; ++i) packed = bytes.concat(packed, tables.purpose[i]);
    for (uint256 i = 0; i < tables.attributes; ++i) packed = bytes.concat(packed, tables.attribute[i]);
    for (uint256 i = 0; i < tables.comparisons; ++i) {
      packed = bytes.concat(packed, tables.slot[i], tables.operator[i], tables.value[i]);
    }
  }

  function _isWellFormed(bytes memory program) private view returns (bool wellFormed) {
    try this.validate(program) {
      return true;
    } catch {
      return false;
    }
  }
}
