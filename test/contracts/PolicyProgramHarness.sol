// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {CodeBlob} from "../../contracts/libraries/CodeBlob.sol";
import {PolicyProgram} from "../../contracts/libraries/PolicyProgram.sol";

/// @title Opens the libraries' internal functions to tests
contract PolicyProgramHarness {
  event Written(address blob);

  function write(bytes calldata data) external returns (address blob) {
    blob = CodeBlob.write(data);
    emit Written(blob);
  }

  function read(address blob, uint256 offset, uint256 size) external view returns (bytes memory data) {
    return CodeBlob.read(blob, offset, size);
  }

  function length(address blob) external view returns (uint256 size) {
    return CodeBlob.length(blob);
  }

  function validate(bytes calldata program) external pure {
    PolicyProgram.validate(program);
  }

  function readWord(address blob, uint256 offset) external view returns (bytes32 word) {
    return CodeBlob.readWord(blob, offset);
  }

  function readWords(
    address blob,
    uint256 offset,
    uint256 count
  ) external view returns (bytes32[] memory words) {
    return CodeBlob.readWords(blob, offset, count);
  }

  function evaluate(bytes calldata program, uint256 held) external pure returns (bool satisfied) {
    PolicyProgram.validate(program);
    return PolicyProgram.evaluate(operationsOf(program), held);
  }

  function allows(bytes calldata purposes, uint8 purpose) external pure returns (bool allowed) {
    return PolicyProgram.allows(purposes, purpose);
  }

  function evaluateAll(
    bytes calldata program,
    uint256[] calldata held
  ) external pure returns (bool[] memory satisfied) {
    PolicyProgram.validate(program);
    satisfied = new bool[](held.length);
    for (uint256 i = 0; i < held.length; ++i) {
      satisfied[i] = PolicyProgram.evaluate(operationsOf(program), held[i]);
    }
  }

  function operationsOf(bytes calldata program) private pure returns (bytes memory operations) {
    uint256 attributes = uint8(program[1]);
    uint256 comparisons = uint8(program[2]);
    uint256 purposes = uint8(program[3]);
    operations = program[
      PolicyProgram.HEADER_SIZE +
        purposes +
        PolicyProgram.ATTRIBUTE_SIZE * attributes +
        PolicyProgram.COMPARISON_SIZE * comparisons:
    ];
  }
}
