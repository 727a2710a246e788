// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AttributeRegistry} from "../../contracts/AttributeRegistry.sol";
import {IAttributeRegistry} from "../../contracts/interfaces/IAttributeRegistry.sol";
import {PROVER} from "./Prover.sol";

/// @title What is proven of attributes and numbers: an account holds them exactly as they were attested
contract AttributeProof {
  uint64 private constant START = 1_700_000_000;
  bytes32 private constant ATTRIBUTE = keccak256("role:doctor");
  bytes32 private constant NUMBER = keccak256(hex"0201616765");

  AttributeRegistry private registry;

  function setUp() public {
    PROVER.warp(START);
    registry = new AttributeRegistry(address(this), 0, address(this));
  }

  /// An attribute is held by its account, until it expires or is revoked, and by nobody else.
  function checkAttributeHoldsExactlyWhileAttested(
    address account,
    address asked,
    uint64 expiry,
    bool revoked,
    uint64 time
  ) external {
    PROVER.assume(account != address(0) && time >= START);
    string[] memory attributes = new string[](1);
    attributes[0] = "role:doctor";
    bool attested = _tries(abi.encodeCall(IAttributeRegistry.attest, (account, attributes, expiry)));
    assert(attested == (expiry > START));
    if (attested && revoked) assert(_tries(abi.encodeCall(IAttributeRegistry.revoke, (account, attributes))));
    PROVER.warp(time);
    bytes32[] memory leaves = new bytes32[](2);
    leaves[1] = ATTRIBUTE;
    bool held = attested && !revoked && asked == account && time < expiry;
    assert(_holds(asked, leaves, "") == (held ? 2 : 0));
  }

  /// A comparison holds exactly while a number is attested to the account, and compares as it says; operators that there aren't
  /// are refused.
  function checkNumberMeetsExactlyWhatIsCompared(
    uint32 number,
    uint64 expiry,
    uint64 time,
    address asked,
    uint8 operator,
    uint32 value
  ) external {
    PROVER.assume(expiry > START && time >= START);
    address account = address(0xbeef);
    IAttributeRegistry.NumberGiven[] memory numbers = new IAttributeRegistry.NumberGiven[](1);
    numbers[0] = IAttributeRegistry.NumberGiven({label: "age", unit: 1, value: number});
    assert(_tries(abi.encodeCall(IAttributeRegistry.attestNumbers, (account, numbers, expiry))));
    PROVER.warp(time);
    bytes memory comparison = abi.encodePacked(NUMBER, operator, value);
    bytes memory call = abi.encodeCall(IAttributeRegistry.holds, (asked, new bytes32[](1), comparison));
    (bool done, bytes memory answer) = address(registry).staticcall(call);
    assert(done == (operator >= 1 && operator <= 3));
    if (!done) return;
    bool met = number == value;
    if (operator == 1) met = number >= value;
    if (operator == 2) met = number <= value;
    met = met && asked == account && time < expiry;
    assert(abi.decode(answer, (uint256)) == (met ? 2 : 0));
  }

  function _tries(bytes memory call) private returns (bool done) {
    (done, ) = address(registry).call(call);
  }

  function _holds(
    address account,
    bytes32[] memory leaves,
    bytes memory comparisons
  ) private view returns (uint256 bitmap) {
    bytes memory call = abi.encodeCall(IAttributeRegistry.holds, (account, leaves, comparisons));
    (bool done, bytes memory answer) = address(registry).staticcall(call);
    assert(done);
    return abi.decode(answer, (uint256));
  }
}
