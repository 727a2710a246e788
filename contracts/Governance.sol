// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @title ConsortiumTimelock
/// @notice What a consortium decides as administrator of the contracts waits here in the open, for at least the delay,
/// before it takes effect. It administers itself: nobody may shorten the delay, or appoint proposers, without the delay.
contract ConsortiumTimelock is TimelockController {
  /// @notice Appoints proposers, who may also cancel, and executors.
  /// @param minDelay how many seconds a change waits at least
  /// @param proposers who may schedule and cancel changes
  /// @param executors who may carry out a change whose delay has passed; the zero address for anyone
  constructor(
    uint256 minDelay,
    address[] memory proposers,
    address[] memory executors
  ) TimelockController(minDelay, proposers, executors, address(0)) {}
}
