// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title What these tests use of the test runner's own calls
interface Vm {
  struct Log {
    bytes32[] topics;
    bytes data;
    address emitter;
  }

  function addr(uint256 privateKey) external pure returns (address account);
  function getRecordedLogs() external returns (Log[] memory logs);
  function prank(address sender) external;
  function recordLogs() external;
  function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
  function warp(uint256 time) external;
}
