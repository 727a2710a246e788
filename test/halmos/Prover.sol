// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title What a symbolic executor answers at {PROVER}: the cheat codes that the proofs use
interface Prover {
  /// @notice Makes this the time of the block.
  function warp(uint256 time) external;

  /// @notice Makes the next call come from this account.
  function prank(address sender) external;

  /// @notice Leaves out what doesn't meet this.
  function assume(bool condition) external;
}

Prover constant PROVER = Prover(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
