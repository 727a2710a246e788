// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IKeyRegistry} from "../../contracts/interfaces/IKeyRegistry.sol";

/// @title A dealer of many key sets in one transaction, to see what a full registry costs
contract KeySetFiller {
  uint256 public filled;

  function fill(IKeyRegistry registry, address gate, uint256 count) external {
    // 1 of 1 with the smallest share: how large its neighbours are costs nobody anything.
    address[] memory gates = new address[](1);
    gates[0] = gate;
    bytes[] memory shares = new bytes[](1);
    shares[0] = hex"01";
    uint256 from = filled;
    for (uint256 i = from; i < from + count; ++i) {
      bytes memory indexKey = abi.encodePacked(hex"04", i, uint256(1));
      registry.deal(indexKey, 1, 1, gates, indexKey, shares);
    }
    filled = from + count;
  }
}
