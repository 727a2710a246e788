// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Access policies as small programs
/// @notice A program is: 0x01; the number L of attributes (0 to 32); the number C of comparisons (0 to 32; L + C is 1 to
/// 32); the number P of purposes; P purposes of one byte, ascending, none twice, none 0; L attributes of 32 bytes
/// (keccak-256); C comparisons of 37 bytes; then operations in postfix order. Without purposes a program allows every one,
/// else just these, and so none to who states none (0). A comparison is: the slot of a number (32 bytes); 0x01 for "at
/// least", 0x02 for "at most", 0x03 for "equal to"; a value (4 bytes, big-endian). Attributes and comparisons are the
/// program's leaves, numbered in this order. 0x00 to L + C - 1 pushes whether that leaf holds; 0x40, k, n pops n values and
/// pushes whether at least k of them are true (1 <= k <= n). At most 255 values wait at any time; exactly one is left at the
/// end. There is no negation: holding more leaves never satisfies less.
library PolicyProgram {
  /// @notice A well-formed program, taken apart.
  struct Parts {
    /// the purposes that it allows, ascending; none for any
    bytes purposes;
    /// keccak-256 of each attribute
    bytes32[] attributes;
    /// the comparisons, 37 bytes each
    bytes comparisons;
    /// what to run over the leaves
    bytes operations;
  }

  /// @notice The size of what comes before the purposes.
  uint256 internal constant HEADER_SIZE = 4;
  /// @notice The size of one attribute.
  uint256 internal constant ATTRIBUTE_SIZE = 32;
  /// @notice The size of one comparison.
  uint256 internal constant COMPARISON_SIZE = 37;

  uint256 private constant VERSION = 0x01;
  uint256 private constant MAX_LEAVES = 32;
  uint256 private constant MAX_DEPTH = 255;
  uint256 private constant OP_THRESHOLD = 0x40;
  uint256 private constant OPERATOR_OFFSET = 32;
  uint256 private constant FIRST_OPERATOR = 0x01;
  uint256 private constant LAST_OPERATOR = 0x03;

  /// @notice Not a well-formed program.
  /// @param offset where it goes wrong; its length if a table is cut, or operations or values are missing or left over
  error PolicyProgramMalformed(uint256 offset);

  /// @notice Fails unless the program is well-formed, so that the other functions need not check.
  /// @param program the program
  function validate(bytes calldata program) internal pure {
    uint256 size = program.length;
    if (size < HEADER_SIZE || _byteAt(program, 0) != VERSION) revert PolicyProgramMalformed(0);
    uint256 attributes = _byteAt(program, 1);
    if (attributes > MAX_LEAVES) revert PolicyProgramMalformed(1);
    uint256 comparisons = _byteAt(program, 2);
    // Everything below is a sum of bytes and offsets below the program's length, which calldata keeps small.
    unchecked {
      uint256 leaves = attributes + comparisons;
      if (leaves == 0 || leaves > MAX_LEAVES) revert PolicyProgramMalformed(2);
      uint256 at = HEADER_SIZE + _byteAt(program, 3);
      uint256 operations = at + ATTRIBUTE_SIZE * attributes + COMPARISON_SIZE * comparisons;
      if (operations > size) revert PolicyProgramMalformed(size);
      _checkPurposes(program, at);
      at += ATTRIBUTE_SIZE * attributes;
      for (at += OPERATOR_OFFSET; at < operations; at += COMPARISON_SIZE) {
        uint256 operator = _byteAt(program, at);
        if (operator < FIRST_OPERATOR || operator > LAST_OPERATOR) revert PolicyProgramMalformed(at);
      }
      at = operations;
      uint256 depth = 0;
      while (at < size) {
        uint256 operation = _byteAt(program, at);
        if (operation < leaves) {
          if (depth == MAX_DEPTH) revert PolicyProgramMalformed(at);
          ++depth;
          ++at;
        } else if (operation == OP_THRESHOLD && at + 2 < size) {
          uint256 k = _byteAt(program, at + 1);
          uint256 n = _byteAt(program, at + 2);
          if (k == 0 || k > n || n > depth) revert PolicyProgramMalformed(at);
          depth = depth - n + 1;
          at += 3;
        } else {
          revert PolicyProgramMalformed(at);
        }
      }
      if (depth != 1) revert PolicyProgramMalformed(size);
    }
  }

  /// @notice Whether a well-formed program allows a purpose.
  /// @param purposes its purposes
  /// @param purpose the purpose; 0 if none is stated
  /// @return allowed true if it names that purpose, or none at all
  function allows(bytes memory purposes, uint8 purpose) internal pure returns (bool allowed) {
    uint256 count = purposes.length;
    if (count == 0) return true;
    for (uint256 i = 0; i < count; ++i) {
      if (uint8(purposes[i]) == purpose) return true;
    }
    return false;
  }

  /// @notice Runs the operations of a well-formed program.
  /// @param operations what follows its tables
  /// @param held bit i tells whether leaf i holds
  /// @return satisfied what it ends with
  function evaluate(bytes memory operations, uint256 held) internal pure returns (bool satisfied) {
    uint256 at;
    uint256 end;
    assembly ("memory-safe") {
      at := add(operations, 32)
      end := add(at, mload(operations))
    }
    // One bit a value, the topmost value in the lowest bit: 255 fit.
    uint256 stack = 0;
    // Addresses stay within the operations and shifts below 256, by `validate`.
    unchecked {
      while (at < end) {
        uint256 operation = _byteIn(at);
        if (operation != OP_THRESHOLD) {
          stack = (stack << 1) | ((held >> operation) & 1);
          ++at;
        } else {
          uint256 k = _byteIn(at + 1);
          uint256 n = _byteIn(at + 2);
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

  /// @dev Fails unless the purposes, which end at an offset within bounds, ascend from above 0.
  function _checkPurposes(bytes calldata program, uint256 end) private pure {
    uint256 last = 0;
    for (uint256 at = HEADER_SIZE; at < end; ++at) {
      uint256 purpose = _byteAt(program, at);
      if (purpose <= last) revert PolicyProgramMalformed(at);
      last = purpose;
    }
  }

  /// @dev The byte at an offset within bounds.
  function _byteAt(bytes calldata data, uint256 offset) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := byte(0, calldataload(add(data.offset, offset)))
    }
  }

  /// @dev The byte at a memory address.
  function _byteIn(uint256 location) private pure returns (uint256 value) {
    assembly ("memory-safe") {
      value := byte(0, mload(location))
    }
  }
}
