// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IndexRecords} from "./IndexRecords.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";
import {IIndexLedger} from "./interfaces/IIndexLedger.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title IndexLedger
/// @notice See {IIndexLedger}: requests and grants, over the records of {IndexRecords}. Has no
/// administrator: nobody but its owner changes a ledger record.
abstract contract IndexLedger is IndexRecords {
  /// @dev One slot, since a request pays for each: the ledger record stands in it by number.
  struct PackedGrant {
    address requester;
    uint32 recordNumber;
    uint32 epoch;
    uint32 expiry;
  }

  uint256 private constant RESPONSE_KEY_SIZE = 65;

  /// @inheritdoc IIndexLedger
  IAttributeRegistry public immutable override attributeRegistry;

  /// @dev request id => grant; number zero if there is none
  mapping(bytes32 requestId => PackedGrant grant) private _grants;

  /// @notice Stands on its two registries for good.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  /// @param attributes registry that attributes are looked up in
  /// @param keys registry that key sets are looked up in
  constructor(
    string memory domainName,
    IAttributeRegistry attributes,
    IKeyRegistry keys
  ) IndexRecords(domainName, keys) {
    if (address(attributes).code.length == 0) revert IndexLedgerRegistryMissing(address(attributes));
    attributeRegistry = attributes;
  }

  /// @inheritdoc IIndexLedger
  function request(
    bytes32 ledgerRecordId,
    bytes32 nonce,
    bytes32 purpose,
    bytes calldata responseKey,
    uint64 expiry
  ) external returns (bytes32 requestId, bool granted) {
    Record storage current = _knownRecord(ledgerRecordId);
    if (responseKey.length != RESPONSE_KEY_SIZE || responseKey[0] != 0x04)
      revert IndexLedgerResponseKeyMalformed();
    if (expiry <= block.timestamp || expiry > type(uint32).max) revert IndexLedgerExpiryOutOfRange(expiry);
    uint32 epoch = current.epoch;
    requestId = _requestId(ledgerRecordId, epoch, nonce, purpose, keccak256(responseKey), expiry);
    if (_grants[requestId].recordNumber != 0) revert IndexLedgerRequestAlreadyGranted(requestId);

    Decision decision = _decide(ledgerRecordId, current, msg.sender);
    granted = decision == Decision.Granted;
    if (granted) {
      _grants[requestId] = PackedGrant({
        requester: msg.sender,
        recordNumber: current.number,
        epoch: epoch,
        expiry: uint32(expiry)
      });
    }
    _emitDecided(requestId, ledgerRecordId, decision, epoch, expiry, nonce, purpose, responseKey);
  }

  /// @inheritdoc IIndexLedger
  function releasable(bytes32 requestId) external view returns (bool live) {
    return status(requestId) == Status.Live;
  }

  /// @inheritdoc IIndexLedger
  function grantOf(bytes32 requestId) external view returns (Grant memory grant) {
    PackedGrant storage found = _grants[requestId];
    if (found.recordNumber == 0) return grant;
    grant.ledgerRecordId = _recordIdOf(found.recordNumber);
    grant.requester = found.requester;
    grant.epoch = found.epoch;
    grant.expiry = found.expiry;
  }

  /// @inheritdoc IIndexLedger
  function status(bytes32 requestId) public view returns (Status current) {
    PackedGrant storage grant = _grants[requestId];
    uint256 number = grant.recordNumber;
    if (number == 0) return Status.Unknown;
    if (grant.expiry <= block.timestamp) return Status.Expired;
    bytes32 ledgerRecordId = _recordIdOf(number);
    Record storage found = _knownRecord(ledgerRecordId);
    if (grant.epoch != found.epoch) return Status.EpochEnded;
    Decision decision = _decide(ledgerRecordId, found, grant.requester);
    if (decision == Decision.Closed) return Status.Closed;
    if (decision == Decision.Blocked) return Status.Blocked;
    if (decision == Decision.PolicyNotSatisfied) return Status.PolicyNotSatisfied;
    return Status.Live;
  }

  /// @dev Logs a decision on a request by the caller.
  function _emitDecided(
    bytes32 requestId,
    bytes32 ledgerRecordId,
    Decision decision,
    uint64 epoch,
    uint64 expiry,
    bytes32 nonce,
    bytes32 purpose,
    bytes calldata responseKey
  ) private {
    emit Decided(requestId, ledgerRecordId, msg.sender, decision, epoch, expiry, nonce, purpose, responseKey);
  }

  /// @dev The rule for who may learn the index now: requests and {status} both go by it.
  function _decide(
    bytes32 ledgerRecordId,
    Record storage current,
    address requester
  ) private view returns (Decision decision) {
    if (current.closed) return Decision.Closed;
    if (isBlocked(ledgerRecordId, requester)) return Decision.Blocked;
    return _satisfies(current, requester) ? Decision.Granted : Decision.PolicyNotSatisfied;
  }

  /// @dev The id of a request by the caller: binds chain, contract and all that was asked.
  function _requestId(
    bytes32 ledgerRecordId,
    uint64 epoch,
    bytes32 nonce,
    bytes32 purpose,
    bytes32 responseKeyHash,
    uint64 expiry
  ) private view returns (bytes32 id) {
    return
      keccak256(
        abi.encode(
          block.chainid,
          address(this),
          ledgerRecordId,
          epoch,
          msg.sender,
          nonce,
          purpose,
          responseKeyHash,
          expiry
        )
      );
  }

  /// @dev Whether an account satisfies the policy with what is attested to it, or together with its own `id:` leaf, which
  /// everyone holds of themselves. That leaf is made only when it can matter: policies are monotone.
  function _satisfies(Record storage current, address account) private view returns (bool satisfied) {
    (bytes32[] memory leaves, bytes memory comparisons, bytes memory operations) = _programOf(current);
    uint256 held = attributeRegistry.holds(account, leaves, comparisons);
    if (PolicyProgram.evaluate(operations, held)) return true;
    bytes32 idLeaf = keccak256(bytes.concat("id:", bytes(Strings.toHexString(account))));
    for (uint256 i = 0; i < leaves.length; ++i) {
      if (leaves[i] == idLeaf) return PolicyProgram.evaluate(operations, held | (1 << i));
    }
    return false;
  }
}
