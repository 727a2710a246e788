// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {StorageLedger} from "../../contracts/StorageLedger.sol";
import {IAttributeRegistry} from "../../contracts/interfaces/IAttributeRegistry.sol";
import {IIndexLedger} from "../../contracts/interfaces/IIndexLedger.sol";
import {IIndexRecords} from "../../contracts/interfaces/IIndexRecords.sol";
import {IKeyRegistry} from "../../contracts/interfaces/IKeyRegistry.sol";
import {PROVER} from "./Prover.sol";

/// @dev The attribute registry as far as the ledger asks it: any answer that the prover likes.
contract AnyRegistry {
  uint256 private _held;

  function setHeld(uint256 held) external {
    _held = held;
  }

  function holds(address, bytes32[] calldata, bytes calldata) external view returns (uint256 bitmap) {
    return _held;
  }
}

/// @title A ledger with one record, which the proofs are about
/// @dev The proof itself is owner, administrator and pauser. A proof leaves out what reverts, so calls are made in a way that
/// can't be overlooked: {_tells} and {_does} assert that they succeed, {_tries} says whether they did.
abstract contract LedgerWorld {
  uint64 internal constant START = 1_700_000_000;
  address internal constant REQUESTER = address(0xbeef);
  /// @dev The two purposes that the policy allows.
  uint8 internal constant PURPOSE = 2;
  uint8 internal constant OTHER_PURPOSE = 5;
  bytes32 internal constant INDEX_KEY_HASH = bytes32(uint256(5));
  bytes32 internal constant ATTRIBUTE = bytes32(uint256(1));

  AnyRegistry internal registry;
  StorageLedger internal ledger;
  bytes32 internal recordId;

  function setUp() public virtual {
    PROVER.warp(START);
    registry = new AnyRegistry();
    IKeyRegistry keys = IKeyRegistry(address(registry));
    ledger = new StorageLedger(IAttributeRegistry(address(registry)), keys, address(this), 0, address(this));
    recordId = keccak256(abi.encode(address(this), bytes32(0)));
    _does(_publishCall(1, 1, _program()));
  }

  /// @dev For purpose 2 or 5, "one attribute and one comparison".
  function _program() internal pure returns (bytes memory program) {
    return _programOf(hex"0205", ATTRIBUTE, 2);
  }

  /// @dev For these purposes, at least k of one attribute and one comparison.
  function _programOf(
    bytes memory purposes,
    bytes32 attribute,
    uint8 k
  ) internal pure returns (bytes memory program) {
    return
      bytes.concat(
        hex"010101",
        bytes1(uint8(purposes.length)),
        purposes,
        attribute,
        bytes32(uint256(2)),
        hex"0100000012",
        hex"000140",
        bytes1(k),
        hex"02"
      );
  }

  function _publishCall(
    uint64 version,
    uint64 epoch,
    bytes memory program
  ) internal view returns (bytes memory call) {
    IIndexRecords.Edition memory edition = IIndexRecords.Edition({
      ledgerRecordId: recordId,
      version: version,
      epoch: epoch,
      indexKeyHash: INDEX_KEY_HASH
    });
    return abi.encodeCall(IIndexRecords.publish, (edition, bytes32(0), program, hex"abcd", ""));
  }

  function _requestCall(uint8 purpose, uint64 expiry) internal view returns (bytes memory call) {
    return
      abi.encodeCall(IIndexLedger.request, (recordId, bytes32(uint256(7)), purpose, _responseKey(), expiry));
  }

  function _responseKey() internal pure returns (bytes memory key) {
    key = new bytes(65);
    key[0] = 0x04;
  }

  /// @dev A request of {REQUESTER} that was granted.
  function _grant(uint8 purpose, uint64 expiry) internal returns (bytes32 requestId) {
    registry.setHeld(3);
    PROVER.prank(REQUESTER);
    bool granted;
    (requestId, granted) = abi.decode(_does(_requestCall(purpose, expiry)), (bytes32, bool));
    assert(granted);
  }

  function _statusOf(bytes32 requestId) internal view returns (IIndexLedger.Status status) {
    return abi.decode(_tells(abi.encodeCall(IIndexLedger.status, (requestId))), (IIndexLedger.Status));
  }

  function _isReleasable(bytes32 requestId) internal view returns (bool live) {
    return abi.decode(_tells(abi.encodeCall(IIndexLedger.releasable, (requestId))), (bool));
  }

  function _record() internal view returns (IIndexRecords.RecordView memory current) {
    return abi.decode(_tells(abi.encodeCall(IIndexRecords.record, (recordId))), (IIndexRecords.RecordView));
  }

  function _tries(bytes memory call) internal returns (bool done) {
    (done, ) = address(ledger).call(call);
  }

  function _does(bytes memory call) internal returns (bytes memory answer) {
    bool done;
    (done, answer) = address(ledger).call(call);
    assert(done);
  }

  function _tells(bytes memory call) internal view returns (bytes memory answer) {
    bool done;
    (done, answer) = address(ledger).staticcall(call);
    assert(done);
  }
}
