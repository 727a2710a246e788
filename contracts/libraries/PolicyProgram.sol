// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Access policies as small programs
/// @notice A program is: 0x01; the number L of leaves (1 to 32); L leaves of 32 bytes (keccak-256 of an attribute); then
/// operations in postfix order. 0x00 to L-1 pushes whether that leaf is held; 0x40, k, n pops n values and pushes whether
/// at least k of them are true (1 <= k <= n). At most 255 values wait at any time; exactly one is left at the end.
/// There is no negation: holding more never satisfies less.
library PolicyProgram {
  uint256 private constant MAX_LEAVES = 32;
  uint256 private constant MAX_DEPTH = 255;
  uint256 private constant LEAVES_OFFSET = 2;
  uint256 private constant OP_THRESHOLD = 0x40;

  /// @notice Not a well-formed program.
  /// @param offset where it goes wrong; its length if operations or values are missing or left over
  error PolicyProgramMalformed(uint256 offset);

  /// @notice Fails unless the program is well-formed, so that the other functions need not check.
  /// @param program the program
  function validate(bytes calldata program) internal pure {
    uint256 size = program.length;
    if (size < LEAVES_OFFSET || program[0] != 0x01) revert PolicyProgramMalformed(0);
    uint256 leaves = uint8(program[1]);
    if (leaves == 0 || leaves > MAX_LEAVES) revert PolicyProgramMalformed(1);
    uint256 depth = 0;
    uint256 at = LEAVES_OFFSET + 32 * leaves;
    while (at < size) {
      uint256 operation = uint8(program[at]);
      if (operation < leaves) {
        if (depth == MAX_DEPTH) revert PolicyProgramMalformed(at);
        ++depth;
        ++at;
      } else if (operation == OP_THRESHOLD && at + 2 < size) {
        uint256 k = uint8(program[at + 1]);
        uint256 n = uint8(program[at + 2]);
        if (k == 0 || k > n || n > depth) revert PolicyProgramMalformed(at);
        depth = depth - n + 1;
        at += 3;
      } else {
        revert PolicyProgramMalformed(at);
      }
    }
    if (depth != 1) revert PolicyProgramMalformed(size);
  }

  /// @notice The leaves of a well-formed program.
  /// @param program the program
  /// @return hashes keccak-256 of each leaf's attribute, in the program's order
  function leavesOf(bytes memory program) internal pure returns (bytes32[] memory hashes) {
    uint256 leaves = _byteAt(program, 1);
    hashes = new bytes32[](leaves);
    for (uint256 i = 0; i < leaves; ++i) {
      bytes32 leaf;
      assembly ("memory-safe") {
        leaf := mload(add(add(program, 34), mul(i, 32)))
      }
      hashes[i] = leaf;
    }
  }

  /// @notice Runs a well-formed program.
  /// @param program the program
  /// @param held bit i tells whether leaf i is held
  /// @return satisfied what it ends with
  function evaluate(bytes memory program, uint256 held) internal pure returns (bool satisfied) {
    uint256 size = program.length;
    uint256 at = LEAVES_OFFSET + 32 * _byteAt(program, 1);
    // One bit a value, the topmost value in the lowest bit: 255 fit.
    uint256 stack = 0;
    // Offsets stay below the program's length and shifts below 256, by `validate`.
    unchecked {
      while (at < size) {
        uint256 operation = _byteAt(program, at);
        if (operation != OP_THRESHOLD) {
          stack = (stack << 1) | ((held >> operation) & 1);
          ++at;
        } else {
          uint256 k = _byteAt(program, at + 1);
          uint256 n = _byteAt(program, at + 2);
          uint256 values = stack & ((1 << n) - 1);
          stack = (stack >> n) << 1;
          // Clears the lowest true value until k are found or none is left.
          while (values != 0) {
            if (--k == 0) {
              stack |= 1;
              break;
            }
            values &= values - 1;
          }
          at += 3;
        }
      }
    }
    satisfied = stack == 1;
  }

  /// @dev The byte at an offset within bounds.
  function _byteAt(bytes memory data, uint256 offset) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := byte(0, mload(add(add(data, 32), offset)))
    }
  }
}
