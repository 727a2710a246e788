// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {PolicyProgramHarness} from "./PolicyProgramHarness.sol";

/// @title Fuzz tests of the policy library: a test fails when it reverts
contract PolicyProgramTest {
  PolicyProgramHarness private immutable harness = new PolicyProgramHarness();

  /// Any bytes are either refused, with the one error there is, or run to an end.
  function testFuzzAnyBytesAreRefusedOrRun(bytes calldata program, uint256 held) external view {
    try harness.evaluate(program, held) returns (bool) {} catch (bytes memory reason) {
      assert(bytes4(reason) == bytes4(keccak256("PolicyProgramMalformed(uint256)")));
    }
  }

  /// Holding more never satisfies less, whatever the program.
  function testFuzzHoldingMoreNeverSatisfiesLess(
    bytes calldata seed,
    uint256 held,
    uint256 more
  ) external view {
    bytes memory program = _program(8, _wellFormed(seed, 8));
    if (harness.evaluate(program, held)) assert(harness.evaluate(program, held | more));
  }

  /// k of n leaves is what counting says.
  function testFuzzThresholdCounts(uint8 kSeed, uint8 nSeed, uint256 held) external view {
    uint8 n = (nSeed % 32) + 1;
    uint8 k = (kSeed % n) + 1;
    bytes memory operations = new bytes(0);
    uint256 count = 0;
    for (uint8 i = 0; i < n; ++i) {
      operations = bytes.concat(operations, bytes1(i));
      if ((held >> i) & 1 == 1) ++count;
    }
    operations = bytes.concat(operations, hex"40", bytes1(k), bytes1(n));
    assert(harness.evaluate(_program(n, operations), held) == (count >= k));
  }

  /// Only the leaves that a program has can matter.
  function testFuzzBitsBeyondTheLeavesDontMatter(uint256 held, uint256 junk) external view {
    bytes memory program = _program(3, hex"000140010202400202");
    assert(harness.evaluate(program, held & 7) == harness.evaluate(program, (held & 7) | (junk << 3)));
  }

  /// What is written is what is read, and a blob does nothing when called.
  function testFuzzBlobKeepsBytes(bytes calldata data) external {
    address blob = harness.write(data);
    assert(harness.length(blob) == data.length);
    assert(keccak256(harness.read(blob, 0, data.length)) == keccak256(data));
    (bool ok, bytes memory answer) = blob.call("");
    assert(ok && answer.length == 0);
  }

  /// Makes well-formed operations of any bytes.
  function _wellFormed(bytes calldata seed, uint8 leaves) private pure returns (bytes memory operations) {
    operations = hex"00";
    uint8 depth = 1;
    for (uint256 i = 0; i + 2 < seed.length && i < 300; i += 3) {
      uint8 choice = uint8(seed[i]);
      if (choice % 2 == 0 && depth < 200) {
        operations = bytes.concat(operations, bytes1((choice >> 1) % leaves));
        ++depth;
      } else {
        uint8 n = (uint8(seed[i + 1]) % depth) + 1;
        uint8 k = (uint8(seed[i + 2]) % n) + 1;
        operations = bytes.concat(operations, hex"40", bytes1(k), bytes1(n));
        depth = depth - n + 1;
      }
    }
    operations = bytes.concat(operations, hex"40", bytes1((depth / 2) + 1), bytes1(depth));
  }

  function _program(uint8 leaves, bytes memory operations) private pure returns (bytes memory program) {
    program = bytes.concat(hex"01", bytes1(leaves));
    for (uint256 i = 0; i < leaves; ++i) {
      program = bytes.concat(program, keccak256(abi.encode(i)));
    }
    program = bytes.concat(program, operations);
  }
}
