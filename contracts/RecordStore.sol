// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IIndexRecords} from "./interfaces/IIndexRecords.sol";
import {IMandates} from "./interfaces/IMandates.sol";
import {CodeBlob} from "./libraries/CodeBlob.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title RecordStore
/// @notice How ledger records lie in storage, and the lists of each owner's records.
abstract contract RecordStore is IIndexRecords {
  /// @dev Where a ledger record stands in its epoch. After a change of hands its rules are another's: they can't be kept.
  enum Phase {
    Open,
    Closed,
    HandedOver
  }

  /// @dev Two slots. The blob is: key set (32 bytes), policy program, index. A version that keeps the rules of an earlier
  /// one has a shorter blob: the address of the blob that holds the rules (20 bytes), then the index.
  struct Record {
    address owner;
    uint40 version;
    uint24 epoch;
    uint32 number;
    address blob;
    uint16 programSize;
    uint32 previous;
    uint32 next;
    Phase phase;
    bool rulesElsewhere;
  }

  /// @dev One slot: the next nonce of an account, the number of its newest ledger record (0 for none), how many it has.
  struct Owner {
    uint64 nonce;
    uint32 newest;
    uint32 count;
  }

  uint256 internal constant KEY_SET_SIZE = 32;
  uint256 internal constant POINTER_SIZE = 20;

  /// @dev ledger record id => ledger record; owner zero if there is none
  mapping(bytes32 ledgerRecordId => Record record) internal _records;

  /// @dev account => what it has as an owner
  mapping(address account => Owner owner) internal _owners;

  /// @dev ledger record id => account => whether it's blocked
  mapping(bytes32 ledgerRecordId => mapping(address account => bool blocked)) internal _blocked;

  /// @dev number => ledger record id; numbers count from 1 in the order of first publishes
  mapping(uint256 number => bytes32 ledgerRecordId) private _recordIds;

  /// @dev how many ledger records there are
  uint256 private _recordCount;

  /// @inheritdoc IIndexRecords
  function record(bytes32 ledgerRecordId) external view returns (RecordView memory current) {
    Record storage found = _knownRecord(ledgerRecordId);
    address blob = found.blob;
    address rules = _rulesOf(found);
    uint256 programSize = found.programSize;
    uint256 indexOffset = found.rulesElsewhere ? POINTER_SIZE : KEY_SET_SIZE + programSize;
    current.owner = found.owner;
    current.version = found.version;
    current.epoch = found.epoch;
    current.closed = found.phase != Phase.Open;
    current.blob = blob;
    current.keySet = CodeBlob.readWord(rules, 0);
    current.program = CodeBlob.read(rules, KEY_SET_SIZE, programSize);
    current.index = CodeBlob.read(blob, indexOffset, CodeBlob.length(blob) - indexOffset);
  }

  /// @inheritdoc IIndexRecords
  function recordsOf(
    address owner,
    uint256 cursor,
    uint256 limit
  ) external view returns (bytes32[] memory ledgerRecordIds, uint256 nextCursor) {
    Owner storage list = _owners[owner];
    nextCursor = cursor == 0 ? list.newest : cursor;
    // Even where no page is left to fill: an owner who has lost all would be asked for ever.
    if (cursor != 0 && _records[_recordIdOf(cursor)].owner != owner) revert IndexLedgerCursorStale(cursor);
    uint256 most = limit < list.count ? limit : list.count;
    ledgerRecordIds = new bytes32[](most);
    uint256 size = 0;
    while (size < most && nextCursor != 0) {
      bytes32 id = _recordIdOf(nextCursor);
      Record storage found = _records[id];
      ledgerRecordIds[size] = id;
      ++size;
      nextCursor = found.previous;
    }
    assembly ("memory-safe") {
      mstore(ledgerRecordIds, size)
    }
  }

  /// @inheritdoc IIndexRecords
  function recordCount(address owner) external view returns (uint256 count) {
    return _owners[owner].count;
  }

  /// @inheritdoc IIndexRecords
  function totalRecords() external view returns (uint256 count) {
    return _recordCount;
  }

  /// @inheritdoc IMandates
  function nonces(address owner) external view returns (uint256 nonce) {
    return _owners[owner].nonce;
  }

  /// @inheritdoc IIndexRecords
  function isBlocked(bytes32 ledgerRecordId, address account) public view returns (bool blocked) {
    return _blocked[ledgerRecordId][account];
  }

  /// @dev A ledger record that exists.
  function _knownRecord(bytes32 ledgerRecordId) internal view returns (Record storage found) {
    found = _records[ledgerRecordId];
    if (found.owner == address(0)) revert IndexLedgerRecordUnknown(ledgerRecordId);
  }

  /// @dev A ledger record that exists and belongs to `account`.
  function _ownedRecord(
    bytes32 ledgerRecordId,
    address account
  ) internal view returns (Record storage found) {
    found = _knownRecord(ledgerRecordId);
    if (found.owner != account) revert IndexLedgerNotOwner(ledgerRecordId, account);
  }

  /// @dev The id of the ledger record of this number; zero for a number that wasn't given out.
  function _recordIdOf(uint256 number) internal view returns (bytes32 ledgerRecordId) {
    return _recordIds[number];
  }

  /// @dev The blob that holds the rules of a ledger record: its own or an earlier version's.
  function _rulesOf(Record storage current) internal view returns (address rules) {
    rules = current.blob;
    if (current.rulesElsewhere) rules = address(bytes20(CodeBlob.readWord(rules, 0)));
  }

  /// @dev The current policy program of a ledger record, as it was published.
  function _programOf(Record storage current) internal view returns (bytes memory program) {
    return CodeBlob.read(_rulesOf(current), KEY_SET_SIZE, current.programSize);
  }

  /// @dev The current policy program of a ledger record, taken apart.
  function _partsOf(Record storage current) internal view returns (PolicyProgram.Parts memory parts) {
    address rules = _rulesOf(current);
    uint256 at = KEY_SET_SIZE;
    // Offsets within a blob, and a program that has been validated.
    unchecked {
      uint256 end = at + current.programSize;
      bytes32 header = CodeBlob.readWord(rules, at);
      at += PolicyProgram.HEADER_SIZE;
      uint256 size = uint8(header[3]);
      if (size != 0) parts.purposes = CodeBlob.read(rules, at, size);
      at += size;
      size = uint8(header[1]);
      parts.attributes = CodeBlob.readWords(rules, at, size);
      at += PolicyProgram.ATTRIBUTE_SIZE * size;
      size = PolicyProgram.COMPARISON_SIZE * uint8(header[2]);
      if (size != 0) parts.comparisons = CodeBlob.read(rules, at, size);
      at += size;
      parts.operations = CodeBlob.read(rules, at, end - at);
    }
  }

  /// @dev Gives a new ledger record, which the caller stores, its number.
  function _enter(bytes32 ledgerRecordId, Record memory created) internal {
    uint256 number = ++_recordCount;
    _recordIds[number] = ledgerRecordId;
    created.number = SafeCast.toUint32(number);
  }

  /// @dev Puts a ledger record, which the caller stores, at the newer end of its owner's list.
  function _link(Record memory linked) internal {
    Owner storage list = _owners[linked.owner];
    uint32 newest = list.newest;
    uint32 number = linked.number;
    if (newest != 0) _records[_recordIdOf(newest)].next = number;
    linked.previous = newest;
    linked.next = 0;
    list.newest = number;
    ++list.count;
  }

  /// @dev Takes a ledger record, which the caller stores, out of its owner's list.
  function _unlink(Record memory linked) internal {
    Owner storage list = _owners[linked.owner];
    uint32 previous = linked.previous;
    uint32 next = linked.next;
    if (previous != 0) _records[_recordIdOf(previous)].next = next;
    if (next != 0) _records[_recordIdOf(next)].previous = previous;
    else list.newest = previous;
    --list.count;
  }
}
