// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RecordTransfers} from "./RecordTransfers.sol";
import {IIndexRecords} from "./interfaces/IIndexRecords.sol";
import {CodeBlob} from "./libraries/CodeBlob.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title IndexRecords
/// @notice The part of the ledger that owners write: versions, closes, blocks; by themselves or through a relayer.
abstract contract IndexRecords is RecordTransfers {
  bytes32 private constant CLOSE_TYPEHASH = keccak256(
    "Close(bytes32 ledgerRecordId,uint64 epoch,address owner,uint256 nonce,uint256 deadline)"
  );
  bytes32 private constant BLOCK_TYPEHASH = keccak256(
    "Block(bytes32 ledgerRecordId,address account,bool blocked,address owner,uint256 nonce,uint256 deadline)"
  );

  uint256 private constant MAX_INDEX_SIZE = 4096;
  uint256 private constant MAX_PROGRAM_SIZE = 2048;
  uint256 private constant MAX_POLICY_SIZE = 4096;

  /// @notice Signatures are for this contract on this chain.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  constructor(string memory domainName) RecordTransfers(domainName) {}

  /// @inheritdoc IIndexRecords
  function publish(
    Edition calldata edition,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external {
    bytes32 keySet = _keySetOf(msg.sender, edition.indexKeyHash);
    _publish(msg.sender, edition, keySet, salt, program, index, policy);
  }

  /// @inheritdoc IIndexRecords
  function publishFor(
    Mandate calldata mandate,
    Edition calldata edition,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) external {
    bytes32 keySet = _keySetOf(mandate.owner, edition.indexKeyHash);
    _authorizePublish(
      mandate,
      edition.ledgerRecordId,
      edition.version,
      edition.epoch,
      keccak256(index),
      keccak256(program),
      keySet
    );
    _publish(mandate.owner, edition, keySet, salt, program, index, policy);
  }

  /// @inheritdoc IIndexRecords
  function republish(bytes32 ledgerRecordId, uint64 version, uint64 epoch, bytes calldata index) external {
    _ownedRecord(ledgerRecordId, msg.sender);
    _republish(ledgerRecordId, version, epoch, index);
  }

  /// @inheritdoc IIndexRecords
  function republishFor(
    Mandate calldata mandate,
    bytes32 ledgerRecordId,
    uint64 version,
    uint64 epoch,
    bytes calldata index
  ) external {
    Record storage current = _ownedRecord(ledgerRecordId, mandate.owner);
    bytes32 keySet = CodeBlob.readWord(_rulesOf(current), 0);
    _authorizePublish(
      mandate,
      ledgerRecordId,
      version,
      epoch,
      keccak256(index),
      keccak256(_programOf(current)),
      keySet
    );
    _republish(ledgerRecordId, version, epoch, index);
  }

  /// @inheritdoc IIndexRecords
  function close(bytes32 ledgerRecordId) external {
    _close(ledgerRecordId, _ownedRecord(ledgerRecordId, msg.sender));
  }

  /// @inheritdoc IIndexRecords
  function closeFor(Mandate calldata mandate, bytes32 ledgerRecordId, uint64 epoch) external {
    _authorize(
      mandate,
      keccak256(
        abi.encode(CLOSE_TYPEHASH, ledgerRecordId, epoch, mandate.owner, mandate.nonce, mandate.deadline)
      )
    );
    Record storage current = _ownedRecord(ledgerRecordId, mandate.owner);
    if (epoch != current.epoch) revert IndexLedgerEpochMismatch(current.epoch, epoch);
    _close(ledgerRecordId, current);
  }

  /// @inheritdoc IIndexRecords
  function setBlocked(bytes32 ledgerRecordId, address account, bool blocked) external {
    _ownedRecord(ledgerRecordId, msg.sender);
    _setBlocked(ledgerRecordId, account, blocked);
  }

  /// @inheritdoc IIndexRecords
  function setBlockedFor(
    Mandate calldata mandate,
    bytes32 ledgerRecordId,
    address account,
    bool blocked
  ) external {
    _authorize(
      mandate,
      keccak256(
        abi.encode(
          BLOCK_TYPEHASH,
          ledgerRecordId,
          account,
          blocked,
          mandate.owner,
          mandate.nonce,
          mandate.deadline
        )
      )
    );
    _ownedRecord(ledgerRecordId, mandate.owner);
    _setBlocked(ledgerRecordId, account, blocked);
  }

  /// @dev The id of a key set, as {IKeyRegistry-deal} derives it: nobody but its dealer can name it as theirs.
  function _keySetOf(address dealer, bytes32 indexKeyHash) private pure returns (bytes32 keySet) {
    return keccak256(abi.encode(dealer, indexKeyHash));
  }

  /// @dev Checks the rules for a version with rules of its own and writes it; that the owner wants it has been checked.
  function _publish(
    address owner,
    Edition calldata edition,
    bytes32 keySet,
    bytes32 salt,
    bytes calldata program,
    bytes calldata index,
    string calldata policy
  ) private {
    if (program.length > MAX_PROGRAM_SIZE) revert IndexLedgerProgramSize(program.length);
    if (bytes(policy).length > MAX_POLICY_SIZE) revert IndexLedgerPolicySize(bytes(policy).length);
    PolicyProgram.validate(program);
    Record memory next = _records[edition.ledgerRecordId];
    if (next.owner == address(0)) _create(edition.ledgerRecordId, next, owner, salt);
    else if (next.owner != owner) revert IndexLedgerNotOwner(edition.ledgerRecordId, owner);
    next.programSize = uint16(program.length);
    next.rulesElsewhere = false;
    _advance(next, edition.version, edition.epoch);
    _write(edition.ledgerRecordId, next, abi.encodePacked(keySet, program), index);
    _emitPublished(edition.ledgerRecordId, next, keySet, policy);
  }

  /// @dev Writes a version under the rules that stand; that the owner wants it has been checked.
  function _republish(bytes32 ledgerRecordId, uint64 version, uint64 epoch, bytes calldata index) private {
    Record storage current = _records[ledgerRecordId];
    if (current.phase == Phase.HandedOver) revert IndexLedgerRulesForeign(ledgerRecordId);
    address rules = _rulesOf(current);
    Record memory next = current;
    next.rulesElsewhere = true;
    _advance(next, version, epoch);
    _write(ledgerRecordId, next, abi.encodePacked(rules), index);
    _emitPublished(ledgerRecordId, next, CodeBlob.readWord(rules, 0), "");
  }

  /// @dev Makes a ledger record for its first version.
  function _create(bytes32 ledgerRecordId, Record memory created, address owner, bytes32 salt) private {
    if (ledgerRecordId != keccak256(abi.encode(owner, salt)))
      revert IndexLedgerRecordIdMismatch(ledgerRecordId);
    created.owner = owner;
    // It starts like a closed one: its first version opens epoch 1.
    created.phase = Phase.Closed;
    _enter(ledgerRecordId, created);
    _link(created);
  }

  /// @dev Moves a ledger record to the given version and epoch; fails if they aren't the next.
  function _advance(Record memory next, uint64 version, uint64 epoch) private pure {
    uint64 lastVersion = next.version;
    uint64 lastEpoch = next.epoch;
    if (version != lastVersion + 1) revert IndexLedgerVersionMismatch(lastVersion + 1, version);
    bool maySame = next.phase == Phase.Open;
    if (epoch != lastEpoch + 1 && !(maySame && epoch == lastEpoch)) {
      revert IndexLedgerEpochMismatch(lastEpoch, epoch);
    }
    next.version = SafeCast.toUint40(version);
    next.epoch = SafeCast.toUint24(epoch);
    next.phase = Phase.Open;
  }

  /// @dev Keeps a version, its blob being what tells its rules, then the index.
  function _write(
    bytes32 ledgerRecordId,
    Record memory next,
    bytes memory head,
    bytes calldata index
  ) private {
    if (index.length == 0 || index.length > MAX_INDEX_SIZE) revert IndexLedgerIndexSize(index.length);
    next.blob = CodeBlob.write(bytes.concat(head, index));
    _records[ledgerRecordId] = next;
  }

  /// @dev Logs a version.
  function _emitPublished(
    bytes32 ledgerRecordId,
    Record memory next,
    bytes32 keySet,
    string memory policy
  ) private {
    emit Published(ledgerRecordId, next.owner, next.version, next.epoch, next.blob, keySet, policy);
  }

  /// @dev Closes the current epoch; that the owner wants it has been checked.
  function _close(bytes32 ledgerRecordId, Record storage current) private {
    if (current.phase != Phase.Open) revert IndexLedgerAlreadyClosed(ledgerRecordId);
    current.phase = Phase.Closed;
    emit Closed(ledgerRecordId, current.owner, current.epoch);
  }

  /// @dev Blocks an account or lets it in again; that the owner wants it has been checked.
  function _setBlocked(bytes32 ledgerRecordId, address account, bool blocked) private {
    _blocked[ledgerRecordId][account] = blocked;
    emit BlockChanged(ledgerRecordId, account, blocked);
  }
}
