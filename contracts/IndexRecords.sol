// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IIndexLedger} from "./interfaces/IIndexLedger.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";
import {CodeBlob} from "./libraries/CodeBlob.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title IndexRecords
/// @notice The part of {IIndexLedger} that owners write: ledger records and block lists.
abstract contract IndexRecords is IIndexLedger, EIP712, Nonces {
  /// @dev Two slots; the blob is: key set (32 bytes), policy program, index.
  struct Record {
    address owner;
    uint64 version;
    uint32 epoch;
    address blob;
    uint16 programSize;
    uint32 number;
    bool closed;
  }

  bytes32 private constant PUBLISH_TYPEHASH = keccak256(
    "Publish(bytes32 ledgerRecordId,uint64 version,uint64 epoch,bytes32 indexHash,bytes32 programHash,bytes32 keySet,address owner,uint256 nonce,uint256 deadline)"
  );
  bytes32 private constant CLOSE_TYPEHASH = keccak256(
    "Close(bytes32 ledgerRecordId,uint64 epoch,address owner,uint256 nonce,uint256 deadline)"
  );

  uint256 private constant MAX_INDEX_SIZE = 4096;
  uint256 private constant MAX_PROGRAM_SIZE = 2048;
  uint256 private constant MAX_POLICY_SIZE = 4096;
  uint256 private constant PROGRAM_OFFSET = 32;

  /// @inheritdoc IIndexLedger
  IKeyRegistry public immutable override keyRegistry;

  /// @dev ledger record id => ledger record; owner zero if there is none
  mapping(bytes32 ledgerRecordId => Record record) private _records;

  /// @dev ledger record ids in the order of their first publish; number n stands at n - 1
  bytes32[] private _recordIds;

  /// @dev ledger record id => account => whether it's blocked
  mapping(bytes32 ledgerRecordId => mapping(address account => bool blocked)) private _blocked;

  /// @notice Stands on its key registry for good.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  /// @param keys registry that key sets are looked up in
  constructor(string memory domainName, IKeyRegistry keys) EIP712(domainName, "1") {
    if (address(keys).code.length == 0) revert IndexLedgerRegistryMissing(address(keys));
    keyRegistry = keys;
  }

  /// @inheritdoc IIndexLedger
  function publish(
    Publication calldata publication,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external {
    if (msg.sender != publication.owner) revert IndexLedgerNotOwner(publication.ledgerRecordId, msg.sender);
    _publish(publication, salt, program, index, policy);
  }

  /// @inheritdoc IIndexLedger
  function publishFor(
    Publication calldata publication,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy,
    bytes calldata signature
  ) external {
    bytes32 structHash = keccak256(abi.encode(PUBLISH_TYPEHASH, publication));
    _authorize(publication.owner, publication.nonce, publication.deadline, structHash, signature);
    _publish(publication, salt, program, index, policy);
  }

  /// @inheritdoc IIndexLedger
  function close(bytes32 ledgerRecordId) external {
    Record storage current = _ownedRecord(ledgerRecordId, msg.sender);
    _close(ledgerRecordId, current);
  }

  /// @inheritdoc IIndexLedger
  function closeFor(Closing calldata closing, bytes calldata signature) external {
    bytes32 structHash = keccak256(abi.encode(CLOSE_TYPEHASH, closing));
    _authorize(closing.owner, closing.nonce, closing.deadline, structHash, signature);
    Record storage current = _ownedRecord(closing.ledgerRecordId, closing.owner);
    if (closing.epoch != current.epoch) revert IndexLedgerEpochMismatch(current.epoch, closing.epoch);
    _close(closing.ledgerRecordId, current);
  }

  /// @inheritdoc IIndexLedger
  function setBlocked(bytes32 ledgerRecordId, address account, bool blocked) external {
    _ownedRecord(ledgerRecordId, msg.sender);
    _blocked[ledgerRecordId][account] = blocked;
    emit BlockChanged(ledgerRecordId, account, blocked);
  }

  /// @inheritdoc IIndexLedger
  function record(bytes32 ledgerRecordId) external view returns (RecordView memory current) {
    Record storage found = _knownRecord(ledgerRecordId);
    address blob = found.blob;
    uint256 programSize = found.programSize;
    uint256 indexOffset = PROGRAM_OFFSET + programSize;
    current.owner = found.owner;
    current.version = found.version;
    current.epoch = found.epoch;
    current.closed = found.closed;
    current.keySet = bytes32(CodeBlob.read(blob, 0, PROGRAM_OFFSET));
    current.program = CodeBlob.read(blob, PROGRAM_OFFSET, programSize);
    current.index = CodeBlob.read(blob, indexOffset, CodeBlob.length(blob) - indexOffset);
  }

  /// @inheritdoc IIndexLedger
  function isBlocked(bytes32 ledgerRecordId, address account) public view returns (bool blocked) {
    return _blocked[ledgerRecordId][account];
  }

  /// @dev A ledger record that exists.
  function _knownRecord(bytes32 ledgerRecordId) internal view returns (Record storage found) {
    found = _records[ledgerRecordId];
    if (found.owner == address(0)) revert IndexLedgerRecordUnknown(ledgerRecordId);
  }

  /// @dev The id of the ledger record of this number, which must have been given out.
  function _recordIdOf(uint256 number) internal view returns (bytes32 ledgerRecordId) {
    return _recordIds[number - 1];
  }

  /// @dev The current policy program of a ledger record, in its three parts: see {PolicyProgram}.
  function _programOf(
    Record storage current
  ) internal view returns (bytes32[] memory attributes, bytes memory comparisons, bytes memory operations) {
    address blob = current.blob;
    uint256 at = PROGRAM_OFFSET;
    // Offsets within a blob, and a program that has been validated.
    unchecked {
      uint256 end = at + current.programSize;
      bytes32 header = CodeBlob.readWord(blob, at);
      at += PolicyProgram.HEADER_SIZE;
      uint256 count = uint8(header[1]);
      attributes = CodeBlob.readWords(blob, at, count);
      at += PolicyProgram.ATTRIBUTE_SIZE * count;
      uint256 size = PolicyProgram.COMPARISON_SIZE * uint8(header[2]);
      if (size != 0) comparisons = CodeBlob.read(blob, at, size);
      at += size;
      operations = CodeBlob.read(blob, at, end - at);
    }
  }

  /// @dev Checks the rules for a version and writes it; that the owner wants it has been checked.
  function _publish(
    Publication calldata publication,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) private {
    if (index.length == 0 || index.length > MAX_INDEX_SIZE) revert IndexLedgerIndexSize(index.length);
    if (program.length > MAX_PROGRAM_SIZE) revert IndexLedgerProgramSize(program.length);
    if (bytes(policy).length > MAX_POLICY_SIZE) revert IndexLedgerPolicySize(bytes(policy).length);
    if (keccak256(index) != publication.indexHash) revert IndexLedgerIndexHashMismatch();
    if (keccak256(program) != publication.programHash) revert IndexLedgerProgramHashMismatch();
    PolicyProgram.validate(program);
    address dealer = keyRegistry.dealerOf(publication.keySet);
    if (dealer != publication.owner) revert IndexLedgerKeySetForeign(publication.keySet, dealer);

    _advance(publication, salt);
    Record storage current = _records[publication.ledgerRecordId];
    current.blob = CodeBlob.write(abi.encodePacked(publication.keySet, program, index));
    current.programSize = uint16(program.length);
    _emitPublished(publication, policy);
  }

  /// @dev Moves a ledger record to the version and epoch of a publication, or makes it; fails if they aren't the next.
  function _advance(Publication calldata publication, bytes32 salt) private {
    bytes32 ledgerRecordId = publication.ledgerRecordId;
    Record storage current = _records[ledgerRecordId];
    address owner = current.owner;
    uint64 lastVersion = current.version;
    uint64 lastEpoch = current.epoch;
    if (publication.version != lastVersion + 1)
      revert IndexLedgerVersionMismatch(lastVersion + 1, publication.version);
    bool isNextEpoch = publication.epoch == lastEpoch + 1;
    bool maySame = owner != address(0) && !current.closed;
    if (!isNextEpoch && !(maySame && publication.epoch == lastEpoch)) {
      revert IndexLedgerEpochMismatch(lastEpoch, publication.epoch);
    }

    if (owner == address(0)) {
      if (ledgerRecordId != keccak256(abi.encode(publication.owner, salt))) {
        revert IndexLedgerRecordIdMismatch(ledgerRecordId);
      }
      current.owner = publication.owner;
      _recordIds.push(ledgerRecordId);
      current.number = SafeCast.toUint32(_recordIds.length);
    } else if (owner != publication.owner) {
      revert IndexLedgerNotOwner(ledgerRecordId, publication.owner);
    }
    current.version = publication.version;
    current.epoch = SafeCast.toUint32(publication.epoch);
    current.closed = false;
  }

  /// @dev Logs a version.
  function _emitPublished(Publication calldata publication, string calldata policy) private {
    emit Published(
      publication.ledgerRecordId,
      publication.owner,
      publication.version,
      publication.epoch,
      publication.keySet,
      publication.indexHash,
      publication.programHash,
      policy
    );
  }

  /// @dev Closes the current epoch; that the owner wants it has been checked.
  function _close(bytes32 ledgerRecordId, Record storage current) private {
    if (current.closed) revert IndexLedgerAlreadyClosed(ledgerRecordId);
    current.closed = true;
    emit Closed(ledgerRecordId, current.owner, current.epoch);
  }

  /// @dev Fails unless `owner` signed this, in time, with its next nonce; uses the nonce up. Who counts as having signed
  /// is decided here and nowhere else.
  function _authorize(
    address owner,
    uint256 nonce,
    uint256 deadline,
    bytes32 structHash,
    bytes calldata signature
  ) private {
    if (block.timestamp > deadline) revert IndexLedgerDeadlinePassed(deadline);
    (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecover(
      _hashTypedDataV4(structHash),
      signature
    );
    if (failure != ECDSA.RecoverError.NoError || signer != owner) revert IndexLedgerSignatureInvalid();
    _useCheckedNonce(owner, nonce);
  }

  /// @dev A ledger record that exists and belongs to `account`.
  function _ownedRecord(bytes32 ledgerRecordId, address account) private view returns (Record storage found) {
    found = _knownRecord(ledgerRecordId);
    if (found.owner != account) revert IndexLedgerNotOwner(ledgerRecordId, account);
  }
}
