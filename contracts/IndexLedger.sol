// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {AccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {IndexRecords} from "./IndexRecords.sol";
import {IAttributeRegistry} from "./interfaces/IAttributeRegistry.sol";
import {IIndexLedger} from "./interfaces/IIndexLedger.sol";
import {IKeyRegistry} from "./interfaces/IKeyRegistry.sol";
import {PolicyProgram} from "./libraries/PolicyProgram.sol";

/// @title IndexLedger
/// @notice See {IIndexLedger}: requests and grants, over the records of {IndexRecords}.
abstract contract IndexLedger is IIndexLedger, IndexRecords, AccessControlDefaultAdminRules, Pausable {
  /// @dev One slot, since a request pays for each: the ledger record stands in it by number. Expiry 0 once revoked.
  struct PackedGrant {
    address requester;
    uint32 recordNumber;
    uint24 epoch;
    uint32 expiry;
    uint8 purpose;
  }

  /// @notice The role of those who pause new grants.
  bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

  bytes32 private constant REVOKE_GRANT_TYPEHASH = keccak256(
    "RevokeGrant(bytes32 requestId,address owner,uint256 nonce,uint256 deadline)"
  );

  uint256 private constant RESPONSE_KEY_SIZE = 65;

  /// @inheritdoc IIndexLedger
  IAttributeRegistry public immutable override attributeRegistry;

  /// @inheritdoc IIndexLedger
  IKeyRegistry public immutable override keyRegistry;

  /// @dev request id => grant; number zero if there is none
  mapping(bytes32 requestId => PackedGrant grant) private _grants;

  /// @notice Stands on its two registries for good.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  /// @param attributes registry that attributes are looked up in
  /// @param keys registry where clients and gates find key sets
  /// @param admin the administrator: appoints those who pause
  /// @param adminDelay how many seconds must pass before a new administrator can accept
  /// @param pauser the first who may pause
  constructor(
    string memory domainName,
    IAttributeRegistry attributes,
    IKeyRegistry keys,
    address admin,
    uint48 adminDelay,
    address pauser
  ) IndexRecords(domainName) AccessControlDefaultAdminRules(adminDelay, admin) {
    if (address(attributes).code.length == 0) revert IndexLedgerRegistryMissing(address(attributes));
    if (address(keys).code.length == 0) revert IndexLedgerRegistryMissing(address(keys));
    attributeRegistry = attributes;
    keyRegistry = keys;
    _grantRole(PAUSER_ROLE, pauser);
  }

  /// @inheritdoc IIndexLedger
  function request(
    bytes32 ledgerRecordId,
    bytes32 nonce,
    uint8 purpose,
    bytes calldata responseKey,
    uint64 expiry
  ) external returns (bytes32 requestId, bool granted) {
    Record storage current = _knownRecord(ledgerRecordId);
    if (responseKey.length != RESPONSE_KEY_SIZE || responseKey[0] != 0x04)
      revert IndexLedgerResponseKeyMalformed();
    if (expiry <= block.timestamp || expiry > type(uint32).max) revert IndexLedgerExpiryOutOfRange(expiry);
    uint24 epoch = current.epoch;
    requestId = _requestId(ledgerRecordId, epoch, nonce, purpose, keccak256(responseKey), expiry);
    if (_grants[requestId].recordNumber != 0) revert IndexLedgerRequestAlreadyGranted(requestId);

    Decision decision = paused() ? Decision.Paused : _decide(ledgerRecordId, current, msg.sender, purpose);
    granted = decision == Decision.Granted;
    if (granted) {
      // Field by field, which the compiler makes one write of.
      PackedGrant storage grant = _grants[requestId];
      grant.requester = msg.sender;
      grant.recordNumber = current.number;
      grant.epoch = epoch;
      grant.expiry = uint32(expiry);
      grant.purpose = purpose;
    }
    _emitDecided(requestId, ledgerRecordId, decision, epoch, expiry, nonce, purpose, responseKey);
  }

  /// @inheritdoc IIndexLedger
  function revokeGrant(bytes32 requestId) external {
    _revokeGrant(requestId, msg.sender);
  }

  /// @inheritdoc IIndexLedger
  function revokeGrantFor(Mandate calldata mandate, bytes32 requestId) external {
    _authorize(
      mandate,
      keccak256(abi.encode(REVOKE_GRANT_TYPEHASH, requestId, mandate.owner, mandate.nonce, mandate.deadline))
    );
    _revokeGrant(requestId, mandate.owner);
  }

  /// @inheritdoc IIndexLedger
  function pause() external onlyRole(PAUSER_ROLE) {
    _pause();
  }

  /// @inheritdoc IIndexLedger
  function unpause() external onlyRole(PAUSER_ROLE) {
    _unpause();
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
    grant.purpose = found.purpose;
  }

  /// @inheritdoc IIndexLedger
  function explainFor(
    bytes32 ledgerRecordId,
    address requester,
    uint8 purpose
  ) public view returns (Explanation memory explanation) {
    Record storage current = _knownRecord(ledgerRecordId);
    PolicyProgram.Parts memory parts = _partsOf(current);
    explanation.decision = _decide(ledgerRecordId, current, requester, purpose);
    explanation.purposes = parts.purposes;
    explanation.attributes = parts.attributes;
    explanation.comparisons = parts.comparisons;
    explanation.held =
      attributeRegistry.holds(requester, parts.attributes, parts.comparisons) |
      _ownLeaf(parts.attributes, requester);
  }

  /// @inheritdoc IIndexLedger
  function explain(bytes32 requestId) external view returns (Explanation memory explanation) {
    PackedGrant storage grant = _knownGrant(requestId);
    return explainFor(_recordIdOf(grant.recordNumber), grant.requester, grant.purpose);
  }

  /// @inheritdoc IIndexLedger
  function status(bytes32 requestId) public view returns (Status current) {
    PackedGrant storage grant = _grants[requestId];
    uint256 number = grant.recordNumber;
    if (number == 0) return Status.Unknown;
    uint256 expiry = grant.expiry;
    if (expiry == 0) return Status.Revoked;
    if (expiry <= block.timestamp) return Status.Expired;
    bytes32 ledgerRecordId = _recordIdOf(number);
    Record storage found = _records[ledgerRecordId];
    if (grant.epoch != found.epoch) return Status.EpochEnded;
    Decision decision = _decide(ledgerRecordId, found, grant.requester, grant.purpose);
    if (decision == Decision.Closed) return Status.Closed;
    if (decision == Decision.Blocked) return Status.Blocked;
    if (decision == Decision.PurposeNotAllowed) return Status.PurposeNotAllowed;
    if (decision == Decision.PolicyNotSatisfied) return Status.PolicyNotSatisfied;
    return Status.Live;
  }

  /// @dev Ends a grant, if it's `account` who owns the ledger record.
  function _revokeGrant(bytes32 requestId, address account) private {
    PackedGrant storage grant = _knownGrant(requestId);
    bytes32 ledgerRecordId = _recordIdOf(grant.recordNumber);
    _ownedRecord(ledgerRecordId, account);
    if (grant.expiry == 0) revert IndexLedgerGrantAlreadyRevoked(requestId);
    grant.expiry = 0;
    emit GrantRevoked(requestId, ledgerRecordId, grant.requester);
  }

  /// @dev A grant that was given.
  function _knownGrant(bytes32 requestId) private view returns (PackedGrant storage grant) {
    grant = _grants[requestId];
    if (grant.recordNumber == 0) revert IndexLedgerGrantUnknown(requestId);
  }

  /// @dev Logs a decision on a request by the caller.
  function _emitDecided(
    bytes32 requestId,
    bytes32 ledgerRecordId,
    Decision decision,
    uint64 epoch,
    uint64 expiry,
    bytes32 nonce,
    uint8 purpose,
    bytes calldata responseKey
  ) private {
    emit Decided(requestId, ledgerRecordId, msg.sender, decision, epoch, expiry, nonce, purpose, responseKey);
  }

  /// @dev The rule for who may learn the index now, a pause aside: requests and {status} both go by it.
  function _decide(
    bytes32 ledgerRecordId,
    Record storage current,
    address requester,
    uint8 purpose
  ) private view returns (Decision decision) {
    if (current.phase != Phase.Open) return Decision.Closed;
    if (isBlocked(ledgerRecordId, requester)) return Decision.Blocked;
    PolicyProgram.Parts memory parts = _partsOf(current);
    if (!PolicyProgram.allows(parts.purposes, purpose)) return Decision.PurposeNotAllowed;
    uint256 held = attributeRegistry.holds(requester, parts.attributes, parts.comparisons);
    if (PolicyProgram.evaluate(parts.operations, held)) return Decision.Granted;
    // Made only when it can matter: policies are monotone.
    uint256 own = _ownLeaf(parts.attributes, requester);
    if (own != 0 && PolicyProgram.evaluate(parts.operations, held | own)) return Decision.Granted;
    return Decision.PolicyNotSatisfied;
  }

  /// @dev The id of a request by the caller: binds chain, contract and all that was asked.
  function _requestId(
    bytes32 ledgerRecordId,
    uint64 epoch,
    bytes32 nonce,
    uint8 purpose,
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

  /// @dev The bits of an account's own `id:` leaf, which everyone holds of themselves.
  function _ownLeaf(bytes32[] memory attributes, address account) private pure returns (uint256 own) {
    bytes32 leaf = keccak256(bytes.concat("id:", bytes(Strings.toHexString(account))));
    for (uint256 i = 0; i < attributes.length; ++i) {
      if (attributes[i] == leaf) own |= 1 << i;
    }
  }
}
