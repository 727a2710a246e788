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

  function leavesOf(bytes calldata program) external pure returns (bytes32[] memory hashes) {
    return PolicyProgram.leavesOf(program);
  }

  function evaluate(bytes calldata program, uint256 held) external pure returns (bool satisfied) {
    PolicyProgram.validate(program);
    return PolicyProgram.evaluate(program, held);
  }

  function evaluateAll(
    bytes calldata program,
    uint256[] calldata held
  ) external pure returns (bool[] memory satisfied) {
    PolicyProgram.validate(program);
    satisfied = new bool[](held.length);
    for (uint256 i = 0; i < held.length; ++i) {
      satisfied[i] = PolicyProgram.evaluate(program, held[i]);
    }
  }
}
