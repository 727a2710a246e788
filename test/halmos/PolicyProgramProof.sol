// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {PolicyProgram} from "../../contracts/libraries/PolicyProgram.sol";

/// @title What is proven of the policy evaluator, for all operations up to a length and all sets of leaves
/// @dev Functions that start with `check` are theorems over their arguments; an assertion that can fail refutes them.
/// Programs have two attributes and two comparisons, and as many bytes of operations as the prover is told.
contract PolicyProgramProof {
  uint256 private constant LEAVES = 4;

  /// @dev Opens the library's function, which reads calldata, to {_isWellFormed}.
  function validate(bytes calldata program) external pure {
    PolicyProgram.validate(program);
  }

  /// What is well-formed evaluates to what the plain reading says.
  function checkEvaluatesAsSpecified(bytes calldata operations, uint256 held) external view {
    if (!_isWellFormed(_programOf(operations))) return;
    assert(PolicyProgram.evaluate(operations, held) == _specification(operations, held));
  }

  /// What passes validation never leaves its bounds: it pops what was pushed, and ends with one value.
  function checkValidatedStaysInBounds(bytes calldata operations) external view {
    bool sound = _isSound(operations);
    assert(_isWellFormed(_programOf(operations)) == sound);
  }

  /// Holding more never satisfies less.
  function checkHoldingMoreNeverSatisfiesLess(
    bytes calldata operations,
    uint256 held,
    uint256 more
  ) external view {
    if (!_isWellFormed(_programOf(operations))) return;
    if (PolicyProgram.evaluate(operations, held)) assert(PolicyProgram.evaluate(operations, held | more));
  }

  /// Bits beyond the leaves never matter.
  function checkOnlyLeavesMatter(bytes calldata operations, uint256 held, uint256 junk) external view {
    if (!_isWellFormed(_programOf(operations))) return;
    bool plain = PolicyProgram.evaluate(operations, held);
    assert(PolicyProgram.evaluate(operations, held ^ (junk << LEAVES)) == plain);
  }

  function _programOf(bytes calldata operations) private pure returns (bytes memory program) {
    bytes memory comparisons = bytes.concat(bytes32(0), hex"0100000000", bytes32(0), hex"0300000000");
    return bytes.concat(hex"01020200", new bytes(64), comparisons, operations);
  }

  function _isWellFormed(bytes memory program) private view returns (bool wellFormed) {
    try this.validate(program) {
      return true;
    } catch {
      return false;
    }
  }

  /// @dev Values in an array, thresholds by counting: slow and plain.
  function _specification(bytes calldata operations, uint256 held) private pure returns (bool satisfied) {
    bool[] memory values = new bool[](operations.length);
    uint256 depth = 0;
    uint256 at = 0;
    while (at < operations.length) {
      uint256 operation = uint8(operations[at]);
      if (operation < LEAVES) {
        values[depth] = (held >> operation) % 2 == 1;
        depth += 1;
        at += 1;
      } else {
        uint256 k = uint8(operations[at + 1]);
        uint256 n = uint8(operations[at + 2]);
        uint256 count = 0;
        for (uint256 i = 0; i < n; ++i) {
          depth -= 1;
          if (values[depth]) count += 1;
        }
        values[depth] = count >= k;
        depth += 1;
        at += 3;
      }
    }
    return values[0];
  }

  /// @dev Walks through the operations as the evaluator would, and tells whether it always finds what it needs.
  function _isSound(bytes calldata operations) private pure returns (bool sound) {
    uint256 depth = 0;
    uint256 at = 0;
    while (at < operations.length) {
      uint256 operation = uint8(operations[at]);
      if (operation < LEAVES) {
        depth += 1;
        at += 1;
      } else {
        if (operation != 0x40 || at + 3 > operations.length) return false;
        uint256 k = uint8(operations[at + 1]);
        uint256 n = uint8(operations[at + 2]);
        if (k < 1 || k > n) return false;
        for (uint256 i = 0; i < n; ++i) {
          if (depth == 0) return false;
          depth -= 1;
        }
        depth += 1;
        at += 3;
      }
    }
    return depth == 1;
  }
}
