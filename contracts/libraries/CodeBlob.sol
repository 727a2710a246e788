// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title Bytes kept as the code of an account
/// @notice Costs 200 gas a byte instead of about 700 in storage slots, and one cold access to read. The code starts with
/// 0x00 (STOP), so a call to the account does nothing, whatever the bytes are.
library CodeBlob {
  /// @notice The account could not be made: out of gas, or too many bytes.
  error CodeBlobNotWritten();

  /// @notice Writes bytes that can never change.
  /// @param data at most 24,575 bytes (EIP-170)
  /// @return blob the account whose code they are
  function write(bytes memory data) internal returns (address blob) {
    if (data.length > 24_575) revert CodeBlobNotWritten();
    // PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN: returns what follows these ten bytes
    bytes memory initCode = abi.encodePacked(
      hex"61",
      uint16(data.length + 1),
      hex"80600a3d393df3",
      hex"00",
      data
    );
    assembly ("memory-safe") {
      blob := create(0, add(initCode, 32), mload(initCode))
    }
    if (blob == address(0)) revert CodeBlobNotWritten();
  }

  /// @notice The number of bytes in a blob.
  /// @param blob what {write} returned
  /// @return size in bytes
  function length(address blob) internal view returns (uint256 size) {
    size = blob.code.length - 1;
  }

  /// @notice Reads a slice; bytes beyond the end read as zero.
  /// @param blob what {write} returned
  /// @param offset where to start
  /// @param size how many bytes
  /// @return data the bytes
  function read(address blob, uint256 offset, uint256 size) internal view returns (bytes memory data) {
    data = new bytes(size);
    assembly ("memory-safe") {
      extcodecopy(blob, add(data, 32), add(offset, 1), size)
    }
  }

  /// @notice Reads one word; bytes beyond the end read as zero.
  /// @param blob what {write} returned
  /// @param offset where to start
  /// @return word the word
  function readWord(address blob, uint256 offset) internal view returns (bytes32 word) {
    assembly ("memory-safe") {
      extcodecopy(blob, 0, add(offset, 1), 32)
      word := mload(0)
    }
  }

  /// @notice Reads a slice of whole words; those beyond the end read as zero.
  /// @param blob what {write} returned
  /// @param offset where to start
  /// @param count how many words
  /// @return words the words
  function readWords(
    address blob,
    uint256 offset,
    uint256 count
  ) internal view returns (bytes32[] memory words) {
    words = new bytes32[](count);
    assembly ("memory-safe") {
      extcodecopy(blob, add(words, 32), add(offset, 1), mul(count, 32))
    }
  }
}
