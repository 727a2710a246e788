// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IIndexRecords} from "../../contracts/interfaces/IIndexRecords.sol";

/// @title An owner that publishes many ledger records in one transaction, to see what a full ledger costs
contract RecordFiller {
  uint256 public filled;

  function fill(IIndexRecords ledger, uint256 count) external {
    // One leaf, a byte of index: how large its neighbours are costs nobody anything.
    bytes memory program = abi.encodePacked(hex"01010000", keccak256("role:doctor"), hex"00");
    uint256 from = filled;
    for (uint256 i = from; i < from + count; ++i) {
      bytes32 salt = bytes32(i);
      IIndexRecords.Edition memory edition = IIndexRecords.Edition({
        ledgerRecordId: keccak256(abi.encode(address(this), salt)),
        version: 1,
        epoch: 1,
        indexKeyHash: 0
      });
      ledger.publish(edition, salt, program, hex"01", "");
    }
    filled = from + count;
  }
}
