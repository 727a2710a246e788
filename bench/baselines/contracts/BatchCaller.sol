// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Code that an account takes on (EIP-7702) to make many calls in one transaction, as itself
/// @notice For measuring only. Anybody could start the calls of an account that kept it, so only the account itself may.
contract BatchCaller {
  error NotTheAccount();

  /// Makes all calls to `to`, or none.
  function callAll(address to, bytes[] calldata calls) external {
    if (msg.sender != address(this)) revert NotTheAccount();
    for (uint256 i = 0; i < calls.length; ++i) {
      (bool ok, bytes memory answer) = to.call(calls[i]);
      if (ok) continue;
      assembly ("memory-safe") {
        revert(add(answer, 32), mload(answer))
      }
    }
  }
}
