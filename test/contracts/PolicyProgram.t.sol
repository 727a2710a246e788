// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {PolicyProgram} from "../../contracts/libraries/PolicyProgram.sol";
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
    bytes memory program = _program(5, 3, _wellFormed(seed, 8));
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
    // Comparisons count like attributes, wherever the one ends and the other begins.
    for (uint8 attributes = 0; attributes <= n; attributes += 8) {
      bytes memory program = _program(attributes, n - attributes, operations);
      assert(harness.evaluate(program, held) == (count >= k));
    }
  }

  /// Only the leaves that a program has can matter.
  function testFuzzBitsBeyondTheLeavesDontMatter(uint256 held, uint256 junk) external view {
    bytes memory program = _program(2, 1, hex"000140010202400202");
    assert(harness.evaluate(program, held & 7) == harness.evaluate(program, (held & 7) | (junk << 3)));
  }

  /// A comparison is taken with the operators 1 to 3 and no other, and refused at the operator's place.
  function testFuzzOperators(
    uint8 attributesSeed,
    uint8 comparisonsSeed,
    uint8 whichSeed,
    uint8 operator
  ) external view {
    uint8 attributes = attributesSeed % 32;
    uint8 comparisons = (comparisonsSeed % (32 - attributes)) + 1;
    uint256 at = 4 + 32 * uint256(attributes) + 37 * uint256(whichSeed % comparisons) + 32;
    bytes memory program = _program(attributes, comparisons, hex"00");
    program[at] = bytes1(operator);
    try harness.validate(program) {
      assert(operator >= 1 && operator <= 3);
    } catch (bytes memory reason) {
      assert(operator == 0 || operator > 3);
      assert(
        keccak256(reason) ==
          keccak256(abi.encodeWithSelector(PolicyProgram.PolicyProgramMalformed.selector, at))
      );
    }
  }

  /// Counts out of range are refused at their place, whatever follows.
  function testFuzzCounts(uint8 attributes, uint8 comparisons, bytes calldata rest) external view {
    uint256 leaves = uint256(attributes) + comparisons;
    if (leaves != 0 && leaves <= 32) return;
    bytes memory program = bytes.concat(hex"01", bytes1(attributes), bytes1(comparisons), hex"00", rest);
    try harness.validate(program) {
      assert(false);
    } catch (bytes memory reason) {
      uint256 at = attributes > 32 ? 1 : 2;
      assert(
        keccak256(reason) ==
          keccak256(abi.encodeWithSelector(PolicyProgram.PolicyProgramMalformed.selector, at))
      );
    }
  }

  /// Purposes are taken in ascending order only, without 0, and then allow what they say.
  function testFuzzPurposes(bytes calldata seed, uint8 purpose) external view {
    bytes memory purposes = seed[:seed.length < 8 ? seed.length : 8];
    uint256 wrong = 0;
    uint256 last = 0;
    bool named = purposes.length == 0;
    for (uint256 i = 0; i < purposes.length; ++i) {
      if (wrong == 0 && uint8(purposes[i]) <= last) wrong = 4 + i;
      last = uint8(purposes[i]);
      if (last == purpose) named = true;
    }
    bytes memory program = bytes.concat(
      hex"010100",
      bytes1(uint8(purposes.length)),
      purposes,
      bytes32(0),
      hex"00"
    );
    try harness.validate(program) {
      assert(wrong == 0);
      assert(harness.allows(purposes, purpose) == named);
      assert(harness.evaluate(program, 1) && !harness.evaluate(program, 0));
    } catch (bytes memory reason) {
      assert(
        keccak256(reason) ==
          keccak256(abi.encodeWithSelector(PolicyProgram.PolicyProgramMalformed.selector, wrong))
      );
    }
  }

  /// Any words are read back from a blob, and nothing but zeros after its end.
  function testFuzzBlobKeepsWords(bytes calldata data, uint8 count) external {
    address blob = harness.write(data);
    bytes memory whole = harness.read(blob, 0, 32 * uint256(count));
    assert(keccak256(abi.encodePacked(harness.readWords(blob, 0, count))) == keccak256(whole));
    if (count > 0) assert(harness.readWord(blob, 0) == bytes32(whole));
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

  function _program(
    uint8 attributes,
    uint8 comparisons,
    bytes memory operations
  ) private pure returns (bytes memory program) {
    program = bytes.concat(hex"01", bytes1(attributes), bytes1(comparisons), hex"00");
    for (uint256 i = 0; i < attributes; ++i) {
      program = bytes.concat(program, keccak256(abi.encode(i)));
    }
    for (uint256 i = 0; i < comparisons; ++i) {
      program = bytes.concat(
        program,
        keccak256(abi.encode("slot", i)),
        bytes1(uint8((i % 3) + 1)),
        bytes4(uint32(i))
      );
    }
    program = bytes.concat(program, operations);
  }
}
